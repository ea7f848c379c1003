"""One version of a learning agreement as a page shows it: for the office, the student and the partner alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from sapar.mobility.models import Equivalence, Exchange, LearningAgreement, Signature
from sapar.mobility.queries.credits import Converter
from sapar.mobility.queries.exchanges import latest_learning_agreement, signed_learning_agreement
from sapar.mobility.queries.learning import (
    home_courses,
    rows_to_start_from,
    snapshot_of,
    sum_in,
    units_for,
)
from sapar.mobility.states import ChangeReason, Party, Side
from sapar.mobility.wording.credits import (
    amount_words,
    counted_unit,
    credits_shown,
    left_out_sentence,
    way_sentence,
)
from sapar.web.components import State, Text
from sapar.web.meanwhile import Difference, rows_differ
from sapar.web.mobility.exchanges.forms.learning import ComponentForm, Editor, NoteForm, VersionForm
from sapar.web.mobility.exchanges.words import version_state


@dataclass(frozen=True)
class Line:
    code: str
    title: str
    term: str
    credits: str
    unit: str
    removed: bool
    added: bool
    reason: Text


@dataclass(frozen=True)
class GroupLines:
    number: int
    studied: Sequence[Line]
    recognised: Sequence[Line]


@dataclass(frozen=True)
class Total:
    """A side's sum in the home unit, and how other units came into it."""

    words: str
    ways: Sequence[tuple[str, Sequence[str]]]
    left_out: Sequence[str]


def total_of(plain: Mapping[str, Any]) -> Total:
    return Total(
        amount_words(plain["total"], plain["unit"]),
        [(way_sentence(way), way["source"].split()) for way in plain["ways"]],
        [left_out_sentence(left) for left in plain["left_out"]],
    )


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
    note: str
    remark: str
    remark_by: str
    groups: Sequence[GroupLines]
    studied: Total
    recognised: Total
    changed: bool
    digest: str
    signatures: Sequence[Signed]
    missing: Sequence[Party]


def version_page(version: LearningAgreement) -> VersionPage:
    """From the frozen snapshot where there is one: what was signed, not what stands in the table now."""
    data: Mapping[str, Any] = version.snapshot or snapshot_of(version)
    components: Sequence[Mapping[str, Any]] = data["components"]
    signed: dict[str, Signature] = {one.party: one for one in version.signatures.all()}
    return VersionPage(
        number=version.number,
        state=version_state(version),
        note=version.note,
        remark=version.remark,
        remark_by=version.remark_by,
        groups=group_lines(components),
        studied=total_of(sum_in(data, Side.STUDIED)),
        recognised=total_of(sum_in(data, Side.RECOGNISED)),
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


def group_lines(components: Sequence[Mapping[str, Any]]) -> list[GroupLines]:
    """Rows that stand for each other side by side."""

    def lines(number: int, side: Side) -> list[Line]:
        return [_line(row) for row in components if row["group"] == number and row["side"] == side]

    return [
        GroupLines(number, lines(number, Side.STUDIED), lines(number, Side.RECOGNISED))
        for number in sorted({row["group"] for row in components})
    ]


def _line(row: Mapping[str, Any]) -> Line:
    reason: Text = ChangeReason(row["reason"]).coded if row["reason"] else ""
    if row["reason_text"]:
        reason = f"{reason}: {row['reason_text']}" if reason else row["reason_text"]
    return Line(
        row["code"],
        row["title"],
        row["term"],
        credits_shown(row["credits"]),
        counted_unit(row["credits"], row["credit_unit"]),
        row["removed"],
        row["added"],
        reason,
    )


def editor_for(
    exchange: Exchange, *, data: QueryDict | None, known: Mapping[int, Equivalence], sketched: bool = True
) -> Editor:
    """The rows as they stand: what was just typed, else what the student keeps, else the version to start from."""
    latest = latest_learning_agreement(exchange)
    sketch = latest.sketch if latest is not None and sketched else None
    return Editor(
        home_courses(exchange),
        rows_to_start_from(exchange),
        is_change=signed_learning_agreement(exchange) is not None,
        data=data,
        sketch=sketch,
        known=known,
        catalogue=Side.RECOGNISED if exchange.direction == "out" else Side.STUDIED,
        units=units_for(exchange),
    )


def version_form(posted: QueryDict | None, exchange: Exchange, editor: Editor, group: int = 0) -> VersionForm:
    """Goes with the editor's rows: the later of two writers sees the other's rows beside the own ones."""
    form = VersionForm(posted)
    form.guard(
        exchange,
        lambda _stay: {},
        again=lambda: exchange,
        beside=lambda _stay: _rows_differ(editor, exchange, group),
    )
    return form


def note_form(posted: QueryDict | None, exchange: Exchange) -> NoteForm:
    """Goes with the rows as they are on record, which stand on the same page."""
    form, typed = NoteForm(posted or None), posted.get("note", "") if posted else ""
    form.guard(exchange, lambda _stay: {"note": typed}, again=lambda: exchange)
    return form


def _rows_differ(editor: Editor, exchange: Exchange, group: int) -> list[Difference]:
    stored = editor_for(exchange, data=None, known={})
    return [
        one
        for side, title in (
            (Side.STUDIED, _("Studied at the receiving institution")),
            (Side.RECOGNISED, _("Recognised at the sending institution")),
        )
        for one in rows_differ(title, _rows_of(editor, side, group), _rows_of(stored, side, group))
    ]


def _rows_of(editor: Editor, side: Side, group: int) -> list[ComponentForm]:
    """Rows of one side that say something, those of one group where it is named."""
    return [
        form
        for form in editor.forms
        if form["side"].value() == side
        and (not group or str(form["group"].value()) == str(group))
        and (form.component is not None or not form.is_blank)
    ]


def totals_in(editor: Editor, converter: Converter) -> tuple[Total, Total]:
    """As the rows stand now, complete or not."""
    return (
        total_of(converter.sum(editor.amounts(Side.STUDIED)).plain()),
        total_of(converter.sum(editor.amounts(Side.RECOGNISED)).plain()),
    )
