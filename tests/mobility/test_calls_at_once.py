"""Two people at once: the last seat of an agreement, one result adopted twice, the last minute of a deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sapar.audit.queries import breaks_in
from sapar.core.errors import IllegalMove
from sapar.mobility.errors import AlreadyApplied, PlaceTaken, RunOutdated
from sapar.mobility.models import Application, CallPlace
from sapar.mobility.services.applications import (
    Begun,
    Identity,
    accept_many,
    accept_papers,
    begin_application,
)
from sapar.mobility.services.applications.writing import FORM
from sapar.mobility.services.calls import close_call, prepare_call, take_places
from sapar.mobility.services.placing import adopt_run, confirm_place, decline_overdue, run_placing
from sapar.mobility.states import ApplicationState
from tests.cast import NOW, Cast
from tests.mobility.test_calls import ENTRY
from tests.partners.test_concurrency import at_once, real_database
from tests.story import apply, open_call_with, partner_in_force, student

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
__all__ = ["real_database"]


def test_the_last_seat_is_offered_by_one_call(cast: Cast) -> None:
    partner = partner_in_force(cast, places=1)
    calls = [
        prepare_call(replace(ENTRY, title=title), office=cast.office, by=cast.officer, at=NOW)
        for title in ("First", "Second")
    ]
    results = at_once(
        [lambda c=call: take_places(c, partner.outgoing, seats=1, by=cast.officer, at=NOW) for call in calls]  # type: ignore[misc]
    )
    assert sorted(type(one).__name__ for one in results) == ["CallPlace", PlaceTaken.__name__]
    assert CallPlace.objects.count() == 1


def test_a_double_click_begins_one_application(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast))
    student(cast, "Aida", "3.5", number="S-1")
    who = Identity(email="a@example.org", student_number="S-1")
    results = at_once([lambda: begin_application(call, who, consent_text="Yes", by=FORM, at=NOW)] * 2)
    assert sorted(type(one).__name__ for one in results) == [AlreadyApplied.__name__, Begun.__name__]
    assert Application.objects.count() == 1


def test_a_result_is_adopted_once_and_a_late_confirmation_never_doubles_a_seat(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=1))
    application, link = apply(call, student(cast, "Aida", "3.5"))
    accept_papers(application, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=1, by=cast.officer, at=NOW)
    results = at_once([lambda: adopt_run(run, by=cast.officer, at=NOW)] * 2)
    assert sorted(type(one).__name__ for one in results) == ["PlacingRun", RunOutdated.__name__]
    application.refresh_from_db()
    last = NOW + timedelta(days=7)
    results = at_once(
        [
            lambda: confirm_place(application, by=link, at=last),
            lambda: decline_overdue(call, at=last + timedelta(seconds=1)),
        ]
    )
    application.refresh_from_db()
    confirmed, declined = results
    if application.state == ApplicationState.CONFIRMED:
        assert declined == 0
    else:
        assert (application.state, declined) == (ApplicationState.DECLINED, 1)
        assert isinstance(confirmed, IllegalMove)
    assert list(breaks_in(cast.office)) == []


def test_two_officers_accept_overlapping_choices_in_opposite_order(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=4))
    made = [apply(call, student(cast, f"Student {at}", "3.5"))[0] for at in range(6)]
    given = at_once(
        [
            lambda: len(accept_many(made, by=cast.officer, at=NOW)),
            lambda: len(accept_many(made[::-1], by=cast.administrator, at=NOW)),
        ]
    )
    assert sorted(given, key=str) == [0, 6]
    assert not list(breaks_in(cast.office))
