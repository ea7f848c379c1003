"""Calibration: the weights nearest to the base weights whose totals equal known population totals.

Deville & Särndal (1992), JASA 87, 376-382: factors are g = F(x'λ) with F fixed by the distance. The
linear one gives the regression estimator, the raking one positive weights, the logit one weights that
stay strictly within bounds; the first two may be cut off at bounds as well.

λ minimises the convex dual  Σ d·G(x'λ) - t'λ  with G' = F, so a Newton step that is shortened until the
dual falls cannot wander off, whatever the bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog
from scipy.special import expit

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import floats, places
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.weights.margins import Margin
from sapar.methods.surveys.weights.weighting import (
    FloatArray,
    Weighting,
    category_sums,
    checked_weights,
    weighting_of,
)

Distance = Literal["linear", "raking", "logit"]

# Beyond this many different rows, whether the bounds can be met at all is not looked into.
LARGEST_PROGRAMME = 20_000
HALVINGS = 60


@checked
def indicator_columns(margins: Sequence[Margin]) -> tuple[FloatArray, FloatArray]:
    """One 0/1 column per category of every margin (rows × Σ categories) and the targets beside them.

    The columns of each margin add up to one; `calibrate` copes with such redundancy.

    Raises:
        MethodError: `surveys.no_margins`, `surveys.margins_rows`.
    """
    if not margins:
        raise MethodError("surveys.no_margins", "There are no margins.")
    blocks = [np.eye(len(margin.levels))[margin.codes] for margin in margins]
    if len({len(block) for block in blocks}) > 1:
        raise MethodError("surveys.margins_rows", "The margins have different numbers of rows.")
    return np.hstack(blocks), np.concatenate([margin.targets for margin in margins])


@checked
def calibrate(
    auxiliaries: ArrayLike,
    totals: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    variances: ArrayLike | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 200,
) -> Weighting:
    """Weights d·g with Σ d·g·x = totals and g as near to 1 as the distance and the bounds allow.

    Args:
        auxiliaries: rows × columns; a column of ones fixes the population size.
        totals: population total of every column.
        weights: base weights d; ones if not given.
        distance: ``"linear"``, ``"raking"`` (multiplicative) or ``"logit"`` (needs finite bounds
            around 1).
        bounds: smallest and largest allowed g.
        variances: σ² of the working model, one per row and positive: g = F(x'λ/σ²).
        tolerance: largest misfit of a total, relative to its size, that counts as met.
        max_iterations: Newton steps before giving up.

    Raises:
        MethodError: ``surveys.auxiliaries_invalid``, ``surveys.totals_invalid``,
            ``surveys.bounds_invalid``, ``surveys.variances_invalid``,
            ``surveys.totals_contradict`` (redundant columns with totals that do not agree),
            ``surveys.calibration_infeasible`` (no weights within the bounds reach the totals),
            ``surveys.calibration_not_converged``.
    """
    x, t = _checked_problem(auxiliaries, totals)
    base = checked_weights(weights, len(x))
    link = _link(distance, bounds)
    sigma = np.ones(len(x)) if variances is None else _checked_variances(variances, len(x))
    # Columns of equal size: the tolerance then means the same for incomes and for indicators.
    size = np.maximum(base @ np.abs(x), np.abs(t))
    size[size == 0] = 1.0
    x, t = x / size, t / size
    _check_consistent(x, t, base)
    solved = _newton(x, t, base, sigma, link, tolerance, max_iterations)
    if solved.misfit > tolerance:
        raise _failure(
            x, t, base, bounds if distance != "raking" else (max(bounds[0], 0.0), bounds[1]), solved
        )
    return weighting_of(
        base,
        solved.factors,
        method=f"{distance} calibration",
        iterations=solved.iterations,
        discrepancy=solved.misfit,
    )


@checked
def calibration_residuals(
    values: ArrayLike, auxiliaries: ArrayLike, weights: ArrayLike | None = None
) -> FloatArray:
    """What is left of a variable after regression on the auxiliaries with the base weights.

    If the calibration had working variances, the weights here are base weights over variances.
    The variance of a calibrated total is that of the residuals under the calibrated weights
    (Deville & Särndal 1992, result 5): put these in place of the variable when linearising.

    Raises:
        MethodError: `surveys.values_invalid`.
    """
    x = _checked_matrix(auxiliaries)
    base = checked_weights(weights, len(x))
    y = floats(values, what="values")
    if y.shape != (len(x),) or not np.isfinite(y).all():
        raise MethodError("surveys.values_invalid", "The variable is not one finite number per row.")
    root = np.sqrt(base)
    coefficients = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
    return np.asarray(y - x @ coefficients)


@dataclass(frozen=True)
class _Link:
    """F, its derivative and its integral G (up to a constant), cut off at the bounds."""

    distance: Distance
    low: float
    high: float

    def factor(self, u: FloatArray) -> FloatArray:
        if self.distance == "logit":
            slope, shift = self._logit()
            return self.low + (self.high - self.low) * expit(slope * u + shift)
        return np.clip(1.0 + u if self.distance == "linear" else np.exp(u), self.low, self.high)

    def slope(self, u: FloatArray) -> FloatArray:
        if self.distance == "logit":
            slope, shift = self._logit()
            share = expit(slope * u + shift)
            return (self.high - self.low) * slope * share * (1.0 - share)
        raw = 1.0 + u if self.distance == "linear" else np.exp(u)
        rise = np.ones_like(u) if self.distance == "linear" else raw
        return np.where((raw > self.low) & (raw < self.high), rise, 0.0)

    def integral(self, u: FloatArray) -> FloatArray:
        if self.distance == "logit":
            slope, shift = self._logit()
            return self.low * u + (self.high - self.low) / slope * np.logaddexp(0.0, slope * u + shift)
        # Beyond a bound the integral goes on along its tangent there.
        inside = np.clip(u, self._start(self.low), self._start(self.high))
        value = inside + inside**2 / 2 if self.distance == "linear" else np.exp(inside)
        beyond = u - inside
        value += np.where(beyond < 0, self.low, 0.0 if np.isinf(self.high) else self.high) * beyond
        return value

    def _start(self, bound: float) -> float:
        """The u at which F reaches a bound."""
        if self.distance == "linear":
            return bound - 1.0
        return float(np.log(bound)) if bound > 0 else -np.inf

    def _logit(self) -> tuple[float, float]:
        below, above = 1.0 - self.low, self.high - 1.0
        return (self.high - self.low) / (below * above), float(np.log(below / above))


@dataclass(frozen=True, eq=False)
class _Solution:
    factors: FloatArray
    misfit: float
    column: int
    iterations: int


def _newton(
    x: FloatArray,
    t: FloatArray,
    base: FloatArray,
    sigma: FloatArray,
    link: _Link,
    tolerance: float,
    max_iterations: int,
) -> _Solution:
    multipliers = np.zeros(x.shape[1])
    z = x / sigma[:, None]
    scaled = base * sigma

    with np.errstate(over="ignore", invalid="ignore"):

        def dual(at: FloatArray) -> float:
            return float(scaled @ link.integral(z @ at) - t @ at)

        iterations = 0
        while True:
            u = z @ multipliers
            factors = link.factor(u)
            misfits = t - (base * factors) @ x
            column = int(np.abs(misfits).argmax())
            found = _Solution(factors, float(np.abs(misfits[column])), column, iterations)
            if found.misfit <= tolerance or iterations == max_iterations:
                return found
            hessian = (z * (scaled * link.slope(u))[:, None]).T @ z
            step: FloatArray = np.asarray(np.linalg.lstsq(hessian, misfits, rcond=1e-13)[0], dtype=float)
            flat = misfits - hessian @ step
            if np.abs(flat).max() > 0.5 * found.misfit:
                # All rows of a column are at a bound, where the curvature does not see it: move u by 1 that way.
                step = step + flat / max(float(np.abs(z @ flat).max()), 1e-300)
            if misfits @ step <= 0:
                # The curvature is gone (all rows at a bound): go along the gradient instead.
                step = misfits / max(float(np.abs(misfits).max()), 1e-300)
            length = _step_length(dual, multipliers, step, float(misfits @ step))
            if length == 0.0:
                return found
            multipliers = multipliers + length * step
            iterations += 1


def _step_length(
    dual: Callable[[FloatArray], float], multipliers: FloatArray, step: FloatArray, slope: float
) -> float:
    """1, halved until the dual falls by a part of what its slope promises; 0 if it never does."""
    here = dual(multipliers)
    # Near the minimum the promised fall is below what the floats of the dual can show.
    noise = 1e-14 * (1.0 + abs(here))
    length = 1.0
    for _ in range(HALVINGS):
        if dual(multipliers + length * step) <= here - 1e-4 * length * slope + noise:
            return length
        length /= 2
    return 0.0


def _link(distance: Distance, bounds: tuple[float, float]) -> _Link:
    low, high = bounds
    wrong = not low < high
    if distance == "logit":
        wrong = wrong or not (np.isfinite(low) and np.isfinite(high) and low < 1.0 < high)
    elif distance == "raking":
        low = max(low, 0.0)
        wrong = wrong or not high > 0
    elif distance != "linear":
        raise MethodError("surveys.distance_unknown", "There is no distance {distance}.", distance=distance)
    if wrong:
        raise MethodError(
            "surveys.bounds_invalid",
            "Bounds {low} … {high} do not suit the {distance} distance.",
            low=low,
            high=high,
            distance=distance,
        )
    return _Link(distance, low, high)


def _checked_matrix(auxiliaries: ArrayLike) -> FloatArray:
    x = floats(auxiliaries, what="auxiliaries")
    if x.ndim != 2 or x.size == 0:
        raise MethodError(
            "surveys.auxiliaries_invalid",
            "The auxiliaries are not a table of rows and columns but of shape {shape}.",
            shape=tuple(x.shape),
        )
    wrong = np.argwhere(~np.isfinite(x))
    if len(wrong):
        raise MethodError(
            "surveys.auxiliaries_invalid",
            "{cells} auxiliary values are missing or infinite; the first in row {row}, column {column}.",
            cells=len(wrong),
            row=int(wrong[0, 0]) + 1,
            column=int(wrong[0, 1]) + 1,
            rows=tuple(dict.fromkeys((wrong[:, 0] + 1).tolist())),
        )
    return x


def _checked_problem(auxiliaries: ArrayLike, totals: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x = _checked_matrix(auxiliaries)
    t = floats(totals, what="totals")
    if t.shape != (x.shape[1],) or not np.isfinite(t).all():
        raise MethodError(
            "surveys.totals_invalid",
            "The totals are not {columns} finite numbers.",
            columns=x.shape[1],
        )
    return x, t


def _checked_variances(variances: ArrayLike, rows: int) -> FloatArray:
    sigma = floats(variances, what="variances")
    if sigma.shape != (rows,) or not (np.isfinite(sigma) & (sigma > 0)).all():
        wrong = ~(np.isfinite(sigma) & (sigma > 0)) if sigma.shape == (rows,) else np.zeros(0, dtype=bool)
        raise MethodError(
            "surveys.variances_invalid", "The variances are not {count} positive numbers; see rows {rows}.",
            count=rows, rows=places(wrong),
        )  # fmt: skip
    return sigma


def _check_consistent(x: FloatArray, t: FloatArray, base: FloatArray) -> None:
    """Totals of columns that depend on each other must depend in the same way."""
    used = x[base > 0]
    values, vectors = np.linalg.eigh(used.T @ used)
    null = vectors[:, values <= 1e-12 * max(float(values[-1]), 1e-300)]
    left = null.T @ t
    if len(left) and np.abs(left).max() > 1e-8 * np.abs(t).max():
        column = int(np.abs(null @ left).argmax())
        raise MethodError(
            "surveys.totals_contradict",
            "The columns depend on each other in a way the totals do not; look at column {column}.",
            column=column + 1,
        )


def _failure(
    x: FloatArray, t: FloatArray, base: FloatArray, bounds: tuple[float, float], solved: _Solution
) -> MethodError:
    """Why it failed: proved impossible by a linear programme, or only not reached."""
    short = _smallest_shortfall(x, t, base, bounds)
    if short is not None and short > 1e-8:
        return MethodError(
            "surveys.calibration_infeasible",
            "No factors within {low} … {high} reach the totals; column {column} is the worst.",
            low=bounds[0],
            high=bounds[1],
            column=solved.column + 1,
            shortfall=short,
        )
    return MethodError(
        "surveys.calibration_not_converged",
        "After {iterations} steps column {column} is {misfit:.3g} (relative) from its total.",
        iterations=solved.iterations,
        column=solved.column,
        misfit=solved.misfit,
    )


def _smallest_shortfall(
    x: FloatArray, t: FloatArray, base: FloatArray, bounds: tuple[float, float]
) -> float | None:
    """The least possible sum of relative misfits; None if the programme would be too large.

    Rows with equal auxiliaries can share a factor: what one may reach all may reach.
    """
    rows, group = np.unique(x[base > 0], axis=0, return_inverse=True)
    if len(rows) > LARGEST_PROGRAMME:
        return None
    mass = category_sums(group.ravel(), base[base > 0], len(rows))
    columns = len(t)
    limits: list[tuple[float | None, float | None]] = [
        (m * bounds[0] if np.isfinite(bounds[0]) else None, m * bounds[1] if np.isfinite(bounds[1]) else None)
        for m in mass
    ]
    slack = np.hstack([np.eye(columns), -np.eye(columns)])
    answer = linprog(
        np.concatenate([np.zeros(len(rows)), np.ones(2 * columns)]),
        A_eq=np.hstack([rows.T, slack]),
        b_eq=t,
        bounds=[*limits, *[(0.0, None)] * (2 * columns)],
        method="highs",
    )
    return float(answer.fun) if answer.fun is not None else None
