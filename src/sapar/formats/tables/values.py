"""From cells to values, with every problem collected."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from sapar.formats.tables.model import CellProblem, RefusedRows, Row, Table

N = TypeVar("N", int, float)
# What a spreadsheet shows in the place of a value that it could not compute.
FAILED_FORMULAS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


@dataclass(frozen=True, kw_only=True)
class ReaderWords:
    """How a `Reader` says what is wrong with a cell; another language hands in its own."""

    empty: str = "is empty"
    failed: str = "is a formula that failed"
    whole: str = "is not a whole number"
    number: str = "is not a number"
    date: str = "is not a date like 31.12.2026"
    one_of: str = "is not one of: {known}"
    below: str = "is below {least}"
    above: str = "is above {most}"
    moved: str = (
        "is followed by “{beyond}”, for which there is no column (a sign that parts cells, within a cell, needs "
        "quotes)"
    )


def moved_problems(table: Table, words: ReaderWords) -> list[CellProblem]:
    """Rows that were moved by a sign too many."""
    last = table.columns[-1]
    return [
        CellProblem(
            row=row.number,
            column=last,
            value=row[last],
            reason=words.moved.format(beyond=", ".join(row.beyond)),
        )
        for row in table.moved
    ]


@dataclass
class Reader:
    """Turns the cells of a table into values and collects every problem instead of stopping at the first.

    Rows that were moved by a sign too many are problems from the beginning.

    >>> from sapar.formats.tables import read_table
    >>> table = read_table(b"name,seats\\nAnkara,two\\n")
    >>> reader = Reader(table)
    >>> for row in table.rows:
    ...     _ = reader.whole(row, "seats", least=0)
    >>> print(reader.problems[0])
    row 2, column “seats”: “two” – is not a whole number
    """

    table: Table
    problems: list[CellProblem] = field(default_factory=list)
    words: ReaderWords = field(default_factory=ReaderWords)

    def __post_init__(self) -> None:
        self.problems += moved_problems(self.table, self.words)

    def refuse(self, row: Row, column: str, reason: str) -> None:
        self.problems.append(
            CellProblem(row=row.number, column=column, value=row[column] if column else "", reason=reason)
        )

    def text(self, row: Row, column: str, *, required: bool = True) -> str:
        value = row[column]
        if value in FAILED_FORMULAS:
            self.refuse(row, column, self.words.failed)
        if required and not value:
            self.refuse(row, column, self.words.empty)
        return value

    def whole(self, row: Row, column: str, *, least: int | None = None, most: int | None = None,
              default: int | None = None) -> int:  # fmt: skip
        return self._number(row, column, int, self.words.whole, least, most, default)

    def number(self, row: Row, column: str, *, least: float | None = None, most: float | None = None,
               default: float | None = None) -> float:  # fmt: skip
        return self._number(row, column, _plain_float, self.words.number, least, most, default)

    def date(self, row: Row, column: str, *, required: bool = True) -> dt.date | None:
        value = row[column]
        if not value:
            if required:
                self.refuse(row, column, self.words.empty)
            return None
        try:
            return parse_date(value)
        except ValueError:
            self.refuse(row, column, self.words.date)
            return None

    def one_of(self, row: Row, column: str, known: Iterable[str], *, required: bool = True) -> str:
        value, known = row[column], tuple(known)
        if not value and not required:
            return ""
        if value not in known:
            shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
            self.refuse(row, column, self.words.one_of.format(known=shown) if value else self.words.empty)
        return value

    def _number(
        self, row: Row, column: str, read: Callable[[str], N], what: str,
        least: N | None, most: N | None, default: N | None,
    ) -> N:  # fmt: skip
        value = row[column]
        if not value and default is not None:
            return default
        try:
            number = read(value.replace("\u00a0", "").replace(" ", ""))
        except ValueError:
            self.refuse(row, column, what if value else self.words.empty)
            return read("0")
        if least is not None and number < least:
            self.refuse(row, column, self.words.below.format(least=least))
        elif most is not None and number > most:
            self.refuse(row, column, self.words.above.format(most=most))
        return number

    def finish(self) -> None:
        """Raise everything that was found wrong."""
        if self.problems:
            raise RefusedRows(self.problems)


def _plain_float(text: str) -> float:
    """A decimal number with point or comma; not infinity, not NaN."""
    if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", text):
        raise ValueError(text)
    number = float(text.replace(",", "."))
    if math.isinf(number):  # 1e999
        raise ValueError(text)
    return number


def parse_date(text: str) -> dt.date:
    """dd.mm.yyyy as offices write it, or ISO yyyy-mm-dd."""
    if found := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text.strip()):
        day, month, year = (int(part) for part in found.groups())
        return dt.date(year, month, day)
    return dt.date.fromisoformat(text.strip())
