"""The scoring key of a questionnaire as data: items, values of answers, weights, and who vouches for it.

A published instrument's name is a promise about its key. While a weight or a value is missing, or nobody but
the typist has compared the key with the page it was typed from, a score made with it may not bear that name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sapar.methods.errors import MethodError


class Combine(StrEnum):
    """How items make a score: weighted mean of the values, or weighted sum."""

    MEAN = "mean"
    SUM = "sum"


class Missing(StrEnum):
    """What an unanswered item does: refuse the score, leave the item out, or count as a fixed value."""

    REFUSE = "refuse"
    LEAVE_OUT = "leave_out"
    VALUE = "value"


@dataclass(frozen=True, kw_only=True)
class MissingRule:
    """With `LEAVE_OUT`, at least `least_share` of the items must be answered, and sums are scaled up.

    Raises:
        MethodError: `scores.bad_missing_rule`.
    """

    policy: Missing = Missing.REFUSE
    least_share: float = 0.0
    value: float | None = None

    def __post_init__(self) -> None:
        given = self.value is not None and math.isfinite(self.value)
        if not 0 <= self.least_share <= 1 or (self.policy is Missing.VALUE) != given:
            raise MethodError("scores.bad_missing_rule", "The rule {policy} with share {share} is incomplete.",
                              policy=str(self.policy), share=float(self.least_share))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question.

    Attributes:
        values: answer code to value, None where the value is not known; empty for answers that are numbers.
        low, high: the range of values; needed for answers that are numbers, else taken from `values`.
        weight: None while it is not known.
        reverse: the value is counted from the other end, low + high - value.
        scale: the subscale it belongs to, "" for none.
    """

    id: str
    values: Mapping[str, float | None] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    weight: float | None = 1.0
    reverse: bool = False
    scale: str = ""

    @property
    def range(self) -> tuple[float, float]:
        known = [value for value in self.values.values() if value is not None]
        low = self.low if self.low is not None else min(known, default=math.nan)
        high = self.high if self.high is not None else max(known, default=math.nan)
        return low, high

    def fault(self) -> str:
        low, high = self.range
        known = [value for value in self.values.values() if value is not None]
        if not self.id:
            return "an item without id"
        if self.weight is not None and not (math.isfinite(self.weight) and self.weight >= 0):
            return f"the weight of {self.id}"
        if not self.values and (self.low is None or self.high is None):
            return f"{self.id} has neither values nor a range"
        if not all(math.isfinite(value) for value in known):
            return f"a value of {self.id} is not finite"
        if known or not self.values:
            if not (math.isfinite(low) and math.isfinite(high) and low <= high):
                return f"the range of {self.id}"
            if any(not low <= value <= high for value in known):
                return f"a value of {self.id} is outside its range"
        return ""


@dataclass(frozen=True)
class Doubt:
    """Why a score may not bear the instrument's name."""

    code: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Key:
    """How a questionnaire is scored, after which edition and page, typed and checked by whom.

    Raises:
        MethodError: `scores.bad_key` with the fault.
    """

    instrument: str
    edition: str
    page: str
    source: str
    typed_by: str
    checked_by: str
    items: tuple[Item, ...]
    combine: Combine = Combine.MEAN
    missing: MissingRule = field(default_factory=MissingRule)

    def __post_init__(self) -> None:
        ids = [item.id for item in self.items]
        faults = [fault for item in self.items if (fault := item.fault())]
        weights = [item.weight for item in self.items]
        fault = ""
        if not ids or len(set(ids)) < len(ids):
            fault = "no items or an item twice"
        elif faults:
            fault = faults[0]
        elif None not in weights and not any(weights):
            fault = "all weights are zero"
        elif not self.instrument.strip() or not self.typed_by.strip():
            fault = "no name or nobody who typed it"
        if fault:
            raise MethodError("scores.bad_key", "The key {instrument}: {fault}.",
                              instrument=self.instrument, fault=fault)  # fmt: skip

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What is missing before a score may bear the name; empty when nothing is."""
        found = []
        if weightless := tuple(item.id for item in self.items if item.weight is None):
            found.append(Doubt("scores.weight_missing", weightless))
        if valueless := tuple(item.id for item in self.items if None in item.values.values()):
            found.append(Doubt("scores.value_missing", valueless))
        if not self.edition.strip() or not self.page.strip() or not self.source.strip():
            found.append(Doubt("scores.no_edition"))
        if not self.checked_by.strip():
            found.append(Doubt("scores.unchecked"))
        elif _same(self.checked_by, self.typed_by):
            found.append(Doubt("scores.checked_by_typist"))
        return tuple(found)

    @property
    def scales(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.scale for item in self.items if item.scale))


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
