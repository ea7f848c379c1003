"""The copy of one's data and the erasure through pages."""

from __future__ import annotations

import io
from zipfile import ZipFile

from django.test import Client

from sapar.accounts.models import User
from sapar.accounts.states import LinkPurpose, Role
from sapar.directory.models import Person
from sapar.mobility.models import Erasure
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.exchanges import make_exchange_link
from sapar.mobility.states import EndReason, ErasureState
from tests.cast import NOW, Cast, grant, make_user, signed_in
from tests.mobility.stays import nominated_stay


def url(person: Person, tail: str = "") -> str:
    return f"/o/{person.office.slug}/people/{person.pk}/{tail}"


def test_person_is_erased_by_two_people_after_a_preview(cast: Cast) -> None:
    stay = nominated_stay(cast)
    person, officer, chief = stay.person, signed_in(cast.officer), signed_in(cast.administrator)
    page = officer.get(url(person, "erase/")).content.decode()
    assert stay.number in page
    assert "Ask a second person" not in page
    cancel_exchange(stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    page = officer.get(url(person, "erase/")).content.decode()
    assert "Stays without name, words and files" in page
    assert officer.post(url(person, "erase/"), {"ground": "whim"}).status_code == 422
    officer.post(url(person, "erase/"), {"ground": "request"})
    assert "Erase for good" not in officer.get(url(person, "erase/")).content.decode()
    assert officer.post(url(person, "erase/confirm/")).status_code == 403
    assert "Erase for good" in chief.get(url(person, "erase/")).content.decode()
    chief.post(url(person, "erase/confirm/"))
    assert "Aida" not in officer.get(url(person)).content.decode()
    assert Erasure.objects.get().state == ErasureState.DONE
    assert "confirmed it" in officer.get(url(person, "erase/")).content.decode()


def test_erasure_is_given_up_and_nothing_happened(cast: Cast) -> None:
    stay = nominated_stay(cast)
    cancel_exchange(stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    client = signed_in(cast.officer)
    client.post(url(stay.person, "erase/"), {"ground": "mistake"})
    client.post(url(stay.person, "erase/keep/"))
    assert Erasure.objects.get().state == ErasureState.WITHDRAWN
    assert "Aida" in client.get(url(stay.person)).content.decode()


def test_pages_are_for_the_office_alone(cast: Cast) -> None:
    person = nominated_stay(cast).person
    reader, stranger = signed_in(cast.reader), signed_in(cast.other_officer)
    for tail in ("erase/confirm/", "erase/keep/", "data.zip"):
        assert reader.post(url(person, tail)).status_code in (403, 404)
        assert stranger.post(url(person, tail)).status_code == 404
    assert reader.get(url(person, "erase/")).status_code == 403
    assert stranger.get(url(person, "erase/")).status_code == 404
    assert "Erase this person" not in reader.get(url(person)).content.decode()


def test_copies_come_as_a_zip_for_the_office_and_for_the_person(cast: Cast) -> None:
    stay = nominated_stay(cast)
    answer = signed_in(cast.officer).post(url(stay.person, "data.zip"))
    assert answer["Content-Type"] == "application/zip"
    assert "data.json" in ZipFile(io.BytesIO(answer.content)).namelist()
    key = make_exchange_link(
        stay, LinkPurpose.FOLLOW_STAY, name="Aida", email="a@example.org", by=cast.officer, at=NOW
    ).key
    guest = Client()
    assert "Download my data" in guest.get(f"/l/{key}/stay/").content.decode()
    own = guest.post(f"/l/{key}/stay/data.zip")
    assert "tables/stays.csv" in ZipFile(io.BytesIO(own.content)).namelist()
    assert guest.post(f"/l/{key[:-2]}xx/stay/data.zip").status_code == 404


def test_who_may_confirm_an_erasure_reads_of_it_on_the_desk(cast: Cast) -> None:
    stay = nominated_stay(cast)
    cancel_exchange(stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    second = make_user("Second")
    grant(second, cast.office, Role.ADMINISTRATOR)
    signed_in(second).post(url(stay.person, "erase/"), {"ground": "request"})

    def asked(user: User, slug: str = "alatoo") -> bool:
        desk = signed_in(user).get(f"/o/{slug}/").content.decode()
        return "Second asks to erase" in desk and f"people/{stay.person.pk}/erase/" in desk

    grant(cast.other_officer, cast.other_office, Role.ADMINISTRATOR)
    seen = [asked(who) for who in (cast.administrator, second, cast.officer, cast.reader)]
    assert (seen, asked(cast.other_officer, "tianshan")) == ([True, False, False, False], False)
    signed_in(cast.administrator).post(url(stay.person, "erase/confirm/"))
    assert not asked(cast.administrator)
