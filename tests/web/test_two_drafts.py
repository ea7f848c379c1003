"""Drafts that are kept while they are typed: the later of two writers sees what the other wrote, and may go on.

They carry a revision in the place of the mark that other forms have (`tests.web.test_two_tabs`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from sapar.accounts.actors import System
from sapar.accounts.states import LinkPurpose
from sapar.mobility.services.applications import Identity, begin_application
from sapar.mobility.services.exchanges import make_exchange_link
from tests.cast import NOW, Cast, signed_in
from tests.mobility.stays import accepted_stay
from tests.story import open_call_with, partner_in_force, student
from tests.web.mobility.test_calls_guests import key_of
from tests.web.mobility.test_exchanges import STUDIED, rows, url
from tests.web.test_two_tabs import SENTENCE

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@dataclass
class Draft:
    """A page, what two people send from it, and the words by which each knows its own."""

    page: str
    theirs: dict[str, Any]
    mine: dict[str, Any]
    words: tuple[str, str]
    client: Client


def step(name: str, theirs: dict[str, Any], mine: dict[str, Any], *words: str) -> Callable[[Cast], Draft]:
    def made(cast: Cast) -> Draft:
        call = open_call_with(
            cast, *(partner_in_force(cast, f"{city} Demo University") for city in ("Ankara", "Izmir"))
        )
        call.questions = [{"code": "q1", "label": "Who pays?", "required": False}]
        call.save()
        person = Identity(email="a@example.org", student_number=student(cast, "Aida", "3.5").student_number)
        application = begin_application(
            call, person, consent_text="I agree.", by=System("application form"), at=NOW
        ).application
        first, second = call.places.order_by("pk").values_list("pk", flat=True)
        places = {"{first}": first, "{second}": second}

        def filled(sent: dict[str, Any]) -> dict[str, Any]:
            return {key: places.get(value, value) for key, value in sent.items()}

        page = f"/l/{key_of(application)}/application/{name}/"
        return Draft(page, filled(theirs), filled(mine), (words[0], words[1]), Client())

    return made


def agreement(page: str) -> Callable[[Cast], Draft]:
    def made(cast: Cast) -> Draft:
        stay = accepted_stay(cast)
        key = make_exchange_link(
            stay, LinkPurpose.FOLLOW_STAY, name="A", email="", by=cast.officer, at=NOW
        ).key
        both = [rows(STUDIED | {"title": title}) for title in ("Anatomy", "Histology")]
        address, client = (
            (url(stay, "agreement/"), signed_in(cast.officer))
            if page == "officer"
            else (f"/l/{key}/stay/agreement/1/", Client())
        )
        return Draft(address, both[0], both[1], ("Anatomy", "Histology"), client)

    return made


def languages(code: str, level: str) -> dict[str, str]:
    return {"languages-count": "1", "languages-0-language": code, "languages-0-level": level,
            "languages-0-certificate": ""}  # fmt: skip


DRAFTS = {
    "about": step("about", {"former_mobilities": "1"}, {"former_mobilities": "2"}, "1", "2"),
    "wishes": step("wishes", {"add": "{first}"}, {"add": "{second}"}, "1. Ankara", "1. Izmir"),
    "languages": step("languages", languages("de", "B2"), languages("tr", "C1"), "German; B2", "Turkish; C1"),
    "motivation": step(
        "motivation",
        {"motivation": "I want to learn.", "answer-q1": "My family"},
        {"motivation": "I want to see the sea.", "answer-q1": "My family"},
        "to learn", "the sea",
    ),
    "student": agreement("student"),
    "officer": agreement("officer"),
}  # fmt: skip


def opened(page: bytes) -> str:
    found = re.search(r'name="revision"[^>]*value="(\d+)"', page.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", DRAFTS)
def test_the_later_writer_sees_what_the_other_wrote_and_then_goes_on(cast: Cast, name: str) -> None:
    draft = DRAFTS[name](cast)
    revision = opened(draft.client.get(draft.page).content)
    first = draft.client.post(draft.page, draft.theirs | {"revision": revision})
    stored = opened(draft.client.get(draft.page).content)
    assert (first.status_code, stored != revision) == (302, True)
    late = draft.client.post(draft.page, draft.mine | {"revision": revision})
    page = BeautifulSoup(late.content, "html.parser")
    assert (late.status_code, SENTENCE in str(page)) == (422, True)
    lines = [[cell.text.strip() for cell in row.select("td")] for row in page.select(".meanwhile tbody tr")]
    assert len(lines) == 1, lines
    assert [word in cell for word, cell in zip(draft.words, lines[0], strict=True)] == [True, True], lines
    assert opened(draft.client.get(draft.page).content) == stored
    again = draft.client.post(draft.page, draft.mine | {"revision": opened(late.content)})
    assert again.status_code == 302


@pytest.mark.parametrize("name", ["about", "languages", "motivation", "student"])
def test_what_keeps_itself_never_goes_over_the_other_s_words(cast: Cast, name: str) -> None:
    """However long somebody goes on typing on a page that was told of the other."""
    draft = DRAFTS[name](cast)
    revision = opened(draft.client.get(draft.page).content)
    draft.client.post(draft.page, draft.theirs | {"revision": revision})
    stored = opened(draft.client.get(draft.page).content)
    for _moment in range(2):
        told = draft.client.post(
            f"{draft.page}?save=1", draft.mine | {"revision": revision}, headers=HTMX
        ).content.decode()
        assert SENTENCE in told
        # The answer hands no other revision to the page.
        assert 'name="revision"' not in told
    assert opened(draft.client.get(draft.page).content) == stored
