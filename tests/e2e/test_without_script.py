"""The same year in a browser that runs no script: import, sign, answer by link, bulk, recognise, report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sapar.accounts.models import User
from sapar.mobility.states import ApplicationState
from tests.cast import Cast
from tests.e2e.story.away import away_and_back
from tests.e2e.story.choosing import call_and_places
from tests.e2e.story.counting import report_of_the_year
from tests.e2e.story.partners import partners_and_agreement
from tests.e2e.story.walk import Walk
from tests.e2e.test_story import walk as walk
from tests.story import apply, open_call_with, partner_in_force, student

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


def test_enter_on_a_ticked_row_presses_none_of_the_buttons(
    page: Page, cast: Cast, sign_in: Callable[[User], None]
) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=3))
    application, _link = apply(call, student(cast, "Aida", "3.5"), call.places.get())
    sign_in(cast.officer)
    page.goto("/o/alatoo/applications/?q=aida")
    page.locator(".rows tbody input[name=row]").check()
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_contain_text("Nothing was done")
    assert page.url.endswith("/o/alatoo/applications/?q=aida")
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
