"""What changed between two versions of an agreement, told from their snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

Snapshot = Mapping[str, Any]
Row = Mapping[str, Any]
SAME_ROW = ("academic_year", "direction", "kind", "isced_f", "level", "unit")
ROW_VALUES = ("places", "months", "language", "language_level", "note")


@dataclass(frozen=True)
class HeadChange:
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RowChange:
    """A row of places that came, went, or has other values; `changed` names them."""

    before: Row | None
    after: Row | None
    changed: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        row = self.after if self.after is not None else self.before
        assert row is not None
        return row


@dataclass(frozen=True)
class Piece:
    """A run of words of a text: kept, taken out or put in."""

    kind: Literal["kept", "out", "in"]
    words: str


@dataclass(frozen=True)
class TextChange:
    language: str
    number: int
    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Changes:
    head: tuple[HeadChange, ...]
    rows: tuple[RowChange, ...]
    texts: tuple[TextChange, ...]

    def __bool__(self) -> bool:
        return bool(self.head or self.rows or self.texts)


def changes_between(before: Snapshot, after: Snapshot) -> Changes:
    return Changes(
        tuple(_head(before["agreement"], after["agreement"])),
        tuple(_rows(before["conditions"], after["conditions"])),
        tuple(_texts(before["texts"], after["texts"])),
    )


def _head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[HeadChange]:
    for name in after:
        if before.get(name) != after[name]:
            yield HeadChange(name, before.get(name), after[name])


def _rows(before: Sequence[Row], after: Sequence[Row]) -> Iterator[RowChange]:
    """Rows are the same when year, direction, kind, field, level and unit are; equal ones are paired in order."""
    left: dict[tuple[object, ...], list[Row]] = {}
    for row in before:
        left.setdefault(tuple(row.get(name) for name in SAME_ROW), []).append(row)
    for row in after:
        olds = left.get(tuple(row.get(name) for name in SAME_ROW))
        if not olds:
            yield RowChange(None, row)
            continue
        old = olds.pop(0)
        changed = tuple(name for name in ROW_VALUES if old.get(name) != row.get(name))
        if changed:
            yield RowChange(old, row, changed)
    for olds in left.values():
        for old in olds:
            yield RowChange(old, None)


def _texts(before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]]) -> Iterator[TextChange]:
    nothing: Row = {"heading": "", "text": ""}
    for language in dict.fromkeys([*after, *before]):
        pairs = zip_longest(before.get(language, ()), after.get(language, ()), fillvalue=nothing)
        for number, (old, new) in enumerate(pairs, start=1):
            if old != new:
                whole = [f"{one['heading']}\n{one['text']}".strip() for one in (old, new)]
                yield TextChange(
                    language, number, new["heading"] or old["heading"], tuple(pieces_of(whole[0], whole[1]))
                )


def pieces_of(before: str, after: str) -> Iterator[Piece]:
    """The two texts word by word.

    >>> [(piece.kind, piece.words) for piece in pieces_of("two places a year", "three places a year")]
    [('out', 'two'), ('in', 'three'), ('kept', 'places a year')]
    """
    old, new = before.split(), after.split()
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("kept", " ".join(old[a:b]))
            continue
        if a < b:
            yield Piece("out", " ".join(old[a:b]))
        if c < d:
            yield Piece("in", " ".join(new[c:d]))
