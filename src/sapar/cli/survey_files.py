"""The file of `sapar survey`: answers one row a person, and the columns that say how they were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.tables import load
from sapar.formats.tables import Reader, RefusedRows, Table, TableError
from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Factor, FloatArray, factor
from sapar.methods.surveys.designs import Lonely
from sapar.methods.surveys.replicates import AnyDesign, jackknife
from sapar.methods.surveys.sampling import sampling_design

File = Annotated[Path, typer.Argument(help="CSV or XLSX, one row a person.")]
Weights = Annotated[
    str, typer.Option("--weights", "-w", help="Column of weights; every row counts 1 without.")
]
Strata = Annotated[str, typer.Option(help="Columns of strata, one for each stage, separated by commas.")]
Clusters = Annotated[str, typer.Option(help="Columns of sampling units, from the first stage down.")]
Fpc = Annotated[str, typer.Option(help="Columns of population sizes (or fractions), one for each stage.")]
Nest = Annotated[bool, typer.Option("--nest", help="Cluster numbers start anew in each stratum.")]
LonelyOption = Annotated[
    str, typer.Option(help="Strata of one unit: fail, remove, certainty, adjust, average.")
]
Jackknife = Annotated[bool, typer.Option("--jackknife", help="Variances from jackknife replicates.")]
Where = Annotated[
    str, typer.Option(help="Only these people, e.g. country=India,Pakistan; the design stays whole.")
]
Level = Annotated[float, typer.Option(help="Confidence of intervals.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
Coded = Annotated[str, typer.Option("--coded", help="Columns of numbers that are codes and not amounts.")]
MOST_LEVELS = 200


@dataclass(frozen=True)
class DesignColumns:
    """The options that name the columns of a design."""

    weights: str
    strata: str
    clusters: str
    fpc: str
    nest: bool
    lonely: str
    jackknife: bool

    def names(self) -> list[str]:
        return [*single(self.weights), *listed(self.strata), *listed(self.clusters), *listed(self.fpc)]


def listed(text: str) -> list[str]:
    """The parts of a list; one named twice would count twice."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if twice := sorted({part for part in parts if parts.count(part) > 1}):
        raise TableError("survey.named_twice", "Named twice: {names}.", names=", ".join(twice))
    return parts


def single(text: str) -> list[str]:
    """The column of an option that takes a single one, whose name may hold a comma."""
    return [text] if text else []


def read(path: Path, design: DesignColumns, columns: Sequence[str]) -> tuple[Table, AnyDesign]:
    """The table and its design; all bad cells of the design are listed before anything is refused."""
    table = load(path, *design.names(), *columns)
    reader = Reader(table)
    weights = _positive(table, reader, design.weights) if design.weights else None
    sizes = [_positive(table, reader, name) for name in listed(design.fpc)]
    for name in [*listed(design.strata), *listed(design.clusters)]:
        for row in table.rows:
            reader.text(row, name)
    reader.finish()
    try:
        drawn = sampling_design(
            weights=weights,
            strata=[table.column(name) for name in listed(design.strata)],
            clusters=[table.column(name) for name in listed(design.clusters)],
            fpc=sizes,
            nest=design.nest,
            lonely=lonely(design.lonely),
            rows=len(table),
        )
    except MethodError as refused:
        _list_rows(reader, design, refused)
        raise
    return table, jackknife(drawn) if design.jackknife else drawn


def _list_rows(reader: Reader, design: DesignColumns, refused: MethodError) -> None:
    """The lines of the file that a refusal of the design is about."""
    rows, stage = refused.facts.get("rows"), refused.facts.get("stage")
    kinds = {
        "surveys.fpc_varies": (design.fpc, "is not that of the others of its stratum"),
        "surveys.fpc_too_small": (design.fpc, "is less than the units of its stratum in the file"),
        "surveys.bad_fpc": (design.fpc, "is neither a size of 1 or more nor, like the others, a fraction"),
        "surveys.cluster_in_two_strata": (design.clusters, "lies in another stratum too; is --nest missing?"),
    }
    if refused.code not in kinds or not isinstance(rows, tuple):
        return
    names, reason = kinds[refused.code]
    column = listed(names)[stage - 1 if isinstance(stage, int) else 0]
    for row in rows:
        reader.refuse(reader.table.rows[int(row or 1) - 1], column, reason)
    reader.finish()


def _positive(table: Table, reader: Reader, name: str) -> FloatArray:
    return np.array([reader.number(row, name, least=0) for row in table.rows])


def lonely(text: str) -> Lonely:
    known: tuple[Lonely, ...] = ("fail", "remove", "certainty", "adjust", "average")
    for one in known:
        if one == text:
            return one
    raise TableError(
        "survey.unknown_option", "{text} is not one of: {known}.", text=text, known=", ".join(known)
    )


def numeric(table: Table, name: str) -> bool:
    """Whether all answers of a column are numbers."""
    reader = Reader(table)
    for row in table.rows:
        if row[name]:
            reader.number(row, name)
    return not reader.problems and any(row[name] for row in table.rows)


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
