"""Desk, search, language and paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override

from sapar.accounts.services import make_token
from sapar.accounts.states import Role
from sapar.web.broken import answer_fault
from sapar.web.components import Action
from sapar.web.home import desk as desks
from sapar.web.home.desk import DeskItem, DeskPage, desk_of
from tests.cast import NOW, TODAY, Cast, grant, signed_in
from tests.story import partner_in_force


def test_desk_sorts_by_deadline_and_parts_what_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    go = Action("Open", "/")
    items = [
        DeskItem("undated", go),
        DeskItem("late", go, TODAY + timedelta(days=9)),
        DeskItem("theirs", go, TODAY, kind="waiting"),
        DeskItem("soon", go, TODAY + timedelta(days=1)),
    ]
    monkeypatch.setattr(desks, "DESK_SOURCES", [lambda user, office, today: items])
    page = desk_of(cast.officer, cast.office, TODAY)
    assert [item.sentence for item in page.needs_me] == ["soon", "late", "undated"]
    assert [item.sentence for item in page.waiting] == ["theirs"]


@pytest.mark.parametrize(("days", "lines"), [(3, 1), (14, 1), (15, 0), (400, 0)])
def test_token_that_ends_soon_is_on_the_desk_of_its_owner(cast: Cast, days: int, lines: int) -> None:
    make_token(cast.officer, cast.office, name="SIS", scopes=["read"], days=days, by=cast.officer, at=NOW)
    assert len(desk_of(cast.officer, cast.office, TODAY).needs_me) == lines
    assert len(desk_of(cast.administrator, cast.office, TODAY).needs_me) == lines
    assert desk_of(cast.rector, cast.office, TODAY).needs_me == []


def test_empty_desk_says_so(cast: Cast) -> None:
    assert "Nothing waits for you." in signed_in(cast.officer).get("/o/alatoo/").content.decode()


def test_somebody_with_two_offices_chooses_and_changes(cast: Cast) -> None:
    grant(cast.officer, cast.other_office, Role.VIEWER)
    client = signed_in(cast.officer)
    page = client.get("/").content.decode()
    assert "/o/alatoo/" in page
    assert "/o/tianshan/" in page
    assert "/o/tianshan/" in client.get("/o/alatoo/").content.decode()


def test_search_finds_colleagues_of_this_office_only(cast: Cast) -> None:
    page = signed_in(cast.officer).get("/o/alatoo/search/?q=gul").content.decode()
    assert "Aigul" in page
    assert "Gulnara" in page
    assert "Zarina" not in signed_in(cast.officer).get("/o/alatoo/search/?q=zar").content.decode()


def test_search_for_nothing_asks_for_words(cast: Cast) -> None:
    page = signed_in(cast.officer).get("/o/alatoo/search/?q=%20").content.decode()
    assert "Nothing was found" not in page


def test_language_is_kept_on_the_device_and_for_the_person(cast: Cast) -> None:
    client = signed_in(cast.officer)
    answer = client.post("/language/", {"language": "kk", "next": "/o/alatoo/settings/"})
    assert answer["Location"] == "/o/alatoo/settings/"
    cast.officer.refresh_from_db()
    assert cast.officer.language == "kk"
    assert client.get("/o/alatoo/")["Content-Language"] == "kk"


def test_unknown_language_theme_and_foreign_address_change_nothing(db: None) -> None:
    client = Client()
    answer = client.post("/language/", {"language": "xx", "next": "//elsewhere.example/"})
    assert answer["Location"] == "/"
    assert "sapar_language" not in answer.cookies
    assert client.post("/theme/", {"theme": "<b>"}).cookies["sapar_theme"].value == ""


def test_paper_is_drawn_by_the_server(cast: Cast) -> None:
    client = signed_in(cast.officer)
    client.post("/theme/", {"theme": "dark", "next": "/"})
    assert '<html lang="en" data-theme="dark">' in client.get("/o/alatoo/").content.decode()


def test_choices_are_posted_and_never_got(db: None) -> None:
    assert Client().get("/language/").status_code == 405
    assert Client().get("/theme/").status_code == 405


def test_signing_in_by_form(cast: Cast) -> None:
    client = Client()
    wrong = client.post("/accounts/login/", {"login": cast.officer.email, "password": "wrong"})
    assert 'role="alert"' in wrong.content.decode()
    right = client.post(
        "/accounts/login/?next=/o/alatoo/settings/",
        {"login": cast.officer.email, "password": "a-long-journey-2026", "next": "/o/alatoo/settings/"},
    )
    assert right["Location"] == "/o/alatoo/settings/"


def test_late_deadline_says_since_when(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    day = timezone.localdate() - timedelta(days=1)
    item = DeskItem("Sign the agreement with Ankara.", Action("Open", "/"), day)
    monkeypatch.setattr(desks, "DESK_SOURCES", [lambda user, office, today: [item]])
    assert f"since {day:%d.%m.%Y}" in signed_in(cast.officer).get("/o/alatoo/").content.decode()


def test_page_of_a_failure_stands_without_the_manifest_of_files(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "tests.web.home.test_home.NoManifest"},
    }
    with pytest.raises(ValueError, match="no manifest"), override("en"):
        render_to_string("404.html")
    with override("ru"):
        page = answer_fault(RequestFactory().get("/")).content.decode()
    assert 'lang="ru"' in page
    assert "Код для поддержки: 500" in page
    assert f'href="{settings.STATIC_URL}sapar/css/base.css"' in page


class NoManifest(StaticFilesStorage):
    """A server whose files were not collected."""

    def url(self, name: str | None) -> str:
        raise ValueError(f"no manifest has {name}")


def test_desk_of_an_office_in_which_nothing_is_yet_says_where_to_begin(cast: Cast) -> None:
    desk = desk_of(cast.administrator, cast.office, TODAY)
    assert [step.url for step in desk.first_steps] == [
        "/o/alatoo/imports/new/",
        "/o/alatoo/settings/people/",
        "/o/alatoo/units/new/",
    ]
    assert desk_of(cast.reader, cast.office, TODAY).first_steps == []
    partner_in_force(cast)
    assert not desk_of(cast.administrator, cast.office, TODAY).first_steps


def test_what_waits_without_a_last_day_is_not_late() -> None:
    item = DeskItem("credits", Action("Decide", "/"), since_on=TODAY - timedelta(days=3))
    desk = DeskPage([item], [], TODAY)
    page = render_to_string("home/desk_item.html", {"item": item, "desk": desk})
    assert "since" in page
    assert "late" not in page
