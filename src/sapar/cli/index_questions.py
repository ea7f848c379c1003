"""`sapar index`: how much of a ranking is choice, and what would change it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.index_files import read_changes, read_data, read_levers, read_tree
from sapar.cli.index_model import divides, read_model
from sapar.cli.index_options import Choices, Data, Nodes, Out, Seed, built, finish, number
from sapar.cli.tables import err, heard, progress_bar, refusals, show, writable
from sapar.methods.indices import (
    cheapest_change,
    choice_sensitivity,
    compare,
    rank_intervals,
    removals,
    what_if,
)


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
        writable(out)
        nodes = read_tree(tree)
        plain, choices = read_model(model, nodes, seed=seed)
        units = read_data(data, nodes, divided=divides(plain, choices))
        with progress_bar("ranking") as bar:
            found = rank_intervals(
                plain, units, choices, level=level, runs=runs, seed=seed, progress=heard(bar)
            )
            # Every pair of units takes a while, and nobody sees it without a file.
            pairs = [] if out is None else found.ahead.tolist()
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
        ahead = [[found.units[at], *map(number, row)] for at, row in enumerate(pairs)]
        finish({"ranks": (columns, rows), "ahead": (["unit", *found.units], ahead)}, out)


def sensitivity(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    unit: Annotated[
        str, typer.Option(help="What moves the rank of this unit, instead of all ranks on average.")
    ] = "",
    points: Annotated[int, typer.Option(help="First sample, a power of two.")] = 512,
    most: Annotated[int, typer.Option(help="Largest sample tried, a power of two.")] = 16_384,
    seed: Seed = 1,
) -> None:
    """Which choice moves the ranks most (Sobol' indices of the mean rank shift)."""
    with refusals():
        writable(out)
        nodes = read_tree(tree)
        plain, choices = read_model(model, nodes, seed=seed)
        units = read_data(data, nodes, divided=divides(plain, choices))
        with progress_bar("sampling") as bar:
            found = choice_sensitivity(
                plain, units, choices, unit=unit, points=points, most=most, seed=seed, progress=heard(bar)
            )
        columns = ["choice", "S", "S from", "S to", "T", "T from", "T to"]
        rows = [
            [one.name, one.first, one.first_low, one.first_high, one.total, one.total_low, one.total_high]
            for one in found.effects
        ]
        how = "all combinations" if found.exact else "a sample"
        what = f"the rank of {unit} ({found.mean:.2f}" if unit else f"the ranks ({found.mean:.2f} places"
        show(f"What moves {what} on average; {found.runs} runs, {how})", columns, rows)
        if found.level_pegging:
            names = ", ".join(found.level_pegging)
            err.print(f"S above T by sampling error alone, take them as equal: {names}", markup=False)
        finish({"sensitivity": (columns, rows)}, out)


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
        writable(out)
        nodes = read_tree(tree)
        choices, _ = read_model(model, nodes, seed=0)
        units = read_data(data, nodes, divided=choices.divided)
        with progress_bar("leaving out") as bar:
            found = removals(choices, units, node or (), progress=heard(bar))
        columns = ["without", "mean shift", "largest shift", "of", "r with the full index"]
        rows = [
            [
                one.code,
                number(one.mean_shift),
                number(one.most_shift),
                one.most_moved,
                number(one.correlation),
            ]
            for one in sorted(found, key=lambda one: (math.isnan(one.mean_shift), -one.mean_shift))
        ]
        show("One indicator less", columns, rows)
        finish({"without": (columns, rows)}, out)


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
        writable(out)
        changes = read_changes(changed)
        seen = what_if(built(data, tree, model), changes)
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


def compare_command(
    data: Data,
    tree: Nodes,
    other: Annotated[Path, typer.Option("--with", help="The choices of the other version (TOML).")],
    model: Choices = None,
    out: Out = None,
) -> None:
    """Two versions of the index side by side, whoever moves most first."""
    with refusals():
        writable(out)
        shifts = compare(built(data, tree, model), built(data, tree, other))
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
        writable(out)
        index = built(data, tree, model)
        route = cheapest_change(index, unit, rank, read_levers(levers, index.tree))
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
