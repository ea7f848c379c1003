"""Means, totals, ratios and variances with their design-based covariance.

Each is a smooth function g of weighted totals t. With a sampling design the covariance is that of the
linearised scores, the rows' columns times the gradient of g (Taylor; Woodruff 1971); with replicate
weights g is computed anew from each replicate's totals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Answered, Missing, answered
from sapar.methods.surveys.columns import (
    BoolArray,
    Column,
    FloatArray,
    Variables,
    floats,
    matrix,
)
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign

Deff = Literal["srs", "replace"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimates:
    """Estimates of one kind with their covariance.

    Attributes:
        statistic: ``mean``, ``total``, …
        names: (k,) what was estimated.
        values: (k,).
        covariance: (k, k).
        df: degrees of freedom of the design among the rows used.
        n: rows used.
        missing: rows of the domain left out for want of an answer.
        population: sum of the weights of the rows used.
        deff: (k,) variance over that of a simple random sample of as many rows, when asked for.
    """

    statistic: str
    names: tuple[str, ...]
    values: FloatArray
    covariance: FloatArray
    df: float
    n: int
    missing: int
    population: float
    deff: FloatArray | None = None

    @property
    def se(self) -> FloatArray:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def cv(self) -> FloatArray:
        """Relative standard errors; NaN where the estimate is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.values == 0, np.nan, self.se / np.abs(self.values))

    @checked
    def intervals(self, level: float = 0.95, *, df: float | None = None) -> FloatArray:
        """(k, 2) from Student's t with the design's degrees of freedom, or `df` (inf: normal)."""
        half = critical(level, self.df if df is None else df) * self.se
        return np.column_stack([self.values - half, self.values + half])

    @checked
    def contrast(self, coefficients: Column, name: str = "contrast") -> Estimates:
        """The linear combination Σ c_j θ_j."""
        weights = floats(coefficients, what="coefficients")
        if weights.shape != self.values.shape:
            raise MethodError("surveys.lengths_differ", "There must be one coefficient an estimate.")
        return Estimates(
            statistic="contrast",
            names=(name,),
            values=np.array([weights @ self.values]),
            covariance=np.array([[weights @ self.covariance @ weights]]),
            df=self.df,
            n=self.n,
            missing=self.missing,
            population=self.population,
        )

    @checked
    def plain(self, level: float = 0.95) -> dict[str, object]:
        """Plain data for a file or an answer."""
        low_high = self.intervals(level) if self.df > 0 else np.full((len(self.names), 2), np.nan)
        lines = []
        for at, name in enumerate(self.names):
            line: dict[str, object] = {
                "name": name,
                "value": float(self.values[at]),
                "se": float(self.se[at]),
                "low": float(low_high[at, 0]),
                "high": float(low_high[at, 1]),
            }
            if self.deff is not None:
                line["deff"] = float(self.deff[at])
            lines.append(line)
        return {
            "statistic": self.statistic,
            "level": level,
            "df": float(self.df),
            "n": self.n,
            "missing": self.missing,
            "population": self.population,
            "estimates": lines,
        }


def critical(level: float, df: float) -> float:
    """Two-sided critical value of Student's t."""
    if not 0 < level < 1:
        raise MethodError("surveys.bad_level", "The level must lie between 0 and 1.", level=level)
    if not df > 0:
        raise MethodError(
            "surveys.no_degrees_of_freedom",
            "The design leaves {df} degrees of freedom; an interval cannot be given.",
            df=float(df),
        )
    return float(stats.norm.ppf((1 + level) / 2) if np.isinf(df) else stats.t.ppf((1 + level) / 2, df))


@dataclass(frozen=True, eq=False)
class Smooth:
    """θ = g(t), t the weighted totals of `columns` (rows, m).

    `function` maps (m, any) to (k, any); `gradient` is (m, k) at the full-sample totals.
    """

    columns: FloatArray
    function: Callable[[FloatArray], FloatArray]
    gradient: FloatArray


def covariance(design: AnyDesign, smooth: Smooth, used: BoolArray, values: FloatArray) -> FloatArray:
    """Covariance (k, k) of a smooth function of totals."""
    if isinstance(design, Design):
        scores = (smooth.columns @ smooth.gradient) * design.weights[:, None]
        return design.covariance(scores, used)
    with np.errstate(divide="ignore", invalid="ignore"):
        replicates = smooth.function(design.totals(smooth.columns))
    return design.covariance(replicates, values)


