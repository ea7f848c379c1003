"""Stays of earlier years from the office's own list: messy cells, universities by hand, taken once, undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sapar.audit.queries import timeline
from sapar.core.errors import IllegalMove, NotAllowed
from sapar.directory.models import Person
from sapar.mobility.errors import HostUnknown, NothingToTake, StayColumnMissing, StayUsedSince
from sapar.mobility.models import Exchange, StayImport
from sapar.mobility.queries.earlier import hosts_to_choose
from sapar.mobility.queries.exchanges import overdue_transcripts
from sapar.mobility.services.earlier import (
    bring_stays,
    choose_names,
    choose_stay_columns,
    take_stays,
    undo_stays,
)
from sapar.mobility.services.messages import write_message
from sapar.mobility.states import ExchangeState, Term
from sapar.partners.errors import ColumnTwice
from sapar.partners.states import Direction
from sapar.reporting.counting import values_of
from tests.cast import NOW, TODAY, Cast
from tests.story import Partner, partner_in_force, student

LIST = """Отчёт по академической мобильности;;;;;;;;;;
ФИО студента;Дата рождения;E-mail;ВУЗ-партнёр;Страна;Учебный год;Семестр;Дата начала;Дата окончания;Факультет;\
Получено кредитов;Перезачтено кредитов
Абдраева Нургүл;05.03.2001;nurgul@example.org;Ankara Demo University;Турция;2022/2023;осенний;12.09.2022;27.01.2023;\
Faculty of Medicine;30;24
Абдраева Нургүл;05.03.2001;;ankara demo university;TR;2023-24;;05.02.2024;21.06.2024;MED;28,5;28,5
LI WEI;;;Ankara Demo University;;2021/22;весна;;;;;
Садыков Эмиль;;;Партнёр в Турции;Турция;2022/23;осень;;;;;
Кто-то Другой;;;Ankara Demo University;;2023/25;осень;;;;;
Токтосунов Азамат;;;Ankara Demo University;;2022/23;осень;31.01.2023;01.09.2022;;;
Сатыбалдиева Мээрим;;;Ankara Demo University;;2022/23;;;;;;
;;;Ankara Demo University;;2022/23;осень;;;;;
Иванов Пётр;;;Ankara Demo University;;2026/27;весна;;;;много;
Жумабекова Сезим;;;Ankara Demo University;;2026/27;осень;14.09.2026;31.01.2027;Факультет магии;;
Осмонов Тилек;;;Ankara Demo University;;2026/27;осень;14.09.2026;31.01.2027;;;
"""


@pytest.fixture
def partner(cast: Cast) -> Partner:
    return partner_in_force(cast)


def brought(cast: Cast, text: str = LIST) -> StayImport:
    return bring_stays(text.encode(), "мобильность.csv", office=cast.office, by=cast.officer, at=NOW)


def looked_at(cast: Cast, text: str = LIST, direction: Direction = Direction.OUTGOING) -> StayImport:
    batch = brought(cast, text)
    return choose_stay_columns(batch, batch.mapping, direction=direction, by=cast.officer, at=NOW)


def test_columns_are_guessed_and_remembered(cast: Cast, partner: Partner) -> None:
    batch = brought(cast)
    assert batch.mapping == {
        "name": "ФИО студента", "birth_date": "Дата рождения", "email": "E-mail", "host": "ВУЗ-партнёр",
        "country": "Страна", "year": "Учебный год", "term": "Семестр", "first": "Дата начала",
        "last": "Дата окончания", "faculty": "Факультет", "studied": "Получено кредитов",
        "recognised": "Перезачтено кредитов",
    }  # fmt: skip
    choose_stay_columns(
        batch, {"name": "ФИО студента", "host": "ВУЗ-партнёр", "note": "E-mail"},
        direction=Direction.INCOMING, by=cast.officer, at=NOW,
    )  # fmt: skip
    assert brought(cast).mapping == {"name": "ФИО студента", "host": "ВУЗ-партнёр"}


def test_every_row_that_cannot_be_taken_says_why(cast: Cast, partner: Partner) -> None:
    batch = looked_at(cast)
    assert hosts_to_choose(batch) == ["Партнёр в Турции"]
    assert [(one["row"], one["column"], one["reason"]) for one in batch.refused] == [
        (6, "ВУЗ-партнёр", "host_open"),
        (7, "Учебный год", "no_year"),
        (8, "Дата окончания", "wrong_order"),
        (9, "Дата начала", "no_when"),
        (10, "ФИО студента", "no_name"),
        (11, "Дата начала", "not_begun"),
        (11, "Получено кредитов", "no_credits"),
        (12, "Факультет", "no_faculty"),
    ]
    assert batch.rows_ready == 4


def test_taken_stays_are_records_like_others(cast: Cast, partner: Partner) -> None:
    batch = choose_names(
        looked_at(cast), {"Партнёр в Турции": partner.organisation.pk}, by=cast.officer, at=NOW
    )
    batch = take_stays(batch, by=cast.officer, at=NOW)
    first, second, term_only, by_hand, away = Exchange.objects.filter(imported_by=batch).order_by("pk")
    assert (first.number, first.state, first.unit) == ("O-2022-0001", "recognised", cast.medicine)
    assert (first.arrived_on, first.left_on) == (date(2022, 9, 12), date(2023, 1, 27))
    assert (first.credits_studied, first.credits_recognised) == (Decimal(30), Decimal(24))
    assert (second.person, second.term, second.academic_year) == (first.person, Term.SPRING, 2023)
    assert (term_only.arrived_on, term_only.left_on) == (date(2022, 2, 1), date(2022, 6, 30))
    assert (term_only.person.passport_surname, term_only.person.passport_given) == ("LI", "WEI")
    assert term_only.state == ExchangeState.RETURNED
    assert timeline(term_only).get().data["days_assumed"] is True
    assert (by_hand.partner, by_hand.person.display_name) == (partner.organisation, "Эмиль Садыков")
    assert (away.state, away.left_on, away.credits_recognised) == (ExchangeState.AWAY, None, None)
    assert Person.objects.filter(office=cast.office).count() == 4


def test_a_faculty_of_before_is_named_once(cast: Cast, partner: Partner) -> None:
    batch = looked_at(cast)
    assert batch.faculties == {"Факультет магии": None}
    batch = choose_names(batch, {}, {"Факультет магии": cast.economics.pk}, by=cast.officer, at=NOW)
    assert batch.rows_ready == 5
    take_stays(batch, by=cast.officer, at=NOW)
    assert Exchange.objects.get(person__passport_surname="Жумабекова").unit == cast.economics


def test_reports_of_those_years_count_them(cast: Cast, partner: Partner) -> None:
    take_stays(looked_at(cast), by=cast.officer, at=NOW)
    year = {(one.code, one.row): one for one in values_of(cast.office, 2022, today=TODAY)}
    assert year["exchanges.out", ""].value == 1
    assert year["recognition.rate", ""].value == Decimal(80)
    before = {(one.code, one.row): one for one in values_of(cast.office, 2021, today=TODAY)}
    assert before["exchanges.out", ""].value == 1
    # Nobody waits for what came of a stay of years ago: no figure, no letter, no line on the desk.
    assert before["recognition.waiting", ""].value == 0
    assert not overdue_transcripts(cast.office, today=TODAY).exists()


def test_the_same_list_again_adds_nothing(cast: Cast, partner: Partner) -> None:
    take_stays(looked_at(cast), by=cast.officer, at=NOW)
    again = looked_at(cast)
    assert again.rows_ready == 0
    assert [one["row"] for one in again.refused if one["reason"] == "known"] == [3, 4, 5, 13]
    with pytest.raises(NothingToTake):
        take_stays(again, by=cast.officer, at=NOW)


def test_people_on_record_are_found_by_more_than_their_name(cast: Cast, partner: Partner) -> None:
    enrolment = student(cast, "Aida", "3.5", number="2100017")
    rows = """surname;given names;student number;e-mail;partner university;academic year;term
