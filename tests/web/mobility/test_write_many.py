"""One text to several applicants: gaps, a look before sending, all or nobody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from sapar.audit.queries import breaks_in
from sapar.core.errors import NotAllowed
from sapar.mobility.errors import NothingChosen, ReasonMissing, UnknownGap
from sapar.mobility.models import Application, Message
from sapar.mobility.services.messages import letters_to, write_to_many
from sapar.mobility.states import LetterKind
from tests.cast import NOW, Cast, signed_in
from tests.story import apply, open_call_with, partner_in_force, student

URL = "/o/alatoo/applications/write/"


def two(cast: Cast) -> list[Application]:
    call = open_call_with(cast, partner_in_force(cast))
    return [apply(call, student(cast, name, "3.5"))[0] for name in ("Aida", "Bermet")]


def test_each_reads_the_own_name_and_gets_a_letter(cast: Cast) -> None:
    chosen, client = two(cast), signed_in(cast.officer)
    rows = [one.pk for one in chosen]
    assert "{deadline}" in client.post(URL, {"row": rows}).content.decode()
    text = "Dear {name}, your {call} closes {deadline}. Host: {host}."
    looked = client.post(URL, {"row": rows, "text": text, "do": "look"}).content.decode()
    assert ("Dear Aida Demo" in looked, "Host: –." in looked, Message.objects.count()) == (True, True, 0)
    back = client.post(URL, {"row": rows, "text": text, "do": "change"}).content.decode()
    assert "Dear {name}" in back
    assert client.post(URL, {"row": rows, "text": text, "do": "send"}).status_code == 302
    said = list(Message.objects.order_by("application__person__sort_key").values_list("text", flat=True))
    assert [line.split(",")[0] for line in said] == ["Dear Aida Demo", "Dear Bermet Demo"]
    letters = DBTaskResult.objects.filter(task_path="sapar.mobility.tasks.applications.notify")
    assert sum(1 for task in letters if "message" in task.args_kwargs["args"]) == 2


def test_unknown_gap_is_named_and_nothing_is_sent_or_lost(cast: Cast) -> None:
    chosen, client = two(cast), signed_in(cast.officer)
    answer = client.post(URL, {"row": [chosen[0].pk], "text": "Dear {nmae}", "do": "send"})
    page = answer.content.decode()
    assert (answer.status_code, "{nmae}" in page, "Dear {nmae}" in page) == (422, True, True)
    with pytest.raises(UnknownGap):
        letters_to(LetterKind.APPLICATION, chosen, "{nmae}")
    with pytest.raises(ReasonMissing):
        letters_to(LetterKind.APPLICATION, chosen, "  ")
    with pytest.raises(NothingChosen):
        write_to_many(LetterKind.APPLICATION, [], "Hello", by=cast.officer, at=NOW)
    assert not Message.objects.exists()


def test_nobody_writes_for_an_office_that_is_not_theirs(cast: Cast) -> None:
    chosen = two(cast)
    with pytest.raises(NotAllowed):
        write_to_many(LetterKind.APPLICATION, chosen, "Hello", by=cast.reader, at=NOW)
    stranger = signed_in(cast.other_officer)
    rows = {"row": [one.pk for one in chosen], "text": "Hello", "do": "send"}
    assert stranger.post(URL, rows).status_code == 404
    stranger.post("/o/tianshan/applications/write/", rows)
    assert not Message.objects.exists()


def test_more_readers_cost_little_more(cast: Cast) -> None:
    chosen = two(cast)
    with CaptureQueriesContext(connection) as one:
        write_to_many(LetterKind.APPLICATION, chosen[:1], "Hello", by=cast.officer, at=NOW)
    with CaptureQueriesContext(connection) as both:
        sent = write_to_many(LetterKind.APPLICATION, chosen, "Good day", by=cast.officer, at=NOW)
        again = write_to_many(LetterKind.APPLICATION, chosen, "Good day", by=cast.officer, at=NOW)
    assert len(both) <= 2 * (len(one) + 1)
    assert [one.pk for one in sent] == [one.pk for one in again]
    assert not list(breaks_in(cast.office))
