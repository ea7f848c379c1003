"""What a stay needs, on the officer's pages, on the desk, and on the student's own page."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Exchange, StayTask
from sapar.mobility.services.exchanges import make_exchange_link
from tests.cast import Cast, signed_in
from tests.mobility.stays import nominated_stay


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_put_down_done_and_seen_by_the_student(cast: Cast) -> None:
    stay, officer = nominated_stay(cast), signed_in(cast.officer)
    today = timezone.localdate()
    Exchange.objects.filter(pk=stay.pk).update(
        planned_from=today + timedelta(days=5), planned_to=today + timedelta(days=100)
    )
    url = f"/o/alatoo/stays/{stay.pk}/"
    form = page(officer, f"{url}needs/")
    assert "Visa or residence permit – the student, by" in form
    answer = officer.post(
        f"{url}needs/",
        {"usual": ["visa"], "text": "Rector's order", "whose": "office", "due_on": f"{today:%d.%m.%Y}"},
    )
    assert answer["Location"] == url
    visa = StayTask.objects.get(need="visa")
    record, desk = page(officer, url), page(officer, "/o/alatoo/")
    assert "Visa or residence permit" in record
    assert "past its date" in record
    assert "Visa or residence permit: Aida Demo" in desk
    assert "Rector&#x27;s order: Aida Demo" in desk

    key = make_exchange_link(
        stay, LinkPurpose.FOLLOW_STAY, name="Aida", email="a@example.org", by=cast.officer, at=timezone.now()
    ).key
    own = page(Client(), f"/l/{key}/stay/")
    assert "Visa or residence permit" in own
    assert "Rector&#x27;s order" not in own

    officer.post(
        f"{url}needs/{visa.pk}/",
        {"done_on": f"{today:%d.%m.%Y}", "valid_until": f"{today + timedelta(days=9):%d.%m.%Y}"},
    )
    assert "ends before the stay" in page(officer, url)
    assert "Visa or residence permit: Aida Demo" in page(officer, "/o/alatoo/")
    officer.post(f"{url}needs/{visa.pk}/remove/")
    assert not StayTask.objects.filter(need="visa").exists()


def test_bad_input_keeps_what_was_typed(cast: Cast) -> None:
    stay, officer = nominated_stay(cast), signed_in(cast.officer)
    url = f"/o/alatoo/stays/{stay.pk}/needs/"
    answer = officer.post(url, {"text": "Order", "whose": "office", "due_on": "31.02.2027"})
    assert answer.status_code == 422
    assert "31.02.2027" in answer.content.decode()
    empty = officer.post(url, {"text": "", "whose": "office"})
    assert "Tick something, or say what has to be done." in empty.content.decode()
    assert not StayTask.objects.exists()


def test_others_cannot(cast: Cast) -> None:
    stay = nominated_stay(cast)
    url = f"/o/alatoo/stays/{stay.pk}/needs/"
    assert signed_in(cast.reader).get(url).status_code == 403
    assert signed_in(cast.other_officer).get(url).status_code == 404
