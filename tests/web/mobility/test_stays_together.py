"""Arrivals and departures of several people: what fits is noted, the rest is named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sapar.audit.queries import timeline
from sapar.core.errors import BadInput, NotAllowed
from sapar.mobility.errors import NothingChosen
from sapar.mobility.models import Exchange
from sapar.mobility.services.exchanges import note_arrival, note_departure
from sapar.mobility.services.together import note_arrivals, note_departures
from sapar.mobility.states import ExchangeState
from tests.cast import LATER, NOW, Cast, signed_in
from tests.mobility.stays import accepted_stay, nominated_stay
from tests.story import partner_in_force

ARRIVE, LEAVE = "/o/alatoo/stays/arrivals/", "/o/alatoo/stays/departures/"


def three(cast: Cast) -> list[Exchange]:
    """Two who may arrive and one whom the host has not accepted."""
    partner = partner_in_force(cast, places=9)
    return [
        accepted_stay(cast, partner, given="Aida"),
        accepted_stay(cast, partner, given="Bermet"),
        nominated_stay(cast, partner, given="Chynara"),
    ]


def states(chosen: list[Exchange]) -> list[str]:
    return [Exchange.objects.get(pk=one.pk).state for one in chosen]


def test_those_who_may_arrive_do_and_the_rest_is_named(cast: Cast) -> None:
    chosen, client = three(cast), signed_in(cast.officer)
    rows = [one.pk for one in chosen]
    asked = client.post(ARRIVE, {"row": rows}).content.decode()
    assert ("For 2 people" in asked, "1 stay will be left as it is" in asked) == (True, True)
    assert states(chosen) == ["accepted", "accepted", "nominated"]
    page = client.post(ARRIVE, {"row": rows, "day": "2026-10-20"}).content.decode()
    assert "2 arrivals are noted." in page
    assert "1 stay was left as it is" in page
    assert page.count("Chynara Demo</a>, Ankara Demo University: The state is “nominated") == 1
    assert states(chosen) == ["away", "away", "nominated"]
    assert [timeline(one).filter(action="mobility.exchange.arrived").count() for one in chosen] == [1, 1, 0]


def test_a_day_that_has_not_come_is_refused_and_everything_stays(cast: Cast) -> None:
    chosen, client = three(cast)[:2], signed_in(cast.officer)
    page = client.post(ARRIVE, {"row": [one.pk for one in chosen], "day": "2199-02-03"}).content.decode()
    assert page.count("03.02.2199 has not come yet. Note it on the day or later.") == 2
    one = client.post(f"/o/alatoo/stays/{chosen[0].pk}/arrive/", {"day": "2199-02-03"})
    assert (one.status_code, "03.02.2199 has not come yet" in one.content.decode()) == (422, True)
    assert states(chosen) == ["accepted", "accepted"]
    tomorrow = timezone.localtime(NOW).date() + timedelta(days=1)
    assert note_arrival(chosen[0], arrived_on=tomorrow, by=cast.officer, at=NOW).arrived_on == tomorrow
    with pytest.raises(BadInput):
        note_departure(chosen[0], left_on=tomorrow + timedelta(days=1), by=cast.officer, at=NOW)


def test_all_done_leads_back_to_the_list(cast: Cast) -> None:
    chosen, client = three(cast)[:2], signed_in(cast.officer)
    answer = client.post(ARRIVE, {"row": [one.pk for one in chosen], "day": "2026-10-20"})
    assert (answer.status_code, answer["Location"]) == (302, "/o/alatoo/stays/")
    assert client.post(ARRIVE, {})["Location"] == "/o/alatoo/stays/"


def test_nobody_leaves_before_arriving(cast: Cast) -> None:
    early, late = three(cast)[:2]
    note_arrival(early, arrived_on=date(2027, 2, 1), by=cast.officer, at=LATER)
    note_arrival(late, arrived_on=date(2027, 3, 1), by=cast.officer, at=LATER)
    noted = note_departures([early, late], left_on=date(2027, 2, 20), by=cast.officer, at=LATER)
    assert [one.pk for one in noted.done] == [early.pk]
    assert [(one.exchange.pk, one.reason.facts["reason"]) for one in noted.left] == [
        (late.pk, "20.02.2027 is before 01.03.2027.")
    ]
    page = signed_in(cast.officer).post(LEAVE, {"row": [late.pk], "day": "2027-02-20"}).content.decode()
    assert "20.02.2027 is before 01.03.2027." in page
    assert states([early, late]) == [ExchangeState.RETURNED, ExchangeState.AWAY]


def test_a_day_that_is_none_changes_nothing(cast: Cast) -> None:
    chosen = three(cast)
    answer = signed_in(cast.officer).post(ARRIVE, {"row": [one.pk for one in chosen], "day": "soon"})
    assert (answer.status_code, states(chosen)) == (422, ["accepted", "accepted", "nominated"])


def test_only_those_who_work_in_the_office_note_days(cast: Cast) -> None:
    chosen = three(cast)
    for actor in (cast.reader, cast.coordinator, cast.other_officer):
        with pytest.raises(NotAllowed):
            note_arrivals(chosen, arrived_on=date(2027, 2, 1), by=actor, at=NOW)
    with pytest.raises(NothingChosen):
        note_arrivals([], arrived_on=date(2027, 2, 1), by=cast.officer, at=NOW)
    rows = {"row": [one.pk for one in chosen], "day": "2026-10-20"}
    assert signed_in(cast.reader).post(ARRIVE, rows).status_code == 403
    assert signed_in(cast.other_officer).post(ARRIVE, rows).status_code == 404
    signed_in(cast.other_officer).post("/o/tianshan/stays/arrivals/", rows)
    assert states(chosen) == ["accepted", "accepted", "nominated"]


def test_only_who_may_act_sees_boxes_to_tick(cast: Cast) -> None:
    three(cast)
    seen = [
        "Record arrivals" in signed_in(user).get("/o/alatoo/stays/").content.decode()
        for user in (cast.officer, cast.reader)
    ]
    assert seen == [True, False]
