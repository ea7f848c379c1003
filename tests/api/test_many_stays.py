"""Arrivals and departures that another system brings together; reminders."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sapar.accounts.models import SignedLink
from sapar.mobility.models import Exchange
from tests.api.test_routes import client_of, stay
from tests.cast import Cast
from tests.mobility.stays import returned_stay


def post(client: Client, path: str, data: Any) -> Any:
    return client.post(f"/api/v1/{path}", data, content_type="application/json")


def test_arrivals_and_departures_of_many_are_noted(cast: Cast) -> None:
    found, client = stay(cast), client_of(cast.officer, cast.office)
    came = post(client, "arrivals", [{"exchange": found.pk, "on": "2026-10-02"}])
    left = post(client, "departures", [{"exchange": found.pk, "on": "2026-10-20"}])
    assert [(one.status_code, one.json()[0]["state"]) for one in (came, left)] == [
        (200, "away"),
        (200, "returned"),
    ]
    assert (left.json()[0]["arrived_on"], left.json()[0]["left_on"]) == ("2026-10-02", "2026-10-20")


def test_one_fault_leaves_all_as_they_were_and_every_fault_is_named(cast: Cast) -> None:
    back, good = returned_stay(cast), stay(cast)
    rows = [
        {"exchange": good.pk, "on": "2026-10-02"},
        {"exchange": back.pk, "on": "2026-10-02"},
        {"exchange": 99_999, "on": "2026-10-02"},
        {"exchange": 99_998, "on": "2999-01-01"},
    ]
    refused = post(client_of(cast.officer, cast.office), "arrivals", rows)
    assert (refused.status_code, refused.json()["code"]) == (422, "BadRows")
    told = [(one["row"], one["field"], one["reason"]) for one in refused.json()["details"]]
    assert told == [
        (2, "exchange", "This is not possible while the state is “returned”."),
        (3, "exchange", "there is no such stay"),
        (4, "exchange", "there is no such stay"),
    ]
    assert Exchange.objects.get(pk=good.pk).arrived_on is None


def test_day_that_has_not_come_and_a_stay_named_twice_are_faults(cast: Cast) -> None:
    found, client = stay(cast), client_of(cast.officer, cast.office)
    late = post(client, "arrivals", [{"exchange": found.pk, "on": "2999-01-01"}]).json()["details"]
    assert [(one["row"], one["field"], one["value"]) for one in late] == [(1, "on", "2999-01-01")]
    twice = post(client, "arrivals", [{"exchange": found.pk, "on": "2026-10-02"}] * 2).json()["details"]
    assert [one["reason"] for one in twice] == ["this stay is named more than once"] * 2


def test_stays_of_another_office_do_not_exist(cast: Cast) -> None:
    found = stay(cast)
    refused = post(
        client_of(cast.other_officer, cast.other_office),
        "arrivals",
        [{"exchange": found.pk, "on": "2026-10-02"}],
    )
    assert [one["reason"] for one in refused.json()["details"]] == ["there is no such stay"]


@pytest.mark.parametrize("path", ["arrivals", "departures", "reminders"])
def test_token_without_the_scope_is_refused(cast: Cast, path: str) -> None:
    found = stay(cast)
    rows = [{"exchange": found.pk, "on": "2026-10-02"}]
    refused = post(client_of(cast.officer, cast.office, ["read"]), path, rows)
    assert (refused.status_code, refused.json()["code"]) == (403, "ScopeMissing")


def test_who_may_only_read_notes_nothing_and_reminds_nobody(cast: Cast) -> None:
    found, client = stay(cast), client_of(cast.reader, cast.office)
    rows = [{"exchange": found.pk, "on": "2026-10-02"}]
    assert [post(client, path, rows).status_code for path in ("arrivals", "reminders")] == [403, 403]


def test_reminders_say_how_many_letters_go_out(cast: Cast) -> None:
    stay(cast)
    before = SignedLink.objects.count()
    answer = post(client_of(cast.officer, cast.office), "reminders", {})
    assert (answer.status_code, answer.json()) == (200, {"sent": 0})
    assert SignedLink.objects.count() == before