@checked
def mean(
    design: AnyDesign,
    values: Variables,
    *,
    domain: Column | None = None,
    missing: Missing = "omit",
    deff: Deff | None = None,
) -> Estimates:
    """Weighted means; of a factor, the shares of its levels.

    Args:
        values: a numeric column, a `Factor`, or several under names.
        domain: rows of a subpopulation, true or false; the rest of the sample still counts in the design.
        missing: leave rows without all answers out and count them, or refuse.
        deff: ``srs`` compares with sampling without replacement, ``replace`` with replacement.
    """
    sample = answered(design, values, domain, missing)
    smooth, centre = _means(design, sample)
    v = covariance(design, smooth, sample.used, centre)
    effect = None
    if deff is not None:
        counted, whole = _sizes(design, sample)
        plain = _plain_variance(design, sample, centre) / counted
        effect = np.diag(v) / (plain * _srs(deff, counted, whole))
    return _result("mean", design, sample, sample.names, centre, v, effect)


def _means(design: AnyDesign, sample: Answered) -> tuple[Smooth, FloatArray]:
    """Means as ratios of totals around themselves, so that no digits cancel."""
    whole = float(design.weights[sample.used].sum())
    weights, inside = design.weights * sample.used, sample.used.astype(float)[:, None]
    centre = weights @ sample.columns / whole
    # A sum of a million terms is right to twelve digits only; what is left of it around itself has the rest.
    centre = centre + weights @ (sample.columns - centre * inside) / whole
    columns = np.hstack([sample.columns - centre * inside, inside])
    k = len(centre)

    def function(totals: FloatArray) -> FloatArray:
        return np.asarray(centre[:, None] + totals[:k] / totals[k])

    gradient = np.vstack([np.eye(k), np.zeros((1, k))]) / whole
    return Smooth(columns, function, gradient), centre


@checked
def total(
    design: AnyDesign,
    values: Variables,
    *,
    domain: Column | None = None,
    missing: Missing = "omit",
    deff: Deff | None = None,
) -> Estimates:
    """Weighted totals; of a factor, the weighted counts of its levels. Arguments as for `mean`.

    A row left out for want of an answer adds nothing: the total is that of the rows that answered.
    """
    sample = answered(design, values, domain, missing)
    k = sample.columns.shape[1]
    sums = design.weights @ sample.columns
    v = covariance(design, Smooth(sample.columns, lambda totals: totals, np.eye(k)), sample.used, sums)
    effect = None
    if deff is not None:
        counted, whole = _sizes(design, sample)
        centre = sums / whole
        plain = _plain_variance(design, sample, centre) * whole**2 / counted
        effect = np.diag(v) / (plain * _srs(deff, counted, whole))
    return _result("total", design, sample, sample.names, sums, v, effect)


@checked
def ratio(
    design: AnyDesign,
    numerator: Variables,
    denominator: Variables,
    *,
    domain: Column | None = None,
    missing: Missing = "omit",
    deff: Deff | None = None,
) -> Estimates:
    """Ratios of totals, every numerator over every denominator (denominators change slowest).

    Raises:
        MethodError: `surveys.lengths_differ`, `surveys.zero_denominator`.
    """
    upper_names, upper = matrix(numerator)
    lower_names, lower = matrix(denominator)
    if len(upper) != len(lower):
        raise MethodError("surveys.lengths_differ", "The columns differ in length.")
    sample = answered(design, np.hstack([upper, lower]), domain, missing)
    a = upper.shape[1]
    top, bottom = sample.columns[:, :a], sample.columns[:, a:]
    below = design.weights @ bottom
    if (below == 0).any():
        raise MethodError(
            "surveys.zero_denominator", "Denominators that add up to 0: {names}.",
            names=tuple(lower_names[at] for at in np.flatnonzero(below == 0)),
        )  # fmt: skip
    ratios = ((design.weights @ top)[None, :] / below[:, None]).ravel()
    over = np.repeat(np.arange(len(below)), a)
    residuals = top[:, np.tile(np.arange(a), len(below))] - ratios * bottom[:, over]
    k = len(ratios)

    def function(totals: FloatArray) -> FloatArray:
        return np.asarray(ratios[:, None] + totals[:k] / totals[k + over])

    gradient = np.vstack([np.diag(1 / below[over]), np.zeros((len(below), k))])
    smooth = Smooth(np.hstack([residuals, bottom]), function, gradient)
    v = covariance(design, smooth, sample.used, ratios)
    effect = None
    if deff is not None:
        counted, whole = _sizes(design, sample)
        linear = Answered(sample.names, residuals / below[over], sample.used, sample.missing)
        centre = design.weights @ linear.columns / whole
        plain = _plain_variance(design, linear, centre) * whole**2 / counted
        effect = np.diag(v) / (plain * _srs(deff, counted, whole))
    names = tuple(f"{top}/{bottom}" for bottom in lower_names for top in upper_names)
    return _result("ratio", design, sample, names, ratios, v, effect)


