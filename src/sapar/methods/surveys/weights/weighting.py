"""What weights are, what an adjustment of them gives, and what unequal weights cost.

The cost is Kish's design effect of weighting (Kish, Survey Sampling, 1965, sec. 11.7; Kish 1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import LARGEST, array, floats, places
from sapar.methods.surveys.given import checked

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class KishEffect:
    """How much precision unequal weights cost when they have nothing to do with the answers.

    `effect` is n·Σw² / (Σw)² = 1 + cv²; `effective_size` is (Σw)² / Σw²; n counts positive weights.
    """

    size: int
    effect: float
    effective_size: float
    variation: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighting:
    """Adjusted weights, one per row, with what was done to get them.

    Attributes:
        weights: the adjusted weights, in the order of the rows.
        factors: adjusted weight over base weight (the g-weights).
        method: ``"post-stratification"``, ``"raking"`` or ``"<distance> calibration"``.
        iterations: passes over the margins, or Newton steps.
        discrepancy: largest remaining distance from a target, relative to that target's size.
        negative: how many weights came out below zero (only unbounded linear calibration can).
        base_effect: Kish effect before; `effect`: after, None where a weight is negative.
    """

    weights: FloatArray
    factors: FloatArray
    method: str
    iterations: int
    discrepancy: float
    negative: int
    base_effect: KishEffect
    effect: KishEffect | None

    def summary(self) -> dict[str, float | int | str | None]:
        """All but the rows themselves, as plain data."""
        return {
            "method": self.method,
            "rows": len(self.weights),
            "sum": float(self.weights.sum()),
            "iterations": self.iterations,
            "discrepancy": self.discrepancy,
            "smallest_factor": float(self.factors.min()),
            "largest_factor": float(self.factors.max()),
            "negative": self.negative,
            "base_effect": self.base_effect.effect,
            "effect": self.effect.effect if self.effect else None,
            "effective_size": self.effect.effective_size if self.effect else None,
        }


def checked_weights(weights: ArrayLike | None, rows: int, *, most: float = LARGEST) -> FloatArray:
    """The weights as a float vector of `rows` entries; ones if none are given.

    Raises:
        MethodError: ``surveys.weights_shape``, ``surveys.weights_invalid`` (NaN, infinite, negative)
            or ``surveys.weights_zero`` (nothing is left).
    """
    if rows == 0:
        raise MethodError("surveys.no_rows", "There are no rows to weight.")
    if weights is None:
        return np.ones(rows)
    vector = floats(weights, what="weights", most=most)
    if vector.shape != (rows,):
        raise MethodError(
            "surveys.weights_shape",
            "There are {rows} rows but weights of shape {shape}.",
            rows=rows,
            shape=tuple(vector.shape),
        )
    wrong = ~(np.isfinite(vector) & (vector >= 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise MethodError(
            "surveys.weights_invalid",
            "{wrong} weights are missing, infinite or negative; the first is {value} in row {row}.",
            wrong=int(wrong.sum()),
            row=first + 1,
            rows=places(wrong),
            value=float(vector[first]),
        )
    if not vector.any():
        raise MethodError("surveys.weights_zero", "All {rows} weights are zero.", rows=rows)
    return vector


def category_sums(codes: NDArray[np.intp], weights: FloatArray, size: int) -> FloatArray:
    """Sum of weights for each of the codes 0 … size-1."""
    return np.bincount(codes, weights, size).astype(float, copy=False)


@checked
def kish_effect(weights: ArrayLike) -> KishEffect:
    """Kish's design effect of weighting for one vector of weights of zero or more."""
    vector = checked_weights(weights, array(weights, "weights").size, most=np.inf)
    # Divided by the largest first: squares of very large or very small weights would leave the floats.
    vector = vector / vector.max()
    total, squares = float(vector.sum()), float(vector @ vector)
    size = int(np.count_nonzero(vector))
    effect = max(size * squares / total**2, 1.0)
    return KishEffect(
        size=size, effect=effect, effective_size=size / effect, variation=float(np.sqrt(effect - 1.0))
    )


def weighting_of(
    base: FloatArray, factors: FloatArray, *, method: str, iterations: int, discrepancy: float
) -> Weighting:
    """The result of multiplying base weights by factors."""
    weights = base * factors
    negative = int(np.count_nonzero(weights < 0))
    return Weighting(
        weights=weights,
        factors=factors,
        method=method,
        iterations=iterations,
        discrepancy=discrepancy,
        negative=negative,
        base_effect=kish_effect(base),
        effect=None if negative else kish_effect(weights),
    )
