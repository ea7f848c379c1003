"""Files of what is known of the population: margins, crossed cells, totals; and the rows that they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sapar.cli.tables import load
from sapar.formats.tables import Reader, Table, TableError
from sapar.methods.surveys.columns import FloatArray
from sapar.methods.surveys.weights import Margin, margin

Counts = Mapping[str, Mapping[str, float]]


def read_margins(path: Path) -> Counts:
    """Variable to category to count; a category that stands twice is refused."""
    targets: dict[str, dict[str, float]] = {}
    known = load(path, "variable", "category", "count", filled=True)
    reader = Reader(known)
    for row in known.rows:
        variable, category = reader.text(row, "variable"), reader.text(row, "category")
        if category in targets.setdefault(variable, {}):
            reader.refuse(row, "category", "stands twice")
        targets[variable][category] = reader.number(row, "count", least=0)
    reader.finish()
    return targets


def margins_of(table: Table, targets: Counts) -> list[Margin]:
    """The margins over the rows of a file; every answer without a target is listed."""
    refuse_unknown(table, targets)
    return [margin(name, table.column(name), counts) for name, counts in targets.items()]


@dataclass(frozen=True)
class Crossed:
    """Counts of the cells of several crossed variables."""

    names: tuple[str, ...]
    counts: Mapping[tuple[str, ...], float]

    def margin(self, table: Table) -> Margin:
        """Over the rows of a file; every row in a cell without a count is listed."""
        values = list(zip(*(table.column(name) for name in self.names), strict=True))
        reader = Reader(table)
        for line, cell in zip(table.rows, values, strict=True):
            if cell not in self.counts:
                reader.refuse(line, self.names[-1], f"no count for {' × '.join(cell)}")
        reader.finish()
        return margin(" × ".join(self.names), values, self.counts)


def read_cells(path: Path) -> Crossed:
    """A table of the crossed variables and their `count`."""
    known = load(path, "count", filled=True)
    names = tuple(name for name in known.columns if name != "count")
    if not names:
        raise TableError("survey.no_variables", "{path} has no column beside count.", path=str(path))
    reader, counts = Reader(known), dict[tuple[str, ...], float]()
    for row in known.rows:
        cell = tuple(reader.text(row, name) for name in names)
        if cell in counts:
            reader.refuse(row, names[-1], "this post-stratum stands twice")
        counts[cell] = reader.number(row, "count", least=0)
    reader.finish()
    return Crossed(names, counts)


def read_totals(path: Path) -> Counts:
    """Variable to category to total; the category is empty for a sum of amounts."""
    known = load(path, "variable", "category", "total", filled=True)
    reader, counted = Reader(known), dict[str, dict[str, float]]()
    for row in known.rows:
        variable, category = reader.text(row, "variable"), reader.text(row, "category", required=False)
        if category in counted.setdefault(variable, {}):
            reader.refuse(row, "category", "stands twice")
        counted[variable][category] = reader.number(row, "total")
    reader.finish()
    if mixed := [name for name, parts in counted.items() if "" in parts and len(parts) > 1]:
        raise TableError(
            "survey.mixed_totals", "{name} has totals both with and without a category.", name=mixed[0]
        )
    return counted


def auxiliaries_of(table: Table, counted: Counts) -> tuple[FloatArray, list[float]]:
    """(rows, p) columns of 0/1 and of amounts, and their totals; every answer without a total is listed."""
    refuse_unknown(table, {name: parts for name, parts in counted.items() if "" not in parts})
    columns, sums = [], []
    for name, parts in counted.items():
        cells = table.column(name)
        amounts = filled(table, name) if "" in parts else np.empty(0)
        for category, total in parts.items():
            columns.append(np.equal(cells, category).astype(float) if category else amounts)
            sums.append(total)
    return np.column_stack(columns), sums


def filled(table: Table, name: str, *, least: float | None = None) -> FloatArray:
    """A column of numbers without gaps; everything that is not one is listed."""
    reader = Reader(table)
    found = np.array([reader.number(row, name, least=least) for row in table.rows])
    reader.finish()
    return found


def refuse_unknown(table: Table, targets: Counts) -> None:
    """List every answer that has no target."""
    reader = Reader(table)
    for row in table.rows:
        for name, counts in targets.items():
            if row[name] not in counts:
                reader.refuse(row, name, "has no target" if row[name] else "is empty")
    reader.finish()