@checked
def variance(
    design: AnyDesign,
    values: Variables,
    *,
    domain: Column | None = None,
    missing: Missing = "omit",
) -> Estimates:
    """Population variances and covariances, n/(n-1) times the weighted mean of the products.

    The names are ``a·b`` for all pairs, the first changing fastest.

    Raises:
        MethodError: `surveys.too_few_answers`.
    """
    sample = answered(design, values, domain, missing)
    k = len(sample.names)
    inside = sample.used.astype(float)[:, None]
    whole = float(design.weights[sample.used].sum())
    counted = int((sample.used & (design.weights != 0)).sum())
    if counted < 2:
        raise MethodError("surveys.too_few_answers", "A variance needs two answers.", n=counted)
    correction = counted / (counted - 1)
    centre = design.weights @ sample.columns / whole
    deviations = sample.columns - centre * inside
    first, second = np.tile(np.arange(k), k), np.repeat(np.arange(k), k)
    products = deviations[:, first] * deviations[:, second]
    moments = design.weights @ products / whole
    values_ = correction * moments

    def function(totals: FloatArray) -> FloatArray:
        n = totals[-1]
        shifts = totals[k * k : k * k + k] / n
        around = moments[:, None] + totals[: k * k] / n
        return np.asarray(correction * (around - shifts[first] * shifts[second]))

    columns = np.hstack([products - moments * inside, deviations, inside])
    gradient = np.vstack([np.eye(k * k), np.zeros((k + 1, k * k))]) * correction / whole
    v = covariance(design, Smooth(columns, function, gradient), sample.used, values_)
    names = tuple(f"{sample.names[i]}·{sample.names[j]}" for j, i in zip(second, first, strict=True))
    return _result("variance", design, sample, names, values_, v, None)


def _result(
    statistic: str,
    design: AnyDesign,
    sample: Answered,
    names: Sequence[str],
    values: FloatArray,
    v: FloatArray,
    effect: FloatArray | None,
) -> Estimates:
    return Estimates(
        statistic=statistic,
        names=tuple(names),
        values=values,
        covariance=v,
        df=float(design.degrees_of_freedom(sample.used)),
        n=sample.n,
        missing=sample.missing,
        population=float(design.weights[sample.used].sum()),
        deff=effect,
    )


def _sizes(design: AnyDesign, sample: Answered) -> tuple[int, float]:
    """Rows with a weight among those used, and the sum of their weights."""
    counted = int((sample.used & (design.weights != 0)).sum())
    if counted < 2:
        raise MethodError("surveys.too_few_answers", "A variance needs two answers.", n=counted)
    return counted, float(design.weights[sample.used].sum())


def _srs(deff: Deff, counted: int, whole: float) -> float:
    """What a simple random sample's variance is multiplied by for drawing without replacement."""
    if deff not in get_args(Deff):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(deff))
    if deff == "replace":
        return 1.0
    if whole <= counted:
        raise MethodError(
            "surveys.weights_below_sample",
            "The weights add up to {whole} for {rows} rows: they are not scaled to the population, "
            "so compare with sampling with replacement.",
            whole=whole,
            rows=counted,
        )
    return (whole - counted) / whole


def _plain_variance(design: AnyDesign, sample: Answered, centre: FloatArray) -> FloatArray:
    """(k,) population variances as a simple random sample would show them; NaN where constant."""
    counted, whole = _sizes(design, sample)
    deviations = (sample.columns - centre) * sample.used[:, None]
    plain = design.weights @ deviations**2 / whole * counted / (counted - 1)
    return np.where(plain > 0, plain, np.nan)
