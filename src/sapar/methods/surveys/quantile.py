"""Weighted quantiles and their intervals.

Rules: ``math`` the lowest value at which the distribution function reaches p; ``school`` the middle where it
is met exactly; ``hf1`` to ``hf9`` the nine of Hyndman & Fan 1996 with weights; ``shahvaish`` Shah & Vaish 2006.
Intervals: Woodruff 1952, an interval of the share at or below the quantile carried back through the rule
(``mean``, ``beta``, ``xlogit``, ``asin``); Francisco & Fuller 1991, the values that a test of that share
does not reject (``score``); with replicate weights also from the replicates (``quantile``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Answered, Missing, answered
from sapar.methods.surveys.columns import BoolArray, Column, FloatArray, IntArray
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.estimates import critical, mean
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.proportions import interval
from sapar.methods.surveys.replicates import AnyDesign

Rule = Literal[
    "math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"
]  # fmt: skip
QuantileInterval = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]
# Cumulated weights that differ by rounding alone are the same.
ROUNDING = 8 * np.finfo(float).eps
# Rows times values that are looked through below the end of a score interval, altogether and in one piece.
NOISY, CELLS_AT_ONCE = 30_000_000, 1_000_000


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """One quantile; `low` and `high` are NaN where the data do not reach so far."""

    p: float
    value: float
    low: float
    high: float
    se: float
    level: float
    df: float
    n: int
    missing: int


@checked
def quantiles(
    design: AnyDesign,
    values: Column,
    probabilities: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    rule: Rule = "math",
    interval_type: QuantileInterval = "mean",
    level: float = 0.95,
    df: float | None = None,
    domain: Column | None = None,
    missing: Missing = "omit",
) -> tuple[Quantile, ...]:
    """Quantiles of a numeric column.

    The standard error is the interval's length over twice the critical value.

    Raises:
        MethodError: ``surveys.bad_probability``, ``surveys.bad_option``, or what `mean` refuses.
    """
    if rule not in get_args(Rule) or interval_type not in get_args(QuantileInterval):
        raise MethodError(
            "surveys.bad_option", "There is no option {option}.", option=f"{rule} {interval_type}"
        )
    if interval_type == "quantile" and isinstance(design, Design):
        raise MethodError("surveys.bad_option", "{option} needs replicate weights.", option=interval_type)
    sample = answered(design, values, domain, missing)
    x = sample.columns[sample.used, 0]
    weights = design.weights[sample.used]
    order = np.argsort(x, kind="stable")
    table = Distribution(x[order], weights[order])
    freedom = float(design.degrees_of_freedom(sample.used)) if df is None else df
    t = critical(level, freedom)
    found = []
    for p in probabilities:
        if not 0 < p < 1:
            raise MethodError("surveys.bad_probability", "A probability must lie in (0, 1).", p=float(p))
        value = table.quantile(p, rule)
        if interval_type == "score":
            low, high = _score(design, sample, table, p, t)
        elif interval_type == "quantile":
            low, high = _replicated(design, sample, order, x[order], value, p, rule, t)
        else:
            low, high = _woodruff(design, sample, table, value, rule, interval_type, level, freedom)
        found.append(
            Quantile(
                p=float(p),
                value=value,
                low=low,
                high=high,
                se=(high - low) / (2 * t),
                level=level,
                df=freedom,
                n=sample.n,
                missing=sample.missing,
            )
        )
    return tuple(found)


class Distribution:
    """Values in order with their cumulated weights; values without weight are dropped."""

    def __init__(self, values: FloatArray, weights: FloatArray) -> None:
        self.x = values[weights > 0]
        self.w = weights[weights > 0]
        if not len(self.x):
            raise MethodError("surveys.no_answers", "No row with a weight has an answer.", missing=0)
        # Extended precision, so that equal weights add up to their exact shares.
        self.cumulated = np.cumsum(self.w.astype(np.longdouble)).astype(float)
        self.whole = float(self.cumulated[-1])

    def quantile(self, p: float, rule: Rule) -> float:
        return _RULES[rule](self, min(max(p, 0.0), 1.0))

    def bracket(self, p: float) -> tuple[int, int, bool]:
        """Positions of the last value whose cumulated share is at most p and of the next; met exactly?"""
        return _bracket(self.cumulated, self.whole, p)

    def interpolate(self, shares: FloatArray, p: float) -> float:
        return float(np.interp(p, shares, self.x))


def _bracket(cumulated: FloatArray, whole: float, p: float) -> tuple[int, int, bool]:
    slack = ROUNDING * whole
    below = int(np.searchsorted(cumulated, p * whole + slack, side="right")) - 1
    at = max(below, 0)
    exact = below >= 0 and abs(cumulated[at] - p * whole) <= slack
    return at, min(at + 1, len(cumulated) - 1), exact


def _step(d: Distribution, p: float) -> float:
    low, high, exact = d.bracket(p)
    return float(d.x[low] if exact else d.x[high] if p * d.whole >= d.cumulated[0] else d.x[low])


def _middle(d: Distribution, p: float) -> float:
    low, high, exact = d.bracket(p)
    return float((d.x[low] + d.x[high]) / 2) if exact else _step(d, p)


def _nearest_even(d: Distribution, p: float) -> float:
    values, first = np.unique(d.x, return_index=True)
    ends = np.append(first[1:], len(d.x)) - 1
    cumulated = d.cumulated[ends]
    low, high, exact = _bracket(cumulated, d.whole, p)
    if p * d.whole < cumulated[0] and not exact:
        return float(values[0])
    return float(values[low] if exact and (low + 1) % 2 == 0 else values[high])


def _linear_between(d: Distribution, p: float) -> float:
    low, high, _exact = d.bracket(p)
    width = (d.cumulated[high] - d.cumulated[low]) / d.whole
    if width == 0:
        return float(d.x[low])
    share = max((p - d.cumulated[low] / d.whole) / width, 0.0)
    return float(d.x[low] * (1 - share) + d.x[high] * share)


def _plotting(before: float, at: float, extra: float) -> Callable[[Distribution, float], float]:
    """Linear interpolation at (before·S_{k-1} + at·S_k) / (S_n + extra·w_n)."""

    def rule(d: Distribution, p: float) -> float:
        previous = np.concatenate([[0.0], d.cumulated[:-1]])
        return d.interpolate((before * previous + at * d.cumulated) / (d.whole + extra * d.w[-1]), p)

    return rule


def _hf5(d: Distribution, p: float) -> float:
    return d.interpolate((d.cumulated - d.w / 2) / d.whole, p)


def _hf7(d: Distribution, p: float) -> float:
    if len(d.x) == 1:
        return float(d.x[0])
    return d.interpolate(np.concatenate([[0.0], d.cumulated[:-1]]) / d.cumulated[-2], p)


def _shah_vaish(d: Distribution, p: float) -> float:
    unit = d.w / d.w.mean()
    shares = (np.cumsum(unit) + 0.5 - unit / 2) / (len(unit) + 1)
    return float(d.x[max(int(np.searchsorted(shares, p, side="right")) - 1, 0)])


_RULES: dict[str, Callable[[Distribution, float], float]] = {
    "math": _step,
    "school": _middle,
    "shahvaish": _shah_vaish,
    "hf1": _step,
    "hf2": _middle,
    "hf3": _nearest_even,
    "hf4": _linear_between,
    "hf5": _hf5,
    "hf6": _plotting(0.0, 1.0, 1.0),
    "hf7": _hf7,
    "hf8": _plotting(1 / 3, 2 / 3, 1 / 3),
    "hf9": _plotting(3 / 8, 5 / 8, 1 / 4),
}


def _share_below(design: AnyDesign, sample: Answered, value: float) -> tuple[float, float, float]:
    """Share of answers at or below a value, its variance, and the design's degrees of freedom."""
    below = mean(design, (sample.columns[:, 0] <= value).astype(float), domain=sample.used)
    return float(below.values[0]), float(below.covariance[0, 0]), below.df


