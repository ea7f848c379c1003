"""The scoring sheet of a call: criteria as data, exact points.

A line is {"code", "label", "source", "weight", "least", "most"}. `source` is "review" (the mean of the
reviewers' points), "language:en" (CEFR A1…C2 as 1…6), or the name of a fact. The value is placed on
`least`…`most` and multiplied by `weight`; a line without `most` gives `weight` for each unit, which is how
a former mobility costs points with a negative weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

CEFR = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6}
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Part:
    """What one criterion gave; `value` is None where nothing was known, which gives no points."""

    code: str
    label: str
    value: Decimal | None
    points: Decimal

    def plain(self) -> dict[str, str | None]:
        value = None if self.value is None else str(self.value)
        return {"code": self.code, "label": self.label, "value": value, "points": str(self.points)}


@dataclass(frozen=True)
class Score:
    total: Decimal
    parts: tuple[Part, ...]


def score_of(
    sheet: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], reviews: Sequence[Mapping[str, str]]
) -> Score:
    """The score with its parts; rounded half up to thousandths, once, at the end of each line."""
    parts = tuple(_part(line, facts, reviews) for line in sheet)
    return Score(sum((part.points for part in parts), Decimal(0)).quantize(THOUSANDTH), parts)


def _part(line: Mapping[str, Any], facts: Mapping[str, Any], reviews: Sequence[Mapping[str, str]]) -> Part:
    code, label = str(line["code"]), str(line.get("label", line["code"]))
    value = _value(line, facts, reviews)
    if value is None:
        return Part(code, label, None, Decimal(0))
    weight, least = Decimal(str(line["weight"])), Decimal(str(line.get("least", 0)))
    if line.get("most") is None:
        share = value - least
    else:
        most = Decimal(str(line["most"]))
        share = (min(max(value, least), most) - least) / (most - least)
    return Part(code, label, value, (weight * share).quantize(THOUSANDTH, ROUND_HALF_UP))


def _value(
    line: Mapping[str, Any], facts: Mapping[str, Any], reviews: Sequence[Mapping[str, str]]
) -> Decimal | None:
    source = str(line["source"])
    if source == "review":
        given = [Decimal(points[line["code"]]) for points in reviews if line["code"] in points]
        return sum(given, Decimal(0)) / len(given) if given else None
    if source.startswith("language:"):
        level = facts.get("languages", {}).get(source.removeprefix("language:"), "")
        return Decimal(CEFR[level]) if level in CEFR else None
    raw = facts.get(source)
    try:
        return None if raw is None or raw == "" else Decimal(str(raw))
    except InvalidOperation:
        return None
