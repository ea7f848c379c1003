"""One version of a learning agreement as a page shows it: for the office, the student and the partner alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sapar.mobility.models import LearningAgreement, Signature
from sapar.mobility.papers.learning import credits_text
from sapar.mobility.queries.learning import snapshot_of
from sapar.mobility.states import ChangeReason, Party, Side
from sapar.web.components import State, Text
from sapar.web.mobility.exchanges.words import version_state


@dataclass(frozen=True)
class Line:
    code: str
    title: str
    term: str
    credits: str
    removed: bool
    added: bool
    reason: Text


@dataclass(frozen=True)
class GroupLines:
    number: int
    studied: Sequence[Line]
    recognised: Sequence[Line]


@dataclass(frozen=True)
class Signed:
    party: Text
    name: str
    at: datetime | None


@dataclass(frozen=True)
class VersionPage:
    """What is signed: rows side by side, totals, the digest, and who has signed."""

    number: int
    state: State
    groups: Sequence[GroupLines]
    studied: str
    recognised: str
    changed: bool
    digest: str
    signatures: Sequence[Signed]
    missing: Sequence[Party]


def version_page(version: LearningAgreement) -> VersionPage:
    """From the frozen snapshot where there is one: what was signed, not what stands in the table now."""
    data: Mapping[str, Any] = version.snapshot or snapshot_of(version)
    components: Sequence[Mapping[str, Any]] = data["components"]
    signed: dict[str, Signature] = {one.party: one for one in version.signatures.all()}
    numbers = sorted({row["group"] for row in components})
    return VersionPage(
        number=version.number,
        state=version_state(version),
        groups=[
            GroupLines(
                number,
                [_line(row) for row in components if row["group"] == number and row["side"] == Side.STUDIED],
                [
                    _line(row)
                    for row in components
                    if row["group"] == number and row["side"] == Side.RECOGNISED
                ],
            )
            for number in numbers
        ],
        studied=_total(components, Side.STUDIED),
        recognised=_total(components, Side.RECOGNISED),
        changed=any(row["removed"] or row["added"] for row in components),
        digest=version.digest,
        signatures=[
            Signed(party.label, signed[party].name, signed[party].signed_at)
            if party in signed
            else Signed(party.label, "", None)
            for party in Party
        ],
        missing=[party for party in Party if party not in signed],
    )


def _line(row: Mapping[str, Any]) -> Line:
    reason: Text = ChangeReason(row["reason"]).label if row["reason"] else ""
    if row["reason_text"]:
        reason = f"{reason}: {row['reason_text']}" if reason else row["reason_text"]
    return Line(
        row["code"],
        row["title"],
        row["term"],
        credits_text(row["credits"]),
        row["removed"],
        row["added"],
        reason,
    )


def _total(components: Sequence[Mapping[str, Any]], side: Side) -> str:
    kept = (row for row in components if row["side"] == side and not row["removed"])
    return credits_text(sum((Decimal(row["credits"]) for row in kept), Decimal(0)))
