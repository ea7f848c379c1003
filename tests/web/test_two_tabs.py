"""Two people open one record: the later one is told, keeps what was typed, and may then save over it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from sapar.core.errors import ChangedMeanwhile
from sapar.core.marks import mark_of, refuse_changed
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.services.units import UnitEntry, add_unit
from sapar.directory.states import UnitKind
from sapar.mobility.models import CallPlace
from sapar.mobility.services.messages import save_letter
from sapar.mobility.states import LetterKind
from sapar.partners.models import Partnership
from tests.cast import NOW, Cast, signed_in
from tests.story import open_call_with, partner_in_force
from tests.web.mobility.test_letters import two
from tests.web.mobility.test_visits import planned

SENTENCE = "Somebody changed this record while you had it open."


def filled(client: Client, url: str) -> dict[str, str]:
    """The main form of a page as a browser would send it."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    form = next(one for one in page.select("main form") if one.select_one("input[name=seen]"))
    sent: dict[str, str] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(field["name"]), str(field.get("type", ""))
        if kind in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            sent[name] = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            sent[name] = field.text.removeprefix("\n")
        else:
            sent[name] = str(field.get("value", ""))
    return sent


def person(cast: Cast) -> str:
    entry = PersonEntry(passport_surname="Demo", passport_given="Aida")
    made = add_person(entry, office=cast.office, by=cast.officer, at=NOW)
    return f"people/{made.pk}/change/"


def unit(cast: Cast) -> str:
    entry = UnitEntry(name="Surgery", kind=UnitKind.DEPARTMENT, parent=cast.medicine)
    made = add_unit(entry, office=cast.office, by=cast.officer, at=NOW)
    return f"units/{made.pk}/change/"


def partnership(cast: Cast) -> str:
    partner_in_force(cast)
    return f"partners/{Partnership.objects.get().pk}/change/"


def place(cast: Cast) -> str:
    call = open_call_with(cast, partner_in_force(cast))
    return f"calls/{call.pk}/places/{CallPlace.objects.get().pk}/"


def call(cast: Cast) -> str:
    return f"calls/{open_call_with(cast, partner_in_force(cast)).pk}/change/"


def letter(cast: Cast) -> str:
    made = save_letter(cast.office, LetterKind.STAY, "Welcome", "Hello {name}", by=cast.officer, at=NOW)
    return f"letters/{made.pk}/"


def session(cast: Cast) -> str:
    visit = planned(cast, session=True)
    return f"visits/{visit.pk}/sessions/{visit.sessions.get().pk}/"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (person, "email"),
        (unit, "head_name"),
        (partnership, "note"),
        (place, "note"),
        (call, "text"),
        (letter, "text"),
        (session, "teacher"),
    ],
)
def test_the_later_one_is_told_and_then_saves(cast: Cast, record: Callable[[Cast], str], field: str) -> None:
    url = f"/o/alatoo/{record(cast)}"
    first, second = signed_in(cast.officer), signed_in(cast.administrator)
    one, other = filled(first, url), filled(second, url)
    assert first.post(url, {**one, field: "a@example.org"}).status_code == 302
    refused = second.post(url, {**other, field: "b@example.org"})
    page = refused.content.decode()
    assert (refused.status_code, SENTENCE in page, "b@example.org" in page) == (422, True, True)
    assert filled(first, url)[field] == "a@example.org"
    seen = re.search(r'name="seen" value="(\w{16})"', page)
    assert seen is not None
    assert second.post(url, {**other, field: "b@example.org", "seen": seen[1]}).status_code == 302
    assert filled(first, url)[field] == "b@example.org"


def test_planned_days_of_a_stay_are_not_changed_over_those_of_somebody_else(cast: Cast) -> None:
    url = f"/o/alatoo/stays/{two(cast)[0].pk}/dates/"
    first, second = signed_in(cast.officer), signed_in(cast.administrator)
    one, other = filled(first, url), filled(second, url)
    longer = {**one, "planned_to": "30.07.2027", "reason": "longer"}
    assert first.post(url, longer).status_code == 302
    refused = second.post(url, {**other, "planned_to": "01.06.2027", "reason": "shorter"})
    assert (refused.status_code, SENTENCE in refused.content.decode()) == (422, True)
    assert filled(first, url)["planned_to"] == "30.07.2027"


def test_whoever_is_alone_is_never_told(cast: Cast) -> None:
    url = f"/o/alatoo/{person(cast)}"
    client = signed_in(cast.officer)
    for address in ("a@example.org", "b@example.org"):
        assert client.post(url, {**filled(client, url), "email": address}).status_code == 302


def test_the_mark_follows_every_column(cast: Cast) -> None:
    before = mark_of(cast.medicine)
    refuse_changed(cast.medicine, before)
    refuse_changed(cast.medicine, "")
    cast.medicine.head_name = "Somebody else"
    with pytest.raises(ChangedMeanwhile):
        refuse_changed(cast.medicine, before)
