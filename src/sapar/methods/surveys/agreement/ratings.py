"""Ratings of units by coders as a matrix of category numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import Fact, MethodError

IntArray = NDArray[np.intp]
Ratings = Sequence[Sequence[Hashable]] | NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Coded:
    """coders × units; -1 where a coder gave none; otherwise the place of the value in `values`."""

    codes: IntArray
    values: tuple[Hashable, ...]


def coded(ratings: Ratings, *, order: Sequence[Hashable] | None = None, ordered: bool = False) -> Coded:
    """Number the values: in the given order, else sorted if they can be, else as first met.

    None and NaN are missing.

    Args:
        ordered: the order of the values matters; without `order` they must be all numbers or all texts.

    Raises:
        MethodError: ``surveys.ratings_shape`` (not a rectangle of at least two coders and one unit),
            ``surveys.value_unknown`` (not in the given order), ``surveys.order_invalid`` (repeats itself),
            ``surveys.order_needed``, ``surveys.values_invalid`` (a value is itself a list).
            Each names all values at fault and where they stand.
    """
    rows = list(ratings)
    lengths = {len(row) if isinstance(row, Sequence) or np.ndim(row) else -1 for row in rows}
    if len(rows) < 2 or len(lengths) != 1 or lengths <= {-1, 0}:
        raise MethodError(
            "surveys.ratings_shape",
            "Ratings need two or more coders (rows) over the same units (columns).",
            coders=len(rows),
        )
    if isinstance(ratings, np.ndarray) and ratings.dtype.kind in "iuf" and order is None:
        return _coded_numbers(ratings)
    cells = [row.tolist() if isinstance(row, np.ndarray) else list(row) for row in rows]
    try:
        met = dict.fromkeys(value for row in cells for value in row if not _missing(value))
    except TypeError as error:
        raise MethodError(
            "surveys.values_invalid", "Values are numbers or texts: {why}.", why=str(error)
        ) from error
    values = _ordered(tuple(met), order, ordered)
    place = {value: number for number, value in enumerate(values)}
    if strange := [value for value in met if value not in place]:
        raise MethodError(
            "surveys.value_unknown", "Not in the order of values: {values}; from coder {coder}, unit {unit}.",
            **faults(cells, set(strange)),
        )  # fmt: skip
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


def faults(cells: Sequence[Sequence[Hashable]], wrong: Set[Hashable]) -> dict[str, Fact]:
    """The facts of values that are refused: which, and where each cell with one of them stands, from 1."""
    found = [
        (coder, unit, value)
        for coder, row in enumerate(cells, start=1)
        for unit, value in enumerate(row, start=1)
        if not _missing(value) and value in wrong
    ]
    return {
        "values": tuple(str(value) for value in dict.fromkeys(value for _, _, value in found)),
        "coder": found[0][0],
        "unit": found[0][1],
        "coders": tuple(coder for coder, _, _ in found),
        "units": tuple(unit for _, unit, _ in found),
    }


def _ordered(
    met: tuple[Hashable, ...], order: Sequence[Hashable] | None, ordered: bool
) -> tuple[Hashable, ...]:
    if order is None:
        numbers = [value for value in met if isinstance(value, int | float | np.number)]
        words = [value for value in met if isinstance(value, str)]
        if len(numbers) == len(met):
            return tuple(sorted(numbers))
        if len(words) == len(met):
            return tuple(sorted(words))
        if ordered:
            raise MethodError(
                "surveys.order_needed", "{values} have no order of their own; give one.",
                values=tuple(str(value) for value in met),
            )  # fmt: skip
        return met
    if twice := [value for value, times in Counter(order).items() if times > 1]:
        raise MethodError(
            "surveys.order_invalid", "The order of values names {values} twice.",
            values=tuple(str(value) for value in twice),
        )  # fmt: skip
    return tuple(order)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)
