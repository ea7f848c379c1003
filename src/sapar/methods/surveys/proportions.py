"""Intervals for a proportion that stay inside 0 and 1.

``logit``: Student's t on the log odds; ``asin``: on arcsin √p; ``beta``: Korn & Graubard 1998 with the effective
sample size n* = p(1-p)/V, times (t_{n-1}/t_df)²; ``mean``: p ± t·SE; ``xlogit``: the log odds of the mean by the
delta method, the same as ``logit`` unless there are replicate weights, where ``logit`` takes the log odds of
each replicate as an intercept-only logistic regression does;
``likelihood``: the scaled deviance of that regression (Rao & Scott 1984) equals t²λ;
``wilson``: the score interval of Wilson (1927) with the effective size p(1-p)/V (Kott & Carr 1997) and Student's t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import optimize, special, stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Missing
from sapar.methods.surveys.columns import Column, FloatArray, mask, numbers, places
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.estimates import critical, mean
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign

IntervalMethod = Literal["logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"]
# With more than this many effective answers the beta distribution is a normal one, and its inverse fails.
LARGEST_SAMPLE = 1e10


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """A share with its standard error and interval; counts as in `Estimates`."""

    value: float
    se: float
    low: float
    high: float
    level: float
    method: IntervalMethod
    df: float
    n: int
    missing: int


@checked
def proportion(
    design: AnyDesign,
    values: Column,
    *,
    method: IntervalMethod = "logit",
    level: float = 0.95,
    df: float | None = None,
    domain: Column | None = None,
    missing: Missing = "omit",
) -> Proportion:
    """The share of ones among 0/1 (or false/true) answers.

    Args:
        df: degrees of freedom, those of the design if not given; ``beta`` always uses the design's.

    Raises:
        MethodError: ``surveys.not_a_proportion``; ``surveys.no_interval`` when all answers are the same,
            where none of the methods has an interval.
    """
    column = numbers(values)
    if (wrong := ~np.isnan(column) & ~np.isin(column, (0.0, 1.0))).any():
        raise MethodError(
            "surveys.not_a_proportion", "The answers must be 0 or 1; see rows {rows}.", rows=places(wrong)
        )
    found = mean(design, column, domain=domain, missing=missing)
    p, v = float(found.values[0]), float(found.covariance[0, 0])
    spread = (
        v
        if isinstance(design, Design) or method not in ("logit", "likelihood")
        else _of_log_odds(design, column, p, domain)
    )
    freedom = found.df if df is None else df
    n = found.n
    if method == "likelihood":
        # Rows without weight have no part in the deviance.
        n = int((mask(domain, design.rows) & ~np.isnan(column) & (design.weights != 0)).sum())
    low, high = interval(p, spread, method=method, level=level, df=freedom, design_df=found.df, n=n)
    return Proportion(
        value=p,
        se=math.sqrt(v),
        low=low,
        high=high,
        level=level,
        method=method,
        df=freedom,
        n=found.n,
        missing=found.missing,
    )


def _of_log_odds(design: ReplicateDesign, column: FloatArray, p: float, domain: Column | None) -> float:
    """p²(1-p)² times the variance of the replicates' log odds, as the regression has it."""
    used = mask(domain, design.rows) & ~np.isnan(column)
    columns = np.column_stack([np.where(used, column, 0.0), used])
    yes, all_ = design.totals(columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = special.logit(yes / all_)
    if not 0 < p < 1:
        return 0.0
    v = design.covariance(odds[None, :], np.array([special.logit(p)]))
    return float(v[0, 0]) * (p * (1 - p)) ** 2


def interval(
    p: float, v: float, *, method: IntervalMethod, level: float, df: float, design_df: float, n: int
) -> tuple[float, float]:
    """The interval of a share p with variance v from n rows."""
    if method not in get_args(IntervalMethod):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(method))
    t = critical(level, df)
    if method == "mean":
        half = t * math.sqrt(v)
        return p - half, p + half
    # A share that known totals fix varies by rounding alone.
    if not 1e-14 < p < 1 - 1e-14 or not v > 1e-24 * p * (1 - p):
        raise MethodError(
            "surveys.no_interval",
            "A share of {share} without variation has no interval.",
            share=p,
            method=method,
            n=n,
        )
    if method == "asin":
        centre, half = math.asin(math.sqrt(p)), t * math.sqrt(v / (4 * p * (1 - p)))
        # Beyond 0 and π/2 the sine would turn back.
        return math.sin(max(centre - half, 0.0)) ** 2, math.sin(min(centre + half, math.pi / 2)) ** 2
    if method == "beta":
        alpha = 1 - level
        effective = p * (1 - p) / v * (stats.t.ppf(alpha / 2, n - 1) / critical(level, design_df)) ** 2
        if effective > LARGEST_SAMPLE:
            half = t * math.sqrt(v)
            return p - half, p + half
        yes, no = effective * p, effective * (1 - p)
        return (
            float(special.betaincinv(yes, no + 1, alpha / 2)),
            float(special.betaincinv(yes + 1, no, 1 - alpha / 2)),
        )
    if method == "likelihood":
        return _likelihood(p, v, t, n)
    if method == "wilson":
        # The roots π of (p - π)² = t² π(1 - π)/n*, with the effective size n* = p(1 - p)/v.
        pull = t * t * v / (p * (1 - p))
        if math.isinf(pull):
            return 0.0, 1.0
        middle, width = (p + pull / 2) / (1 + pull), math.sqrt(pull * (p * (1 - p) + pull / 4)) / (1 + pull)
        return max(middle - width, 0.0), min(middle + width, 1.0)
    centre, half = special.logit(p), t * math.sqrt(v) / (p * (1 - p))
    return float(special.expit(centre - half)), float(special.expit(centre + half))


def _likelihood(p: float, v: float, t: float, n: int) -> tuple[float, float]:
    """Both log odds at which the deviance, scaled by the dispersion n/(n-1), is t²λ above its least."""
    dispersion = n / (n - 1)
    misspecified = n * v / (p * (1 - p))
    cut = t * t * misspecified * dispersion

    def excess(eta: float) -> float:
        # log p(η) and log(1 - p(η)) without overflow.
        yes, no = -float(np.logaddexp(0.0, -eta)), -float(np.logaddexp(0.0, eta))
        return 2 * n * (p * (math.log(p) - yes) + (1 - p) * (math.log(1 - p) - no)) - cut

    centre = float(special.logit(p))
    if excess(centre) >= 0:
        return p, p
    ends = []
    for sign in (-1.0, 1.0):
        step = 1.0
        while excess(centre + sign * step) < 0 and step < 1000:
            step *= 2
        if step >= 1000:
            ends.append(0.0 if sign < 0 else 1.0)
            continue
        root = optimize.brentq(excess, centre, centre + sign * step, xtol=1e-14, rtol=1e-14)
        ends.append(float(special.expit(root)))
    return ends[0], ends[1]
