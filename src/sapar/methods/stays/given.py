"""What is handed in is a day, a day of each row or a whole number, or it is refused."""

from __future__ import annotations

import operator
from datetime import date, datetime
from typing import TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError, brief

Dates = NDArray[np.datetime64]


def day(value: object, what: str) -> date:
    """`value`, which is a date; a moment is none, and neither is a text or a gap such as NaT.

    Raises:
        MethodError: `stays.not_a_day`.
    """
    if not is_day(value):
        raise MethodError("stays.not_a_day", "{what}: “{value}” is no day.", what=what, value=brief(value))
    return value


def is_day(value: object) -> TypeGuard[date]:
    return type(value) is date or (isinstance(value, date) and not isinstance(value, datetime))


def whole(value: object) -> int | None:
    """A whole number of Python or numpy; None for anything else, which the caller then refuses."""
    if isinstance(value, (bool, np.bool_)):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def dates(values: ArrayLike, what: str) -> Dates:
    """Shape as given, datetime64[D]; NaT where there is none. Numbers are no dates.

    Raises:
        MethodError: `stays.bad_column`.
    """
    column = np.asarray(values)
    if column.dtype.kind not in "MOU" and column.size:
        raise MethodError("stays.bad_column", "The column {what} holds no dates.", what=what)
    try:
        return column.astype("datetime64[D]")
    except (ValueError, TypeError) as error:
        raise MethodError(
            "stays.bad_column", "The column {what} holds no dates: {why}.", what=what, why=str(error)[:200]
        ) from error
