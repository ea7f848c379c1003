"""The same year in a browser that runs no script: import, sign, answer by link, bulk, recognise, report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.story.away import away_and_back
from tests.e2e.story.choosing import call_and_places
from tests.e2e.story.counting import report_of_the_year
from tests.e2e.story.partners import partners_and_agreement
from tests.e2e.story.walk import Walk
from tests.e2e.test_story import walk as walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return {**browser_context_args, "java_script_enabled": False}


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """axe is a script itself; the walk with script asks it."""

    def check(page: Page) -> None:
        assert page.locator("h1").count() == 1

    return check


@pytest.fixture
def shoot() -> Callable[..., None]:
    def take(page: Page, name: str, **options: Any) -> None:
        assert page.locator("html.scripted").count() == 0, name

    return take


def test_one_year_without_script(walk: Walk) -> None:
    agreement = partners_and_agreement(walk)
    call_and_places(walk)
    away_and_back(walk, agreement)
    report_of_the_year(walk)
