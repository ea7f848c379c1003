"""The scoring key of a questionnaire as data: items, values of answers, weights, and who vouches for it.

A published instrument's name is a promise about its key. While a weight or a value is missing, or nobody but
the typist has compared the key with the page it was typed from, a score made with it may not bear that name.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from numbers import Integral, Real

from sapar.methods.errors import MethodError, brief

# Whatever is added up and divided stays far from the end of the numbers.
LARGEST = 1e15


def finite(value: object) -> float | None:
    """A number whose size is at most 10¹⁵; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= LARGEST else None


def is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_text(value: object) -> bool:
    return isinstance(value, str)


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
        share = finite(self.least_share)
        fits = (self.policy == Missing.VALUE) == (self.value is not None)
        if (
            self.policy not in list(Missing)
            or share is None
            or not 0 <= share <= 1
            or not fits
            or (self.value is not None and finite(self.value) is None)
        ):
            raise MethodError(
                "scores.bad_missing_rule", "The rule {policy} with share {share} and value {value} is incomplete.",
                policy=brief(self.policy), share=brief(self.least_share), value=brief(self.value),
            )  # fmt: skip


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
        known = [value for value in self.values.values() if value is not None and finite(value) is not None]
        low = self.low if self.low is not None else min(known, default=math.nan)
        high = self.high if self.high is not None else max(known, default=math.nan)
        return low, high

    def faults(self) -> Iterator[str]:
        """All that is wrong with the item, in words."""
        name = brief(self.id)
        if not is_text(self.id) or not self.id.strip():
            yield f"“{name}” is no id of an item"
        weight = 0.0 if self.weight is None else finite(self.weight)
        if weight is None or weight < 0:
            yield f"{name}: the weight {brief(self.weight)}"
        for code in self.values:
            if not is_text(code) or not code or code != code.strip():
                yield f"{name}: nobody can give the answer “{brief(code)}”"
        for code, value in self.values.items():
            if value is not None and finite(value) is None:
                yield f"{name}: the value {brief(value)} of “{brief(code)}” is not a finite number"
        bounds = [limit for limit in (self.low, self.high) if limit is not None]
        if not self.values and len(bounds) < 2:
            yield f"{name} has neither values nor a range"
        elif not all(finite(limit) is not None for limit in bounds):
            yield f"{name}: the range {brief(self.low)} to {brief(self.high)}"
        else:
            yield from self._outside(name)

    def _outside(self, name: str) -> Iterator[str]:
        low, high = self.range
        if low > high:
            yield f"{name}: the range {brief(low)} to {brief(high)}"
        for code, value in self.values.items():
            if value is not None and finite(value) is not None and not low <= value <= high:
                yield f"{name}: the value {brief(value)} of “{brief(code)}” is outside its range"


@dataclass(frozen=True)
class Doubt:
    """Why a score may not bear the instrument's name."""

    code: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Key:
    """How a questionnaire is scored, after which edition and page, typed and checked by whom.

    Raises:
        MethodError: `scores.bad_key` with all faults.
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
        if faults := tuple(self._faults()):
            raise MethodError("scores.bad_key", "The key {instrument}: {faults}.",
                              instrument=brief(self.instrument), faults=faults)  # fmt: skip

    def _faults(self) -> Iterator[str]:
        words = ("instrument", "edition", "page", "source", "typed_by", "checked_by")
        for word in words:
            text = getattr(self, word)
            if not isinstance(text, str):
                yield f"{word} is no text"
            elif word in ("instrument", "typed_by") and not text.strip():
                yield f"{word} is empty"
        if self.combine not in list(Combine):
            yield f"there is no way “{brief(self.combine)}” to combine items"
        missing: object = self.missing
        if not isinstance(missing, MissingRule):
            yield "there is no rule for missing answers"
        items: object = self.items
        if not isinstance(items, (tuple, list)) or not all(isinstance(item, Item) for item in items):
            yield "the items are no items"
            return
        if not self.items:
            yield "there are no items"
        for item in self.items:
            yield from item.faults()
        times = Counter(brief(item.id) for item in self.items)
        yield from (f"{name} stands {count} times" for name, count in times.items() if count > 1)
        weights = [item.weight for item in self.items]
        if weights and all(weight == 0 for weight in weights):
            yield "all weights are zero"

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
