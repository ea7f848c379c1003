"""A person at the browser, on a day of the story."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Download, Locator, Page, expect

from sapar.accounts.models import User
from tests.cast import Cast
from tests.e2e.conftest import PHONE, WIDE
from tests.mobility.draining import drain

TALLEST = 900
LINK = re.compile(r"https?://\S+?(/l/[\w-]{20,}/)")


class Calendar:
    """The clock of all doors: it stands at the day of the story and runs on from there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._day = datetime(2026, 3, 2, 4, tzinfo=UTC)
        self._since = time.monotonic()
        monkeypatch.setattr(timezone, "now", self.now)

    def now(self) -> datetime:
        return self._day + timedelta(seconds=time.monotonic() - self._since)

    def turn_to(self, day: date, hour: int = 10) -> None:
        """Ten in the morning is four in UTC: the office sits in Bishkek."""
        self._day = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=6)
        self._since = time.monotonic()

    @property
    def today(self) -> date:
        return timezone.localdate(self.now())


def written(day: date) -> str:
    """A date as people type it."""
    return day.strftime("%d.%m.%Y")


@dataclass
class Walk:
    """One browser, used by one person after the other."""

    page: Page
    cast: Cast
    calendar: Calendar
    enter: Callable[[User], None]
    speak: Callable[[str], None]
    shoot: Callable[..., None]
    accessible: Callable[[Page], None]
    folder: Path
    links: dict[str, str] = field(default_factory=dict)

    def be(self, user: User, path: str = "") -> None:
        """This person sits down at the desk and opens a page of the office."""
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        self.enter(user)
        self.go(path)

    def go(self, path: str = "") -> None:
        self.page.goto(f"/o/{self.cast.office.slug}/{path}")

    def follow(self, address: str, *, phone: bool = False) -> None:
        """Somebody without an account opens their link."""
        self.page.context.clear_cookies()
        self.page.set_viewport_size(PHONE if phone else WIDE)  # type: ignore[arg-type]
        self.page.goto(address)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def read(self, text: str | re.Pattern[str]) -> None:
        """The words stand on the page."""
        expect(self.main.get_by_text(text).first).to_be_visible()

    def titled(self, title: str | re.Pattern[str]) -> None:
        expect(self.page.locator("h1")).to_contain_text(title)

    def open(self, link: str | re.Pattern[str]) -> None:
        self.main.get_by_role("link", name=link).locator("visible=true").first.click()

    def press(self, button: str | re.Pattern[str]) -> None:
        """A button, or a link that looks like one, in the page or in its opened menu."""
        either = self.main.get_by_role("button", name=button).or_(
            self.main.get_by_role("link", name=button, exact=isinstance(button, str))
        )
        either.locator("visible=true").first.click()

    def choose(self, action: str) -> None:
        """One of the further actions behind the three dots."""
        self.main.locator("summary[aria-label='More actions']").first.click()
        self.press(action)

    def agree(self, action: str | re.Pattern[str]) -> None:
        """An action that asks before it acts: open the question, then answer it."""
        self.main.locator("details.asks > summary").filter(has_text=action).locator(
            "visible=true"
        ).first.click()
        self.main.locator("details.asks[open] .asks-sheet button").click()

    def fill(self, **fields: Any) -> None:
        """By the fields' names; a choice by its words or its value, a tick by True or False."""
        for name, value in fields.items():
            self.put(f'[name="{name}"]', value)

    def put(self, selector: str, value: Any) -> None:
        box = self.main.locator(f"{selector}:not([type=hidden])").first
        if isinstance(value, bool):
            box.set_checked(value)
        elif box.evaluate("element => element.tagName") == "SELECT":
            box.select_option(str(value))
        elif isinstance(value, Path):
            box.set_input_files(value)
        else:
            box.fill(str(value))

    def take(self, link: str, *, menu: bool = False) -> Path:
        """Download what a link gives; the file in the walk's folder."""
        if menu:
            self.main.locator("summary[aria-label='More actions']").first.click()
        with self.page.expect_download() as waiting:
            self.press(link)
        return self.kept(waiting.value)

    def kept(self, download: Download) -> Path:
        path = self.folder / download.suggested_filename
        download.save_as(path)
        return path

    def work(self) -> list[str]:
        """The worker does what is due."""
        return [*drain(), *drain(until=self.calendar.now())]

    def link_in_mail(self, email: str) -> str:
        """The address of the newest letter to somebody that holds a link."""
        for letter in reversed(mail.outbox):
            found = LINK.search(str(letter.body))
            if found and email in letter.to:
                return found[1]
        raise AssertionError(f"no letter with a link to {email}: {[one.to for one in mail.outbox]}")

    def shown_link(self) -> str:
        """The link that the page shows this once."""
        found = re.search(r"/l/[\w-]{20,}/", self.main.inner_text())
        assert found is not None, self.main.inner_text()
        return found[0]

    def picture(self, name: str, *, full: bool = False, clean: bool = True) -> None:
        """A screenshot of the tutorial; the page has no violation that axe can find."""
        if clean:
            self.accessible(self.page)
        screen = self.page.viewport_size
        assert screen is not None
        if full:
            height = int(self.page.evaluate("document.documentElement.scrollHeight"))
            height = min(max(height, screen["height"]), TALLEST)
            self.page.set_viewport_size({"width": screen["width"], "height": height})
        self.shoot(self.page, name)
        self.page.set_viewport_size(screen)
