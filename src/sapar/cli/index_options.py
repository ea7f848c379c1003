"""What the commands of `sapar index` share: their arguments, and how a result ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.index_files import read_data, read_tree
from sapar.cli.index_model import read_model
from sapar.cli.tables import at_work, save
from sapar.methods.indices import Index, build
from sapar.methods.indices.columns import Floats

Data = Annotated[Path, typer.Argument(help="Units: a column “unit”, one for each indicator and denominator.")]
Nodes = Annotated[Path, typer.Argument(help="The tree: columns code, parent, weight, direction, …")]
Choices = Annotated[Path | None, typer.Option("--model", help="The choices of the model (TOML).")]
Out = Annotated[Path | None, typer.Option("--out", help="Write the result: .xlsx, .csv or .json.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of everything drawn.")]
Sheet = tuple[Sequence[str], Sequence[Sequence[object]]]
Sheets = dict[str, Sheet]
MANY_CELLS = 100_000
"""From here on building an index may take a second."""


def number(value: float) -> float | None:
    """A number for a table; nothing where there is none."""
    return None if math.isnan(value) else value


def finish(sheets: Sheets, out: Path | None) -> None:
    if out is not None:
        save(out, sheets)


def complete_rows(units: Sequence[str], x: Floats) -> tuple[list[str], Floats]:
    """The units without holes and their values."""
    whole = np.flatnonzero(np.isfinite(x).all(axis=1))
    return [units[int(at)] for at in whole], x[whole]


def built(data: Path, tree: Path, model: Path | None) -> Index:
    """The index that three files describe."""
    nodes = read_tree(tree)
    choices, _ = read_model(model, nodes, seed=0)
    units = read_data(data, nodes, divided=choices.divided)
    with at_work("building the index", len(units.units) * len(nodes.nodes) > MANY_CELLS):
        return build(choices, units)
