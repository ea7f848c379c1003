"""Krippendorff's alpha: any number of coders, missing values, four levels of measurement.

Krippendorff, Computing Krippendorff's Alpha-Reliability (2011); Content Analysis (2018), ch. 12. Interval: units
drawn with replacement (Zapf et al. 2016, BMC Medical Research Methodology 16:93), percentiles.

alpha = 1 - Do/De with Do = Σ_u S_u/(m_u - 1) / n, De = Σ_ck n_c n_k δ²_ck / (n(n - 1)), where S_u adds δ² over all
ordered pairs of the m_u values of unit u. The ordinal δ is the difference of midranks, so ordinal alpha is
interval alpha of midranks. Units with the same values in whatever order are one pattern with a count: a million units
cost no more than their different patterns.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard
from sapar.methods.surveys.agreement.ratings import Coded, IntArray, Ratings, coded, faults
from sapar.methods.surveys.columns import LARGEST
from sapar.methods.surveys.given import checked

FloatArray = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]

# The ratio bootstrap holds a matrix of this side.
MOST_RATIO_VALUES = 4000
CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Alpha:
    """Krippendorff's alpha.

    Attributes:
        observed, expected: disagreement Do and De.
        pairable: values in units that have at least two of them; `units`: such units.
        dropped: units with fewer than two values.
        se, low, high: from the bootstrap; None if none was asked for.
        replicates: bootstrap samples; `undefined`: those without any variation, left out.
    """

    alpha: float
    level: Level
    observed: float
    expected: float
    pairable: int
    units: int
    dropped: int
    values: tuple[Hashable, ...]
    se: float | None
    low: float | None
    high: float | None
    confidence: float
    replicates: int
    undefined: int


@checked
def krippendorff_alpha(
    ratings: Ratings,
    *,
    level: Level = "nominal",
    order: Sequence[Hashable] | None = None,
    bootstrap: int = 0,
    seed: int = 0,
    confidence: float = 0.95,
    progress: Progress = unheard,
) -> Alpha:
    """Alpha over coders × units; None or NaN is missing.

    Args:
        level: interval and ratio need numbers, ratio none below zero.
        order: of the values, for ordinal ones that sorting would not order.
        bootstrap: number of samples of units for the interval; 0 for none.

    Raises:
        MethodError: ``surveys.ratings_shape``, ``surveys.no_units`` (no unit with two values),
            ``surveys.no_variation`` (all values equal: alpha is undefined),
            ``surveys.values_invalid`` (not numbers, infinite, negative ratios; all of them with their places),
            ``surveys.order_needed`` (ordinal values that are neither all numbers nor all texts),
            ``surveys.value_unknown``, ``surveys.level_unknown``,
            ``surveys.bootstrap_invalid``,
            ``surveys.bad_seed``, ``surveys.too_many_values``, ``surveys.confidence_invalid``.
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise MethodError("surveys.level_unknown", "There is no level {level}.", level=level)
    if bootstrap < 0:
        raise MethodError("surveys.bootstrap_invalid", "{samples} samples.", samples=bootstrap)
    if seed < 0:
        raise MethodError("surveys.bad_seed", "A seed is a whole number from 0, not {seed}.", seed=seed)
    if not 0 < confidence < 1:
        raise MethodError("surveys.confidence_invalid", "{level} is no confidence level.", level=confidence)
    matrix = coded(ratings, order=order, ordered=level == "ordinal")
    scores = _scores(matrix, level)
    patterns = _patterns(matrix.codes, len(matrix.values))
    dropped = matrix.codes.shape[1] - int(patterns.times.sum())
    if len(patterns.times) == 0:
        raise MethodError("surveys.no_units", "No unit has two values.", dropped=dropped)
    if level == "ratio" and bootstrap and len(matrix.values) > MOST_RATIO_VALUES:
        raise MethodError(
            "surveys.too_many_values",
            "{values} different values are too many for a bootstrap at ratio level.",
            values=len(matrix.values),
        )
    metric = _Metric(level, scores, patterns)
    observed, expected = metric.disagreement(patterns.times[None, :].astype(float))
    if not expected[0] > 0:
        raise MethodError("surveys.no_variation", "All values are equal.", units=int(patterns.times.sum()))
    samples = _resample(metric, bootstrap, seed, progress)
    defined = samples[~np.isnan(samples)]
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    low, high = np.quantile(defined, tails).tolist() if len(defined) else (None, None)
    return Alpha(
        alpha=1.0 - float(observed[0] / expected[0]),
        level=level,
        observed=float(observed[0]),
        expected=float(expected[0]),
        pairable=int(patterns.times @ patterns.sizes),
        units=int(patterns.times.sum()),
        dropped=dropped,
        values=matrix.values,
        se=float(defined.std(ddof=1)) if len(defined) > 1 else None,
        low=low,
        high=high,
        confidence=confidence,
        replicates=bootstrap,
        undefined=bootstrap - len(defined),
    )


@dataclass(frozen=True, eq=False)
class _Patterns:
    """patterns × coders codes (-1 missing), how many values each has, how many units show it."""

    codes: IntArray
    sizes: FloatArray
    times: IntArray


def _patterns(codes: IntArray, values: int) -> _Patterns:
    units = np.sort(codes[:, (codes >= 0).sum(axis=0) >= 2].T, axis=1)
    coders = units.shape[1]
    if (values + 1) ** coders < 2**62:
        # One whole number per unit sorts much faster than a row.
        keys = (units + 1) @ ((values + 1) ** np.arange(coders, dtype=np.int64))
        _, first, times = np.unique(keys, return_index=True, return_counts=True)
        rows = units[first]
    else:
        rows, times = np.unique(units, axis=0, return_counts=True)
    return _Patterns(rows, (rows >= 0).sum(axis=1).astype(float), times.astype(np.intp))


