"""Linear, logistic and Poisson regression with design-based covariance.

Pseudo maximum likelihood with the survey weights (Binder 1983): the coefficients solve
Σ w_i x_i (y_i - μ_i) = 0; their covariance is A⁻¹ V(Σ w x (y - μ)) A⁻¹, A = Σ w v(μ) x x', or comes from fitting anew
with each replicate's weights. The variance function of `binomial` and `poisson` only weights the rows, so
over- or underdispersion ("quasi") needs no other fit. Degrees of freedom: those of the design + 1 less the
number of coefficients.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import linalg, special, stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Missing, answered
from sapar.methods.surveys.columns import Column, Factor, FloatArray, IntArray, numbers
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.estimates import critical
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign

Family = Literal["gaussian", "binomial", "poisson"]
ITERATIONS = 60
SETTLED = 25


@dataclass(frozen=True, kw_only=True, eq=False)
class Regression:
    """A fitted model.

    Attributes:
        names: (p,) of the coefficients: ``(intercept)``, a number's name, ``factor=level``.
        terms: which coefficients belong to each predictor.
        values, covariance: (p,) and (p, p).
        df: residual degrees of freedom, of the design.
        dispersion: weighted variance of the Pearson residuals.
        n, missing: rows used and rows of the domain left out.
        lost_replicates: replicates in which the model could not be fitted; they are left out.
    """

    family: Family
    names: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]
    values: FloatArray
    covariance: FloatArray
    df: float
    dispersion: float
    n: int
    missing: int
    lost_replicates: int = 0

    @property
    def se(self) -> FloatArray:
        return np.sqrt(np.diag(self.covariance))

    @property
    def t(self) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.values / self.se)

    @property
    def p(self) -> FloatArray:
        """Two-sided; NaN without degrees of freedom."""
        return self._p(self.df)

    def _p(self, df: float) -> FloatArray:
        if not df > 0:
            return np.full(len(self.values), np.nan)
        return np.asarray(2 * stats.t.sf(np.abs(self.t), df))

    @checked
    def intervals(self, level: float = 0.95, *, df: float | None = None) -> FloatArray:
        """(p, 2) with the degrees of freedom of the model, or `df` (inf: normal)."""
        half = critical(level, self.df if df is None else df) * self.se
        return np.column_stack([self.values - half, self.values + half])

    @checked
    def test(self, terms: Sequence[str], *, df: float | None = None) -> WaldTest:
        """Are all coefficients of these predictors zero? F = β'V⁻¹β / k on k and `df` degrees of freedom.

        They are those of the model if not given; with inf, F · k is a chi-square.
        """
        freedom = self.df if df is None else df
        if unknown := [term for term in terms if term not in self.terms]:
            raise MethodError("surveys.unknown_term", "No predictors: {terms}.", terms=tuple(unknown))
        at = [position for term in terms for position in self.terms[term]]
        if not at or not freedom > 0:
            raise MethodError(
                "surveys.no_degrees_of_freedom",
                "The design leaves {df} degrees of freedom; an interval cannot be given.",
                df=freedom,
            )
        beta, v = self.values[at], self.covariance[np.ix_(at, at)]
        try:
            statistic = float(beta @ np.linalg.solve(v, beta)) / len(at)
        except np.linalg.LinAlgError as error:
            raise MethodError("surveys.no_variation", "The coefficients' covariance is singular.") from error
        k = len(at)
        p = stats.chi2.sf(statistic * k, k) if math.isinf(freedom) else stats.f.sf(statistic, k, freedom)
        return WaldTest(terms=tuple(terms), statistic=statistic, ndf=k, ddf=freedom, p=float(p))

    @checked
    def plain(self, level: float = 0.95, *, df: float | None = None) -> list[dict[str, object]]:
        """One line a coefficient; `ratio` is exp(value), an odds or rate ratio, for the log links."""
        freedom = self.df if df is None else df
        ends = self.intervals(level, df=freedom) if freedom > 0 else np.full((len(self.values), 2), np.nan)
        p = self._p(freedom)
        logs = self.family != "gaussian"
        return [
            {
                "name": name,
                "value": float(self.values[at]),
                "se": float(self.se[at]),
                "t": float(self.t[at]),
                "p": float(p[at]),
                "low": float(ends[at, 0]),
                "high": float(ends[at, 1]),
                **({"ratio": math.exp(min(self.values[at], 700.0))} if logs else {}),
            }
            for at, name in enumerate(self.names)
        ]


@dataclass(frozen=True, kw_only=True)
class WaldTest:
    terms: tuple[str, ...]
    statistic: float
    ndf: int
    ddf: float
    p: float


@checked
def regression(
    design: AnyDesign,
    y: Column,
    predictors: Mapping[str, Column | Factor],
    *,
    family: Family = "gaussian",
    intercept: bool = True,
    offset: Column | None = None,
    domain: Column | None = None,
    missing: Missing = "omit",
) -> Regression:
    """Fit a generalised linear model with its natural link (identity, log odds, log).

    A factor enters as a 0/1 column for each level but the first one that occurs; without an intercept the first
    factor keeps all its levels. An `offset` is a part of the linear
    predictor that is known, such as the logarithm of the time observed in a model of counts.

    Raises:
        MethodError: ``surveys.bad_response`` (not 0/1, or negative counts); ``surveys.collinear`` naming the
            column; ``surveys.separated`` when a logistic model predicts answers for certain;
            ``surveys.not_converged``; ``surveys.no_columns`` without predictors; ``surveys.bad_option``.
    """
    if family not in get_args(Family):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(family))
    if not predictors and not intercept:
        raise MethodError("surveys.no_columns", "No column was given.")
    known = np.zeros(design.rows) if offset is None else numbers(offset, what="offset")
    columns: dict[str, Column | Factor] = {"": numbers(y, what="response"), " ": known, **predictors}
    sample = answered(design, columns, domain, missing)
    response, shift = sample.columns[sample.used, 0], sample.columns[sample.used, 1]
    _check_response(response, family, np.flatnonzero(sample.used) + 1)
    names, terms, table = _model_matrix(
        sample.columns[sample.used, 2:], sample.names[2:], predictors, intercept
    )
    weights = design.weights[sample.used]
    scale = weights.sum() / len(weights)
    _refuse_collinear(table, weights, names)
    beta, inverse = fit(table, response, weights / scale, family, None, shift)
    mu = _mean(table @ beta + shift, family)
    residuals = response - mu
    lost = 0
    if isinstance(design, Design):
        scores = np.zeros((design.rows, len(beta)))
        scores[sample.used] = (table * (residuals * weights / scale)[:, None]) @ inverse
        v = design.covariance(scores, sample.used)
    else:
        replicates = np.empty((len(beta), design.replicates))
        for at in range(design.replicates):
            drawn = design.replicate_weights(at)[sample.used]
            try:
                replicates[:, at] = fit(table, response, drawn / scale, family, beta, shift)[0]
            except MethodError:
                # For instance the only unit with one of the levels was left out.
                replicates[:, at] = np.nan
        lost = int(np.isnan(replicates).any(axis=0).sum())
        v = design.covariance(replicates, beta)
    return Regression(
        family=family,
        names=names,
        terms=terms,
        values=beta,
        covariance=v,
        df=float(design.degrees_of_freedom(sample.used) + 1 - len(beta)),
        dispersion=_dispersion(residuals, mu, weights, family),
        n=sample.n,
        missing=sample.missing,
        lost_replicates=lost,
    )


def _check_response(response: FloatArray, family: Family, row: IntArray) -> None:
    if family == "binomial" and (wrong := ~np.isin(response, (0.0, 1.0))).any():
        raise MethodError(
            "surveys.bad_response", "A logistic regression needs answers of 0 and 1; see rows {rows}.",
            rows=tuple(row[wrong].tolist()),
        )  # fmt: skip
    if family == "poisson" and (wrong := response < 0).any():
        raise MethodError(
            "surveys.bad_response", "A Poisson regression needs counts of at least 0; see rows {rows}.",
            rows=tuple(row[wrong].tolist()),
        )  # fmt: skip


def _model_matrix(
    columns: FloatArray, labels: tuple[str, ...], predictors: Mapping[str, Column | Factor], intercept: bool
) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]], FloatArray]:
    """Names, positions of each predictor, and the (rows, p) columns."""
    names = ["(intercept)"] if intercept else []
    parts = [np.ones((len(columns), 1))] if intercept else []
    terms: dict[str, tuple[int, ...]] = {}
    at, full = 0, not intercept
    for name, predictor in predictors.items():
        width = len(predictor.levels) if isinstance(predictor, Factor) else 1
        kept = list(range(at, at + width))
        if isinstance(predictor, Factor):
            kept = [position for position in kept if columns[:, position].any()]
            # The first level that occurs is the base; without an intercept the first factor has none.
            kept, full = (kept if full else kept[1:]), False
        terms[name] = tuple(range(len(names), len(names) + len(kept)))
        names += [labels[position] for position in kept]
        parts.append(columns[:, kept])
        at += width
    return tuple(names), terms, np.hstack(parts)


def _refuse_collinear(table: FloatArray, weights: FloatArray, names: tuple[str, ...]) -> None:
    scaled = table * np.sqrt(weights)[:, None]
    size = np.sqrt((scaled**2).sum(axis=0))
    flat = np.flatnonzero(size == 0)
    if not flat.size:
        if len(names) > int((weights > 0).sum()):
            flat = np.array([int((weights > 0).sum())])
        else:
            triangle = np.linalg.qr(scaled / size, mode="r")
            flat = np.flatnonzero(np.abs(np.diag(triangle)) < 1e-9)
    if flat.size:
        raise MethodError(
            "surveys.collinear", "Columns that follow from those before: {columns}.",
            column=names[int(flat[0])], columns=tuple(names[int(at)] for at in flat),
        )  # fmt: skip


def fit(
    table: FloatArray,
    response: FloatArray,
    weights: FloatArray,
    family: Family,
    start: FloatArray | None,
    offset: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Coefficients and (X'WX)⁻¹ by iteratively reweighted least squares, halving steps that lose."""
    if family == "gaussian":
        return _least_squares(table, response - offset, weights)
    eta = _start(response, family) if start is None else table @ start + offset
    best, beta = math.inf, start
    inverse = np.empty(0)
    for step in range(ITERATIONS):
        mu = _mean(eta, family)
        slope = mu * (1 - mu) if family == "binomial" else mu
        # Rows that are certain by now have nothing to say about the next step.
        slope = np.where(slope > 1e-14, slope, 0.0)
        move = np.divide(response - mu, slope, out=np.zeros_like(mu), where=slope > 0)
        try:
            fresh, inverse = _least_squares(table, eta + move - offset, weights * slope)
        except MethodError as error:
            raise _diverged(family) from error
        deviance = _deviance(table @ fresh + offset, response, weights, family)
        for _halving in range(30):
            if beta is None or deviance <= best * (1 + 1e-12) + 1e-12:
                break
            fresh = (fresh + beta) / 2
            deviance = _deviance(table @ fresh + offset, response, weights, family)
        still = beta is not None and np.allclose(fresh, beta, rtol=1e-12, atol=1e-13)
        best, beta = deviance, fresh
        eta = table @ beta + offset
        if still:
            return beta, inverse
        # A fit that exists settles long before; one that does not moves on by about one a step.
        if step > SETTLED and (np.abs(eta[weights > 0]) > SETTLED / 2).any():
            raise _diverged(family)
    raise MethodError("surveys.not_converged", "The fit did not converge in {count} steps.", count=ITERATIONS)


