"""What a conversion of one mark says, and the conversions that need one scale, one formula or one table.

Modified Bavarian formula: Conference of the German Ministers of Education (KMK), resolution on the agreement
of Länder for setting the overall mark of foreign qualifications; as used at
https://www.hu-berlin.de/de/studium/pservice/umrechnung/nus/bayerische-formel and
https://www.sobi.uni-passau.de/en/study/examinations/grade-conversion (digits cut after the first).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.recognition.rounding import Rounding, Ties, decimal_text, nearest, number
from sapar.methods.recognition.scales import GradeScale, Kind

GERMAN_MARKS = tuple(Decimal(tenths).scaleb(-1) for tenths in (10, 13, 17, 20, 23, 27, 30, 33, 37, 40))
CUT_AFTER_FIRST_DIGIT = Rounding(step=Decimal("0.1"), ties=Ties.DOWN)


class Method(StrEnum):
    DISTRIBUTION = "distribution"
    BAVARIAN = "modified_bavarian"
    LINEAR = "linear"
    TABLE = "table"
    PASS_FAIL = "pass_fail"  # noqa: S105


@dataclass(frozen=True)
class Reason:
    """One step of the way to the result; the words are found by whoever shows it."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """The part of a mark's range that meets `grade`, in shares of the passing group from the best."""

    grade: str
    start: Fraction
    end: Fraction

    @property
    def share(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """`mark` is what the transcript says, never altered; `result` is the suggestion for it.

    `exact` is the number before rounding where the method has one. `table`, `version` and `source` name what
    was applied; `overlaps` are those that decided, best grade first.
    """

    mark: str
    result: str
    passing: bool
    method: Method
    table: str
    version: str
    source: str
    rule: str = ""
    exact: Fraction | None = None
    points: Decimal | None = None
    overlaps: tuple[Overlap, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def plain(self) -> dict[str, object]:
        """As text, numbers and lists, for storage beside the mark."""
        return {
            "mark": self.mark,
            "result": self.result,
            "passing": self.passing,
            "method": str(self.method),
            "table": self.table,
            "version": self.version,
            "source": self.source,
            "rule": self.rule,
            "exact": None if self.exact is None else str(self.exact),
            "points": None if self.points is None else str(self.points),
            "overlaps": [
                {"grade": part.grade, "from": str(part.start), "to": str(part.end)} for part in self.overlaps
            ],
            "reasons": [{"code": reason.code, **reason.facts} for reason in self.reasons],
        }


def modified_bavarian(
    mark: str | Decimal,
    *,
    best: str | Decimal,
    lowest_pass: str | Decimal,
    rounding: Rounding | None = CUT_AFTER_FIRST_DIGIT,
    to_german_marks: bool = False,
) -> Conversion:
    """x = 1 + 3 (Nmax - Nd) / (Nmax - Nmin) for a mark that passed.

    Args:
        mark: Nd. Letters must be given numbers by the caller first.
        best: Nmax, `lowest_pass`: Nmin of the foreign scale; the best may be the smaller number.
        rounding: of x; None keeps it exact.
        to_german_marks: go to the nearest of 1.0, 1.3, 1.7 … 4.0 instead, between two to the better.

    Raises:
        MethodError: `recognition.failing_mark` (the formula ends at the lowest pass),
            `recognition.mark_outside`, `recognition.flat_scale`, `recognition.not_a_number`.
    """
    exact = _position(mark, best=best, lowest_pass=lowest_pass) * 3 + 1
    if to_german_marks:
        value, rule = nearest(exact, GERMAN_MARKS, better_is_less=True), "nearest german mark, ties better"
    elif rounding is None:
        value, rule = None, "exact"
    else:
        value, rule = rounding.apply(exact), str(rounding)
    return Conversion(
        mark=str(mark), result=str(value) if value is not None else decimal_text(exact), passing=True,
        method=Method.BAVARIAN, table="modified-bavarian", version="KMK",
        source="https://www.hu-berlin.de/de/studium/pservice/umrechnung/nus/bayerische-formel",
        rule=rule, exact=exact, points=value,
        reasons=(Reason("recognition.formula", {"best": str(best), "lowest_pass": str(lowest_pass),
                                                "exact": str(exact)}),),
    )  # fmt: skip


def linear(
    mark: str | Decimal,
    *,
    best: str | Decimal,
    lowest_pass: str | Decimal,
    to_best: str | Decimal,
    to_lowest_pass: str | Decimal,
    rounding: Rounding | None = None,
) -> Conversion:
    """The passing range of one numeric scale laid evenly over that of another.

    Raises:
        MethodError: as `modified_bavarian`; `recognition.negative` when a result below zero is to be rounded.
    """
    position = _position(mark, best=best, lowest_pass=lowest_pass)
    top, bottom = Fraction(number(to_best)), Fraction(number(to_lowest_pass))
    if top == bottom:
        raise _flat(to_best)
    exact = top + (bottom - top) * position
    value = None if rounding is None else rounding.apply(exact)
    return Conversion(
        mark=str(mark), result=decimal_text(exact) if value is None else str(value), passing=True,
        method=Method.LINEAR, table=f"{best}..{lowest_pass}->{to_best}..{to_lowest_pass}", version="",
        source="", rule="exact" if rounding is None else str(rounding), exact=exact, points=value,
        reasons=(Reason("recognition.formula", {"best": str(best), "lowest_pass": str(lowest_pass),
                                                "exact": str(exact)}),),
    )  # fmt: skip


def _position(mark: str | Decimal, *, best: str | Decimal, lowest_pass: str | Decimal) -> Fraction:
    """0 for the best mark, 1 for the lowest pass."""
    got, top, bottom = (Fraction(number(value)) for value in (mark, best, lowest_pass))
    if top == bottom:
        raise _flat(best)
    position = (top - got) / (top - bottom)
    if position < 0:
        raise MethodError("recognition.mark_outside", "{mark} is better than the best mark {best}.",
                          mark=str(mark), best=str(best))  # fmt: skip
    if position > 1:
        raise MethodError("recognition.failing_mark", "{mark} is below the lowest pass {lowest_pass}.",
                          mark=str(mark), lowest_pass=str(lowest_pass))  # fmt: skip
    return position


def _flat(best: str | Decimal) -> MethodError:
    return MethodError("recognition.flat_scale", "Best mark and lowest pass are both {best}.", best=str(best))


def pass_or_fail(
    mark: str, scale: GradeScale, *, passed: str = "P", failed: str = "F", kind: Kind | None = None
) -> Conversion:
    """Only whether the mark is a pass on its own scale."""
    band = scale.band(mark, kind=kind)
    return Conversion(
        mark=mark, result=passed if band.passing else failed, passing=band.passing,
        method=Method.PASS_FAIL, table=scale.id, version=scale.version, source=scale.source,
        reasons=(Reason("recognition.band", {"band": band.label, "scale": scale.id}),),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TableRow:
    mark: str
    result: str
    passing: bool
    value: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class FixedTable:
    """A published list of marks and what they become at `holder`.

    Raises:
        MethodError: `recognition.bad_table` when empty, with a repeated mark or without a public source.
    """

    id: str
    version: str
    title: str
    holder: str
    rows: tuple[TableRow, ...]
    source: str
    target_scale: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        marks = [row.mark for row in self.rows]
        fault = ""
        if not marks or len(set(marks)) < len(marks):
            fault = "no rows or a mark twice"
        elif not self.source.startswith(("https://", "http://")):
            fault = "no public source"
        elif self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            fault = "ends before it starts"
        if fault:
            raise MethodError("recognition.bad_table", "The table {table}: {fault}.",
                              table=self.id, fault=fault)  # fmt: skip

    def convert(self, mark: str, *, on: date | None = None) -> Conversion:
        """Look the mark up.

        Args:
            on: the date of the mark, checked against the table's validity when given.

        Raises:
            MethodError: `recognition.unknown_mark`, `recognition.table_not_in_force`.
        """
        if on is not None and (
            (self.valid_from is not None and on < self.valid_from)
            or (self.valid_to is not None and on > self.valid_to)
        ):
            raise MethodError("recognition.table_not_in_force", "{table} does not apply on {on}.",
                              table=self.id, on=on.isoformat())  # fmt: skip
        for row in self.rows:
            if row.mark == mark.strip():
                facts = {"row": row.mark, "target_scale": self.target_scale}
                if row.percent is not None:
                    facts["percent"] = str(row.percent)
                return Conversion(
                    mark=mark, result=row.result, passing=row.passing, method=Method.TABLE, table=self.id,
                    version=self.version, source=self.source, points=row.value,
                    reasons=(Reason("recognition.table_row", facts),),
                )  # fmt: skip
        raise MethodError("recognition.unknown_mark", "“{mark}” is not a mark of {scale}.",
                          mark=mark[:80], scale=self.id, looks_like="")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of marks after conversion: every distinct mark once, and where it stands.

    `outcomes[index[i]]` belongs to row i; a refused mark keeps its `MethodError` there.
    """

    outcomes: tuple[Conversion | MethodError, ...]
    index: NDArray[np.intp]

    def __getitem__(self, row: int) -> Conversion | MethodError:
        return self.outcomes[int(self.index[row])]

    def results(self) -> NDArray[np.object_]:
        """Shape (rows,): the result of each row, None where the mark was refused."""
        known = np.array(
            [outcome.result if isinstance(outcome, Conversion) else None for outcome in self.outcomes],
            dtype=object,
        )
        return known[self.index]

    def counts(self) -> NDArray[np.intp]:
        """Shape (outcomes,): how many rows share each outcome."""
        return np.bincount(self.index, minlength=len(self.outcomes)).astype(np.intp)


def convert_column(marks: Sequence[str], convert: Callable[[str], Conversion]) -> Column:
    """Convert a long column; `convert` is asked once for each distinct mark."""
    place = {mark: at for at, mark in enumerate(dict.fromkeys(marks))}
    outcomes: list[Conversion | MethodError] = []
    for mark in place:
        try:
            outcomes.append(convert(mark))
        except MethodError as refusal:
            outcomes.append(refusal)
    index = np.fromiter(map(place.__getitem__, marks), dtype=np.intp, count=len(marks))
    return Column(outcomes=tuple(outcomes), index=index)