def _woodruff(
    design: AnyDesign,
    sample: Answered,
    table: Distribution,
    value: float,
    rule: Rule,
    method: Literal["mean", "beta", "xlogit", "asin"],
    level: float,
    df: float,
) -> tuple[float, float]:
    p, v, design_df = _share_below(design, sample, value)
    if v == 0 and 0 < p < 1:
        return table.quantile(p, rule), table.quantile(p, rule)
    if method != "mean" and not (0 < p < 1 and v > 0):
        return math.nan, math.nan
    low, high = interval(p, v, method=method, level=level, df=df, design_df=design_df, n=sample.n)
    return (
        table.quantile(low, rule) if low >= 0 else math.nan,
        table.quantile(high, rule) if high <= 1 else math.nan,
    )


def _score(
    design: AnyDesign, sample: Answered, table: Distribution, p: float, t: float
) -> tuple[float, float]:
    """The least values at which (share above - (1 - p))/SE falls to t and below -t.

    It falls with the value but for the noise of its standard error: found by halves, then looked for among the
    values just below.
    """
    values = np.unique(table.x)

    def statistics(first: int, last: int) -> FloatArray:
        below = np.less_equal.outer(sample.columns[:, 0], values[first:last]).astype(float)
        found = mean(design, below, domain=sample.used)
        gaps, se = p - found.values, found.se
        return np.where(se > 0, gaps / np.where(se > 0, se, 1.0), np.copysign(np.inf, gaps))

    def least(accepts: Callable[[FloatArray], BoolArray]) -> float:
        low, high = 0, len(values)
        while low < high:
            middle = (low + high) // 2
            if accepts(statistics(middle, middle + 1))[0]:
                high = middle
            else:
                low = middle + 1
        if low == len(values):
            return math.nan
        step = max(CELLS_AT_ONCE // design.rows, 1)
        for first in range(max(low - max(NOISY // design.rows, 1), 0), low, step):
            good = np.flatnonzero(accepts(statistics(first, min(first + step, low))))
            if good.size:
                return float(values[first + int(good[0])])
        return float(values[low])

    return least(lambda z: z <= t), least(lambda z: z < -t)


def _replicated(
    design: AnyDesign,
    sample: Answered,
    order: IntArray,
    x: FloatArray,
    value: float,
    p: float,
    rule: Rule,
    t: float,
) -> tuple[float, float]:
    if isinstance(design, Design):
        raise MethodError("surveys.bad_option", "{option} needs replicate weights.", option="quantile")
    thetas = np.array(
        [
            Distribution(x, design.replicate_weights(at)[sample.used][order]).quantile(p, rule)
            for at in range(design.replicates)
        ]
    )
    half = t * math.sqrt(float(design.covariance(thetas[None, :], np.array([value]))[0, 0]))
    return value - half, value + half
