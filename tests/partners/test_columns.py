"""What the columns of an office's list mean."""

from __future__ import annotations

import pytest

from sapar.partners.columns import ListField, checked, guess, signature
from sapar.partners.rows import domains_of, read_row


@pytest.mark.parametrize(
    ("columns", "meant"),
    [
        (
            ["№ п/п", "Вуз-партнёр", "Страна", "Город", "Вид документа", "Дата подписания", "Срок действия",
             "Контактное лицо", "Эл. почта", "Тел.", "Примечание"],
            {"name": "Вуз-партнёр", "country": "Страна", "city": "Город", "contact_name": "Контактное лицо",
             "email": "Эл. почта", "phone": "Тел.", "agreement_kind": "Вид документа",
             "agreement_signed": "Дата подписания", "agreement_ends": "Срок действия", "note": "Примечание"},
        ),
        (
            ["Өнөктөш ЖОЖдун аталышы", "Өлкө", "Шаары", "Келишимдин түрү", "Мөөнөтү", "Байланыш адамы"],
            {"name": "Өнөктөш ЖОЖдун аталышы", "country": "Өлкө", "city": "Шаары", "contact_name": "Байланыш адамы",
             "agreement_kind": "Келишимдин түрү", "agreement_ends": "Мөөнөтү"},
        ),
        (
            ["Серіктес ЖОО атауы", "Ел", "Қала", "Келісім түрі", "Сайты"],
            {"name": "Серіктес ЖОО атауы", "country": "Ел", "city": "Қала", "website": "Сайты",
             "agreement_kind": "Келісім түрі"},
        ),
        (
            ["Hamkor OTM nomi", "Davlat", "Shahar", "Shartnoma raqami", "Imzolangan sana", "Veb-sayt"],
            {"name": "Hamkor OTM nomi", "country": "Davlat", "city": "Shahar", "website": "Veb-sayt",
             "agreement_number": "Shartnoma raqami", "agreement_signed": "Imzolangan sana"},
        ),
        (
            ["Partner university", "Name in local language", "COUNTRY", "Erasmus code", "Contact e-mail", "Coordinator",
             "Agreement type", "Agreement No.", "Valid until", "Remarks"],
            {"name": "Partner university", "other_name": "Name in local language", "country": "COUNTRY",
             "erasmus": "Erasmus code", "contact_name": "Coordinator", "email": "Contact e-mail",
             "agreement_number": "Agreement No.", "agreement_kind": "Agreement type", "agreement_ends": "Valid until",
             "note": "Remarks"},
        ),
        (["Name in English"], {"name": "Name in English"}),
        (["a", "1", "—"], {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_their_names(columns: list[str], meant: dict[str, str]) -> None:
    assert guess(columns) == meant


def test_each_column_is_guessed_once() -> None:
    meant = guess(["University", "University name", "Университет", "Партнёр", "Название"])
    assert len(set(meant.values())) == len(meant)
    assert meant["name"] == "University"


def test_signature_forgets_order_case_and_signs() -> None:
    assert signature(["Вуз-партнёр", "Страна"]) == signature(["СТРАНА:", "вуз партнер"])
    assert signature(["Вуз"]) != signature(["Вуз", "Страна"])


def test_mapping_is_cleared_of_what_does_not_exist() -> None:
    assert checked({"name": "A", "nonsense": "A", "city": "gone"}, ["A"]) == {"name": "A"}


MAPPING = {field.value: field.value for field in ListField}


def read(**cells: str) -> dict[str, object]:
    values, problems = read_row({"name": "Osh", **cells}, MAPPING)
    assert problems == []
    return values


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("05.03.2019", "2019-03-05"), ("5.3.2019 г.", "2019-03-05"), ("2019-03-05", "2019-03-05"),
        ("05/03/2019", "2019-03-05"), ("05.03.2019 00:00", "2019-03-05"),
        ("2019", "2019-01-01"), ("2019 г.", "2019-01-01"), ("с 2019 года", "2019-01-01"), ("2019-ж.", ""),
        ("03.2019", "2019-03-01"),
    ],
)  # fmt: skip
def test_days_are_read_as_offices_write_them(written: str, day: str) -> None:
    values, problems = read_row({"name": "Osh", "since": written}, MAPPING)
    assert values.get("since", "") == day
    assert [problem.reason for problem in problems] == ([] if day else ["no_date"])
    assert ("day_assumed" in values) == (day.endswith("-01") and "05" not in written)


def test_addresses_tell_whose_row_it_is_unless_anybody_can_have_them() -> None:
    own = read(email="Office <office@oshsu.kg>; other@x.org", website="www.oshsu.kg")
    assert own["email"] == "office@oshsu.kg"
    assert domains_of(own) == ("www.oshsu.kg", "oshsu.kg")
    assert domains_of(read(email="somebody@gmail.com")) == ()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "empty"), ("name", "— 12 —", "no_letters"), ("name", "x" * 301, "too_long"),
        ("country", "Atlantis", "no_country"), ("email", "nobody", "no_email"), ("since", "31.02.2020", "no_date"),
        ("erasmus", "nonsense", "no_erasmus_code"), ("ror", "12345", "no_ror"), ("note", "x" * 5001, "too_long"),
        ("name", "#REF!", "failed_formula"), ("city", "#N/A", "failed_formula"), ("since", "#DIV/0!", "failed_formula"),
    ],
)  # fmt: skip
def test_bad_cell_is_refused_with_its_reason(field: str, value: str, reason: str) -> None:
    _values, problems = read_row({"name": "Osh", field: value}, MAPPING)
    assert [(problem.column, problem.reason) for problem in problems] == [(field, reason)]
