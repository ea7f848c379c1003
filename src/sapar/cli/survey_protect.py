"""The words of `sapar survey` about coders and about what may be published."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import File, Out, listed, numbers_of
from sapar.cli.tables import load, out, progress_bar, refusals, save, show
from sapar.formats.tables import Table
from sapar.methods.surveys.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha
from sapar.methods.surveys.disclosure import (
    Axis,
    anonymity_report,
    axis,
    small_counts,
    suppress,
    tabulate,
)


class Scale(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def agree(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a unit, one column a coder.")],
    coders: Annotated[str, typer.Option(help="Columns of the coders, separated by commas.")],
    scale: Annotated[Scale, typer.Option(help="What the values are.")] = Scale.NOMINAL,
    bootstrap: Annotated[int, typer.Option(help="Samples for the interval of alpha; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    to: Out = None,
) -> None:
    """Agreement of coders: Krippendorff's alpha, Cohen's or Fleiss' kappa. An empty cell is no value."""
    with refusals():
        names = listed(coders)
        table = load(file, *names)
        ratings = _ratings(table, names, scale)
        with progress_bar("bootstrap") as bar:
            task = bar.tasks[0].id
            alpha = krippendorff_alpha(
                ratings, level=scale.value, bootstrap=bootstrap, seed=seed,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        head = ("coefficient", "value", "low", "high", "units", "left out")
        lines: list[tuple[object, ...]] = [
            (
                f"Krippendorff's alpha ({scale.value})",
                alpha.alpha,
                alpha.low,
                alpha.high,
                alpha.units,
                alpha.dropped,
            )
        ]
        if scale is Scale.NOMINAL and len(names) == 2:
            kappa = cohen_kappa(ratings[0], ratings[1])
            lines.append(("Cohen's kappa", kappa.kappa, kappa.low, kappa.high, kappa.units, kappa.dropped))
        elif scale is Scale.NOMINAL:
            fleiss = fleiss_kappa(ratings)
            lines.append(("Fleiss' kappa", fleiss.kappa, None, None, fleiss.units, fleiss.dropped))
        show(f"{len(names)} coders", head, lines)
        if to:
            save(to, {"agreement": (head, lines)})


def _ratings(table: Table, names: list[str], scale: Scale) -> list[list[object]]:
    if scale is Scale.NOMINAL or scale is Scale.ORDINAL:
        return [[cell or None for cell in table.column(name)] for name in names]
    return [[None if np.isnan(value) else value for value in column] for column in numbers_of(table, *names)]


def protect(
    file: File,
    rows: Annotated[str, typer.Option(help="The column whose answers are the rows.")],
    columns: Annotated[str, typer.Option(help="The column whose answers are the columns.")],
    minimum: Annotated[int, typer.Option(help="Cells with fewer people are hidden.")] = 10,
    to: Out = None,
) -> None:
    """Counts in which small cells are hidden so that nothing can be recovered by subtraction."""
    with refusals():
        source = load(file, rows, columns)
        kept = [row for row in source.rows if row[rows] and row[columns]]
        first, second = [row[rows] for row in kept], [row[columns] for row in kept]
        axes = (_axis(rows, first), _axis(columns, second))
        counts = tabulate(axes, [first, second]).counts
        with progress_bar("hiding") as bar:
            task = bar.tasks[0].id
            found = suppress(
                counts, small_counts(counts, minimum),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        lines = [
            [
                node,
                *("×" if found.hidden[i, j] else int(counts.values[i, j]) for j in range(len(axes[1].nodes))),
            ]
            for i, node in enumerate(axes[0].nodes)
        ]
        head = [rows, *axes[1].nodes]
        show(f"{rows} by {columns}, {len(kept)} people", head, lines)
        out.print(f"  hidden: {int(found.primary.sum())} below {minimum} and {int(found.complementary.sum())} more, "
                  f"so that they cannot be found by subtraction; {found.method}")  # fmt: skip
        if to:
            save(to, {"counts": (head, lines)})


def _axis(name: str, values: list[str]) -> Axis:
    return axis(name, sorted(set(values)), total="(all)")


def anonymity(
    file: File,
    traits: Annotated[str, typer.Option(help="Columns that others may know, separated by commas.")],
    k: Annotated[int, typer.Option(help="Smallest number of people alike in all of them.")] = 3,
    sensitive: Annotated[str, typer.Option(help="Columns that nobody should learn.")] = "",
    to: Out = None,
) -> None:
    """How many people stand out by their traits, and which column to leave out."""
    with refusals():
        names, hidden = listed(traits), listed(sensitive)
        source = load(file, *names, *hidden)
        found = anonymity_report(
            {name: source.column(name) for name in names}, k,
            sensitive={name: source.column(name) for name in hidden},
        )  # fmt: skip
        head = ("without", "smallest class", f"people in classes under {k}")
        lines = [("(all columns)", found.smallest, found.at_risk)]
        lines += [(one.column, one.smallest, one.at_risk) for one in found.without]
        show(
            f"{found.records} people in {found.classes} classes, {found.unique} alone in theirs", head, lines
        )
        for column, least in found.diversity:
            out.print(f"  {column}: a class has at least {least} different values")
        if to:
            unsafe = [(*one.traits, one.size) for one in found.unsafe]
            save(to, {"classes": ((*names, "people"), unsafe)})
