"""Cronbach's alpha of a scale, and what each item does to it.

Cronbach (1951), Psychometrika 16, 297-334; interval: Feldt (1965), Psychometrika 30, 357-370;
corrected item-total correlation: Nunnally & Bernstein, Psychometric Theory (1994), ch. 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import floats, places
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.weights import kish_effect
from sapar.methods.surveys.weights.weighting import FloatArray, checked_weights


@dataclass(frozen=True, kw_only=True)
class ItemStatistics:
    """One item: its own figures, its tie to the rest of the scale, and the scale without it.

    `rest_correlation` is with the sum of the other items; None where one of the two does not vary.
    `negative` marks an item that runs against the others: it may need to be reversed.
    """

    name: str
    mean: float
    sd: float
    rest_correlation: float | None
    alpha_without: float | None
    negative: bool


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Cronbach's alpha with its F interval.

    Attributes:
        alpha: from covariances; `standardised`: from correlations (None if an item does not vary).
        low, high: Feldt's interval, on the effective number of rows if weights were given.
        rows: rows used; `incomplete`: rows left out because an item was missing.
    """

    alpha: float
    standardised: float | None
    low: float
    high: float
    confidence: float
    mean_correlation: float | None
    rows: int
    incomplete: int
    items: tuple[ItemStatistics, ...]


@checked
def cronbach_alpha(
    answers: ArrayLike,
    *,
    names: Sequence[str] = (),
    weights: ArrayLike | None = None,
    missing: Literal["drop", "refuse"] = "drop",
    confidence: float = 0.95,
) -> Reliability:
    """Alpha = k/(k-1) · (1 - Σ item variances / variance of the sum).

    Args:
        answers: rows × items, NaN where an answer is missing; reversed items already turned round.
        names: of the items; numbered from 1 if not given.
        weights: one per row; variances are then weighted. Ones if not given.
        missing: leave out rows with a missing answer, or refuse them.

    Raises:
        MethodError: ``surveys.answers_shape`` (fewer than two items), ``surveys.answers_invalid``
            (infinite), ``surveys.answers_missing``, ``surveys.too_few_rows`` (fewer than two),
            ``surveys.no_variation`` (the sum is the same for everybody), ``surveys.confidence_invalid``.
    """
    table, base, incomplete = _complete_rows(answers, weights, missing)
    if not 0 < confidence < 1:
        raise MethodError("surveys.confidence_invalid", "{level} is no confidence level.", level=confidence)
    items = table.shape[1]
    titles = tuple(names) if names else tuple(str(number) for number in range(1, items + 1))
    if len(titles) != items:
        raise MethodError(
            "surveys.answers_shape", "{items} items but {names} names.", items=items, names=len(titles)
        )
    covariance = np.atleast_2d(np.cov(table, rowvar=False, aweights=base))
    alpha = _alpha(covariance)
    if alpha is None:
        raise MethodError("surveys.no_variation", "The sum of the items does not vary.", rows=len(table))
    deviations = np.sqrt(np.diag(covariance))
    mean_correlation = None
    if (deviations > 0).all():
        correlation = covariance / np.outer(deviations, deviations)
        mean_correlation = float((correlation.sum() - items) / (items * (items - 1)))
    low, high = _feldt(alpha, items, kish_effect(base).effective_size, confidence)
    return Reliability(
        alpha=alpha,
        standardised=None if mean_correlation is None else _spearman_brown(mean_correlation, items),
        low=low,
        high=high,
        confidence=confidence,
        mean_correlation=mean_correlation,
        rows=len(table),
        incomplete=incomplete,
        items=tuple(
            _item(title, number, covariance, float(np.average(table[:, number], weights=base)))
            for number, title in enumerate(titles)
        ),
    )


def _item(title: str, number: int, covariance: FloatArray, mean: float) -> ItemStatistics:
    others = np.delete(np.arange(len(covariance)), number)
    rest = covariance[np.ix_(others, others)]
    variance, rest_variance = float(covariance[number, number]), float(rest.sum())
    tie = float(covariance[number, others].sum())
    product = variance * rest_variance
    correlation = tie / float(np.sqrt(product)) if product > 0 else None
    return ItemStatistics(
        name=title,
        mean=mean,
        sd=float(np.sqrt(variance)),
        rest_correlation=correlation,
        alpha_without=_alpha(rest) if len(others) > 1 else None,
        negative=tie < 0,
    )


def _alpha(covariance: FloatArray) -> float | None:
    items, total = len(covariance), float(covariance.sum())
    # Covariances that cancel leave rounding noise, not a variance.
    if total <= 1e-14 * float(np.abs(covariance).sum()):
        return None
    return items / (items - 1) * (1.0 - float(np.trace(covariance)) / total)


def _spearman_brown(correlation: float, items: int) -> float | None:
    whole = 1.0 + (items - 1) * correlation
    return items * correlation / whole if whole > 1e-14 else None


def _feldt(alpha: float, items: int, rows: float, confidence: float) -> tuple[float, float]:
    tail = (1.0 - confidence) / 2
    between, within = rows - 1, (rows - 1) * (items - 1)
    low = 1.0 - (1.0 - alpha) * float(f_distribution.ppf(1.0 - tail, between, within))
    high = 1.0 - (1.0 - alpha) * float(f_distribution.ppf(tail, between, within))
    return low, high


def _complete_rows(
    answers: ArrayLike, weights: ArrayLike | None, missing: str
) -> tuple[FloatArray, FloatArray, int]:
    table = floats(answers, what="answers")
    if table.ndim != 2 or table.shape[1] < 2:
        raise MethodError(
            "surveys.answers_shape",
            "A scale needs a table of at least two items; this one has shape {shape}.",
            shape=tuple(table.shape),
        )
    if (infinite := np.isinf(table).any(axis=1)).any():
        raise MethodError(
            "surveys.answers_invalid", "Answers are infinite in rows {rows}.", rows=places(infinite)
        )
    base = checked_weights(weights, len(table))
    complete = ~np.isnan(table).any(axis=1)
    incomplete = int((~complete).sum())
    if incomplete and missing == "refuse":
        raise MethodError(
            "surveys.answers_missing", "{count} rows lack an answer: {rows}.",
            count=incomplete, rows=places(~complete),
        )  # fmt: skip
    used = complete & (base > 0)
    if used.sum() < 2:
        raise MethodError("surveys.too_few_rows", "{rows} complete rows are too few.", rows=int(used.sum()))
    return table[used], base[used], incomplete
