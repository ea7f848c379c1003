"""Scores of people from their answers and a key."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError, brief
from sapar.methods.scores.keys import Combine, Doubt, Item, Key, Missing, is_text

# A comma is a decimal one; an underscore, which Python would skip, makes no number.
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
Answers = Mapping[str, Sequence[str | None]]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Scores of n people.

    Attributes:
        name: the instrument's name, or "" when the key leaves a doubt: then this is a draft with `doubts`.
        total: shape (n,), NaN where the missing-answer rule gives no score.
        by_scale: the same for each subscale.
        answered: shape (n,), share of the items answered.
        weights: what each item counted; all 1 in a draft whose weights are not all known.
    """

    name: str
    doubts: tuple[Doubt, ...]
    total: NDArray[np.float64]
    by_scale: Mapping[str, NDArray[np.float64]]
    answered: NDArray[np.float64]
    weights: Mapping[str, float]

    @property
    def draft(self) -> bool:
        return bool(self.doubts)


def score(key: Key, answers: Answers, *, named: bool = False) -> Scores:
    """Score everyone.

    Args:
        answers: item id to a column of answer codes, all of one length; None and "" are unanswered.
        named: refuse rather than return a draft.

    Raises:
        MethodError: `scores.may_not_bear_name` when `named` and the key leaves a doubt; `scores.no_column` with all
            items that have none; `scores.columns_differ`; `scores.unknown_answer` with all answers, and rows from
            0, that are none; `scores.value_missing` where the key has no value for them.
    """
    doubts = key.doubts
    if named and doubts:
        raise MethodError("scores.may_not_bear_name", "A score with this key is not yet {instrument}: {doubts}.",
                          instrument=key.instrument, doubts=tuple(doubt.code for doubt in doubts))  # fmt: skip
    values = _values(key, answers)
    known = [item.weight for item in key.items if item.weight is not None]
    weights = np.array(known if len(known) == len(key.items) else [1.0] * len(key.items))
    scales = np.array([item.scale for item in key.items])
    return Scores(
        name="" if doubts else key.instrument,
        doubts=doubts,
        total=_combine(key, values, weights),
        by_scale={
            scale: _combine(key, values[:, scales == scale], weights[scales == scale]) for scale in key.scales
        },
        answered=(~np.isnan(values)).mean(axis=1) if len(values) else np.empty(0),
        weights={item.id: float(weight) for item, weight in zip(key.items, weights, strict=True)},
    )


def _values(key: Key, answers: Answers) -> NDArray[np.float64]:
    """Shape (n, items): values after reversal, NaN where unanswered."""
    columns = {item.id: answers.get(item.id) for item in key.items}
    if lacking := tuple(
        item for item, column in columns.items() if isinstance(column, str) or not hasattr(column, "__len__")
    ):
        raise MethodError("scores.no_column", "There are no answers to {items}.", items=lacking)
    lengths = {len(answers[item.id]) for item in key.items}
    if len(lengths) > 1:
        raise MethodError("scores.columns_differ", "The columns have {lengths} answers.",
                          lengths=tuple(sorted(lengths)))  # fmt: skip
    values = np.empty((lengths.pop(), len(key.items)))
    unknown: list[tuple[int, str, object]] = []
    valueless: list[tuple[int, str, object]] = []
    for at, item in enumerate(key.items):
        values[:, at] = _column(item, answers[item.id], unknown, valueless)
    if unknown or valueless:
        faults = sorted([*unknown, *valueless], key=lambda fault: fault[0])
        raise MethodError(
            "scores.unknown_answer" if unknown else "scores.value_missing",
            "No value for these answers: {answers}." if unknown else "The key has no value for these: {answers}.",
            answers=tuple(f"row {row}, {item}: “{brief(answer)}”" for row, item, answer in faults),
            rows=tuple(row for row, _, _ in faults), items=tuple(item for _, item, _ in faults),
        )  # fmt: skip
    return values


def _column(
    item: Item,
    answers: Sequence[str | None],
    unknown: list[tuple[int, str, object]],
    valueless: list[tuple[int, str, object]],
) -> NDArray[np.float64]:
    """The values of a column; answers without one are added to the lists, with their rows."""
    low, high = item.range
    strange = [row for row, answer in enumerate(answers) if not (answer is None or is_text(answer))]
    unknown += [(row, item.id, answers[row]) for row in strange]
    if strange:
        return np.full(len(answers), np.nan)
    meanings: dict[str | None, float] = {}
    without: dict[str | None, list[tuple[int, str, object]]] = {}
    for answer in set(answers):
        value = _value(item, answer)
        if value is None:
            stripped = "" if answer is None else answer.strip()
            without[answer] = valueless if stripped in item.values else unknown
        meanings[answer] = np.nan if value is None else low + high - value if item.reverse else value
    if without:
        for row, answer in enumerate(answers):
            if answer in without:
                without[answer].append((row, item.id, answer))
    return np.fromiter(map(meanings.__getitem__, answers), dtype=np.float64, count=len(answers))


def _value(item: Item, answer: str | None) -> float | None:
    """The value before reversal, NaN where unanswered; None where the key gives none."""
    if answer is None or not answer.strip():
        return math.nan
    if item.values:
        return item.values.get(answer.strip())
    if not _NUMBER.fullmatch(answer.strip()):
        return None
    number = float(answer.replace(",", "."))
    low, high = item.range
    return number if low <= number <= high else None


def _combine(key: Key, values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    rule = key.missing
    answered = ~np.isnan(values)
    if rule.policy == Missing.VALUE and rule.value is not None:
        values, answered = np.where(answered, values, rule.value), np.ones_like(answered)
    counted = answered @ weights
    total = np.where(answered, values, 0.0) @ weights
    scored = counted > 0
    if rule.policy == Missing.REFUSE:
        scored &= answered.all(axis=1)
    else:
        # Divided, for 0.55 · 20 is a hair above the 11 answers that are its share.
        scored &= answered.sum(axis=1) / values.shape[1] >= rule.least_share
    mean: NDArray[np.float64] = np.divide(total, counted, out=np.full(len(values), np.nan), where=scored)
    return mean if key.combine == Combine.MEAN else np.multiply(mean, weights.sum())
