"""Columns of answers as estimators read them: numbers with gaps, and coded answers with their levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sapar.methods.errors import MethodError
from sapar.methods.surveys.given import check_array, check_fields, checked

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
# Sums of squares of such numbers still fit into a float.
LARGEST = 1e140
Column: TypeAlias = Sequence[Any] | npt.NDArray[Any]


def array(values: Any, what: str) -> npt.NDArray[Any]:
    """What numpy makes of it; lists of different lengths make nothing.

    Raises:
        MethodError: ``surveys.not_a_column``.
    """
    try:
        return np.asarray(values)
    except ValueError as error:
        raise MethodError(
            "surveys.not_a_column", "{what}: a column has one value a row.", what=what
        ) from error


def places(wrong: npt.ArrayLike) -> tuple[int, ...]:
    """The rows that are marked, counted from 1, for the facts of a refusal."""
    return tuple((np.flatnonzero(wrong) + 1).tolist())


@dataclass(frozen=True, eq=False)
class Factor:
    """Coded answers: `codes` (rows,) point into `levels`; -1 is no answer."""

    codes: npt.NDArray[np.integer[Any]]
    levels: tuple[str, ...]

    def __post_init__(self) -> None:
        check_fields(self)
        check_array("codes", self.codes, "iu", "an array of whole numbers")
        if self.codes.ndim != 1:
            raise MethodError("surveys.not_a_column", "Codes must be one column of whole numbers.")
        if self.codes.size and (int(self.codes.min()) < -1 or int(self.codes.max()) >= len(self.levels)):
            raise MethodError(
                "surveys.unknown_level",
                "Codes must lie between -1 and {last}.",
                last=len(self.levels) - 1,
                rows=places((self.codes < -1) | (self.codes >= len(self.levels))),
            )
        if len(set(self.levels)) != len(self.levels):
            twice = tuple(name for name, times in Counter(self.levels).items() if times > 1)
            raise MethodError("surveys.repeated_level", "Levels named twice: {levels}.", levels=twice)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def answered(self) -> BoolArray:
        return np.asarray(self.codes >= 0)

    def indicators(self) -> FloatArray:
        """(rows, levels) of 0 and 1; a row of NaN where there is no answer."""
        table = np.equal.outer(self.codes, np.arange(len(self.levels))).astype(float)
        table[~self.answered] = np.nan
        return np.asarray(table)


@checked
def factor(values: Column, levels: Sequence[object] | None = None) -> Factor:
    """Code a column of answers.

    None, NaN and the empty text are no answer. Without `levels` these are the values found, in order
    (numbers by size, texts by code point).

    Raises:
        MethodError: ``surveys.unknown_level`` for a value that is not among `levels`; ``surveys.not_a_column``.
    """
    if isinstance(values, Factor):
        return values
    cells = array(values, "values")
    if cells.ndim != 1:
        raise MethodError("surveys.not_a_column", "A column has one value a row.")
    if cells.dtype.kind == "f":
        gaps = np.isnan(cells)
    elif cells.dtype.kind == "O":
        gaps = np.array([value is None or value == "" or value != value for value in cells], dtype=bool)
    elif cells.dtype.kind == "U":
        gaps = cells == ""
    else:
        gaps = np.zeros(len(cells), dtype=bool)
    present = cells[~gaps]
    if cells.dtype.kind == "O" and not all(isinstance(value, (int, float)) for value in present):
        present = present.astype(str)
    found, codes = np.unique(present, return_inverse=True)
    names = [_name(value) for value in found.tolist()]
    full = np.full(len(cells), -1, dtype=np.int64)
    if levels is None:
        full[~gaps] = codes
        return Factor(full, tuple(names))
    wanted = tuple(_name(level) for level in levels)
    place = {name: at for at, name in enumerate(wanted)}
    if unknown := [name for name in names if name not in place]:
        strange = np.array([name not in place for name in names])
        wrong = np.zeros(len(cells), dtype=bool)
        wrong[~gaps] = strange[codes]
        raise MethodError(
            "surveys.unknown_level",
            "Not among the {count} levels: {unknown}; rows {rows}.",
            value=unknown[0],
            count=len(wanted),
            unknown=tuple(unknown),
            rows=places(wrong),
        )
    full[~gaps] = np.array([place[name] for name in names], dtype=np.int64)[codes]
    return Factor(full, wanted)


def _name(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def numbers(values: Column, *, what: str = "values") -> FloatArray:
    """A column as floats; None, NaN and the empty text become NaN, infinity is refused.

    Raises:
        MethodError: ``surveys.not_a_number``, ``surveys.infinite_value`` with the `rows` (from 1) of all of them;
            ``surveys.not_a_column``.
    """
    column = array(values, what)
    if column.dtype.kind in "OU" and column.ndim == 1:
        column = _floats(column.tolist(), what)
    if column.ndim != 1:
        raise MethodError("surveys.not_a_column", "{what}: a column has one value a row.", what=what)
    if column.dtype.kind not in "biuf":
        raise MethodError("surveys.not_a_number", "{what}: the column is not numeric.", what=what)
    column = column.astype(np.float64)
    if (infinite := np.isinf(column)).any():
        raise MethodError(
            "surveys.infinite_value",
            "{what}: values are infinite; rows {rows}.",
            what=what,
            rows=places(infinite),
        )
    return _not_too_large(column, what)


def floats(values: npt.ArrayLike, *, what: str, most: float = LARGEST) -> FloatArray:
    """An array of numbers of whatever shape; None becomes NaN, and infinity is left to the caller.

    Raises:
        MethodError: ``surveys.not_a_number`` with the rows (of the first dimension, from 1) that hold something else;
            ``surveys.too_large`` for numbers beyond `most`, whose squares cannot be told from infinity.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        rows = tuple(at for at, row in enumerate(_listed(values), start=1) if not _numeric(row))
        raise MethodError(
            "surveys.not_a_number", "{what}: {why}; rows {rows}.", what=what, why=str(error), rows=rows
        ) from error
    return _not_too_large(array, what, most)


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, (Sequence, np.ndarray)) and not isinstance(values, str) else []