Demo;Aida;2100017;;Ankara Demo University;2022/23;autumn
Demo;Aida;;aida@example.org;Ankara Demo University;2022/23;spring
Other;Person;;aida@example.org;Ankara Demo University;2023/24;spring
Demo;Aida;;;Ankara Demo University;2023/24;autumn
"""
    batch = take_stays(looked_at(cast, rows), by=cast.officer, at=NOW)
    stays = list(Exchange.objects.filter(imported_by=batch).order_by("pk"))
    assert [stay.person == enrolment.person for stay in stays] == [True, True, False, False]
    assert (stays[0].enrolment, stays[0].programme) == (enrolment, "General medicine")
    assert len(batch.people) == 2


def test_rows_say_their_own_direction(cast: Cast, partner: Partner) -> None:
    rows = """Name;University;Direction;Academic year;Term;Credits passed;Credits recognised
Ali Veli;Ankara Demo University;входящая;2022/23;1;30;30
Aida Demo;Ankara Demo University;;2022/23;1;;
Bad Row;Ankara Demo University;туда-сюда;2022/23;1;;
"""
    batch = take_stays(looked_at(cast, rows), by=cast.officer, at=NOW)
    found = (
        Exchange.objects.filter(imported_by=batch).order_by("pk").values_list("direction", "state", "number")
    )
    assert list(found) == [("in", "returned", "I-2022-0001"), ("out", "returned", "O-2022-0001")]
    assert [one["reason"] for one in batch.refused] == ["no_direction"]


def test_undo_removes_stays_and_people(cast: Cast, partner: Partner) -> None:
    before = Person.objects.count()
    batch = take_stays(looked_at(cast), by=cast.officer, at=NOW)
    undo_stays(batch, by=cast.officer, at=NOW)
    assert (Exchange.objects.count(), Person.objects.count()) == (0, before)
    with pytest.raises(IllegalMove):
        undo_stays(batch, by=cast.officer, at=NOW)


def test_nothing_is_undone_after_somebody_worked_on_a_stay(cast: Cast, partner: Partner) -> None:
    batch = take_stays(looked_at(cast), by=cast.officer, at=NOW)
    stay = Exchange.objects.filter(imported_by=batch).latest("pk")
    write_message(stay, "Welcome back.", by=cast.officer, at=NOW)
    with pytest.raises(StayUsedSince, match=stay.number):
        undo_stays(batch, by=cast.officer, at=NOW)
    assert Exchange.objects.filter(imported_by=batch).count() == 4


def test_refusals(cast: Cast, partner: Partner) -> None:
    batch = brought(cast)
    with pytest.raises(StayColumnMissing):
        choose_stay_columns(
            batch, {"host": "ВУЗ-партнёр"}, direction=Direction.OUTGOING, by=cast.officer, at=NOW
        )
    with pytest.raises(ColumnTwice):
        choose_stay_columns(
            batch, {"name": "E-mail", "host": "E-mail"}, direction=Direction.OUTGOING, by=cast.officer, at=NOW
        )
    batch = choose_stay_columns(batch, batch.mapping, direction=Direction.OUTGOING, by=cast.officer, at=NOW)
    with pytest.raises(HostUnknown):
        choose_names(batch, {"Партнёр в Турции": 10**9}, by=cast.officer, at=NOW)
    for stranger in (cast.reader, cast.coordinator, cast.other_officer):
        with pytest.raises(NotAllowed):
            take_stays(batch, by=stranger, at=NOW)
