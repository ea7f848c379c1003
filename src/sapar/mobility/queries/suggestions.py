"""What recognition lays side by side and suggests; a person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sapar.methods.errors import MethodError
from sapar.mobility.models import (
    Component,
    Decision,
    Equivalence,
    Exchange,
    Transcript,
    TranscriptLine,
)
from sapar.mobility.queries.credits import Converter
from sapar.mobility.queries.exchanges import signed_learning_agreement
from sapar.mobility.queries.grades import convert_mark, own_scale_title
from sapar.mobility.queries.recognition import course_key
from sapar.mobility.states import Side, Verdict

Plain = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """What stands for what: lines of the transcript, components at home, credits promised."""

    number: int
    lines: tuple[TranscriptLine, ...]
    missing: tuple[str, ...]
    home: tuple[Component, ...]
    promised: Decimal


def groups_of(exchange: Exchange, transcript: Transcript, converter: Converter) -> list[Group]:
    """The signed learning agreement laid beside the transcript; what is promised is said in the home unit.

    Lines meet components by code, else by title; lines that nobody agreed on form groups of their own.
    """
    agreed = signed_learning_agreement(exchange)
    components = list(agreed.components.filter(removed=False).select_related("course")) if agreed else []
    lines = list(transcript.lines.order_by("order"))
    by_code = {line.code.strip().lower(): line for line in lines if line.code.strip()}
    by_key = {course_key("", line.title): line for line in lines}
    studied: dict[int, list[TranscriptLine]] = defaultdict(list)
    missing: dict[int, list[str]] = defaultdict(list)
    home: dict[int, list[Component]] = defaultdict(list)
    used: set[int] = set()
    for component in components:
        if component.side == Side.RECOGNISED:
            home[component.group].append(component)
            continue
        line = by_code.get(component.code.strip().lower()) or by_key.get(course_key("", component.title))
        if line is None or line.pk in used:
            missing[component.group].append(component.title)
        else:
            used.add(line.pk)
            studied[component.group].append(line)
    groups = [
        Group(
            number=number,
            lines=tuple(studied[number]),
            missing=tuple(missing[number]),
            home=tuple(home[number]),
            promised=converter.sum((one.credits, one.credit_unit) for one in home[number]).total,
        )
        for number in sorted({component.group for component in components})
    ]
    following = max((group.number for group in groups), default=0)
    for line in lines:
        if line.pk not in used:
            following += 1
            groups.append(Group(following, (line,), (), (), Decimal(0)))
    return groups


def studied_line(
    exchange: Exchange, line: TranscriptLine, transcript: Transcript, home_id: int, converter: Converter
) -> Plain:
    """The line as the host wrote it, and beside it what its mark and credits become, with the way there."""
    shown: Plain = {
        "code": line.code,
        "title": line.title,
        "credits": str(line.credits),
        "credit_unit": line.credit_unit,
        "mark": line.mark,
        "passed": line.passed,
        "in_home_unit": converter.one(line.credits, line.credit_unit).plain(),
    }
    try:
        conversion = convert_mark(exchange, line.mark, transcript.scale, home_id=home_id, on=line.examined_on)
    except MethodError as refused:
        return shown | {"conversion": None, "refusal": str(refused), "refusal_code": refused.code}
    title = own_scale_title(exchange.office, conversion.table)
    return shown | {"conversion": conversion.plain() | {"table_title": title}}


def home_component(component: Component, converter: Converter) -> Plain:
    return {
        "code": component.code,
        "title": component.title,
        "credits": str(component.credits),
        "credit_unit": component.credit_unit,
        "in_home_unit": converter.one(component.credits, component.credit_unit).plain(),
        "course": component.course_id,
    }


def suggestion_for(exchange: Exchange, group: Group, converter: Converter, *, today: date) -> Plain:
    """What the agreement and earlier decisions speak for; a person decides."""
    if group.missing or not group.lines:
        return {"verdict": Verdict.REFUSED, "because": "not_in_transcript", "missing": list(group.missing)}
    if not all(line.passed for line in group.lines):
        return {"verdict": Verdict.REFUSED, "because": "not_passed"}
    found = converter.sum((line.credits, line.credit_unit) for line in group.lines)
    earned = found.total
    if found.left_out:
        return {"verdict": "", "because": "no_factor", "credits": str(earned)}
    if group.home:
        full = earned >= group.promised
        return {
            "verdict": Verdict.RECOGNISED if full else Verdict.PARTLY,
            "because": "learning_agreement",
            "credits": str(min(earned, group.promised)),
        }
    known = equivalences_for(exchange, group.lines, today=today)
    if known:
        first = known[0]
        return {
            "verdict": first.verdict,
            "because": "equivalence",
            "equivalence": first.pk,
            "course": first.course_id,
            "credits": str(min(earned, first.course.credits) if first.course else earned),
            "uses": first.uses,
        }
    return {"verdict": Verdict.ELECTIVE, "because": "nothing_agreed", "credits": str(earned)}


def equivalences_for(
    exchange: Exchange, lines: Iterable[TranscriptLine], *, today: date
) -> list[Equivalence]:
    """Valid earlier decisions on the same courses of the same host, most used first."""
    keys = [course_key(line.code, line.title) for line in lines]
    return list(
        Equivalence.objects.filter(
            office=exchange.office, partner=exchange.partner, host_key__in=keys, valid_until__gte=today
        )
        .select_related("course")
        .order_by("-uses", "-decided_on")
    )


def suggested_mark(decision: Decision) -> str:
    """The converted mark of a group of one course; several courses have no common mark of their own."""
    if len(decision.studied) != 1 or not decision.studied[0].get("conversion"):
        return ""
    return str(decision.studied[0]["conversion"]["result"])
