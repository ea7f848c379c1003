"""Means of marks weighted by credits: GPA = Σ(K·U)/ΣK with K credits and U points, exact until rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.recognition.rounding import Rounding, number

HUNDREDTHS = Rounding(step=Decimal("0.01"))
# Below this many cents times credits, sums of products stay exact in 64 bits.
EXACT_IN_INT64 = 2**62


@dataclass(frozen=True, kw_only=True)
class Mean:
    """`value` after `rounding`, `exact` before it; `credits` is the sum of weights of `count` marks."""

    value: Decimal
    exact: Fraction
    credits: Decimal
    count: int
    rounding: str


def weighted_mean(
    marks: Iterable[tuple[str | int | Decimal, str | int | Decimal]], *, rounding: Rounding = HUNDREDTHS
) -> Mean:
    """Mean of (points, credits).

    Raises:
        MethodError: `recognition.no_marks` when nothing has weight, `recognition.bad_credits` for a negative
            weight, `recognition.bad_points` for negative points, `recognition.not_a_number`.
    """
    total, weight, count = Fraction(0), Decimal(0), 0
    for points, credits in marks:
        value, share = number(points, what="points"), number(credits, what="number of credits")
        if share < 0:
            raise MethodError("recognition.bad_credits", "{credits} credits.", credits=str(credits))
        if value < 0:
            raise MethodError("recognition.bad_points", "{points} points.", points=str(points))
        total += Fraction(value) * Fraction(share)
        weight += share
        count += 1
    if not weight:
        raise MethodError("recognition.no_marks", "No mark with credits among {count}.", count=count)
    exact = total / Fraction(weight)
    return Mean(value=rounding.apply(exact), exact=exact, credits=weight, count=count, rounding=str(rounding))


def weighted_means(
    person: NDArray[np.integer], hundredths: NDArray[np.integer], credits: NDArray[np.integer], *, people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Many people's means at once, rounded half up to hundredths, exactly.

    Args:
        person: shape (rows,), 0 to people - 1; `hundredths`: points times 100; `credits`: credits times any
            common whole number.

    Returns:
        Means times 100 and sums of credits, each of shape (people,); -1 where a person has no credits.

    Raises:
        MethodError: `recognition.bad_column` with the fault.
    """
    fault = ""
    columns = [np.asarray(column) for column in (person, hundredths, credits)]
    if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1:
        fault = "columns of different length"
    elif any(column.dtype.kind not in "iu" for column in columns):
        fault = "whole numbers are needed"
    elif columns[0].size and (columns[0].min() < 0 or columns[0].max() >= people):
        fault = "a person outside the list"
    elif columns[0].size and (columns[1].min() < 0 or columns[2].min() < 0):
        fault = "negative points or credits"
    elif columns[0].size and int(columns[1].max()) * int(columns[2].max()) * columns[0].size > EXACT_IN_INT64:
        fault = "numbers too large to be summed exactly"
    if fault:
        raise MethodError("recognition.bad_column", "The columns cannot be averaged: {fault}.", fault=fault)
    who, points, weights = (column.astype(np.int64, copy=False) for column in columns)
    sums, weight = np.zeros(people, np.int64), np.zeros(people, np.int64)
    np.add.at(sums, who, points * weights)
    np.add.at(weight, who, weights)
    divisor = np.where(weight > 0, weight, 1)
    means = np.where(weight > 0, (2 * sums + divisor) // (2 * divisor), -1)
    return means.astype(np.int64), weight
