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
        MethodError: `recognition.no_marks` when nothing has weight; `recognition.bad_credits` for negative
            weights, `recognition.bad_points` for negative points, `recognition.not_a_number`, with `rows`
            (from 1) and `values` of all that are wrong; `recognition.bad_marks` when they are wrong in
            several ways, with the `codes` beside them.
    """
    total, weight, count = Fraction(0), Decimal(0), 0
    faults: list[tuple[int, str, str]] = []
    for row, (points, credits) in enumerate(marks, start=1):
        value = _not_negative(points, row, "points", faults)
        share = _not_negative(credits, row, "credits", faults)
        total += Fraction(value) * Fraction(share)
        weight += share
        count += 1
    if faults:
        raise _refused(faults)
    if not weight:
        raise MethodError("recognition.no_marks", "No mark with credits among {count}.", count=count)
    exact = total / Fraction(weight)
    return Mean(value=rounding.apply(exact), exact=exact, credits=weight, count=count, rounding=str(rounding))


def _not_negative(
    text: str | int | Decimal, row: int, what: str, faults: list[tuple[int, str, str]]
) -> Decimal:
    """The number; a fault is noted with its row, code and value, and counts 0."""
    try:
        found = number(text, what=what)
    except MethodError as refused:
        faults.append((row, refused.code, str(refused.facts["text"])))
        return Decimal(0)
    if found < 0:
        faults.append((row, f"recognition.bad_{what}", str(text)))
        return Decimal(0)
    return found


def _refused(faults: list[tuple[int, str, str]]) -> MethodError:
    rows, codes, values = zip(*faults, strict=True)
    sentences = {
        "recognition.bad_credits": "Credits below nothing: {values}, in rows {rows}.",
        "recognition.bad_points": "Points below nothing: {values}, in rows {rows}.",
        "recognition.not_a_number": "No numbers: {values}, in rows {rows}.",
    }
    if len(set(codes)) == 1:
        return MethodError(codes[0], sentences[codes[0]], rows=rows, values=values)
    return MethodError(
        "recognition.bad_marks", "Points and credits are numbers of at least 0, not {values}, in rows {rows}.",
        rows=rows, values=values, codes=codes,
    )  # fmt: skip


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
