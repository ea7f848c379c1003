"""Cohen's kappa of two coders, plain and weighted.

Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968), Psychological Bulletin 70, 213-220;
standard errors: Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323-327.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from sapar.methods.errors import MethodError
from sapar.methods.surveys.agreement.ratings import coded
from sapar.methods.surveys.columns import floats
from sapar.methods.surveys.given import checked

FloatArray = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, kw_only=True)
class Kappa:
    """Chance-corrected agreement of two coders.

    Attributes:
        observed, expected: (weighted) share of agreement, and what chance alone gives.
        se: for the interval; se_null: under no agreement beyond chance, for z and the two-sided p.
        units: compared; `dropped`: left out because one of the two gave no value.
        largest: kappa that these two coders' shares of categories would allow (unweighted only).
    """

    kappa: float
    observed: float
    expected: float
    se: float
    se_null: float
    z: float
    p: float
    low: float
    high: float
    confidence: float
    largest: float | None
    units: float
    dropped: int
    values: tuple[Hashable, ...]


@checked
def cohen_kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    *,
    weights: Weights | ArrayLike = "none",
    order: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> Kappa:
    """Kappa of two coders over the same units; None or NaN is no value.

    Args:
        weights: credit for near agreement: ``"linear"`` 1-|i-j|/(k-1), ``"quadratic"`` 1-(i-j)²/(k-1)², or
            a k × k matrix of agreement credits with ones on the diagonal.
        order: of the values; needed by weights unless sorting gives it.

    Raises:
        MethodError: ``surveys.ratings_shape``, ``surveys.no_units``, ``surveys.no_variation`` (chance alone
            would agree fully), ``surveys.credits_invalid``, ``surveys.value_unknown``, ``surveys.order_needed``.
    """
    matrix = coded([first, second], order=order, ordered=not isinstance(weights, str) or weights != "none")
    both = (matrix.codes >= 0).all(axis=0)
    size = len(matrix.values)
    pairs = matrix.codes[0][both] * size + matrix.codes[1][both]
    table = np.bincount(pairs, minlength=size * size).reshape(size, size)
    return cohen_kappa_of_table(
        table,
        weights=weights,
        values=matrix.values,
        confidence=confidence,
        dropped=int((~both).sum()),
    )


@checked
def cohen_kappa_of_table(
    table: ArrayLike,
    *,
    weights: Weights | ArrayLike = "none",
    values: Sequence[Hashable] = (),
    confidence: float = 0.95,
    dropped: int = 0,
) -> Kappa:
    """Kappa of a k × k table of counts: rows one coder, columns the other. Refusals as in `cohen_kappa`."""
    counts = floats(table, what="counts")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise MethodError(
            "surveys.ratings_shape", "A table of shape {shape} is not square.", shape=tuple(counts.shape)
        )
    if (wrong := np.argwhere(~(np.isfinite(counts) & (counts >= 0)))).size:
        raise MethodError(
            "surveys.counts_invalid", "Counts are missing, infinite or negative: {values}; rows {rows}.",
            values=tuple(float(counts[i, j]) for i, j in wrong), rows=tuple((wrong[:, 0] + 1).tolist()),
            columns=tuple((wrong[:, 1] + 1).tolist()),
        )  # fmt: skip
    if not 0 < confidence < 1:
        raise MethodError("surveys.confidence_invalid", "{level} is no confidence level.", level=confidence)
    units = float(counts.sum())
    if units == 0:
        raise MethodError("surveys.no_units", "No unit was coded by both.", dropped=dropped)
    p = counts / units
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = np.outer(rows, columns)
    credit = _credits(weights, len(p))
    observed, expected = float((credit * p).sum()), float((credit * chance).sum())
    if 1.0 - expected <= 1e-14:
        raise MethodError("surveys.no_variation", "Both coders gave the same value throughout.", units=units)
    kappa = (observed - expected) / (1.0 - expected)
    means = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    spread = float((p * (credit * (1 - expected) - means * (1 - observed)) ** 2).sum())
    variance = (spread - (observed * expected - 2 * expected + observed) ** 2) / (units * (1 - expected) ** 4)
    spread_null = float((chance * (credit - means) ** 2).sum())
    variance_null = (spread_null - expected**2) / (units * (1 - expected) ** 2)
    se, se_null = float(np.sqrt(max(variance, 0.0))), float(np.sqrt(max(variance_null, 0.0)))
    z = kappa / se_null if se_null > 0 else float("nan")
    reach = float(norm.ppf((1 + confidence) / 2)) * se
    plain = bool((credit == np.eye(len(p))).all())
    return Kappa(
        kappa=kappa,
        observed=observed,
        expected=expected,
        se=se,
        se_null=se_null,
        z=z,
        p=float(2 * norm.sf(abs(z))),
        low=kappa - reach,
        high=min(kappa + reach, 1.0),
        confidence=confidence,
        largest=(float(np.minimum(rows, columns).sum()) - expected) / (1 - expected) if plain else None,
        units=units,
        dropped=dropped,
        values=tuple(values) or tuple(range(len(p))),
    )


def _credits(weights: Weights | ArrayLike, size: int) -> FloatArray:
    if isinstance(weights, str):
        distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
        shapes: dict[str, FloatArray] = {
            "none": np.eye(size),
            "linear": 1.0 - distance,
            "quadratic": 1.0 - distance**2,
        }
        if weights not in shapes:
            raise MethodError("surveys.credits_invalid", "There are no {weights} weights.", weights=weights)
        return shapes[weights]
    credit = floats(weights, what="credits")
    if (
        credit.shape != (size, size)
        or not np.isfinite(credit).all()
        or (np.diag(credit) != 1).any()
        or (credit > 1).any()
    ):
        raise MethodError(
            "surveys.credits_invalid",
            "Credits are a {size} × {size} matrix of at most 1, with ones on the diagonal.",
            size=size,
        )
    return credit
