"""The time of keeping through pages: set, seen on the desk, asked for together, confirmed together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from sapar.directory.models import Enrolment, Person
from sapar.mobility.models import Erasure
from sapar.mobility.services.erasures import ask_erasure
from sapar.mobility.states import ErasureGround, ErasureState
from tests.cast import NOW, Cast, grant, make_user, signed_in
from tests.story import student

SETTINGS = "/o/alatoo/settings/keeping/"
OVER = "/o/alatoo/people/past-keeping/"
ERASURES = "/o/alatoo/people/erasures/"
OLD = datetime(2001, 9, 1, tzinfo=UTC)


@pytest.fixture
def old(cast: Cast) -> list[Person]:
    """Three students of long ago, and one of now."""
    people = [student(cast, name, "3.0").person for name in ("Aida", "Bermet", "Chynara")]
    student(cast, "Dinara", "3.0")
    Person.objects.filter(pk__in=[one.pk for one in people]).update(added_at=OLD)
    Enrolment.objects.filter(person__in=people).update(as_of=OLD.date())
    return people


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_set_time_shows_who_is_over_on_the_settings_the_desk_and_a_list(
    cast: Cast, old: list[Person]
) -> None:
    chief, officer = signed_in(cast.administrator), signed_in(cast.officer)
    assert "The time of keeping is over" not in text(officer, "/o/alatoo/")
    assert chief.post(SETTINGS, {"years": "0"}).status_code == 422
    assert chief.post(SETTINGS, {"years": "10"})["Location"] == SETTINGS
    for client, url in ((chief, SETTINGS), (officer, "/o/alatoo/")):
        assert "The time of keeping is over for 3 people." in text(client, url)
        assert OVER in text(client, url)
    page = text(officer, OVER)
    assert all(name in page for name in ("Aida", "Bermet", "Chynara"))
    assert "Dinara" not in page
    assert "01.09.2001" in page
    chief.post(SETTINGS, {"years": ""})
    assert "Nobody" in text(officer, OVER)


def test_many_are_asked_for_and_confirmed_by_another(cast: Cast, old: list[Person]) -> None:
    cast.office.keep_years = 10
    cast.office.save()
    officer, chief = signed_in(cast.officer), signed_in(cast.administrator)
    rows = [one.pk for one in old] + [Person.objects.get(passport_given="Dinara").pk]
    officer.post(f"{OVER}ask/", {"row": rows})
    asked = Erasure.objects.order_by("pk")
    assert {one.person for one in asked} == set(old)  # she of now was ticked in vain
    assert {one.ground for one in asked} == {ErasureGround.RETENTION}
    assert "confirm/" not in text(officer, ERASURES)
    sent = {"row": [one.pk for one in asked]}
    assert officer.post(f"{ERASURES}confirm/", {**sent, "sure": "yes"}).status_code == 403
    shown = chief.post(f"{ERASURES}confirm/", sent).content.decode()
    assert "Erase 3 people for good" in shown
    assert {one.state for one in Erasure.objects.all()} == {ErasureState.ASKED}
    assert chief.post(f"{ERASURES}confirm/", {**sent, "sure": "yes"})["Location"] == ERASURES
    assert {one.state for one in Erasure.objects.all()} == {ErasureState.DONE}
    assert not Person.objects.filter(passport_given__in=["Aida", "Bermet", "Chynara"]).exists()


def test_whom_one_asked_for_oneself_is_left_and_named(cast: Cast, old: list[Person]) -> None:
    chief = signed_in(cast.administrator)
    own = ask_erasure(old[0], ErasureGround.REQUEST, by=cast.administrator, at=NOW)
    other = ask_erasure(old[1], ErasureGround.REQUEST, by=cast.officer, at=NOW)
    page = chief.post(f"{ERASURES}confirm/", {"row": [own.pk, other.pk], "sure": "yes"}).content.decode()
    assert "You asked for it yourself" in page
    assert "1 person is left as they are" in page
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, other.state) == (ErasureState.ASKED, ErasureState.DONE)


def test_several_are_one_line_on_the_desk_and_ones_own_is_none(cast: Cast) -> None:
    people = [student(cast, f"Guest{at}", "3.0").person for at in range(3)]
    chief = signed_in(cast.administrator)
    ask_erasure(people[0], ErasureGround.REQUEST, by=cast.administrator, at=NOW)
    assert "erase" not in text(chief, "/o/alatoo/")
    ask_erasure(people[1], ErasureGround.REQUEST, by=cast.officer, at=NOW)
    assert "Aigul asks to erase" in text(chief, "/o/alatoo/")
    ask_erasure(people[2], ErasureGround.REQUEST, by=cast.officer, at=NOW)
    desk = text(chief, "/o/alatoo/")
    assert "2 people wait to be erased." in desk
    assert "asks to erase" not in desk


def test_others_have_no_way_in(cast: Cast, old: list[Person]) -> None:
    second = make_user("Second")
    grant(second, cast.other_office, "administrator")  # type: ignore[arg-type]
    asked = ask_erasure(old[0], ErasureGround.REQUEST, by=cast.officer, at=NOW)
    for user in (cast.reader, cast.coordinator):
        client = signed_in(user)
        for url in (SETTINGS, OVER, ERASURES):
            assert client.get(url).status_code == 403
        for url in (f"{OVER}ask/", f"{ERASURES}confirm/"):
            assert client.post(url, {"row": [asked.pk], "sure": "yes"}).status_code == 403
    elsewhere = signed_in(second)
    elsewhere.post("/o/tianshan/people/erasures/confirm/", {"row": [asked.pk], "sure": "yes"})
    elsewhere.post("/o/tianshan/people/past-keeping/ask/", {"row": [one.pk for one in old]})
    asked.refresh_from_db()
    assert (asked.state, Erasure.objects.count()) == (ErasureState.ASKED, 1)