def _diverged(family: Family) -> MethodError:
    if family == "binomial":
        return MethodError(
            "surveys.separated", "A combination of the columns tells some answers for certain."
        )
    return MethodError("surveys.not_converged", "The fit did not converge in {count} steps.", count=SETTLED)


def _least_squares(
    table: FloatArray, response: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    root = np.sqrt(np.maximum(weights, 0.0))[:, None]
    q, triangle = np.linalg.qr(table * root)
    size = np.sqrt((triangle**2).sum(axis=0))
    if not np.isfinite(triangle).all() or not (np.abs(np.diag(triangle)) > 1e-11 * size).all():
        raise MethodError("surveys.collinear", "{column} follows from the other columns.", column="a column")
    turned = linalg.solve_triangular(triangle, np.eye(len(triangle)))
    return np.asarray(turned @ (q.T @ (response * root[:, 0]))), np.asarray(turned @ turned.T)


def _start(response: FloatArray, family: Family) -> FloatArray:
    if family == "binomial":
        return np.asarray(special.logit((response + 0.5) / 2))
    return np.asarray(np.log(response + 0.1))


def _mean(eta: FloatArray, family: Family) -> FloatArray:
    if family == "gaussian":
        return eta
    return np.asarray(special.expit(eta) if family == "binomial" else np.exp(np.minimum(eta, 700.0)))


def _deviance(eta: FloatArray, response: FloatArray, weights: FloatArray, family: Family) -> float:
    if family == "binomial":
        loss = np.logaddexp(0.0, np.where(response > 0, -eta, eta))
        return 2 * float(weights @ loss)
    mu = _mean(eta, family)
    return 2 * float(weights @ (special.xlogy(response, response) - response * eta - (response - mu)))


def _dispersion(residuals: FloatArray, mu: FloatArray, weights: FloatArray, family: Family) -> float:
    spread = {"gaussian": np.ones_like(mu), "binomial": mu * (1 - mu), "poisson": mu}[family]
    pearson = np.divide(residuals, np.sqrt(spread), out=np.zeros_like(mu), where=spread > 0)
    counted = int((weights > 0).sum())
    if counted < 2:
        return math.nan
    centre = float(weights @ pearson / weights.sum())
    return float(weights @ (pearson - centre) ** 2 / weights.sum() * counted / (counted - 1))
