"""The words of `sapar survey` that change weights: rake, post-stratify, calibrate, trim."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import File, Out, single
from sapar.cli.survey_targets import auxiliaries_of, filled, margins_of, read_cells, read_margins, read_totals
from sapar.cli.tables import MANY_ROWS, at_work, load, out, refusals, save, show
from sapar.formats.tables import Table
from sapar.methods.surveys.columns import FloatArray
from sapar.methods.surveys.weights import (
    KishEffect,
    Weighting,
    calibrate,
    median_iqr_cap,
    post_stratify,
    rake,
    trim,
)

Base = Annotated[str, typer.Option(help="Column of weights to start from; every row counts 1 without.")]
EFFECT = ("weights", "rows", "design effect of weighting", "effective size", "variation")


class DistanceOption(StrEnum):
    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


def weight(
    file: File,
    margins: Annotated[Path, typer.Option(help="Table of variable, category and count in the population.")],
    base: Base = "",
    most: Annotated[
        float, typer.Option(help="Trim weights above this many times their mean; 0 for none.")
    ] = 0.0,
    to: Out = None,
) -> None:
    """Rake weights until the sample has the population's margins; writes the column `weight`."""
    with refusals():
        targets = read_margins(margins)
        table = load(file, *targets, *single(base), filled=True)
        with at_work("raking", len(table) > MANY_ROWS):
            found = rake(margins_of(table, targets), _base(table, base))
        weights = found.weights
        lines = [("before", *_kish(found.base_effect)), ("raked", *_kish(found.effect))]
        if most:
            cut = trim(weights, upper=most * float(weights.mean()))
            weights = cut.weights
            lines.append((f"trimmed ({cut.trimmed} rows)", *_kish(cut.effect)))
        show(_how(found), EFFECT, lines)
        if most:
            out.print("  after trimming the margins hold only approximately")
        _save(to, table, base, weights)


def post_stratify_file(
    file: File,
    cells: Annotated[
        Path, typer.Option(help="Table of one or more variables, crossed, and their count in the population.")
    ],
    base: Base = "",
    to: Out = None,
) -> None:
    """Scale weights to the population count of every post-stratum; writes the column `weight`."""
    with refusals():
        known = read_cells(cells)
        table = load(file, *known.names, *single(base), filled=True)
        with at_work("weighting", len(table) > MANY_ROWS):
            found = post_stratify(known.margin(table), _base(table, base))
        _show(found, "post-stratified")
        _save(to, table, base, found.weights)


def calibrate_file(
    file: File,
    totals: Annotated[
        Path,
        typer.Option(help="Table of variable, category and total; without a category a sum of amounts."),
    ],
    base: Base = "",
    distance: Annotated[DistanceOption, typer.Option(help="How far weights may go.")] = DistanceOption.LINEAR,
    least: Annotated[float | None, typer.Option(help="Smallest factor of a weight.")] = None,
    most: Annotated[float | None, typer.Option(help="Largest factor of a weight.")] = None,
    to: Out = None,
) -> None:
    """Calibrate weights to counts of categories and sums of amounts; writes the column `weight`."""
    with refusals():
        counted = read_totals(totals)
        table = load(file, *counted, *single(base), filled=True)
        bounds = (-np.inf if least is None else least, np.inf if most is None else most)
        with at_work("calibrating", len(table) > MANY_ROWS):
            columns, sums = auxiliaries_of(table, counted)
            found = calibrate(columns, sums, _base(table, base), distance=distance.value, bounds=bounds)
        _show(found, "calibrated")
        if found.negative:
            out.print(f"  {found.negative} weights are negative: use --distance raking or bounds")
        out.print(f"  factors {found.factors.min():.4g} to {found.factors.max():.4g}")
        _save(to, table, base, found.weights)


def trim_file(
    file: File,
    base: Annotated[str, typer.Option(help="Column of weights.")],
    least: Annotated[float, typer.Option(help="Smallest weight.")] = 0.0,
    most: Annotated[float | None, typer.Option(help="Largest weight.")] = None,
    times: Annotated[
        float | None, typer.Option(help="Instead: the median and this many times the quartiles' distance.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="No weight may end outside.")] = False,
    to: Out = None,
) -> None:
    """Cut extreme weights and keep their sum; writes the column `weight`."""
    with refusals():
        if (most is None) == (times is None):
            raise typer.BadParameter("Give either --most or --times.")
        table = load(file, base, filled=True)
        weights = filled(table, base, least=0)
        if times is not None and not times >= 0:
            raise typer.BadParameter("--times must be at least 0.")
        upper = most if most is not None else median_iqr_cap(weights, times or 0.0)
        found = trim(weights, lower=least, upper=upper, strict=strict)
        lines = [("before", *_kish(found.base_effect)), ("trimmed", *_kish(found.effect))]
        show(f"trimmed to {least:g} … {upper:g}: {found.trimmed} rows, {found.moved:.6g} moved, "
             f"sum {found.weights.sum():.6g}", EFFECT, lines)  # fmt: skip
        _save(to, table, base, found.weights)


def _base(table: Table, name: str) -> FloatArray | None:
    return filled(table, name, least=0) if name else None


def _show(found: Weighting, what: str) -> None:
    show(_how(found), EFFECT, [("before", *_kish(found.base_effect)), (what, *_kish(found.effect))])


def _how(found: Weighting) -> str:
    return (f"{found.method}: {found.iterations} passes, largest distance from a target "
            f"{found.discrepancy:.1e}, sum {found.weights.sum():.6g}")  # fmt: skip


def _kish(effect: KishEffect | None) -> tuple[object, ...]:
    if effect is None:
        return (None, None, None, None)
    return (effect.size, effect.effect, effect.effective_size, effect.variation)


def _save(to: Path | None, table: Table, base: str, weights: FloatArray) -> None:
    """The file with the new column `weight` at its end, in place of one of that name."""
    if to is None:
        return
    kept = [name for name in table.columns if name != "weight"]
    if "weight" in table.columns and base != "weight":
        out.print("  the column weight of the file was not used and is replaced")
    rows: list[Sequence[object]] = [
        [*(row[name] for name in kept), float(weights[at])] for at, row in enumerate(table.rows)
    ]
    save(to, {"answers": ((*kept, "weight"), rows)})
