"""The file of `sapar survey`: columns of amounts, of answers, and the part of the rows that is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.formats.tables import Reader, RefusedRows, Table, TableError
from sapar.methods.surveys.columns import BoolArray, Factor, FloatArray, factor

File = Annotated[Path, typer.Argument(help="CSV, XLSX, XLS or ODS, one row a person.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
Coded = Annotated[str, typer.Option("--coded", help="Columns of numbers that are codes and not amounts.")]
MOST_LEVELS = 200


def listed(text: str) -> list[str]:
    """The parts of a list; one named twice would count twice."""
    return once([part.strip() for part in text.split(",") if part.strip()])


def once(names: list[str]) -> list[str]:
    """The names, none of them given twice."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise TableError("survey.named_twice", "Named twice: {names}.", names=", ".join(twice))
    return names


def single(text: str) -> list[str]:
    """The column of an option that takes a single one, whose name may hold a comma."""
    return [text] if text else []


def numeric(table: Table, name: str) -> bool:
    """Whether all answers of a column are numbers."""
    reader = Reader(table)
    # Each answer once, however many gave it.
    said = {row[name]: row for row in table.rows if row[name]}
    for row in said.values():
        reader.number(row, name)
    return bool(said) and not reader.problems


def amounts(table: Table, name: str, codes: Sequence[str]) -> bool:
    """Whether a column holds amounts, not answers: all are numbers, and it is not one of `codes`.

    Where most are numbers the others are faults, and listed: left as they are, they would turn amounts into answers.
    """
    if name in codes:
        return False
    reader, filled = Reader(table), 0
    for row in table.rows:
        if row[name]:
            filled += 1
            reader.number(row, name)
    if reader.problems and 2 * len(reader.problems) < filled:
        raise RefusedRows(
            [
                replace(one, reason=f"{one.reason}; if {name} holds codes, name it in --coded")
                for one in reader.problems
            ]
        )
    return filled > 0 and not reader.problems


def numbers_of(table: Table, *names: str, least: float | None = None) -> list[FloatArray]:
    """Columns of numbers with gaps; every cell that is not a number, or below `least`, is listed."""
    reader = Reader(table)
    found = [
        np.array([reader.number(row, name, least=least) if row[name] else np.nan for row in table.rows])
        for name in names
    ]
    reader.finish()
    return found


def coded(table: Table, name: str) -> Factor:
    """A column of answers; numbers in their order. Too many different ones are not answers."""
    cells = table.column(name)
    levels: list[str] = sorted({cell for cell in cells if cell})
    if len(levels) > MOST_LEVELS:
        raise TableError(
            "survey.too_many_levels",
            "Column {name} has {count} different values; it cannot be tabulated.",
            name=name,
            count=len(levels),
        )
    if levels and numeric(table, name):
        levels.sort(key=lambda level: float(level.replace(",", ".").replace(" ", "")))
    return factor(np.array(cells, dtype=object), levels)


def domain(table: Table, where: str) -> BoolArray | None:
    """The rows of ``column=value,value``."""
    if not where:
        return None
    name, _equals, values = where.partition("=")
    table.require(name.strip())
    wanted = set(listed(values))
    if strangers := sorted(wanted - set(table.column(name.strip()))):
        raise TableError(
            "survey.empty_domain", "Nobody has {values} in {column}.",
            values=", ".join(strangers), column=name.strip(),
        )  # fmt: skip
    found = np.array([row[name.strip()] in wanted for row in table.rows])
    if not found.any():
        raise TableError("survey.empty_domain", "Nobody is in {where}.", where=where)
    return found


def zero_or_one(table: Table, name: str, yes: str) -> FloatArray:
    """A column of two answers as 0 and 1; `yes` names the one that counts 1, by default the last in order."""
    column = coded(table, name)
    if len(column.levels) != 2 or (yes and yes not in column.levels):
        raise TableError(
            "survey.not_two_answers", "Column {name} has the answers {found}; two are needed.",
            name=name, found=", ".join(column.levels[:10]),
        )  # fmt: skip
    one = column.levels.index(yes) if yes else 1
    return np.where(column.answered, column.codes == one, np.nan)


def known(value: object) -> object:
    """A figure that is not defined is an empty cell."""
    return None if isinstance(value, float) and not np.isfinite(value) else value
