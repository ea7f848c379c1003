"""Reading and proving the trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.audit.models import Chain, Entry


@dataclass(frozen=True)
class Facts:
    """What an entry says, made fit for JSON without losing digits."""

    data: Mapping[str, object]

    def plain(self) -> dict[str, object]:
        return {key: _plain(value) for key, value in self.data.items()}


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case models.Model():
            return value.pk
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
    return str(value)


def hash_of(entry: Entry) -> str:
    """SHA-256 over the canonical form of all columns but the hash itself."""
    canonical = json.dumps(
        [
            entry.office_id,
            entry.position,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.action,
            entry.user_id,
            entry.link_id,
            entry.actor,
            entry.subject_type,
            entry.subject_id,
            entry.data,
            entry.previous_hash,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def timeline(subject: models.Model) -> QuerySet[Entry]:
    """The acts on one record, newest first."""
    return Entry.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by(
        "-position"
    )


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    position: int
    reason: str


def breaks_in(office: Office) -> Iterator[Break]:
    """Every entry that was changed, removed or put in between; nothing when the chain is whole.

    Others may go on writing: the end of the chain is read before its entries, and what is beyond it is new.
    """
    previous, expected = "", 1
    end = Chain.objects.filter(office=office).first()
    for entry in Entry.objects.filter(office=office).order_by("position").iterator(chunk_size=2000):
        if entry.position != expected:
            yield Break(expected, f"entries {expected} to {entry.position - 1} are missing")
            expected = entry.position
        if entry.previous_hash != previous:
            yield Break(entry.position, "does not continue the entry before")
        if entry.entry_hash != hash_of(entry):
            yield Break(entry.position, "was changed after it was written")
        if end and entry.position == end.length and entry.entry_hash != end.last_hash:
            yield Break(entry.position, "is not the one with which the chain ended")
        previous, expected = entry.entry_hash, entry.position + 1
    found = expected - 1
    if end and found < end.length:
        yield Break(expected, f"the chain ends at {found} but {end.length} entries were written")
    now = Chain.objects.filter(office=office).first()
    written = now.length if now else 0
    if found > written:
        yield Break(found, f"there are {found} entries but {written} were written")
