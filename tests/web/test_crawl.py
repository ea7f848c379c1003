"""All pages that anybody can reach by links answer; none of them answers somebody from another office."""

from __future__ import annotations

from collections import deque
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from sapar.accounts.states import Role
from sapar.demo.office import DemoOffice
from sapar.directory.models import Organisation
from tests.cast import grant, make_office, make_user, signed_in

MOST_PAGES = 260
WHO = ("aigul", "dean", "vice", "rector", "lawyer", "reviewer", "reader")


def links_of(html: bytes, at: str) -> list[str]:
    """Addresses of the page's own site, without those that differ only in what a list shows."""
    found = []
    for anchor in BeautifulSoup(html, "html.parser").select("a[href]"):
        parts = urlsplit(str(anchor["href"]))
        if parts.netloc or parts.scheme not in ("", "http", "https") or not (parts.path or parts.query):
            continue
        path = parts.path or at
        if path.startswith("/o/") and not parts.query:
            found.append(path)
    return found


def crawl(client: Client, start: str) -> dict[str, int]:
    """Status by address, breadth first; of records of one kind only the first few are opened."""
    seen: dict[str, int] = {}
    kinds: dict[str, int] = {}
    waiting = deque([start])
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        kind = "/".join("#" if part.isdigit() else part for part in path.split("/"))
        if path in seen or kinds.get(kind, 0) >= 3:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(path)
        seen[path] = answer.status_code
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            waiting.extend(links_of(answer.content, path))
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_every_link_that_somebody_is_shown_leads_somewhere(demo: DemoOffice, who: str) -> None:
    pages = crawl(signed_in(demo.users[who]), f"/o/{demo.office.slug}/")
    assert len(pages) > 5
    assert {path: status for path, status in pages.items() if status not in (200, 302)} == {}


@pytest.mark.slow
def test_other_office_gets_404_for_every_page_and_guests_are_asked_to_sign_in(demo: DemoOffice) -> None:
    pages = crawl(signed_in(demo.officer), f"/o/{demo.office.slug}/")
    stranger = make_user("Stranger")
    other = make_office("other", "Other Demo University")
    grant(stranger, other, Role.ADMINISTRATOR)
    client, guest = signed_in(stranger), Client()
    # The directory of institutions belongs to all offices.
    shared = {
        f"/o/{demo.office.slug}/organisations/{pk}/"
        for pk in Organisation.objects.filter(office=None).values_list("pk", flat=True)
    }
    for path in pages:
        assert client.get(path).status_code == 404, path
        through_own = path.replace(f"/o/{demo.office.slug}/", "/o/other/")
        if any(part.isdigit() for part in path.split("/")) and path not in shared:
            assert client.get(through_own).status_code == 404, through_own
        assert guest.get(path).status_code == 302, path
