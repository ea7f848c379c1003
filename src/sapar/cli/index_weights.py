"""`sapar index`: where weights come from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.index_files import read_bounds, read_points, read_square, read_targets
from sapar.cli.index_options import Choices, Data, Nodes, Out, Seed, built, complete_rows, finish
from sapar.cli.tables import err, heard, progress_bar, refusals, show, writable
from sapar.formats.tables import TableError
from sapar.methods.indices import (
    Index,
    Tree,
    ahp_weights,
    benefit_of_the_doubt,
    budget_weights,
    equal_weights,
    level_weights,
    optimised_weights,
    pca_weights,
)


class Way(StrEnum):
    """How the weights of siblings are found."""

    equal = "equal"
    level = "level"
    first = "first"
    varimax = "varimax"
    influence = "influence"


class Measure(StrEnum):
    """What influence is."""

    correlation = "correlation"
    covariance = "covariance"
    squared = "squared"


def weights(
    data: Data,
    tree: Nodes,
    way: Annotated[
        Way,
        typer.Option(
            help="equal among siblings; level: each indicator alike; first or varimax: principal components; "
            "influence: siblings count in the end as --target says, or all alike."
        ),
    ],
    model: Choices = None,
    out: Out = None,
    group: Annotated[str, typer.Option(help="Only the parts of this node.")] = "",
    measure: Annotated[Measure, typer.Option(help="Of influence.")] = Measure.covariance,
    target: Annotated[
        list[str] | None,
        typer.Option(
            help="mobility=0.4: the influence that a part of --group is to have. One for each part."
        ),
    ] = None,
    zero: Annotated[
        bool, typer.Option("--zero", help="Weight 0 for what points against its group, instead of refusing.")
    ] = False,
    seed: Seed = 1,
) -> None:
    """Weights of the parts of every group, beside those declared."""
    with refusals():
        writable(out)
        wanted = read_targets(target or [])
        if wanted and not (way is Way.influence and group):
            raise TableError("index.lone_target", "--target goes with --way influence and --group.")
        index = built(data, tree, model)
        nodes = index.tree
        groups = [_aggregate(nodes, group)] if group else [*reversed(nodes.aggregates)]
        used = dict(zip(nodes.codes, index.model.weight_array().tolist(), strict=True))
        rows: list[list[object]] = []
        with progress_bar("weighing") as bar:
            for number, above in enumerate(groups, start=1):
                found = _weights_of(index, above, way, measure, wanted or None, zero, seed)
                declared = sum(used[kid] for kid in found)
                rows += [[kid, above, used[kid] / declared, share] for kid, share in found.items()]
                heard(bar)(number, len(groups))
        columns = ["code", "parent", "declared", "weight"]
        show(f"Weights by {way.value}", columns, rows)
        finish({"weights": (columns, rows)}, out)


def _aggregate(tree: Tree, code: str) -> str:
    if code not in tree.children:
        raise TableError("index.no_aggregate", "There is no aggregate {code}.", code=code)
    return code


def _weights_of(
    index: Index,
    group: str,
    way: Way,
    measure: Measure,
    target: dict[str, float] | None,
    zero: bool,
    seed: int,
) -> dict[str, float]:
    kids = index.tree.children[group]
    if way in (Way.equal, Way.level) or len(kids) == 1:
        raw = level_weights(index.tree) if way is Way.level else equal_weights(index.tree)
        total = sum(raw[kid] for kid in kids)
        return {kid: raw[kid] / total for kid in kids}
    x = index.scores[:, [index.tree.place[kid] for kid in kids]]
    if way is Way.influence:
        _, x = complete_rows(index.data.units, x)
        found = optimised_weights(kids, x, target, measure=measure.value, seed=seed)
        if not found.reached:
            err.print(
                f"{group}: no weights give this influence; the largest difference is {found.error:.4f}.",
                style="yellow", markup=False, highlight=False,
            )  # fmt: skip
        return found.weights
    return pca_weights(kids, x, method=way.value, negative="zero" if zero else "refuse").weights


def doubt(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    group: Annotated[str, typer.Option(help="The node whose parts are weighed; the index if none.")] = "",
    share: Annotated[
        list[str] | None,
        typer.Option(help="mobility=0.1:0.5: from a tenth to a half of each score. Repeatable."),
    ] = None,
) -> None:
    """Benefit of the doubt: every unit with the weights that flatter it most."""
    with refusals():
        writable(out)
        bounds = read_bounds(share or [])
        index = built(data, tree, model)
        nodes = index.tree
        kids = nodes.children[_aggregate(nodes, group or nodes.index)]
        units, x = complete_rows(index.data.units, index.scores[:, [nodes.place[kid] for kid in kids]])
        if left := [unit for unit in index.data.units if unit not in set(units)]:
            err.print(f"without all scores, left out: {', '.join(left)}", markup=False, highlight=False)
        with progress_bar("weighing") as bar:
            found = benefit_of_the_doubt(units, kids, x, shares=bounds, progress=heard(bar))
        columns = ["unit", "score", *(f"share of {kid}" for kid in kids), "in the way"]
        rows = [
            [one.unit, one.score, *(one.shares[kid] for kid in kids), ", ".join(one.peers)]
            for one in sorted(found, key=lambda one: -one.score)
        ]
        show("Benefit of the doubt", columns, rows)
        finish({"doubt": (columns, rows)}, out)


def budget(
    points: Annotated[Path, typer.Argument(help="A judge a row: the column judge, then one for each node.")],
    out: Out = None,
    total: Annotated[float, typer.Option(help="What every judge gives out.")] = 100.0,
) -> None:
    """Weights from judges who each shared out the same number of points."""
    with refusals():
        writable(out)
        codes, given = read_points(points, total)
        found = budget_weights(codes, given, total=total)
        columns = ["code", "weight", "lowest", "highest"]
        rows = [[code, found.weights[code], found.lowest[code], found.highest[code]] for code in codes]
        show(f"Weights of {found.judges} judges", columns, rows)
        finish({"weights": (columns, rows)}, out)


def ahp(
    matrix: Annotated[
        list[Path],
        typer.Argument(
            help="Comparisons: how many times the row matters more than the column; a file a judge."
        ),
    ],
    out: Out = None,
    limit: Annotated[float, typer.Option(help="Greatest consistency ratio.")] = 0.1,
) -> None:
    """Weights from pairwise comparison, with the consistency of the judgements."""
    with refusals():
        writable(out)
        codes, first = read_square(matrix[0])
        judgements = [first]
        for path in matrix[1:]:
            others, judged = read_square(path)
            if others != codes:
                raise TableError(
                    "index.other_codes", "{path} compares {others}, not {codes}.",
                    path=str(path), others=", ".join(others), codes=", ".join(codes),
                )  # fmt: skip
            judgements.append(judged)
        found = ahp_weights(codes, judgements, limit=limit)
        rows = [[code, weight] for code, weight in found.weights.items()]
        show(f"Weights; consistency ratio {found.ratio:.3f}", ["code", "weight"], rows)
        if found.ratio > 0:
            err.print(f"fits least: {found.worst[0]} against {found.worst[1]}", markup=False, highlight=False)
        finish({"weights": (["code", "weight"], rows)}, out)
