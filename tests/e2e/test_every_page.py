"""Every page that somebody of the demo can reach, in three languages, at two widths, by day and by night.

`SAPAR_PICTURES=<folder>` keeps the pictures; without it the same is looked at and only what is wrong is told.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from sapar.demo.office import DemoOffice, build_office
from sapar.demo.stages import Stage
from sapar.directory.services.people import PersonEntry, add_person
from sapar.mobility.models import Call
from sapar.mobility.services.applications import accept_many
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.erasures import ask_erasures
from sapar.mobility.services.placing import run_placing
from sapar.mobility.states import ApplicationState, CallState, ErasureGround
from tests.cast import signed_in
from tests.demo.test_office import silent
from tests.e2e.gallery import Found, Viewer, pages_of

if TYPE_CHECKING:
    from sapar.accounts.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WHO = ("aigul", "admin", "dean", "vice", "rector", "lawyer", "reviewer", "reader")
# Pages of one record each, which the demo at its last stage leads to; the crawl must not grow blind.
FEWEST_PAGES = 120


@dataclass
class Kept:
    """The demo with all pages that lead from it, and a copy of its database."""

    copy: sqlite3.Connection
    demo: DemoOffice | None = None
    pages: tuple[Found, ...] = ()


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as copy:
        yield Kept(copy)


@pytest.fixture
def seen(kept: Kept, live_server: LiveServer) -> Seen:
    """What these tests look at. To make it and find its pages takes longer than to look at them: it is done once,
    and the database, which is emptied after each test, is copied back."""
    connection.ensure_connection()
    if kept.demo is None:
        kept.demo = build_demo()
        kept.pages = tuple(every_page(kept.demo))
        connection.connection.backup(kept.copy)
    else:
        kept.copy.backup(connection.connection)
    return Seen(kept.demo, kept.pages, live_server)


def build_demo() -> DemoOffice:
    """The demo at its last stage, and the places of its open call tried out but not adopted."""
    made = build_office(Stage.REPORTED, today=timezone.localdate(), students=12, say=silent)
    made.users["admin"] = made.administrator
    now = timezone.now()
    past_their_time(made)
    call = close_call(Call.objects.get(state=CallState.OPEN), by=made.officer, at=now)
    accept_many(call.applications.filter(state=ApplicationState.SUBMITTED), by=made.officer, at=now)
    run_placing(call, seed=7, by=made.officer, at=now)
    return made


def past_their_time(demo: DemoOffice) -> None:
    """Some people came long ago and never again, and two of them are to be erased."""
    long_ago = datetime(2009, 9, 1, tzinfo=UTC)
    old = [
        add_person(
            PersonEntry(passport_surname="Guest", passport_given=given, citizenship="TR"),
            office=demo.office, by=demo.officer, at=long_ago,
        )
        for given in ("Ayla", "Berk", "Ceren", "Deniz", "Elif", "Fatma")
    ]  # fmt: skip
    ask_erasures(old[:2], ErasureGround.RETENTION, by=demo.officer, at=timezone.now())


def every_page(demo: DemoOffice) -> list[Found]:
    home = f"/o/{demo.office.slug}/"
    people = {who: (signed_in(demo.users[who]), [home]) for who in WHO}
    people["admin"][1].append("/style/")
    guest = ["/accounts/login/", "/accounts/password/reset/", *(f"/l/{key}/" for key in demo.links.values())]
    return pages_of({**people, "guest": (Client(), guest)})


@dataclass(frozen=True)
class Seen:
    """The demo as a server shows it, and where its pages are."""

    demo: DemoOffice
    pages: tuple[Found, ...]
    server: LiveServer

    def met(self, pages: Iterable[Found], page: Page, language: str) -> Iterator[Found]:
        """Each page, when the browser has become the person who found it."""
        who = ""
        for each in pages:
            if each.who != who:
                become(page, self.demo.users.get(each.who), language, self.server)
                who = each.who
            yield each


def become(page: Page, user: User | None, language: str, live_server: LiveServer) -> None:
    page.context.clear_cookies()
    cookies = {"sapar_language": language}
    if user is not None:
        cookies["sessionid"] = signed_in(user).cookies["sessionid"].value
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )


# In English the rules of accessibility are asked too, which takes longest: two workers can share these pages.
SHARES = [("en", 0, 2), ("en", 1, 2), ("ru", 0, 1), ("ky", 0, 1)]


@pytest.mark.parametrize(("language", "share", "of"), SHARES)
def test_every_page_is_seen(
    page: Page, seen: Seen, quiet: list[str], language: str, share: int, of: int
) -> None:
    folder = os.environ.get("SAPAR_PICTURES", "")
    assert len(seen.pages) >= FEWEST_PAGES
    viewer = Viewer(page, Path(folder) if folder else None, quiet, rules=language == "en")
    for each in seen.met(seen.pages[share::of], page, language):
        viewer.look(each, language)
    assert not quiet, "\n".join(quiet)


def test_every_page_is_whole_without_script(browser: Browser, seen: Seen) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=seen.server.url, locale="en-GB")
    page, wrong = context.new_page(), []
    # The style page shows a head and a form as samples.
    pages = [each for each in seen.pages if each.name != "style:page"]
    for each in seen.met(pages, page, "en"):
        page.goto(each.path)
        forms = page.locator("form")
        silent_forms = [n for n in range(forms.count()) if forms.nth(n).is_visible() and not _sends(page, n)]
        if page.locator("h1").count() != 1 or silent_forms:
            wrong.append(
                f"{each.path}: {page.locator('h1').count()} titles, forms without a button {silent_forms}"
            )
    context.close()
    assert not wrong, "\n".join(wrong)


def _sends(page: Page, number: int) -> bool:
    """It has a button; a search box sends itself with Enter."""
    form = page.locator("form").nth(number)
    return form.locator("button, input[type=submit]").count() > 0 or form.get_attribute("role") == "search"
