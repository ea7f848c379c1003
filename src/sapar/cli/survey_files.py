"""The file of `sapar survey`: answers one row a person, and the columns that say how they were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.tables import load
from sapar.formats.tables import Reader, Table, TableError
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
        return [*listed(self.weights), *listed(self.strata), *listed(self.clusters), *listed(self.fpc)]


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


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
    drawn = sampling_design(
        weights=weights,
        strata=[table.column(name) for name in listed(design.strata)],
        clusters=[table.column(name) for name in listed(design.clusters)],
        fpc=sizes,
        nest=design.nest,
        lonely=lonely(design.lonely),
        rows=len(table),
    )
    return table, jackknife(drawn) if design.jackknife else drawn


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


def numbers_of(table: Table, *names: str) -> list[FloatArray]:
    """Columns of numbers with gaps; every cell that is not a number is listed."""
    reader = Reader(table)
    found = [
        np.array([reader.number(row, name) if row[name] else np.nan for row in table.rows]) for name in names
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
