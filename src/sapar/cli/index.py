"""`sapar index`: composite indicators from files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.index_files import read_changes, read_data, read_levers, read_model, read_tree, read_years
from sapar.cli.index_options import Choices, Data, Nodes, Out, Seed, Sheets, finish, number
from sapar.cli.index_weights import ahp, budget, doubt, weights
from sapar.cli.tables import err, progress_bar, refusals, show
from sapar.formats.tables import TableError
from sapar.methods.indices import (
    Alpha,
    Index,
    build,
    build_years,
    cheapest_change,
    choice_sensitivity,
    compare,
    correlations,
    cronbach,
    denominator_correlations,
    effective_weights,
    flagged_pairs,
    impute_years,
    profile,
    rank_intervals,
    removals,
    statistics,
    what_if,
)

app = typer.Typer(no_args_is_help=True, help="Build an index from indicators, and question it.")
app.command()(weights)
app.command()(doubt)
app.command()(budget)
app.command()(ahp)


@app.command("build")
def build_command(data: Data, tree: Nodes, model: Choices = None, out: Out = None) -> None:
    """Scores and ranks, with a record of everything that was filled, moved or left out."""
    with refusals():
        index = _index(data, tree, model)
        shown = [index.tree.index, *index.tree.children[index.tree.index]]
        rows = [
            [int(index.rank(unit)), unit, *(number(index.score(unit, code)) for code in shown)]
            for unit in index.order()
        ]
        show("Ranking", ["rank", "unit", *shown], rows)
        _notes(index)
        finish(_build_sheets(index), out)


def _index(data: Path, tree: Path, model: Path | None) -> Index:
    nodes = read_tree(tree)
    choices, _ = read_model(model, nodes, seed=0)
    return build(choices, read_data(data, nodes))


def _notes(index: Index) -> None:
    out_units = [one.unit for one in index.screened if not one.stays]
    moved = sum(len(one.moved) for one in index.treated)
    transformed = [one.code for one in index.treated if one.form]
    lines = [
        f"{len(index.imputed)} values filled" if index.imputed else "",
        f"{moved} outliers moved to the next value" if moved else "",
        f"transformed: {', '.join(transformed)}" if transformed else "",
        f"screened out: {', '.join(out_units)}" if out_units else "",
        f"{sum(not gap.scored for gap in index.gaps)} groups without a score, "
        f"{sum(gap.scored for gap in index.gaps)} scored with stretched weights" if index.gaps else "",
    ]  # fmt: skip
    for line in filter(None, lines):
        err.print(line, markup=False, highlight=False)


def _build_sheets(index: Index) -> Sheets:
    codes = index.tree.codes
    units = index.data.units
    return {
        "scores": (
            ["unit", *codes],
            [[unit, *map(number, row.tolist())] for unit, row in zip(units, index.scores, strict=True)],
        ),
        "ranks": (
            ["unit", *codes],
            [[unit, *map(number, row.tolist())] for unit, row in zip(units, index.ranks, strict=True)],
        ),
        "filled": (
            ["unit", "indicator", "value", "how"],
            [[one.unit, one.code, one.value, one.how] for one in index.imputed],
        ),
        "moved": (
            ["indicator", "unit", "before", "after"],
            [[one.code, moved.unit, moved.before, moved.after] for one in index.treated for moved in one.moved],
        ),
        "treatment": (
            [
                "indicator", "skewness before", "kurtosis before", "moved", "form",
                "skewness after", "kurtosis after", "passes",
            ],
            [
                [
                    one.code, number(one.skewness_before), number(one.kurtosis_before), len(one.moved), one.form,
                    number(one.skewness_after), number(one.kurtosis_after), one.passes,
                ]
                for one in index.treated
            ],
        ),
        "gaps": (
            ["unit", "group", "missing", "weight present", "scored"],
            [[one.unit, one.code, ", ".join(one.missing), one.weight_present, one.scored] for one in index.gaps],
        ),
        "screening": (
            ["unit", "missing", "zeros", "present", "stays", "reason"],
            [[one.unit, one.missing, one.zeros, one.present, one.stays, one.reason] for one in index.screened],
        ),
    }  # fmt: skip


@app.command()
def check(data: Data, tree: Nodes, model: Choices = None, out: Out = None) -> None:
    """Distributions, redundant and contrary pairs, links with size, consistency, and what weights really do."""
    with refusals():
        index = _index(data, tree, model)
        codes = index.tree.indicators
        raw = statistics(codes, index.data.columns(codes))
        described = (
            ["indicator", "values", "lowest", "median", "highest", "skewness", "kurtosis", "flags"],
            [
                [
                    one.code, one.present, number(one.lowest), number(one.median), number(one.highest),
                    number(one.skewness), number(one.kurtosis), ", ".join(one.flags),
                ]
                for one in raw
            ],
        )  # fmt: skip
        pairs = (
            ["group", "first", "second", "r", "flag"],
            [[one.group, one.first, one.second, one.value, one.flag] for one in flagged_pairs(index)],
        )
        size = (
            ["indicator", "denominator", "r"],
            [[one.first, one.second, one.value] for one in denominator_correlations(index)],
        )
        groups = [code for code in index.tree.aggregates if len(index.tree.children[code]) > 1]
        alpha = (
            ["group", "alpha", "units"],
            [[code, number(found.alpha), found.units] for code in groups for found in [_alpha(index, code)]],
        )
        counted = (
            ["node", "parent", "declared", "achieved", "r with parent"],
            [
                [one.code, one.parent, one.declared, number(one.achieved), number(one.correlation)]
                for one in effective_weights(index)
            ],
        )
        sheets: Sheets = {
            "indicators": described, "pairs": pairs, "size": size, "consistency": alpha, "weights": counted,
        }  # fmt: skip
        for title, (columns, rows) in sheets.items():
            if rows:
                show(title.capitalize(), columns, rows)
        # All pairs are too many for a terminal.
        found = correlations(codes, index.scores[:, : len(codes)])
        sheets["correlations"] = (
            ["first", "second", "r", "p", "units"],
            [[one.first, one.second, number(one.value), number(one.p), one.units] for one in found],
        )
        finish(sheets, out)


def _alpha(index: Index, group: str) -> Alpha:
    kids = index.tree.children[group]
    return cronbach(kids, index.scores[:, [index.tree.place[kid] for kid in kids]])


@app.command()
def ranks(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    level: Annotated[float, typer.Option(help="Share of the runs inside the interval.")] = 0.9,
    runs: Annotated[int, typer.Option(help="Sample size when the combinations are too many.")] = 1024,
    seed: Seed = 1,
) -> None:
    """Rank intervals over the choices in the model file."""
    with refusals():
        nodes = read_tree(tree)
        plain, choices = read_model(model, nodes, seed=seed)
        units = read_data(data, nodes)
        with progress_bar("ranking") as bar:
            task = bar.task_ids[0]
            found = rank_intervals(
                plain, units, choices, level=level, runs=runs, seed=seed,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        columns = ["unit", "rank", "from", "to", "median", "best", "worst", "share in the first three"]
        rows = [
            [
                one.unit, number(one.nominal), number(one.low), number(one.high), number(one.median),
                number(one.best), number(one.worst), found.within(one.unit, 3),
            ]
            for one in sorted(found.intervals, key=lambda one: (math.isnan(one.nominal), one.nominal))
        ]  # fmt: skip
        how = "all combinations" if found.exact else "a sample"
        show(f"Ranks in {level:.0%} of {found.runs} runs ({how})", columns, rows)
        finish({"ranks": (columns, rows)}, out)


@app.command()
def sensitivity(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    points: Annotated[int, typer.Option(help="First sample, a power of two.")] = 512,
    most: Annotated[int, typer.Option(help="Largest sample tried, a power of two.")] = 16_384,
    seed: Seed = 1,
) -> None:
    """Which choice moves the ranks most (Sobol' indices of the mean rank shift)."""
    with refusals():
        nodes = read_tree(tree)
        plain, choices = read_model(model, nodes, seed=seed)
        units = read_data(data, nodes)
        with progress_bar("sampling") as bar:
            task = bar.task_ids[0]
            found = choice_sensitivity(
                plain, units, choices, points=points, most=most, seed=seed,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        columns = ["choice", "S", "S from", "S to", "T", "T from", "T to"]
        rows = [
            [one.name, one.first, one.first_low, one.first_high, one.total, one.total_low, one.total_high]
            for one in found.effects
        ]
        how = "all combinations" if found.exact else "a sample"
        show(
            f"What moves the ranks ({found.mean:.2f} places on average; {found.runs} runs, {how})",
            columns,
            rows,
        )
        finish({"sensitivity": (columns, rows)}, out)


@app.command()
def without(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    node: Annotated[
        list[str] | None, typer.Option(help="Leave out this node instead of each indicator. Repeatable.")
    ] = None,
) -> None:
    """What the ranking would be without each indicator, or without the nodes named."""
    with refusals():
        nodes = read_tree(tree)
        choices, _ = read_model(model, nodes, seed=0)
        found = removals(choices, read_data(data, nodes), node or ())
        columns = ["without", "mean shift", "largest shift", "of", "r with the full index"]
        rows = [
            [one.code, one.mean_shift, one.most_shift, one.most_moved, number(one.correlation)]
            for one in sorted(found, key=lambda one: -one.mean_shift)
        ]
        show("One indicator less", columns, rows)
        finish({"without": (columns, rows)}, out)


@app.command("profile")
def profile_command(
    data: Data,
    tree: Nodes,
    unit: Annotated[str, typer.Option(help="The unit.")],
    model: Choices = None,
    out: Out = None,
) -> None:
    """Strengths and weaknesses of a unit, from its best indicator to its worst."""
    with refusals():
        index = _index(data, tree, model)
        columns = ["indicator", "value", "score", "rank", "of", "ahead of the median", "share in the index"]
        rows = [
            [one.code, number(one.raw), one.score, int(one.rank), one.of, one.lead, one.share]
            for one in profile(index, unit)
        ]
        show(f"{unit}: rank {index.rank(unit):.0f}, score {index.score(unit):.2f}", columns, rows)
        finish({"profile": (columns, rows)}, out)


@app.command("what-if")
def what_if_command(
    data: Data,
    tree: Nodes,
    changed: Annotated[
        list[str], typer.Option("--set", help="“Maral,incoming,400”: unit, indicator, new value. Repeatable.")
    ],
    model: Choices = None,
    out: Out = None,
) -> None:
    """Where units would stand with other values: on the scale as it is, and with all built anew."""
    with refusals():
        index = _index(data, tree, model)
        seen = what_if(index, read_changes(changed))
        columns = ["unit", "score", "rank", "score then", "rank then", "score rebuilt", "rank rebuilt"]
        rows = [
            [
                unit,
                *(
                    number(value)
                    for stands in (seen.before, seen.fixed, seen.rebuilt)
                    for value in (stands[unit].score, stands[unit].rank)
                ),
            ]
            for unit in seen.before
        ]
        show("What if", columns, rows)
        finish({"what if": (columns, rows)}, out)


@app.command("compare")
def compare_command(
    data: Data,
    tree: Nodes,
    other: Annotated[Path, typer.Option("--with", help="The choices of the other version (TOML).")],
    model: Choices = None,
    out: Out = None,
) -> None:
    """Two versions of the index side by side, whoever moves most first."""
    with refusals():
        shifts = compare(_index(data, tree, model), _index(data, tree, other))
        columns = ["unit", "rank", "rank then", "places", "score", "score then"]
        rows = [
            [
                one.unit, number(one.rank_before), number(one.rank_after), number(one.places),
                number(one.score_before), number(one.score_after),
            ]
            for one in sorted(shifts, key=lambda one: -abs(0.0 if math.isnan(one.places) else one.places))
        ]  # fmt: skip
        show("Two versions", columns, rows)
        finish({"shifts": (columns, rows)}, out)


@app.command()
def target(
    data: Data,
    tree: Nodes,
    levers: Annotated[Path, typer.Argument(help="What can be changed: columns code, cost, limit, step.")],
    unit: Annotated[str, typer.Option(help="The unit.")],
    rank: Annotated[int, typer.Option(help="The rank to reach.")],
    model: Choices = None,
    out: Out = None,
) -> None:
    """The cheapest change with which a unit reaches a rank."""
    with refusals():
        index = _index(data, tree, model)
        route = cheapest_change(index, unit, rank, read_levers(levers))
        columns = ["indicator", "from", "to", "cost"]
        rows = [[one.code, one.before, one.after, one.cost] for one in route.moves]
        way = f"from rank {route.before.rank:.0f} to {route.fixed.rank:.0f}"
        show(f"{unit}: {way} at a cost of {route.cost:.6g}", columns, rows)
        optimal = "cheapest possible" if route.method != "local" else "cheapest found (local optimum)"
        err.print(f"{optimal}; score {route.fixed.score:.4f}, needed {route.needed_score:.4f}", markup=False)
        if not route.holds:
            err.print(
                f"The change moves the scale: with all built anew the rank would be {route.rebuilt.rank:.0f}.",
                style="yellow",
            )
        finish({"moves": (columns, rows)}, out)


@app.command()
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
        nodes = read_tree(tree)
        choices, _ = read_model(model, nodes, seed=0)
        panel = read_years(data, nodes)
        if fill not in ("none", "last", "linear"):
            raise TableError("index.unknown_fill", "Fill by none, last or linear, not {fill}.", fill=fill)
        if fill != "none":
            panel, filled = impute_years(panel, method=fill)
            err.print(f"{len(filled)} values filled from other years", markup=False)
        found = build_years(choices, panel, base=base)
        columns = ["unit", "first year", "score", "last year", "score then", "change", "rank", "rank then"]
        trends = sorted(found.trends(), key=lambda one: -one.change)
        rows = [
            [
                one.unit,
                one.first_year,
                one.first,
                one.last_year,
                one.last,
                one.change,
                one.first_rank,
                one.last_rank,
            ]
            for one in trends
        ]
        show("Change on the frozen scale", columns, rows)
        scores = [
            [year, unit, *map(number, row.tolist())]
            for year, one in found.years.items()
            for unit, row in zip(one.data.units, one.scores, strict=True)
        ]
        sheets: Sheets = {"change": (columns, rows), "scores": (["year", "unit", *nodes.codes], scores)}
        if drift:
            first, last = min(panel), max(panel)
            parts = [[one.unit, one.relative, one.own, one.field] for one in found.drift(first, last)]
            sheets["drift"] = (["unit", "relative", "own", "field"], parts)
            show(f"Change from {first} to {last} taken apart", *sheets["drift"])
        finish(sheets, out)
