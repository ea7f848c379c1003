"""A real Chromium. Every test fails on an error in the console and on any request that leaves the machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer
from tools.bootstrap import find_browser
from tools.debian import with_libraries

if TYPE_CHECKING:
    from sapar.accounts.models import User


WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# WCAG 2.2 A and AA, and what axe holds to be good practice.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What passed need not be described: it takes most of the time.
    "resultTypes": ["violations"],
}


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker("e2e")
    yield
    # One worker is busy with these for minutes: begun first, the others do not wait for it at the end.
    items.sort(key=lambda item: item.path.stem != "test_every_page")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """As the plugin's own, but its Node finds the library that a minimal Debian lacks."""
    with pytest.MonkeyPatch.context() as surroundings:
        for name, value in with_libraries().items():
            surroundings.setenv(name, value)
        running = sync_playwright().start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    browser = find_browser()
    if browser is None:
        pytest.fail("no Chromium was found: python3 tools/bootstrap.py programs")
    return {
        "executable_path": browser,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
        ],
    }


@pytest.fixture
def browser_context_args(live_server: LiveServer) -> dict[str, object]:
    return {
        "base_url": live_server.url,
        "viewport": WIDE,
        "locale": "en-GB",
        "timezone_id": "Asia/Bishkek",
        "reduced_motion": "reduce",
        "accept_downloads": True,
    }


@pytest.fixture(autouse=True)
def quiet(context: BrowserContext, live_server: LiveServer) -> Iterator[list[str]]:
    """Collects what must not happen and fails the test at its end."""
    noise: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            noise.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            noise.append(f"request left the machine: {request.url}")

    context.on("console", heard)
    context.on("weberror", lambda error: noise.append(f"script: {error.error}"))
    context.on("request", asked)
    yield noise
    assert noise == []


@pytest.fixture
def sign_in(context: BrowserContext, live_server: LiveServer) -> Callable[[User], None]:
    """Signs the person in without the form; the form has its own test."""
    from tests.cast import signed_in  # needs the models, which are not ready when this file is read

    def enter(user: User) -> None:
        context.clear_cookies()
        key = signed_in(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])

    return enter


@pytest.fixture
def speak(context: BrowserContext, live_server: LiveServer) -> Callable[[str], None]:
    def choose(language: str) -> None:
        context.add_cookies([{"name": "sapar_language", "value": language, "url": live_server.url}])

    return choose


def violations(page: Page) -> AxeResults:
    """What axe finds on the page as it stands; axe itself, half a megabyte, comes into each page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return AxeResults(page.evaluate("rules => axe.run(rules)", RULES))


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """The page has no violation that axe can find."""

    def check(page: Page) -> None:
        found = violations(page)
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture
def shoot() -> Callable[..., None]:
    """Saves a picture into the folder named by SAPAR_SHOTS; without it only the page's width is checked."""
    folder = os.environ.get("SAPAR_SHOTS", "")

    def take(page: Page, name: str, *, full: bool = False) -> None:
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, f"{name} is {too_wide} px wider than the screen"
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=full)

    return take
