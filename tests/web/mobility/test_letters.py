"""Letters to people on their stays, their answers, and letters kept to be written again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import timeline
from sapar.core.errors import NotAllowed
from sapar.mobility.errors import ReasonMissing, SavedAlready, UnknownGap
from sapar.mobility.models import Exchange, Message, SavedLetter
from sapar.mobility.services.exchanges import make_exchange_link
from sapar.mobility.services.messages import (
    change_letter,
    letters_to,
    remove_letter,
    save_letter,
    write_message,
    write_to_many,
)
from sapar.mobility.states import LetterKind
from sapar.mobility.tasks.exchanges import mail_message
from tests.cast import NOW, Cast, signed_in
from tests.mobility.stays import accepted_stay
from tests.story import partner_in_force

WRITE, LETTERS = "/o/alatoo/stays/write/", "/o/alatoo/letters/"
TEXT = "Dear {name}, {partner} waits for you from {first_day} to {last_day}."


def two(cast: Cast) -> list[Exchange]:
    partner = partner_in_force(cast, places=9)
    return [accepted_stay(cast, partner, given=name) for name in ("Aida", "Bermet")]


def save(cast: Cast, title: str, text: str = "Hello {name}", **more: Any) -> SavedLetter:
    return save_letter(cast.office, LetterKind.STAY, title, text, by=cast.officer, at=NOW, **more)


def test_each_reads_the_own_days_and_the_letter_is_kept(cast: Cast) -> None:
    chosen, client = two(cast), signed_in(cast.officer)
    rows = [one.pk for one in chosen]
    assert "{first_day}" in client.post(WRITE, {"row": rows}).content.decode()
    typed = {"row": rows, "text": TEXT, "keep_as": "  Before   leaving "}
    looked = client.post(WRITE, {**typed, "do": "look"}).content.decode()
    first = f"Dear Aida Demo, Ankara Demo University waits for you from {chosen[0].planned_from:%d.%m.%Y}"
    assert (first in looked, Message.objects.count(), SavedLetter.objects.count()) == (True, 0, 0)
    assert "  Before   leaving " in client.post(WRITE, {**typed, "do": "change"}).content.decode()
    assert client.post(WRITE, {**typed, "do": "send"})["Location"] == "/o/alatoo/stays/"
    assert [one.exchange_id for one in Message.objects.order_by("pk")] == rows
    assert [(one.title, one.text, one.kind) for one in SavedLetter.objects.all()] == [
        ("Before leaving", TEXT, "stay")
    ]
    assert all(timeline(one).filter(action="mobility.exchange.message").count() == 1 for one in chosen)


def test_a_saved_letter_is_taken_and_replaced(cast: Cast) -> None:
    chosen, client = two(cast), signed_in(cast.officer)
    letter = save(cast, "Visa papers", "Bring {number}.")
    page = client.post(WRITE, {"row": [chosen[0].pk], "do": "use", "saved": letter.pk}).content.decode()
    assert "Bring {number}.</textarea>" in page
    kept = client.post(WRITE, {"row": [chosen[0].pk], "do": "use", "saved": "x", "text": "Mine"})
    assert "Mine</textarea>" in kept.content.decode()
    write_to_many(LetterKind.STAY, chosen, "New {name}", keep_as="Visa papers", by=cast.officer, at=NOW)
    letter.refresh_from_db()
    assert (letter.text, SavedLetter.objects.count()) == ("New {name}", 1)


def test_the_person_reads_on_the_own_page_and_answers(cast: Cast) -> None:
    one = two(cast)[0]
    write_message(one, "Bring your passport.", by=cast.officer, at=NOW)
    link = make_exchange_link(one, LinkPurpose.FOLLOW_STAY, name="Aida", email="", by=cast.officer, at=NOW)
    guest, page = Client(), f"/l/{link.key}/stay/"
    assert "Bring your passport." in guest.get(page).content.decode()
    assert Message.objects.get().read_at is not None
    assert guest.post(f"{page}message/", {"text": "I have it."})["Location"] == page
    officer = signed_in(cast.officer)
    assert "1 person on a stay wrote to the office." in officer.get("/o/alatoo/").content.decode()
    listed = officer.get("/o/alatoo/stays/?unread=yes").content.decode()
    assert ("Aida Demo" in listed, "Bermet Demo" in listed) == (True, False)
    assert "I have it." in officer.get(f"/o/alatoo/stays/{one.pk}/").content.decode()
    assert not Message.objects.filter(read_at=None).exists()
    assert "wrote to the office" not in officer.get("/o/alatoo/").content.decode()


def test_the_letter_goes_out_in_the_readers_language_with_a_working_link(cast: Cast) -> None:
    one = two(cast)[0]
    one.person.email, one.person.language = "aida@example.org", "ru"
    one.person.save()
    message = write_message(one, "Bring your passport.", by=cast.officer, at=NOW)
    mail_message.func(message.pk)
    [sent] = mail.outbox
    assert sent.to == ["aida@example.org"]
    assert "Bring your passport." in sent.body
    address = next(line for line in sent.body.split() if "/l/" in line)
    path = "/l/" + address.split("/l/")[1]
    assert "Bring your passport." in Client().get(path, follow=True).content.decode()


def test_who_looks_does_not_mark_as_read_nor_write(cast: Cast) -> None:
    one = two(cast)[0]
    link = make_exchange_link(one, LinkPurpose.FOLLOW_STAY, name="Aida", email="", by=cast.officer, at=NOW)
    Client().post(f"/l/{link.key}/stay/message/", {"text": "When?"})
    page = signed_in(cast.reader).get(f"/o/alatoo/stays/{one.pk}/").content.decode()
    assert ("When?" in page, "Write to Aida Demo" in page) == (True, False)
    assert Message.objects.get().read_at is None
    for act in (
        lambda: write_message(one, "Hello", by=cast.reader, at=NOW),
        lambda: save_letter(cast.office, LetterKind.STAY, "A", "B", by=cast.reader, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert signed_in(cast.reader).get(LETTERS).status_code == 403
    assert signed_in(cast.reader).post(WRITE, {"row": [one.pk]}).status_code == 403
    stranger = signed_in(cast.other_officer)
    stranger.post("/o/tianshan/stays/write/", {"row": [one.pk], "text": "Hello", "do": "send"})
    assert Message.objects.count() == 1


def test_what_is_no_letter_is_refused(cast: Cast) -> None:
    chosen, letter = two(cast), save(cast, "Visa papers")
    with pytest.raises(UnknownGap):
        letters_to(LetterKind.STAY, chosen, "{deadline}")
    with pytest.raises(UnknownGap):
        save(cast, "Other", "{call}")
    with pytest.raises(ReasonMissing):
        save(cast, "  ")
    with pytest.raises(SavedAlready):
        save(cast, "Visa papers", new=True)
    with pytest.raises(SavedAlready):
        change_letter(save(cast, "Other"), title="Visa papers", text="A", by=cast.officer, at=NOW)
    change_letter(letter, title="Visa papers", text="Changed", by=cast.officer, at=NOW)
    remove_letter(letter, by=cast.officer, at=NOW)
    assert [one.title for one in SavedLetter.objects.all()] == ["Other"]
    answer = signed_in(cast.officer).post(
        WRITE, {"row": [chosen[0].pk], "text": "{nmae}", "keep_as": "A", "do": "send"}
    )
    assert (answer.status_code, "{nmae}" in answer.content.decode()) == (422, True)
    assert (Message.objects.count(), SavedLetter.objects.count()) == (0, 1)


def test_letters_are_kept_changed_and_removed_on_their_pages(cast: Cast) -> None:
    client = signed_in(cast.officer)
    assert "No letters are saved yet" in client.get(LETTERS).content.decode()
    data = {"kind": "stay", "title": "Visa papers", "text": "Bring {number}."}
    assert client.post(f"{LETTERS}new/", data)["Location"] == LETTERS
    again = client.post(f"{LETTERS}new/", data)
    assert (again.status_code, "is saved already" in again.content.decode()) == (422, True)
    letter = SavedLetter.objects.get()
    page = f"{LETTERS}{letter.pk}/"
    assert "Bring {number}." in client.get(page).content.decode()
    assert client.post(page, {"title": "Visa", "text": "{x}"}).status_code == 422
    assert client.post(page, {"title": "Visa", "text": "Now {name}"})["Location"] == LETTERS
    assert "Visa" in client.get(LETTERS).content.decode()
    assert signed_in(cast.other_officer).get(f"/o/tianshan/letters/{letter.pk}/").status_code == 404
    assert client.post(f"{page}remove/")["Location"] == LETTERS
    assert not SavedLetter.objects.exists()


def test_a_number_that_is_no_key_is_passed_over(cast: Cast) -> None:
    answer = signed_in(cast.officer).post(WRITE, {"row": ["9" * 40, "x", "³"], "text": "A", "do": "send"})
    assert answer["Location"] == "/o/alatoo/stays/"
