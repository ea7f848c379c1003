"""Group visits: the plan, the list of people, a timetable without collisions, attendance, certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from sapar.core.errors import BadInput, IllegalMove, NotAllowed
from sapar.directory.models import Person, Unit
from sapar.directory.services.people import PersonEntry
from sapar.directory.states import UnitKind
from sapar.files.models import Paper
from sapar.formats.tables import RefusedRows
from sapar.mobility.errors import (
    OutsideVisit,
    ReasonMissing,
    RoomTaken,
    SessionOutsidePlan,
    VisitNotBegun,
    VisitorAttended,
    VisitOver,
)
from sapar.mobility.models import GroupVisit
from sapar.mobility.policies import may_change_visit, may_note_attendance
from sapar.mobility.queries.visits import attendance_of, sessions_of, visits_soon, visits_visible_to
from sapar.mobility.services.visit_papers import issue_visit_certificates
from sapar.mobility.services.visits import (
    SessionEntry,
    VisitEntry,
    VisitorEntry,
    add_session,
    change_session,
    change_visit,
    move_visit,
    note_attendance,
    plan_visit,
    remove_session,
    remove_visitor,
    take_visitors,
)
from sapar.mobility.sheets.visitors import pasted_table, read_visitors
from sapar.mobility.states import Presence
from tests.cast import NOW, TODAY, Cast
from tests.story import partner_in_force


def entry(cast: Cast) -> VisitEntry:
    return VisitEntry(
        title="Medical students",
        partner=partner_in_force(cast, "Tashkent Demo Institute").organisation,
        starts_on=date(2026, 10, 12),
        ends_on=date(2026, 10, 16),
        leader_name="Nodira",
        hosts=[cast.medicine],
    )


def planned(cast: Cast, *names: str) -> GroupVisit:
    visit = plan_visit(entry(cast), office=cast.office, by=cast.officer, at=NOW)
    people = [VisitorEntry(person=PersonEntry(passport_surname=name)) for name in names]
    take_visitors(visit, people, by=cast.officer, at=NOW)
    return visit


def session(cast: Cast, **changes: Any) -> SessionEntry:
    first = SessionEntry(
        unit=cast.medicine, topic="Anatomy", held_on=date(2026, 10, 13), begins_at=time(9), ends_at=time(11),
        room="201", teacher="Dr. Asanov",
    )  # fmt: skip
    return replace(first, **changes)


def moved(visit: GroupVisit, cast: Cast, *moves: str) -> GroupVisit:
    for move in moves:
        visit = move_visit(visit, move, outcome="Two papers" * (move == "finish"), by=cast.officer, at=NOW)
    return visit


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"held_on": date(2026, 10, 17)}, OutsideVisit),
        ({"ends_at": time(9)}, BadInput),
        ({"begins_at": time(10, 59), "ends_at": time(12), "room": "", "teacher": ""}, RoomTaken),
    ],
)
def test_session_that_cannot_be_is_refused(cast: Cast, changes: dict[str, Any], refusal: Any) -> None:
    visit = planned(cast)
    add_session(visit, session(cast), by=cast.officer, at=NOW)
    with pytest.raises(refusal):
        add_session(visit, session(cast, **changes), by=cast.officer, at=NOW)


def test_room_and_teacher_are_in_one_place_also_between_visits(cast: Cast) -> None:
    first = planned(cast)
    others = entry_of(cast, "Almaty Demo University")
    second = plan_visit(others, office=cast.office, by=cast.officer, at=NOW)
    held = add_session(first, session(cast), by=cast.officer, at=NOW)
    for changes in ({"teacher": ""}, {"room": ""}, {"room": "", "teacher": "DR. ASANOV"}):
        with pytest.raises(RoomTaken):
            add_session(second, session(cast, **changes), by=cast.officer, at=NOW)
    add_session(second, session(cast, begins_at=time(11), ends_at=time(12)), by=cast.officer, at=NOW)
    change_session(held, session(cast, begins_at=time(8, 30)), by=cast.officer, at=NOW)
    with pytest.raises(RoomTaken):
        change_session(held, session(cast, ends_at=time(11, 30)), by=cast.officer, at=NOW)
    remove_session(held, by=cast.officer, at=NOW)
    add_session(second, session(cast), by=cast.officer, at=NOW)


def entry_of(cast: Cast, name: str) -> VisitEntry:
    partner = partner_in_force(cast, name).organisation
    return replace(entry(cast), title="Others", partner=partner, leader_name="Aru", hosts=[])


def test_list_takes_namesakes_for_one_person_only_with_the_birth_date(cast: Cast) -> None:
    born = date(2005, 3, 1)
    known = PersonEntry(passport_surname="Karimov", passport_given="Jasur", birth_date=born)
    first = planned(cast)
    take_visitors(first, [VisitorEntry(person=known)], by=cast.officer, at=NOW)
    second = plan_visit(entry_of(cast, "Almaty Demo University"), office=cast.office, by=cast.officer, at=NOW)
    lines = [known, replace(known, birth_date=None), replace(known, passport_given="Bobur", birth_date=None)]
    taken = take_visitors(second, [VisitorEntry(person=one) for one in lines], by=cast.officer, at=NOW)
    assert (taken.new, taken.known, taken.already) == (1, 1, 1)
    third = plan_visit(
        entry_of(cast, "Dushanbe Demo University"), office=cast.office, by=cast.officer, at=NOW
    )
    taken = take_visitors(third, [VisitorEntry(person=lines[1])], by=cast.officer, at=NOW)
    assert (taken.new, Person.objects.filter(passport_surname="Karimov").count()) == (1, 3)


def test_pasted_lines_and_sheets_are_read_alike() -> None:
    by_hand = read_visitors(pasted_table("Karimov; Jasur; 3\nАсанова; Айгүл; 2\n"), "list")
    assert [(one.person.passport_surname, one.person.passport_given, one.year_of_study) for one in by_hand] == [
        ("Karimov", "Jasur", 3), ("Асанова", "Айгүл", 2),
    ]  # fmt: skip
    sheet = read_visitors(
        "Фамилия,Имя,Курс,Дата рождения\nKarimov,Jasur,3,01.03.2005\n".encode("cp1251"), "l.csv"
    )
    assert (sheet[0].year_of_study, sheet[0].person.birth_date) == (3, date(2005, 3, 1))


def test_list_is_refused_cell_by_cell() -> None:
    text = "surname,given names,year,date of birth,citizenship,e-mail\n,,3,,,\nKаrim,A,99,1.1,Uzbek,nobody\n"
    with pytest.raises(RefusedRows) as refused:
        read_visitors(text.encode(), "list.csv")
    assert [(p.row, p.column) for p in refused.value.problems] == [
        (2, "surname"), (3, "surname"), (3, "date of birth"), (3, "citizenship"), (3, "year"), (3, "e-mail"),
    ]  # fmt: skip


def test_attendance_is_noted_counted_and_protects_its_rows(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    visit = planned(cast, "Aman", "Bek", "Chyngyz")
    one = add_session(visit, session(cast), by=cast.officer, at=NOW)
    aman, bek, _third = visit.visitors.order_by("pk")
    noted = {aman.pk: Presence.PRESENT, bek.pk: Presence.ABSENT}
    assert note_attendance(one, noted, by=cast.coordinator, at=NOW) == 2
    note_attendance(one, {bek.pk: Presence.EXCUSED}, by=cast.officer, at=NOW)
    sessions = list(sessions_of(visit))
    with django_assert_num_queries(2):
        rows = attendance_of(visit, sessions)
        assert [(row.visitor.person.display_name, row.present, row.noted) for row in rows] == [
            ("Aman", 1, 1), ("Bek", 0, 1), ("Chyngyz", 0, 0),
        ]  # fmt: skip
    with pytest.raises(VisitorAttended):
        remove_visitor(aman, by=cast.officer, at=NOW)
    with pytest.raises(VisitorAttended):
        remove_session(one, by=cast.officer, at=NOW)
    remove_visitor(bek, by=cast.officer, at=NOW)
    assert visit.visitors.count() == 2


def test_plan_keeps_its_sessions_inside(cast: Cast) -> None:
    visit = planned(cast)
    add_session(visit, session(cast), by=cast.officer, at=NOW)
    shorter = replace(entry_of(cast, "Almaty Demo University"), starts_on=date(2026, 10, 14))
    with pytest.raises(SessionOutsidePlan):
        change_visit(visit, shorter, by=cast.officer, at=NOW)


def test_certificates_are_for_each_and_are_replaced(cast: Cast) -> None:
    visit = planned(cast, "Aman", "Bek")
    with pytest.raises(VisitNotBegun):
        issue_visit_certificates(visit, by=cast.officer, at=NOW)
    visit = moved(visit, cast, "confirm", "begin")
    with pytest.raises(ReasonMissing):
        move_visit(visit, "finish", by=cast.officer, at=NOW)
    visit = moved(visit, cast, "finish")
    for _time in range(2):
        issue_visit_certificates(visit, by=cast.officer, at=NOW)
    states = list(Paper.objects.order_by("pk").values_list("number", "state"))
    numbers = [f"{visit.number}/01", f"{visit.number}/02"]
    assert states == [(number, state) for state in ("replaced", "valid") for number in numbers]
    with pytest.raises(VisitOver):
        add_session(visit, session(cast), by=cast.officer, at=NOW)
    with pytest.raises(IllegalMove):
        move_visit(visit, "cancel", by=cast.officer, at=NOW)


def test_who_sees_changes_and_notes(cast: Cast) -> None:
    visit = planned(cast)
    roles = ("administrator", "officer", "coordinator", "reader", "nobody", "other_officer")
    table = {
        role: (
            visits_visible_to(user := getattr(cast, role), cast.office).exists(),
            may_change_visit(user, visit),
            may_note_attendance(user, visit),
        )
        for role in roles
    }
    assert table == {
        "administrator": (True, True, True),
        "officer": (True, True, True),
        "coordinator": (True, False, True),
        "reader": (True, False, False),
        "nobody": (False, False, False),
        "other_officer": (False, False, False),
    }


def test_dean_sees_a_visit_at_a_department_of_the_faculty(cast: Cast) -> None:
    department = Unit.objects.create(
        office=cast.office, kind=UnitKind.DEPARTMENT, name="Department of Anatomy", parent=cast.medicine
    )
    visit = plan_visit(replace(entry(cast), hosts=[department]), office=cast.office, by=cast.officer, at=NOW)
    other = plan_visit(
        replace(entry_of(cast, "Almaty Demo University"), hosts=[cast.economics]),
        office=cast.office, by=cast.officer, at=NOW,
    )  # fmt: skip
    assert list(visits_visible_to(cast.coordinator, cast.office)) == [visit]
    assert may_note_attendance(cast.coordinator, visit)
    assert not may_note_attendance(cast.coordinator, other)
    with pytest.raises(NotAllowed):
        move_visit(visit, "confirm", by=cast.coordinator, at=NOW)


def test_visits_soon_are_on_the_desk_for_two_weeks(cast: Cast) -> None:
    visit = planned(cast)
    assert list(visits_soon(cast.office, today=TODAY)) == [visit]
    assert list(visits_soon(cast.office, today=date(2026, 9, 20))) == []
    assert list(visits_soon(cast.other_office, today=TODAY)) == []
