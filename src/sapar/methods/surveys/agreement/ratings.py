"""Ratings of units by coders as a matrix of category numbers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError

IntArray = NDArray[np.intp]
Ratings = Sequence[Sequence[Hashable]] | NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Coded:
    """coders × units; -1 where a coder gave none; otherwise the place of the value in `values`."""

    codes: IntArray
    values: tuple[Hashable, ...]


def coded(ratings: Ratings, *, order: Sequence[Hashable] | None = None) -> Coded:
    """Number the values: in the given order, else sorted if they can be, else as first met.

    None and NaN are missing.

    Raises:
        MethodError: ``surveys.ratings_shape`` (not a rectangle of at least two coders and one unit),
            ``surveys.value_unknown`` (not in the given order), ``surveys.order_invalid`` (repeats itself).
    """
    rows = list(ratings)
    lengths = {len(row) if isinstance(row, Sequence | np.ndarray) else -1 for row in rows}
    if len(rows) < 2 or len(lengths) != 1 or lengths <= {-1, 0}:
        raise MethodError(
            "surveys.ratings_shape",
            "Ratings need two or more coders (rows) over the same units (columns).",
            coders=len(rows),
        )
    if isinstance(ratings, np.ndarray) and ratings.dtype.kind in "iuf" and order is None:
        return _coded_numbers(ratings)
    cells = [row.tolist() if isinstance(row, np.ndarray) else list(row) for row in rows]
    met = dict.fromkeys(value for row in cells for value in row if not _missing(value))
    values = _ordered(tuple(met), order)
    place = {value: number for number, value in enumerate(values)}
    codes = np.array(
        [[-1 if _missing(value) else place[value] for value in row] for row in cells], dtype=np.intp
    )
    return Coded(codes, values)


def _coded_numbers(ratings: NDArray[np.generic]) -> Coded:
    numbers = np.asarray(ratings, dtype=float)
    known = ~np.isnan(numbers)
    values, places = np.unique(numbers[known], return_inverse=True)
    codes = np.full(numbers.shape, -1, dtype=np.intp)
    codes[known] = places
    return Coded(codes, tuple(values.tolist()))


def _ordered(met: tuple[Hashable, ...], order: Sequence[Hashable] | None) -> tuple[Hashable, ...]:
    if order is None:
        numbers = [value for value in met if isinstance(value, int | float)]
        words = [value for value in met if isinstance(value, str)]
        if len(numbers) == len(met):
            return tuple(sorted(numbers))
        return tuple(sorted(words)) if len(words) == len(met) else met
    if len(set(order)) != len(order):
        raise MethodError("surveys.order_invalid", "The order of values names one of them twice.")
    strange = [value for value in met if value not in set(order)]
    if strange:
        raise MethodError(
            "surveys.value_unknown", "{value} is not in the order of values.", value=str(strange[0])
        )
    return tuple(order)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)