def _numeric(row: Any) -> bool:
    try:
        np.asarray(row, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _not_too_large(array: FloatArray, what: str, most: float = LARGEST) -> FloatArray:
    if array.size and (vast := np.isfinite(array) & (np.abs(array) > most)).any():
        raise MethodError(
            "surveys.too_large", "{what}: numbers beyond {most}; rows {rows}.", what=what, most=most,
            rows=places(vast.reshape(len(vast), -1).any(axis=1) if vast.ndim else [True]),
        )  # fmt: skip
    return array


def _floats(cells: Sequence[Any], what: str) -> FloatArray:
    found = np.full(len(cells), np.nan)
    wrong: list[tuple[int, str]] = []
    for at, cell in enumerate(cells):
        if cell is None or cell == "":
            continue
        try:
            # Python reads 1_000 as a number, nobody else does.
            found[at] = float("_" if isinstance(cell, str) and "_" in cell else cell)
        except (TypeError, ValueError, OverflowError):
            wrong.append((at + 1, str(cell)))
    if wrong:
        rows, values = zip(*wrong, strict=True)
        raise MethodError(
            "surveys.not_a_number", "{what}: no numbers are {values}; rows {rows}.",
            what=what, row=rows[0], rows=rows, values=values,
        )  # fmt: skip
    return found


Variables: TypeAlias = Column | Factor | Mapping[str, Column | Factor]


def matrix(values: Variables) -> tuple[tuple[str, ...], FloatArray]:
    """Names and a (rows, columns) table of numbers; a factor becomes a column of 0/1 for each level.

    One unnamed numeric column is called ``value``; the columns of an unnamed two-dimensional array are
    numbered from 1; a factor under a name gives ``name=level``.
    """
    if isinstance(values, Factor):
        return values.levels, values.indicators()
    if isinstance(values, Mapping):
        names: list[str] = []
        parts: list[FloatArray] = []
        for name, column in values.items():
            if isinstance(column, Factor):
                names += [f"{name}={level}" for level in column.levels]
                parts.append(column.indicators())
            else:
                names.append(name)
                parts.append(numbers(column, what=name)[:, None])
        if not parts:
            raise MethodError("surveys.no_columns", "No column was given.")
        if len({len(part) for part in parts}) > 1:
            raise MethodError("surveys.lengths_differ", "The columns differ in length.")
        return tuple(names), np.hstack(parts)
    table = array(values, "values")
    if table.ndim == 2 and table.dtype.kind in "biuf":
        return matrix({str(at + 1): table[:, at] for at in range(table.shape[1])})
    return ("value",), numbers(table)[:, None]


def columns_of(values: Column | Sequence[Column] | None) -> list[npt.NDArray[Any]]:
    """One column or several: a sequence of scalars is one column."""
    if values is None:
        return []
    if isinstance(values, np.ndarray):
        if values.ndim == 2:
            return [values[:, at] for at in range(values.shape[1])]
        return [values]
    if len(values) == 0:
        return []
    if isinstance(values[0], (np.ndarray, Factor)) or (
        isinstance(values[0], Sequence) and not isinstance(values[0], str)
    ):
        return [column.codes if isinstance(column, Factor) else np.asarray(column) for column in values]
    return [np.asarray(values)]


def mask(domain: Column | None, rows: int) -> BoolArray:
    """The rows of a domain; all rows when it is None."""
    if domain is None:
        return np.ones(rows, dtype=bool)
    chosen = array(domain, "domain")
    if chosen.dtype.kind != "b" or chosen.shape != (rows,):
        raise MethodError(
            "surveys.bad_domain",
            "A domain is one true or false for each of the {rows} rows.",
            rows=rows,
        )
    return chosen
