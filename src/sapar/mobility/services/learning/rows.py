"""Rows of a learning agreement: as somebody types them, and as they are checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from sapar.directory.models import Course
from sapar.mobility.errors import (
    ComponentsUnbalanced,
    NoComponents,
    ReasonDoesNotFit,
    ReasonMissing,
)
from sapar.mobility.models import Component
from sapar.mobility.states import (
    REASONS_TO_ADD,
    REASONS_TO_REMOVE,
    ChangeReason,
    Side,
)

MOST_ROWS = 120
LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class ComponentEntry:
    """A course on one side; those with the same `group` stand for each other.

    In a change, `removed` and `added` mark what is different, with the coded reason.
    """

    side: Side
    group: int
    title: str
    credits: Decimal
    code: str = ""
    credit_unit: str = "ECTS"
    term: str = ""
    course: Course | None = None
    removed: bool = False
    added: bool = False
    reason: ChangeReason = ChangeReason.NONE
    reason_text: str = ""


@dataclass(frozen=True, kw_only=True)
class SketchRow:
    """A row as somebody types it: nothing is complete or checked yet, nothing is lost."""

    side: str
    group: str
    original: str = ""
    code: str = ""
    title: str = ""
    credits: str = ""
    credit_unit: str = ""
    term: str = ""
    course: str = ""
    removed: str = ""
    reason: str = ""
    reason_text: str = ""

    @classmethod
    def of(cls, row: Mapping[str, str]) -> SketchRow:
        return cls(**{field.name: row.get(field.name, "") for field in fields(cls)})


def check_reasons(components: Sequence[ComponentEntry], *, is_change: bool) -> None:
    for entry in components:
        if not is_change or not (entry.removed or entry.added):
            continue
        if entry.reason == ChangeReason.NONE or (entry.reason.needs_words and not entry.reason_text.strip()):
            raise ReasonMissing(what=entry.title)
        if entry.reason not in (REASONS_TO_REMOVE if entry.removed else REASONS_TO_ADD):
            raise ReasonDoesNotFit(what=entry.title)


def check_balance(components: Sequence[Component]) -> None:
    """Every group says what is studied; one without a home side is additional and recognised as elective."""
    kept = [component for component in components if not component.removed]
    if not kept:
        raise NoComponents
    sides = defaultdict(set)
    for component in kept:
        sides[component.group].add(component.side)
    for group, found in sides.items():
        if Side.STUDIED not in found:
            raise ComponentsUnbalanced(group=group, side=Side.STUDIED.label)
