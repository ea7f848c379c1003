"""Whose time of keeping is over: the day itself, what keeps somebody longer, and nobody where no time is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from sapar.accounts.profiles import LONGEST_KEEPING, set_keeping
from sapar.audit.models import Entry
from sapar.core.errors import BadInput, ChangedMeanwhile, NotAllowed
from sapar.core.marks import mark_of
from sapar.directory.models import Enrolment, Person
from sapar.mobility.errors import ErasedAlready
from sapar.mobility.models import Application, Erasure, Exchange, GroupVisit, Visitor
from sapar.mobility.queries.keeping import kept_since, past_keeping, with_last_day
from sapar.mobility.services.erasures import ask_erasure, ask_erasures, confirm_erasures, withdraw_erasure
from sapar.mobility.states import ApplicationState, ErasureGround, ErasureState, ExchangeState
from tests.cast import NOW, Cast
from tests.mobility.stays import nominated_stay
from tests.story import apply, open_call_with, partner_in_force, student
from tests.web.mobility.test_visits import planned

LAST = date(2020, 6, 30)
LONG_AGO = datetime(2019, 9, 1, tzinfo=UTC)


def over(cast: Cast, today: date) -> list[Person]:
    return list(past_keeping(Person.objects.filter(office=cast.office), cast.office, today=today))


@pytest.fixture
def finished(cast: Cast) -> Exchange:
    """A stay that ended on LAST, and nothing later about the person; records are kept for five years."""
    cast.office.keep_years = 5
    cast.office.save()
    stay = nominated_stay(cast)
    Exchange.objects.filter(pk=stay.pk).update(state=ExchangeState.RECOGNISED, left_on=LAST)
    Person.objects.update(added_at=LONG_AGO)
    Enrolment.objects.update(as_of=LONG_AGO.date())
    Application.objects.update(changed_at=LONG_AGO)
    stay.refresh_from_db()
    return stay


def test_the_day_after_the_last_year_is_the_first(cast: Cast, finished: Exchange) -> None:
    assert over(cast, date(2025, 6, 30)) == []
    assert over(cast, date(2025, 7, 1)) == [finished.person]
    [found] = with_last_day(Person.objects.filter(pk=finished.person_id))
    assert found.last_day == LAST  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("today", "since"),
    [(date(2028, 2, 29), date(2023, 2, 28)), (date(2025, 3, 1), date(2020, 3, 1))],
)
def test_a_leap_day_has_a_day_of_its_own(cast: Cast, today: date, since: date) -> None:
    cast.office.keep_years = 5
    assert kept_since(cast.office, today) == since


def test_without_a_time_nobody_is_over(cast: Cast, finished: Exchange) -> None:
    cast.office.keep_years = None
    assert over(cast, date(2090, 1, 1)) == []


def later_stay(cast: Cast, person: Person) -> None:
    Exchange.objects.filter(person=person).update(left_on=date(2021, 1, 1))


def open_stay(cast: Cast, person: Person) -> None:
    Exchange.objects.filter(person=person).update(state=ExchangeState.NOMINATED)


def application(cast: Cast, person: Person) -> None:
    call = open_call_with(cast, partner_in_force(cast, "Izmir Demo University"))
    made, _link = apply(call, person.enrolments.get())
    Application.objects.filter(pk=made.pk).update(
        state=ApplicationState.WITHDRAWN, changed_at=datetime(2021, 1, 1, tzinfo=UTC)
    )


def study(cast: Cast, person: Person) -> None:
    person.enrolments.update(as_of=date(2021, 1, 1))


def visit(cast: Cast, person: Person) -> None:
    made: GroupVisit = planned(cast)
    Visitor.objects.create(office=cast.office, visit=made, person=person, left_on=date(2021, 1, 1))


def asked(cast: Cast, person: Person) -> None:
    ask_erasure(person, ErasureGround.REQUEST, by=cast.officer, at=NOW)


def added(cast: Cast, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(added_at=datetime(2021, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("kept_by", [later_stay, open_stay, application, study, visit, asked, added])
def test_anything_later_keeps_somebody(
    cast: Cast, finished: Exchange, kept_by: Callable[[Cast, Person], None]
) -> None:
    day = date(2025, 7, 1)
    assert finished.person in over(cast, day)
    kept_by(cast, finished.person)
    assert finished.person not in over(cast, day)


def test_a_withdrawn_wish_to_erase_brings_somebody_back(cast: Cast, finished: Exchange) -> None:
    [wish] = ask_erasures([finished.person], ErasureGround.RETENTION, by=cast.officer, at=NOW)
    withdraw_erasure(wish, by=cast.administrator, at=NOW)
    assert over(cast, date(2025, 7, 1)) == [finished.person]


def test_asking_for_several_is_all_or_nobody(cast: Cast, finished: Exchange) -> None:
    other = student(cast, "Bermet", "3.0").person
    ask_erasure(finished.person, ErasureGround.REQUEST, by=cast.officer, at=NOW)
    with pytest.raises(ErasedAlready):
        ask_erasures([other, finished.person], ErasureGround.RETENTION, by=cast.officer, at=NOW)
    assert Erasure.objects.count() == 1


def test_confirming_several_leaves_those_that_cannot_be(cast: Cast, finished: Exchange) -> None:
    other = student(cast, "Bermet", "3.0").person
    asked_for = ask_erasures([finished.person, other], ErasureGround.RETENTION, by=cast.officer, at=NOW)
    Exchange.objects.filter(pk=finished.pk).update(state=ExchangeState.NOMINATED)
    done, left = confirm_erasures(asked_for, by=cast.administrator, at=NOW)
    assert [one.person for one in done] == [other]
    assert [one.erasure.person for one in left] == [finished.person]
    assert finished.number in str(left[0].reason)
    assert {one.person_id: one.state for one in Erasure.objects.all()} == {
        other.pk: ErasureState.DONE,
        finished.person_id: ErasureState.ASKED,
    }


def test_the_time_is_set_by_administrators_and_stands_in_the_trail(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with pytest.raises(NotAllowed):
        set_keeping(cast.office, 5, by=cast.officer)
    for years in (0, LONGEST_KEEPING + 1):
        with pytest.raises(BadInput):
            set_keeping(cast.office, years, by=cast.administrator)
    seen = mark_of(cast.office)
    with django_capture_on_commit_callbacks(execute=True):
        set_keeping(cast.office, 5, seen=seen, by=cast.administrator)
    with pytest.raises(ChangedMeanwhile):
        set_keeping(cast.office, 9, seen=seen, by=cast.administrator)
    cast.office.refresh_from_db()
    assert cast.office.keep_years == 5
    act = Entry.objects.get(action="accounts.office.keeping_set")
    assert (act.data, act.user) == ({"before": None, "years": 5}, cast.administrator)
