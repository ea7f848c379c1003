"""The files of `sapar grades`: cells, counts of grades and lists of components, every fault of them told at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from sapar.cli.tables import RefusedFiles, hidden, load
from sapar.formats.tables import CellProblem, Reader, RefusedRows, Row, Table, TableError
from sapar.methods import recognition as rec
from sapar.methods.errors import MethodError

MOST_COUNTED = 10**12
T = TypeVar("T")


def distribution(path: Path) -> rec.GradeDistribution:
    """Counts of one reference group: rows of year, field, cycle, grade, count; each year from the best grade down."""
    table = load(path, "year", "field", "cycle", "grade", "count", filled=True)
    reader = Reader(table)
    counts: dict[str, int] = {}
    years: dict[int, list[str]] = {}
    seen: dict[tuple[int, str], int] = {}
    groups = {(row["field"], row["cycle"]) for row in table.rows}
    for row in table.rows:
        year, grade = reader.whole(row, "year", least=1900, most=2200), reader.text(row, "grade")
        years.setdefault(year, []).append(grade)
        if seen.setdefault((year, grade), row.number) != row.number and grade:
            reader.refuse(row, "grade", f"is counted for {year} in row {seen[year, grade]} already")
        counts[grade] = counts.get(grade, 0) + reader.whole(row, "count", least=0, most=MOST_COUNTED)
    for row in table.rows if len(groups) > 1 else ():
        reader.refuse(row, "field", "the file counts more than one reference group")
    if reader.problems:
        raise RefusedFiles({path.name: reader.problems})
    field, cycle = groups.pop()
    grades = _best_first(path, list(years.values()))
    return rec.GradeDistribution(
        id=path.stem, version=f"{min(years)}–{max(years)}", holder=path.stem,
        grades=grades, counts=tuple(counts[grade] for grade in grades), field=field, cycle=cycle,
        years=tuple(sorted(years)),
    )  # fmt: skip


def _best_first(path: Path, orders: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The one order that agrees with the order of every year; a grade may be missing where nobody received it."""
    graph = TopologicalSorter[str]()
    for order in orders:
        graph.add(order[0])
        for better, worse in pairwise(order):
            graph.add(worse, better)
    try:
        graph.prepare()
    except CycleError as error:
        raise TableError(
            "grades.order_differs", "{path}: the years list the grades in different orders: {grades}.",
            path=path.name, grades=" – ".join(error.args[1]),
        ) from error  # fmt: skip
    found: list[str] = []
    while graph.is_active():
        ready = sorted(graph.get_ready())
        if len(ready) > 1:
            raise TableError(
                "grades.order_open", "{path} does not say which of {grades} is better: list both in one year, with "
                "the count 0 where nobody received it.", path=path.name, grades=" and ".join(ready),
            )  # fmt: skip
        found += ready
        graph.done(*ready)
    return tuple(found)


def points_of(scale: rec.GradeScale, mark: str) -> Decimal:
    points = scale.band(mark).points
    if points is None:
        raise MethodError("recognition.no_points", "{scale} has no points", scale=scale.id)
    return points


class Cells:
    """Columns read cell by cell; all refused cells are told at once, each cell once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.problems: list[CellProblem] = []

    def refuse(self, row: Row, column: str, reason: str) -> None:
        self.problems.append(CellProblem(row=row.number, column=column, value=row[column], reason=reason))

    def read(self, column: str, value: Callable[[str], T]) -> list[T]:
        """The values; where a cell is refused the list is shorter, so call `finish` before using it."""
        values: list[T] = []
        for row in self.table.rows:
            try:
                values.append(value(row[column]))
            except MethodError as refusal:
                self.refuse(row, column, str(refusal))
        return values

    def finish(self) -> None:
        if self.problems:
            raise RefusedRows(sorted(self.problems, key=lambda problem: problem.row))


def each(table: Table, column: str, read: Callable[[str], T]) -> list[T]:
    cells = Cells(table)
    values = cells.read(column, read)
    cells.finish()
    return values


def problem_of(row: Row, column: str, refusal: MethodError) -> CellProblem:
    return CellProblem(row=row.number, column=column, value=row[column], reason=str(refusal))


def not_negative(text: str, what: str) -> Decimal:
    value = rec.number(text, what=what)
    if value < 0:
        raise MethodError("recognition.negative", "{value} is below zero.", value=text)
    return value


def some_text(text: str) -> str:
    if not text or hidden(text):
        raise MethodError("recognition.nameless", "This is empty or has signs that cannot be seen.")
    return text


def components(
    here: Table, home: Table, names: tuple[str, str]
) -> tuple[list[rec.Component], list[rec.Component]]:
    """Both lists; what is wrong with either is told together."""
    ours, theirs = Cells(here), Cells(home)
    for cells in (ours, theirs):
        seen: dict[str, int] = {}
        for row in cells.table.rows:
            if seen.setdefault(row["id"], row.number) != row.number and row["id"]:
                cells.refuse(row, "id", f"stands in row {seen[row['id']]} already")
    columns = [
        (
            cells.read("id", some_text),
            cells.read("credits", lambda text: not_negative(text, "number of credits")),
        )
        for cells in (ours, theirs)
    ]
    passed = ours.read("passed", _is_yes)
    for cells, other in ((ours, home), (theirs, here)):
        known = {row["link"] for row in other.rows}
        for row in cells.table.rows:
            if row["link"] and row["link"] not in known:
                cells.refuse(row, "link", "leads to nothing in the other file")
    if found := {n: cells.problems for n, cells in zip(names, (ours, theirs), strict=True) if cells.problems}:
        raise RefusedFiles(found)
    return (
        [rec.Component(id=i, credits=c, passed=p) for i, c, p in zip(*columns[0], passed, strict=True)],
        [rec.Component(id=i, credits=c) for i, c in zip(*columns[1], strict=True)],
    )


def _is_yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise MethodError("recognition.not_yes_no", "This is neither yes nor no.")
    return text == "yes"


def linked(table: Table, name: str) -> tuple[str, ...]:
    return tuple(row["id"] for row in table.rows if row["link"] == name)
