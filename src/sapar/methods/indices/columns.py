"""Statistics of the columns of a table that may have holes (NaN).

Every function takes `x` of shape (units, columns) and works on each column by itself, so that the columns of a
thousand alternative tables can stand side by side and be computed at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def parts(rules: Sequence[tuple[str, int]], codes: Sequence[str], width: int) -> list[tuple[int, Ints]]:
    """Which columns go by which rule: (number of the rule, columns), number −1 for codes without one of their own.

    `width` columns are tables of `codes` beside each other.
    """
    own = dict(rules)
    which = np.array([own.get(code, -1) for code in codes])
    wide = np.resize(which, width)
    return [(int(number), np.flatnonzero(wide == number)) for number in np.unique(which)]


def counts(x: Floats) -> Floats:
    """How many values are present."""
    return np.asarray(np.isfinite(x).sum(axis=0), dtype=np.float64)


def mean(x: Floats) -> Floats:
    """Mean of the values present; NaN where there are none."""
    here = np.isfinite(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(here, x, 0.0).sum(axis=0) / here.sum(axis=0), dtype=np.float64)


def median(x: Floats) -> Floats:
    """Median of the values present; NaN where there are none."""
    ordered = np.sort(x, axis=0)  # NaN go last
    count = np.isfinite(x).sum(axis=0)
    at = np.arange(x.shape[1])
    low = ordered[np.maximum((count - 1) // 2, 0), at]
    high = ordered[np.minimum(count // 2, len(x) - 1), at]
    return np.where(count > 0, (low + high) / 2, np.nan)


def deviation(x: Floats) -> Floats:
    """Standard deviation with n − 1; NaN below two values."""
    here = np.isfinite(x)
    n = here.sum(axis=0)
    y, size = _scaled(np.where(here, x - mean(x), 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(size * np.sqrt((y * y).sum(axis=0) / (n - 1)), dtype=np.float64)


def _scaled(y: Floats) -> tuple[Floats, Floats]:
    """Each column divided by a power of two near its largest size, which is exact, and that power.

    Without it the powers of very large or very small numbers overflow or vanish, and outliers with them.
    """
    _, power = np.frexp(np.fmax.reduce(np.abs(y), axis=0))
    size = np.ldexp(1.0, power)
    return y / size, size


def lowest(x: Floats) -> Floats:
    return np.asarray(np.fmin.reduce(x, axis=0), dtype=np.float64)


def highest(x: Floats) -> Floats:
    return np.asarray(np.fmax.reduce(x, axis=0), dtype=np.float64)


def shape(x: Floats) -> tuple[Floats, Floats]:
    """Skewness and excess kurtosis, the unbiased-moment forms G1 and G2 that spreadsheets use.

    NaN where a column has fewer than four values or does not vary.
    Source: Joanes & Gill, The Statistician 47 (1998) 183–189.
    """
    here = np.isfinite(x)
    n = here.sum(axis=0).astype(np.float64)
    y = x - mean(x)
    if not here.all():
        y = np.where(here, y, 0.0)
    y, _ = _scaled(y)
    square = y * y
    second = square.sum(axis=0)
    third = np.einsum("ij,ij->j", square, y)
    fourth = np.einsum("ij,ij->j", square, square)
    spread = highest(x) - lowest(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        skew = np.sqrt(n) * third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        kurt = ((n + 1) * (n * fourth / second**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
        # A column that varies by less than its rounding error has no shape.
        shapeless = (n < 4) | ~(spread > 1e-13 * np.maximum(np.abs(highest(x)), np.abs(lowest(x))))
    return np.where(shapeless, np.nan, skew), np.where(shapeless, np.nan, kurt)


def ranks_up(x: Floats) -> Floats:
    """1 for the lowest value; equal values share the lowest of their ranks; NaN stay NaN.

    Neighbours that differ by no more than rounding are equal: the mean of three equal values is not above them, nor is
    3/0.3 below 10/1. Rounding is 10⁻¹² of the values themselves, or 10⁻¹⁵ of the largest in the column.
    """
    order = np.argsort(x, axis=0, kind="stable")  # NaN go last
    y = np.take_along_axis(x, order, axis=0)
    size = np.abs(y)
    with np.errstate(invalid="ignore"):
        apart = np.diff(y, axis=0) > 1e-12 * np.maximum(size[1:], size[:-1]) + 1e-15 * highest(size)
    places = np.arange(1, len(x) + 1)[:, None]
    first = np.maximum.accumulate(
        np.where(np.vstack([np.ones((1, x.shape[1]), dtype=np.bool_), apart]), places, 1), axis=0
    )
    ranked = np.empty(x.shape)
    np.put_along_axis(ranked, order, np.where(np.isfinite(y), first, np.nan), axis=0)
    return ranked


def ranks_down(x: Floats) -> Floats:
    """1 for the highest value; equal values share the best rank; NaN stay NaN.

    Values are first rounded to twelve digits of their column's largest size, so that two units with the same score
    are not put in an order by the last bit of a sum. Scores have one scale, so that zero is no smaller than 10⁻¹².
    """
    size = np.maximum(np.abs(highest(x)), np.abs(lowest(x)))
    with np.errstate(divide="ignore", invalid="ignore"):
        grain = 10.0 ** (np.floor(np.log10(size)) - 11)
    grain = np.where(np.isfinite(grain) & (grain > 0), grain, 1.0)
    here = np.isfinite(x)
    ranked = rankdata(np.where(here, -np.round(x / grain), np.inf), method="min", axis=0)
    return np.where(here, ranked, np.nan)
