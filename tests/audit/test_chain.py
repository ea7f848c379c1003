"""The trail is append-only and shows every tampering."""

from __future__ import annotations

from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in, timeline
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


def test_timeline_shows_newest_first(cast: Cast) -> None:
    three_entries(cast)
    assert [entry.data["step"] for entry in timeline(cast.medicine)] == [2, 1, 0]
