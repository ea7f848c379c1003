"""Signed agreements from the office's own sheet: messy cells, several rows of places, taken once, undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.core.errors import IllegalMove, NotAllowed
from sapar.files.errors import FileTypeRefused
from sapar.formats.tables import read_table
from sapar.partners.errors import (
    AgreementUsedSince,
    ColumnTwice,
    NothingToTake,
    PartnerUnknown,
    SignedColumnMissing,
    SignedOutside,
)
from sapar.partners.models import Agreement, AgreementImport, Contact, Partnership
from sapar.partners.queries import (
    agreed_conditions,
    agreements_in_force,
    current_version,
    digest_of,
    is_intact,
)
from sapar.partners.queries.ending import ending_soon
from sapar.partners.queries.signed import words_to_choose
from sapar.partners.services.ending import draft_successor
from sapar.partners.services.obligations import add_obligation
from sapar.partners.services.papers import issue_agreement
from sapar.partners.services.signed.bringing import (
    Usual,
    bring_agreements,
    choose_agreement_columns,
    choose_meanings,
)
from sapar.partners.services.signed.taking import take_agreements, undo_agreements
from sapar.reporting.counting import values_of
from tests.cast import NOW, TODAY, Cast
from tests.partners.signed_list import BAD, FIRST_ROW, TIDY, Line, line, partners, whole, workbook
from tests.story import Partner, draft, open_call_with


def brought(cast: Cast, lines: list[Line], by: User | None = None) -> AgreementImport:
    return bring_agreements(
        workbook(lines), "договоры.xlsx", office=cast.office, by=by or cast.officer, at=NOW
    )


def looked_at(cast: Cast, lines: list[Line], **usual: object) -> AgreementImport:
    batch = brought(cast, lines)
    return choose_agreement_columns(batch, batch.mapping, Usual(**usual), by=cast.officer, at=NOW)  # type: ignore[arg-type]


def taken(cast: Cast, lines: list[Line]) -> AgreementImport:
    return take_agreements(looked_at(cast, lines), by=cast.officer, at=NOW)


def by_number(number: str) -> Agreement:
    return Agreement.objects.get(number=number)


def test_every_bad_cell_is_listed_and_nothing_of_it_is_taken(cast: Cast) -> None:
    partners(cast)
    batch = looked_at(cast, [bad for bad, _column, _reason in BAD])
    assert [(one["row"], one["column"], one["reason"]) for one in batch.refused] == [
        (FIRST_ROW + at, column, reason) for at, (_bad, column, reason) in enumerate(BAD)
    ]
    assert batch.ready == []
    with pytest.raises(NothingToTake):
        take_agreements(batch, by=cast.officer, at=NOW)
    assert not Agreement.objects.exists()


def test_the_whole_messy_sheet(cast: Cast) -> None:
    partners(cast)
    lines = whole()
    assert len(lines) == 60
    batch = taken(cast, lines)
    # Two rows of places belong to the agreement above them.
    assert len(batch.ready) == len(TIDY) - 2 + 24
    assert {one["row"] for one in batch.refused} == {FIRST_ROW + len(TIDY) + at for at in range(len(BAD))}
    states = Agreement.objects.order_by("pk").values_list("number", "state")[:8]
    assert list(states) == [
        ("12/2024", "in_force"), ("M-7", "in_force"), ("2023-1-DE", "expired"), ("2021-001", "in_force"),
        ("45", "in_force"), ("46", "terminated"), ("KZ-3", "in_force"), ("KZ-4", "in_force"),
    ]  # fmt: skip


def test_several_rows_are_one_agreement_with_its_places(cast: Cast) -> None:
    found = partners(cast)
    taken(cast, TIDY)
    agreement = by_number("12/2024")
    assert agreement.partnership.organisation == found["Ankara Demo University"]
    assert (agreement.kind, agreement.unit) == ("exchange", cast.medicine)
    assert (agreement.signed_on, agreement.ends_on) == (date(2024, 3, 15), date(2029, 3, 14))
    assert (agreement.home_signer, agreement.partner_signer) == ("Ректор Э. Демо", "Prof. D. Partner")
    rows = current_version(agreement).conditions.order_by("academic_year", "-direction")
    assert [(r.academic_year, r.direction, r.places, r.months, r.level, r.isced_f) for r in rows] == [
        (2026, "out", 2, Decimal(5), "bachelor", "0912"),
        (2026, "in", 2, Decimal(5), "bachelor", ""),
        (2027, "out", 3, Decimal(10), "master", "0912"),
        (2027, "in", 3, Decimal(10), "master", "0912"),
    ]
    assert (rows[0].language, rows[0].language_level) == ("en", "B2")
    assert Contact.objects.get(email="deniz@example.org").name == "Deniz Partner"


def test_the_first_version_is_frozen_and_says_where_it_comes_from(cast: Cast) -> None:
    partners(cast)
    batch = taken(cast, TIDY)
    version = current_version(by_number("M-7"))
    assert (version.number, version.state, version.texts) == (1, "frozen", {})
    assert version.snapshot is not None
    assert version.digest == digest_of(version.snapshot)
    assert is_intact(version)
    source = version.snapshot["taken_from"]
    assert (source["list"], source["sha256"], source["rows"]) == ("договоры.xlsx", batch.file.sha256, [7])
    assert source["assumed"] == ["starts_on", "signed_day"]
    assert source["said"] == {"note": "первый меморандум"}
    act = timeline(version.agreement).get()
    assert (act.action, act.data["rows"]) == ("partners.agreement.imported", [7])
    with pytest.raises(SignedOutside):
        issue_agreement(version.agreement, on=TODAY, by=cast.officer, at=NOW)


def test_terms_end_renew_and_stay_open_as_the_sheet_says(cast: Cast) -> None:
    partners(cast)
    taken(cast, TIDY)
    assert by_number("M-7").ends_on is None
    renewed = Agreement.objects.get(
        kind="framework", partnership__organisation__name="Bishkek Demo Institute"
    )
    assert (renewed.ends_on, renewed.renewal_months, renewed.number) == (date(2027, 5, 11), 12, "2021-001")
    assert by_number("KZ-4").ends_on == date(2030, 8, 31)
    assert by_number("KZ-4").signed_on == date(2025, 9, 1)
    assert by_number("46").state == "terminated"


def test_what_is_taken_counts_like_what_was_signed_here(cast: Cast) -> None:
    partners(cast)
    soon = line("Tashkent Demo University", "Договор", "S-1", "01.12.2023", "30.11.2026")
    taken(cast, [*TIDY, soon])
    assert agreements_in_force(cast.office, TODAY).count() == 7
    assert [one.number for one in ending_soon(cast.office, TODAY)] == ["S-1"]
    figures = {(one.code, one.row): one.value for one in values_of(cast.office, 2026, today=TODAY)}
    assert figures["agreements.in_force", ""] == 7
    place = agreed_conditions(cast.office).get(
        version__agreement__number="12/2024", academic_year=2026, direction="out"
    )
    agreement = by_number("12/2024")
    call = open_call_with(cast, Partner(agreement.partnership.organisation, agreement, place, place))
    assert call.places.get().seats == 2


def test_the_same_list_again_adds_nothing(cast: Cast) -> None:
    partners(cast)
    taken(cast, TIDY)
    before = Agreement.objects.count()
    again = looked_at(cast, TIDY)
    assert again.ready == []
    assert {one["reason"] for one in again.refused} == {"known", "with_row"}
    assert Agreement.objects.count() == before


def test_a_number_is_given_once_and_a_draft_is_shown(cast: Cast) -> None:
    partners(cast)
    taken(cast, [line("Ankara Demo University", "Меморандум", "12/2020", "01.02.2024", "5 лет")])
    going = draft(cast, "Izmir Demo University")
    going.number = "D-1"
    going.save()
    batch = looked_at(
        cast,
        [
            line("Ankara Demo University", "Меморандум", "12-2020", "02.02.2024", "5 лет"),
            line("Ankara Demo University", "Договор", "12/2020", "01.02.2024", "5 лет"),
            line("Izmir Demo University", "Обмен", "D-1", "01.02.2024", "5 лет"),
            line("Izmir Demo University", "Обмен", "D-2", "01.02.2024", "5 лет"),
        ],
    )
    assert [one["reason"] for one in batch.refused] == ["known", "number_taken", "draft_exists"]
    assert [one["drafts"] for one in batch.ready] == [[going.pk]]


def test_rows_that_contradict_each_other_are_refused_together(cast: Cast) -> None:
    partners(cast)
    batch = looked_at(
        cast,
        [
            line("Ankara Demo University", "Обмен", "7", "01.02.2024", "5 лет", places="1"),
            line("Ankara Demo University", "Обмен", "7", "01.02.2024", "3 года", places="2"),
            line("", places="ноль"),
        ],
    )
    assert [(one["row"], one["reason"], one["value"]) for one in batch.refused] == [
        (4, "with_row", "5"), (5, "differs", "3 года"), (6, "no_places", "ноль"),
    ]  # fmt: skip


def test_words_that_nobody_knows_are_said_once(cast: Cast) -> None:
    found = partners(cast)
    lines = [BAD[0][0], BAD[1][0], BAD[14][0]]
    batch = looked_at(cast, lines)
    assert words_to_choose(batch) == 3
    batch = choose_meanings(
        batch,
        {"Nowhere Demo College": found["Almaty Demo University"].pk, "someone else": 1},
        {"акт": "research"},
        {"Факультет магии": cast.economics.pk},
        by=cast.officer,
        at=NOW,
    )
    assert (words_to_choose(batch), batch.refused, len(batch.ready)) == (0, [], 3)
    take_agreements(batch, by=cast.officer, at=NOW)
    assert by_number("A-1").kind == "research"
    assert by_number("A-14").unit == cast.economics
    assert Partnership.objects.filter(organisation=found["Almaty Demo University"]).exists()


def test_empty_cells_mean_what_the_office_says(cast: Cast) -> None:
    partners(cast)
    lines = [
        line("Ankara Demo University", "", "E-1", "01.02.2024", "", places="2", year="2026/27"),
        line("", "Меморандум", "E-2", "01.02.2024", ""),
    ]
    assert len(looked_at(cast, lines).ready) == 0
    batch = looked_at(
        cast, lines, usual_kind="exchange", usual_direction="both", empty_is_endless=True, empty_is_above=True
    )
    assert [(one["number"], one["kind"], one["places"]) for one in batch.ready] == [
        ("E-1", "exchange", 4), ("E-2", "memorandum", 0),
    ]  # fmt: skip
    # The next list like this one is read in the same way.
    again = brought(cast, lines)
    assert (again.mapping, again.settings) == (batch.mapping, batch.settings)


def test_undo_takes_everything_back(cast: Cast) -> None:
    partners(cast)
    before = (Partnership.objects.count(), Contact.objects.count())
    batch = taken(cast, TIDY)
    assert Partnership.objects.count() == before[0] + 1
    undo_agreements(batch, by=cast.officer, at=NOW)
    assert not Agreement.objects.exists()
    assert (Partnership.objects.count(), Contact.objects.count()) == before
    with pytest.raises(IllegalMove):
        undo_agreements(batch, by=cast.officer, at=NOW)


def test_nothing_is_undone_after_somebody_worked_on_one(cast: Cast) -> None:
    partners(cast)
    batch = taken(cast, TIDY)
    agreement = by_number("KZ-3")
    add_obligation(agreement, text="Report", due_on=TODAY, responsible=None, by=cast.officer, at=NOW)
    with pytest.raises(AgreementUsedSince, match="Almaty"):
        undo_agreements(batch, by=cast.officer, at=NOW)
    assert Agreement.objects.filter(imported_by=batch).count() == 8


def test_its_successor_begins_with_the_texts_of_its_kind(cast: Cast) -> None:
    partners(cast)
    taken(cast, TIDY)
    successor = draft_successor(by_number("12/2024"), by=cast.officer, at=NOW)
    texts = current_version(successor).texts
    assert list(texts) == ["ky"]
    assert len(texts["ky"]) > 3


def test_refusals(cast: Cast) -> None:
    partners(cast)
    batch = brought(cast, TIDY)
    with pytest.raises(SignedColumnMissing):
        choose_agreement_columns(batch, {"partner": "ВУЗ-партнёр"}, by=cast.officer, at=NOW)
    with pytest.raises(ColumnTwice):
        choose_agreement_columns(batch, {"partner": "Статус", "signed": "Статус"}, by=cast.officer, at=NOW)
    batch = choose_agreement_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    with pytest.raises(PartnerUnknown):
        choose_meanings(batch, {"АДУ (Анкара)": 10**9}, by=cast.officer, at=NOW)
    with pytest.raises(FileTypeRefused):
        bring_agreements(
            b"%PDF-1.7\n%%EOF\n",
            "agreements.pdf",
            office=cast.office,
            by=cast.officer,
            at=NOW,
        )


@pytest.mark.parametrize("who", ["reader", "coordinator", "vice_rector", "lawyer", "nobody", "other_officer"])
def test_only_the_office_brings_chooses_takes_and_undoes(cast: Cast, who: str) -> None:
    partners(cast)
    stranger = getattr(cast, who)
    with pytest.raises(NotAllowed):
        brought(cast, TIDY, by=stranger)
    batch = looked_at(cast, TIDY)
    with pytest.raises(NotAllowed):
        choose_agreement_columns(batch, batch.mapping, by=stranger, at=NOW)
    with pytest.raises(NotAllowed):
        choose_meanings(batch, {}, by=stranger, at=NOW)
    with pytest.raises(NotAllowed):
        take_agreements(batch, by=stranger, at=NOW)
    batch = take_agreements(batch, by=cast.administrator, at=NOW)
    with pytest.raises(NotAllowed):
        undo_agreements(batch, by=stranger, at=NOW)


def test_partners_of_another_office_are_not_found(cast: Cast) -> None:
    """The same name in the other office's own directory stays theirs."""
    partners(cast)
    batch = bring_agreements(
        workbook(TIDY), "ours.xlsx", office=cast.other_office, by=cast.other_officer, at=NOW
    )
    batch = choose_agreement_columns(batch, batch.mapping, by=cast.other_officer, at=NOW)
    assert set(batch.partners.values()) == {None}
    assert batch.candidates == {}
    assert batch.ready == []


def test_a_list_in_windows_letters_is_read(cast: Cast) -> None:
    partners(cast)
    text = (
        "Вуз;Вид договора;Номер;Дата подписания;Срок действия\r\nTDU;Меморандум;W-1;01.02.2024;бессрочно\r\n"
    )
    batch = bring_agreements(text.encode("cp1251"), "w.csv", office=cast.office, by=cast.officer, at=NOW)
    batch = choose_agreement_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    assert [(one["number"], one["ends_on"]) for one in batch.ready] == [("W-1", "")]
    assert read_table(text.encode("utf-16"), name="w.csv").columns[0] == "Вуз"
