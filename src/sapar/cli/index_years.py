"""`sapar index years`: an index over several years on one frozen scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.index_files import read_tree, read_years
from sapar.cli.index_model import read_model
from sapar.cli.index_options import Choices, Nodes, Out, Sheet, Sheets, finish, number
from sapar.cli.tables import err, refusals, show, writable
from sapar.formats.tables import TableError
from sapar.methods.indices import FilledYear, Years, build_years, impute_years


def years(
    data: Annotated[Path, typer.Argument(help="Units and years: columns year, unit and the indicators.")],
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    base: Annotated[
        int | None, typer.Option(help="Year whose scale is kept; all years together if none.")
    ] = None,
    fill: Annotated[str, typer.Option(help="Fill holes from other years: none, last or linear.")] = "none",
    drift: Annotated[
        bool,
        typer.Option(
            "--drift", help="Also part the change of an index built for each year alone: own and field."
        ),
    ] = False,
) -> None:
    """Several years on one frozen scale."""
    with refusals():
        writable(out)
        if fill not in ("none", "last", "linear"):
            raise TableError("index.unknown_fill", "Fill by none, last or linear, not {fill}.", fill=fill)
        nodes = read_tree(tree)
        choices, _ = read_model(model, nodes, seed=0)
        panel = read_years(data, nodes, divided=choices.divided)
        borrowed: Sheets = {}
        if fill != "none":
            panel, filled = impute_years(panel, method=fill)
            err.print(f"{len(filled)} values filled from other years", markup=False)
            borrowed["filled from years"] = _borrowed(filled)
        found = build_years(choices, panel, base=base)
        sheets: Sheets = {"change": _change(found)}
        show("Change on the frozen scale", *sheets["change"])
        _tell(found)
        sheets |= {"scores": _scores(found, nodes.codes), **borrowed}
        sheets |= {"filled": _filled(found), "gaps": _gaps(found)}
        if drift:
            first, last = min(panel), max(panel)
            parts = [[one.unit, one.relative, one.own, one.field] for one in found.drift(first, last)]
            sheets["drift"] = (["unit", "relative", "own", "field"], parts)
            show(f"Change from {first} to {last} taken apart", *sheets["drift"])
        finish(sheets, out)


def _change(found: Years) -> Sheet:
    columns = ["unit", "first year", "score", "last year", "score then", "change", "rank", "rank then"]
    rows = [
        [
            one.unit, one.first_year, one.first, one.last_year, one.last, one.change, one.first_rank,
            one.last_rank,
        ]
        for one in sorted(found.trends(), key=lambda one: -one.change)
    ]  # fmt: skip
    return columns, rows


def _tell(found: Years) -> None:
    """What happened to the data of each year on the way."""
    for year, one in found.years.items():
        if one.imputed:
            err.print(f"{year}: {len(one.imputed)} values filled from the same year", markup=False)
        if out_units := [judged.unit for judged in one.screened if not judged.stays]:
            err.print(f"{year}: screened out: {', '.join(out_units)}", markup=False)
        if one.beyond:
            err.print(f"{year}: {one.beyond} scores beyond the scale as it was fitted", markup=False)
        if empty := sum(math.isnan(score) for score in one.scores[:, -1].tolist()):
            err.print(f"{year}: {empty} units without a score", markup=False)


def _scores(found: Years, codes: Sequence[str]) -> Sheet:
    rows = [
        [year, unit, *map(number, row.tolist())]
        for year, one in found.years.items()
        for unit, row in zip(one.data.units, one.scores, strict=True)
    ]
    return ["year", "unit", *codes], rows


def _borrowed(filled: Sequence[FilledYear]) -> Sheet:
    rows = [
        [one.year, one.unit, one.code, one.value, one.how, ", ".join(map(str, one.from_years))]
        for one in filled
    ]
    return ["year", "unit", "indicator", "value", "how", "from"], rows


def _filled(found: Years) -> Sheet:
    rows = [
        [year, hole.unit, hole.code, hole.value, hole.how]
        for year, one in found.years.items()
        for hole in one.imputed
    ]
    return ["year", "unit", "indicator", "value", "how"], rows


def _gaps(found: Years) -> Sheet:
    rows = [
        [year, gap.unit, gap.code, ", ".join(gap.missing), gap.weight_present, gap.scored]
        for year, one in found.years.items()
        for gap in one.gaps
    ]
    return ["year", "unit", "group", "missing", "weight present", "scored"], rows
