"""Calls and applications through their pages: who sees what, and the whole way from draft to letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sapar.accounts.models import SignedLink
from sapar.mobility.models import Application, Call, CallPlace
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import adopt_run, run_placing
from sapar.mobility.states import ApplicationState, CallState
from tests.cast import NOW, Cast, signed_in
from tests.mobility.draining import drain
from tests.story import apply, open_call_with, partner_in_force, student

CALLS = "/o/alatoo/calls/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The doors' clock stands at the tests' NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    yield


@pytest.fixture
def call(cast: Cast) -> Call:
    return open_call_with(cast, partner_in_force(cast, places=2))


def placed_call(cast: Cast, call: Call, *names: str) -> list[Application]:
    """Applications of these students, best first, after the places were given."""
    made = [
        apply(call, student(cast, name, f"{3.9 - 0.2 * at:.2f}"))[0] for at, name in enumerate(names)
    ]
    for one in made:
        accept_papers(one, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=7, by=cast.officer, at=NOW)
    adopt_run(run, by=cast.officer, at=NOW)
    for one in made:
        one.refresh_from_db()
    return made


def test_smoke(cast: Cast, call: Call) -> None:
    made = placed_call(cast, call, "Best", "Second", "Third")
    drain()
    client = signed_in(cast.officer)
    run = call.runs.get()
    for url in (
        CALLS,
        f"{CALLS}new/",
        f"{CALLS}{call.pk}/",
        f"{CALLS}{call.pk}/change/",
        f"{CALLS}{call.pk}/places/",
        f"{CALLS}{call.pk}/places/{call.places.get().pk}/",
        f"{CALLS}{call.pk}/placing/",
        f"/o/alatoo/runs/{run.pk}/",
        f"/o/alatoo/runs/{run.pk}/people/",
        f"/o/alatoo/runs/{run.pk}/check/",
        f"/o/alatoo/runs/{run.pk}/minutes/",
        f"/o/alatoo/runs/{run.pk}/progress/",
        "/o/alatoo/applications/",
        f"/o/alatoo/applications/{made[0].pk}/",
        f"/o/alatoo/applications/{made[2].pk}/",
        "/o/alatoo/",
        "/o/alatoo/search/?q=Best",
        f"/c/alatoo/{call.pk}/",
        f"/c/alatoo/{call.pk}/asked/",
    ):
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