class _Metric:
    """Do and De of samples, each given as how often every pattern occurs (samples × patterns)."""

    def __init__(self, level: Level, scores: FloatArray, patterns: _Patterns) -> None:
        self.level = level
        self.patterns = patterns
        self.scores = scores
        rows, places = np.nonzero(patterns.codes >= 0)
        cells = (rows, patterns.codes[rows, places])
        shape = (len(patterns.times), len(scores))
        self.occurrences = coo_array((np.ones(len(rows)), cells), shape=shape).tocsr()
        self.within = self._within(scores)

    def disagreement(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        marginals = np.asarray(times @ self.occurrences)
        total = marginals.sum(axis=1)
        if self.level == "ordinal":
            ranks = [_midranks(row) for row in marginals]
            within = np.array([row @ self._within(rank) for row, rank in zip(times, ranks, strict=True)])
            between = np.array([_squares(row, rank) for row, rank in zip(marginals, ranks, strict=True)])
        else:
            within = times @ self.within
            if self.level == "nominal":
                # Σ n_c (n - n_c) rather than n² - Σ n_c²: exactly zero if there is but one value.
                between = (marginals * (total[:, None] - marginals)).sum(axis=1)
            elif self.level == "interval":
                between = np.array([_squares(row, self.scores) for row in marginals])
            else:
                between = self._ratio_between(marginals)
        return within / total, between / (total * (total - 1.0))

    def _within(self, scores: FloatArray) -> FloatArray:
        """S_u / (m_u - 1) of every pattern."""
        codes, sizes = self.patterns.codes, self.patterns.sizes
        known = codes >= 0
        sums = np.zeros(len(codes))
        if self.level in ("ordinal", "interval"):
            value = np.where(known, scores[codes], 0.0)
            mean = value.sum(axis=1) / sizes
            sums = 2.0 * sizes * (np.where(known, value - mean[:, None], 0.0) ** 2).sum(axis=1)
        else:
            for one in range(codes.shape[1]):
                for other in range(one):
                    both = known[:, one] & known[:, other]
                    sums += np.where(both, 2.0 * self._delta(codes[:, one], codes[:, other]), 0.0)
        return np.asarray(sums / (sizes - 1.0))

    def _delta(self, one: IntArray, other: IntArray) -> FloatArray:
        if self.level == "nominal":
            return np.asarray(one != other, dtype=float)
        return _ratio_delta(self.scores[one], self.scores[other])

    def _ratio_between(self, marginals: FloatArray) -> FloatArray:
        sums = np.zeros(len(marginals))
        step = max(CELLS_AT_ONCE // max(len(self.scores), 1), 1)
        for start in range(0, len(self.scores), step):
            part = slice(start, start + step)
            delta = _ratio_delta(self.scores[part, None], self.scores[None, :])
            sums += (marginals[:, part] * (marginals @ delta.T)).sum(axis=1)
        return sums


def _ratio_delta(one: FloatArray, other: FloatArray) -> FloatArray:
    total = one + other
    quotient = np.divide(one - other, total, out=np.zeros(np.broadcast(one, other).shape), where=total > 0)
    return np.asarray(quotient**2)


def _squares(marginals: FloatArray, scores: FloatArray) -> float:
    """Σ n_c n_k (s_c - s_k)², from deviations so that no digits are lost to a common level."""
    total = float(marginals.sum())
    deviations = np.where(marginals > 0, scores - (marginals @ scores) / total, 0.0)
    if np.ptp(scores[marginals > 0]) == 0:
        return 0.0
    return 2.0 * total * float(marginals @ deviations**2)


def _midranks(marginals: FloatArray) -> FloatArray:
    return np.asarray(np.cumsum(marginals) - marginals / 2.0)


def _resample(metric: _Metric, samples: int, seed: int, progress: Progress) -> FloatArray:
    """Alpha of each sample of units, NaN where there is no variation."""
    chance = np.random.default_rng(seed)
    times = metric.patterns.times
    units = int(times.sum())
    found = np.full(samples, np.nan)
    step = max(CELLS_AT_ONCE // (len(times) + len(metric.scores)), 1)
    for start in range(0, samples, step):
        size = min(step, samples - start)
        drawn = chance.multinomial(units, times / units, size=size).astype(float)
        observed, expected = metric.disagreement(drawn)
        part = np.divide(observed, expected, out=np.full(size, np.nan), where=expected > 0)
        found[start : start + size] = 1.0 - part
        progress(start + size, samples)
    return found


def _scores(matrix: Coded, level: Level) -> FloatArray:
    """The values as numbers; their places where only these matter."""
    if level in ("nominal", "ordinal"):
        return np.arange(len(matrix.values), dtype=float)
    numbers = np.array([_number(value) for value in matrix.values], dtype=float)
    wrong = ~(np.abs(numbers) <= LARGEST) | ((numbers < 0) if level == "ratio" else False)
    if wrong.any():
        least = "of at least 0" if level == "ratio" else "and finite"
        bad = {value for value, is_wrong in zip(matrix.values, wrong, strict=True) if is_wrong}
        cells = [[matrix.values[code] if code >= 0 else None for code in row] for row in matrix.codes]
        raise MethodError(
            "surveys.values_invalid",
            "{level} values are numbers {least}, not {values}; from coder {coder}, unit {unit}.",
            level=level, least=least, **faults(cells, bad),
        )  # fmt: skip
    return numbers


def _number(value: Hashable) -> float:
    """NaN for what is no number."""
    if not isinstance(value, int | float | np.number):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf")
