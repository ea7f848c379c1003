"""The trail is append-only and shows every tampering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in, hash_of, timeline
from sapar.audit.services import record
from tests.cast import NOW, Cast


def three_entries(cast: Cast) -> list[Entry]:
    return [
        record("tests.act", subject=cast.medicine, by=cast.officer, at=NOW, step=step, name="Өмүрбек")
        for step in range(3)
    ]


def test_untouched_chain_has_no_break(cast: Cast) -> None:
    three_entries(cast)
    assert list(breaks_in(cast.office)) == []


def test_changed_entry_is_found_at_its_position(cast: Cast) -> None:
    second = three_entries(cast)[1]
    Entry.objects.filter(pk=second.pk).update(actor="Somebody else")
    assert [(found.position, found.reason) for found in breaks_in(cast.office)] == [
        (2, "was changed after it was written")
    ]


def test_removed_entry_is_found(cast: Cast) -> None:
    second = three_entries(cast)[1]
    Entry.objects.filter(pk=second.pk).delete()
    assert [found.reason for found in breaks_in(cast.office)] == [
        "entries 2 to 2 are missing",
        "does not continue the entry before",
    ]


def test_removed_last_entry_is_found(cast: Cast) -> None:
    last = three_entries(cast)[2]
    Entry.objects.filter(pk=last.pk).delete()
    assert [found.reason for found in breaks_in(cast.office)] == [
        "the chain ends at 2 but 3 entries were written"
    ]


def test_entry_put_behind_the_end_is_found(cast: Cast) -> None:
    last = three_entries(cast)[2]
    forged = Entry(office=cast.office, position=4, at=NOW, action="tests.act", actor="Forger", data={})
    forged.subject_type, forged.subject_id, forged.previous_hash = "x", 1, last.entry_hash
    forged.entry_hash = hash_of(forged)
    forged.save(force_insert=True)
    assert [found.reason for found in breaks_in(cast.office)] == ["there are 4 entries but 3 were written"]


def test_last_entry_written_anew_with_a_fitting_hash_is_found(cast: Cast) -> None:
    last = three_entries(cast)[2]
    last.actor = "Somebody else"
    Entry.objects.filter(pk=last.pk).update(actor=last.actor, entry_hash=hash_of(last))
    assert [found.reason for found in breaks_in(cast.office)] == ["is not the one with which the chain ended"]


def test_chain_is_whole_while_somebody_goes_on_writing(cast: Cast) -> None:
    three_entries(cast)
    written = 0

    def write_before_the_end_is_read(
        run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        nonlocal written
        if sql.startswith("SELECT") and 'FROM "audit_chain"' in sql and written in (0, 2):
            written += 1  # not again by the queries of `record`
            record("tests.act", subject=cast.medicine, by=cast.officer, at=NOW)
            written += 1
        return run(sql, params, many, context)

    with connection.execute_wrapper(write_before_the_end_is_read):
        assert list(breaks_in(cast.office)) == []
    assert (written, Entry.objects.count()) == (4, 5)


def test_timeline_shows_newest_first(cast: Cast) -> None:
    three_entries(cast)
    assert [entry.data["step"] for entry in timeline(cast.medicine)] == [2, 1, 0]
