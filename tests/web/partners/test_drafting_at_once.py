"""Two people, or two windows of one, write the same draft: the later one is told and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from sapar.partners.models import Agreement
from sapar.partners.queries import current_version
from sapar.web.partners.forms.texts import LONGEST_TEXT
from tests.cast import Cast, signed_in
from tests.story import draft

CHANGED = "Somebody changed this record while you had it open."


def opened(client: Client, url: str) -> dict[str, str]:
    """What the form of the page would send."""
    form = BeautifulSoup(client.get(url).content, "html.parser").select_one("main form")
    assert form is not None
    sent = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]")}
    sent |= {str(field["name"]): field.text.lstrip("\n") for field in form.select("textarea[name]")}
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]")
        sent[str(field["name"])] = str(chosen["value"]) if chosen else ""
    boxes = [str(box["name"]) for box in form.select("input[type=checkbox]:not([checked])")]
    return {name: value for name, value in sent.items() if name not in boxes} | {"do": "save"}


def mark(html: bytes) -> str:
    field = BeautifulSoup(html, "html.parser").select_one("main form input[name=seen]")
    assert field is not None
    return str(field["value"])


def saved(agreement: Agreement) -> tuple[str, str, int]:
    agreement.refresh_from_db()
    version = current_version(agreement)
    rows = version.conditions.order_by("academic_year", "direction", "pk")
    return agreement.title, version.texts["en"][0]["text"], rows[0].places


@pytest.mark.parametrize(
    ("part", "mine", "theirs"),
    [
        ("edit", {"title": "Mine"}, {"title": "Theirs"}),
        ("texts", {"text-0-en": "Mine"}, {"text-0-en": "Theirs"}),
        ("places", {"row-0-places": "7"}, {"row-0-places": "3"}),
    ],
)
def test_later_window_is_told_and_may_then_save(
    cast: Cast, part: str, mine: Mapping[str, str], theirs: Mapping[str, str]
) -> None:
    agreement = draft(cast)
    client, url = signed_in(cast.officer), f"/o/alatoo/agreements/{agreement.pk}/{part}/"
    first, second = opened(client, url), opened(client, url)
    assert set(mine) <= set(first)
    before = saved(agreement)
    assert client.post(url, first | dict(theirs)).status_code == 302
    after = saved(agreement)
    assert after != before
    refused = client.post(url, second | dict(mine))
    assert (refused.status_code, CHANGED in refused.content.decode()) == (422, True)
    assert next(iter(mine.values())) in refused.content.decode()
    assert saved(agreement) == after
    # Told once, the person may save over it.
    assert client.post(url, second | dict(mine) | {"seen": mark(refused.content)}).status_code == 302
    assert saved(agreement) not in (before, after)


def test_other_refusal_does_not_hide_that_somebody_changed_the_draft(cast: Cast) -> None:
    agreement = draft(cast)
    client, url = signed_in(cast.officer), f"/o/alatoo/agreements/{agreement.pk}/texts/"
    first, second = opened(client, url), opened(client, url)
    client.post(url, first | {"text-0-en": "Theirs"})
    refused = client.post(url, second | {"text-0-en": "x" * (LONGEST_TEXT + 1)})
    assert "Article 1 has more than 8000 characters in this language: English." in refused.content.decode()
    assert CHANGED in client.post(url, second | {"seen": mark(refused.content)}).content.decode()


def test_text_too_long_is_refused_and_shown_whole(cast: Cast) -> None:
    agreement = draft(cast)
    client, url = signed_in(cast.officer), f"/o/alatoo/agreements/{agreement.pk}/texts/"
    before, long = saved(agreement), "a" * LONGEST_TEXT + " the end"
    refused = client.post(url, opened(client, url) | {"text-0-en": long})
    assert (refused.status_code, long in refused.content.decode()) == (422, True)
    assert saved(agreement) == before
    assert client.post(url, opened(client, url) | {"text-0-en": long[:LONGEST_TEXT]}).status_code == 302
    assert saved(agreement)[1] == "a" * LONGEST_TEXT
