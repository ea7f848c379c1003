"""Scores of people from their answers and a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.scores.keys import Combine, Doubt, Item, Key, Missing

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
        MethodError: `scores.may_not_bear_name` when `named` and the key leaves a doubt; `scores.no_column`,
            `scores.columns_differ`, `scores.unknown_answer`, `scores.value_missing`.
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
    for item in key.items:
        if item.id not in answers:
            raise MethodError("scores.no_column", "There are no answers to {item}.", item=item.id)
    lengths = {len(answers[item.id]) for item in key.items}
    if len(lengths) > 1:
        raise MethodError("scores.columns_differ", "The columns have {lengths} answers.",
                          lengths=tuple(sorted(lengths)))  # fmt: skip
    values = np.empty((lengths.pop(), len(key.items)))
    for at, item in enumerate(key.items):
        values[:, at] = _column(item, answers[item.id])
    return values


def _column(item: Item, answers: Sequence[str | None]) -> NDArray[np.float64]:
    low, high = item.range
    meanings: dict[str | None, float] = {}
    for answer in set(answers):
        if answer is None or not answer.strip():
            meanings[answer] = np.nan
            continue
        value = _value(item, answer, answers)
        meanings[answer] = low + high - value if item.reverse else value
    return np.fromiter(map(meanings.__getitem__, answers), dtype=np.float64, count=len(answers))


def _value(item: Item, answer: str, answers: Sequence[str | None]) -> float:
    unknown = MethodError("scores.unknown_answer", "“{answer}” is no answer to {item} (row {row}).",
                          answer=answer[:80], item=item.id, row=answers.index(answer))  # fmt: skip
    if item.values:
        if answer.strip() not in item.values:
            raise unknown
        value = item.values[answer.strip()]
        if value is None:
            raise MethodError("scores.value_missing", "The key has no value for “{answer}” to {item}.",
                              answer=answer[:80], item=item.id)  # fmt: skip
        return value
    try:
        number = float(answer.replace(",", "."))
    except ValueError:
        raise unknown from None
    low, high = item.range
    if not low <= number <= high:
        raise unknown
    return number


def _combine(key: Key, values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    rule = key.missing
    answered = ~np.isnan(values)
    if rule.policy is Missing.VALUE and rule.value is not None:
        values, answered = np.where(answered, values, rule.value), np.ones_like(answered)
    counted = answered @ weights
    total = np.where(answered, values, 0.0) @ weights
    scored = counted > 0
    if rule.policy is Missing.REFUSE:
        scored &= answered.all(axis=1)
    else:
        scored &= answered.sum(axis=1) >= rule.least_share * values.shape[1]
    mean: NDArray[np.float64] = np.divide(total, counted, out=np.full(len(values), np.nan), where=scored)
    return mean if key.combine is Combine.MEAN else np.multiply(mean, weights.sum())
