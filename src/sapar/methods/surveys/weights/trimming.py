"""Trimming of weights: extreme ones are cut, and what was cut goes to the others in equal parts.

Potter (1990), Proceedings of the ASA Section on Survey Research Methods, 225-230; Lumley, Complex
Surveys (2010), sec. 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import array
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.weights.weighting import FloatArray, KishEffect, checked_weights, kish_effect


@dataclass(frozen=True, kw_only=True, eq=False)
class Trimming:
    """Trimmed weights of the same sum; `trimmed` rows were outside the limits at first."""

    weights: FloatArray
    lower: float
    upper: float
    trimmed: int
    moved: float
    base_effect: KishEffect
    effect: KishEffect


@checked
def trim(weights: ArrayLike, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False) -> Trimming:
    """Bring the weights within [lower, upper] and keep their sum.

    The balance of what was cut and what was added is spread in equal amounts over the rows that were
    inside, which may push some of these out. `strict` lets none end outside: it gives the vector within
    the limits, of the same sum, that is nearest to the weights: clip(w + c, lower, upper).

    Raises:
        MethodError: ``surveys.trim_limits`` (lower above upper, NaN, negative),
            ``surveys.trim_impossible`` (no weights within the limits can have the same sum, nobody is
            inside to take the balance, or it would make a weight negative).
    """
    base = checked_weights(weights, array(weights, "weights").size)
    if not (0 <= lower < upper):
        raise MethodError(
            "surveys.trim_limits", "Cannot trim to {lower} … {upper}.", lower=lower, upper=upper
        )
    outside = (base < lower) | (base > upper)
    clipped = np.clip(base, lower, upper)
    trimmed = _nearest_within(base, lower, upper) if strict else _spread(base, clipped, outside)
    if trimmed is None or (trimmed < 0).any():
        raise MethodError(
            "surveys.trim_impossible",
            "{size} weights of sum {total} cannot be brought within {lower} … {upper}.",
            lower=lower,
            upper=upper,
            total=float(base.sum()),
            size=len(base),
        )
    return Trimming(
        weights=trimmed,
        lower=lower,
        upper=upper,
        trimmed=int(outside.sum()),
        moved=float(np.abs(clipped - base).sum()),
        base_effect=kish_effect(base),
        effect=kish_effect(trimmed),
    )


@checked
def median_iqr_cap(weights: ArrayLike, times: float = 5.0) -> float:
    """A usual upper limit: the median plus `times` the distance between the quartiles."""
    base = checked_weights(weights, array(weights, "weights").size)
    low, middle, high = np.quantile(base, [0.25, 0.5, 0.75])
    return float(middle + times * (high - low))


def _spread(base: FloatArray, clipped: FloatArray, outside: NDArray[np.bool_]) -> FloatArray | None:
    """The balance in equal parts over the rows that were inside; None if there are none."""
    inside = len(base) - int(outside.sum())
    if inside == 0:
        return None
    balance = float((base - clipped).sum())
    return np.where(outside, clipped, clipped + balance / inside)


def _nearest_within(base: FloatArray, lower: float, upper: float) -> FloatArray | None:
    """Euclidean projection on {lower ≤ w ≤ upper, Σw = Σbase}; None if that set is empty."""
    total, size = float(base.sum()), len(base)
    # A limit at the very mean leaves one answer; its product with the size may miss the sum by rounding.
    rounding = size * np.finfo(float).eps * total
    if not size * lower - rounding <= total <= size * upper + rounding:
        return None
    if total <= size * lower or total >= size * upper:
        return np.full(size, lower if total <= size * lower else upper)

    def surplus(shift: float) -> float:
        return float(np.clip(base + shift, lower, upper).sum()) - total

    # The surplus grows with the shift in straight pieces; find the piece in which it crosses zero.
    corners = np.unique(np.concatenate([lower - base, upper - base if np.isfinite(upper) else []]))
    low, high = 0, len(corners) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if surplus(float(corners[middle])) <= 0 else (low, middle)
    start, end = float(corners[low]), float(corners[high])
    below, above = surplus(start), surplus(end)
    if above < 0:
        # Beyond the last corner no upper limit holds anybody back.
        shift = end - above / size
    else:
        shift = start - below * (end - start) / (above - below) if above > below else start
    return np.clip(base + shift, lower, upper)
