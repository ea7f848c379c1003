"""Several comparisons at once: adjusted p-values and letters of significance.

Columns are compared pair by pair with the variance of the difference, covariance included, because they share
sampling units; Student's t with the design's degrees of freedom. Adjustments: Holm 1979, Benjamini & Hochberg
1995, Bonferroni.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Column, FloatArray, IntArray, floats, places
from sapar.methods.surveys.estimates import Estimates
from sapar.methods.surveys.given import checked

Adjustment = Literal["none", "holm", "fdr", "bonferroni"]


@checked
def adjusted(p: Column, method: Adjustment) -> FloatArray:
    """Adjusted p-values in the order given.

    ``holm`` bounds the chance of any false difference, ``fdr`` the expected share of false ones among those
    found, ``bonferroni`` multiplies by their number.

    Raises:
        MethodError: ``surveys.bad_probability``, ``surveys.bad_option``, ``surveys.not_a_column``.

    Raises:
        MethodError: `surveys.bad_option`, `surveys.bad_probability`.
    """
    if method not in get_args(Adjustment):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(method))
    values = floats(p, what="p-values")
    if values.ndim != 1:
        raise MethodError("surveys.not_a_column", "{what}: a column has one value a row.", what="p-values")
    if (wrong := ~((values >= 0) & (values <= 1))).any():
        raise MethodError(
            "surveys.bad_probability", "A p-value must lie between 0 and 1; see {rows}.", rows=places(wrong)
        )
    count = len(values)
    if method == "none" or count == 0:
        return np.array(values)
    if method == "bonferroni":
        return np.asarray(np.minimum(values * count, 1.0))
    order = np.argsort(values, kind="stable")
    rank = np.arange(count)
    result = np.empty(count)
    if method == "holm":
        result[order] = np.maximum.accumulate(values[order] * (count - rank))
    else:
        result[order] = np.minimum.accumulate((values[order] * count / (rank + 1))[::-1])[::-1]
    return np.minimum(result, 1.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Differences:
    """The columns of each row compared pair by pair.

    Attributes:
        pairs: (k, 2) positions of the columns.
        difference, se, p: (rows, k); p adjusted as `adjustment` says, NaN where a column was too small.
        letters: (rows, columns) the letters of the columns that are significantly lower.
        column_letters: the letter of each column, '' for a column that was too small to compare.
    """

    pairs: IntArray
    difference: FloatArray
    se: FloatArray
    p: FloatArray
    level: float
    adjustment: Adjustment
    letters: tuple[tuple[str, ...], ...]
    column_letters: tuple[str, ...]


@checked
def compare_groups(
    estimates: Estimates, *, adjustment: Adjustment = "holm", level: float = 0.95
) -> Differences:
    """Estimates of the groups of one row, such as `group_estimates`, each with each."""
    able = np.ones(len(estimates.names), dtype=bool)
    return compare_columns(
        estimates.values[None, :],
        [estimates.covariance],
        able,
        estimates.df,
        adjustment=adjustment,
        level=level,
    )


def compare_columns(
    values: FloatArray,
    covariances: Iterable[FloatArray],
    able: BoolArray,
    df: float,
    *,
    adjustment: Adjustment,
    level: float,
) -> Differences:
    """Compare (rows, columns) values with one (columns, columns) covariance a row.

    Args:
        able: columns large enough to be compared.
        adjustment: of the p-values of each row.
        level: 1 less the level of significance of the letters.
    """
    if not 0 < level < 1:
        raise MethodError("surveys.bad_level", "The level must lie between 0 and 1.", level=level)
    r, c = values.shape
    first, second = np.triu_indices(c, 1)
    difference = values[:, first] - values[:, second]
    se = np.sqrt([_of_pairs(v, first, second) for v in covariances]).reshape(r, -1)
    p = np.full(difference.shape, np.nan)
    both: BoolArray = able[first] & able[second]
    if df > 0:
        with np.errstate(invalid="ignore", divide="ignore"):
            t = np.abs(difference) / se
        # Without variation two different values differ for certain, two equal ones not at all.
        t = np.where(se > 0, t, np.where(difference == 0, 0.0, np.inf))
        p[:, both] = 2 * stats.t.sf(t[:, both], df)
        for row in range(r):
            p[row, both] = adjusted(p[row, both], adjustment)
    letters = column_letters(c)
    return Differences(
        pairs=np.column_stack([first, second]),
        difference=difference,
        se=se,
        p=p,
        level=level,
        adjustment=adjustment,
        letters=tuple(
            _marks(difference[row], p[row] < 1 - level, first, second, letters) for row in range(r)
        ),
        column_letters=tuple(letter if able[at] else "" for at, letter in enumerate(letters)),
    )


def _marks(
    difference: FloatArray,
    significant: BoolArray,
    first: IntArray,
    second: IntArray,
    letters: tuple[str, ...],
) -> tuple[str, ...]:
    """For each column the letters of those that are lower, in the order of the columns."""
    lower: list[list[int]] = [[] for _ in letters]
    for at in np.flatnonzero(significant):
        high, low = (first[at], second[at]) if difference[at] > 0 else (second[at], first[at])
        lower[high].append(int(low))
    return tuple("".join(letters[at] for at in sorted(others)) for others in lower)


def _of_pairs(v: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    apart = v[first, first] + v[second, second]
    found = apart - 2 * v[first, second]
    # Two columns without variation may differ from 0 by rounding.
    return np.where(found > 1e-15 * apart, found, 0.0)


def column_letters(columns: int) -> tuple[str, ...]:
    """A to Z, then a1, b1, …, so that letters can stand side by side."""
    return tuple(
        string.ascii_uppercase[at] if at < 26 else f"{string.ascii_lowercase[at % 26]}{at // 26}"
        for at in range(columns)
    )
