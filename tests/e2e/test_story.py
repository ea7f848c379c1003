"""One year of an international office, walked by hand through all its pages; the tutorial is made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from sapar.audit.queries import breaks_in
from tests.cast import Cast
from tests.e2e.story.away import away_and_back
from tests.e2e.story.choosing import call_and_places
from tests.e2e.story.counting import report_of_the_year
from tests.e2e.story.partners import partners_and_agreement
from tests.e2e.story.walk import Calendar, Walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def walk(
    page: Page,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    live_server: LiveServer,
    sign_in: Callable[..., None],
    speak: Callable[[str], None],
    shoot: Callable[..., None],
    accessible: Callable[[Page], None],
    tmp_path: Path,
) -> Walk:
    settings.BASE_URL = live_server.url
    page.set_default_timeout(30_000)
    cast.office.near_abroad = ["KZ", "TJ", "UZ"]
    cast.office.save(update_fields=["near_abroad"])
    return Walk(page, cast, Calendar(monkeypatch), sign_in, speak, shoot, accessible, tmp_path)


def test_one_year_of_an_international_office(walk: Walk) -> None:
    agreement = partners_and_agreement(walk)
    call_and_places(walk)
    away_and_back(walk, agreement)
    report = report_of_the_year(walk)
    assert list(breaks_in(report.office)) == []
