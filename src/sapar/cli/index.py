"""`sapar index`: composite indicators from files."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import typer

from sapar.cli.index_options import Choices, Data, Nodes, Out, Sheets, built, finish, number
from sapar.cli.index_questions import (
    compare_command,
    ranks,
    sensitivity,
    target,
    what_if_command,
    without,
)
from sapar.cli.index_weights import ahp, budget, doubt, weights
from sapar.cli.index_years import years
from sapar.cli.tables import err, heard, progress_bar, refusals, show, writable
from sapar.methods.indices import (
    Alpha,
    Index,
    correlations,
    cronbach,
    denominator_correlations,
    effective_weights,
    flagged_pairs,
    profile,
    statistics,
)

app = typer.Typer(no_args_is_help=True, help="Build an index from indicators, and question it.")
app.command()(weights)
app.command()(doubt)
app.command()(budget)
app.command()(ahp)
app.command()(ranks)
app.command()(sensitivity)
app.command()(without)
app.command("what-if")(what_if_command)
app.command("compare")(compare_command)
app.command()(target)
app.command()(years)


@app.command("build")
def build_command(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    within: Annotated[
        str, typer.Option(help="Also rank within this column of the units, a country say.")
    ] = "",
) -> None:
    """Scores and ranks, with a record of everything that was filled, moved or left out."""
    with refusals():
        writable(out)
        index = built(data, tree, model)
        shown = [index.tree.index, *index.tree.children[index.tree.index]]
        rows = [
            [int(index.rank(unit)), unit, *(number(index.score(unit, code)) for code in shown)]
            for unit in index.order()
        ]
        columns = ["rank", "unit", *shown]
        if within:
            peers = index.ranks_within(within)
            labels = dict(zip(index.data.units, index.data.labels(within), strict=True))
            columns[2:2] = [within, f"rank in {within}"]
            rows = [[*row[:2], labels[str(row[1])], number(peers[str(row[1])]), *row[2:]] for row in rows]
        show("Ranking", columns, rows)
        _notes(index)
        finish(_build_sheets(index) | {"ranking": (columns, rows)}, out)


def _notes(index: Index) -> None:
    out_units = [one.unit for one in index.screened if not one.stays]
    empty = [
        unit
        for unit, score, one in zip(index.data.units, index.scores[:, -1], index.screened, strict=True)
        if one.stays and math.isnan(score)
    ]
    moved = sum(len(one.moved) for one in index.treated)
    transformed = [one.code for one in index.treated if one.form]
    lines = [
        f"{len(index.imputed)} values filled" if index.imputed else "",
        f"{moved} outliers moved to the next value" if moved else "",
        f"transformed: {', '.join(transformed)}" if transformed else "",
        f"screened out: {', '.join(out_units)}" if out_units else "",
        f"without a score: {', '.join(empty)}" if empty else "",
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
        "tree": (
            [
                "code", "parent", "level", "name", "unit", "source", "denominator", "direction", "low", "high",
                "target", "weight", "share in the index",
            ],
            _tree_rows(index),
        ),
    }  # fmt: skip


def _tree_rows(index: Index) -> list[list[object]]:
    """What the index is made of, with the weights it was built with."""
    tree = index.tree
    weights = dict(zip(tree.codes, index.model.weight_array().tolist(), strict=True))
    shares = tree.with_weights(weights).nominal_weights()
    return [
        [
            node.code, node.parent, tree.levels[node.code], node.name, node.unit, node.source, node.denominator,
            node.direction, node.low, node.high, node.target, weights[node.code], shares[node.code],
        ]
        for node in tree.nodes
    ]  # fmt: skip


class Kind(StrEnum):
    """Of correlation."""

    pearson = "pearson"
    spearman = "spearman"
    kendall = "kendall"


@app.command()
def check(
    data: Data,
    tree: Nodes,
    model: Choices = None,
    out: Out = None,
    kind: Annotated[Kind, typer.Option(help="Of correlation between indicators.")] = Kind.pearson,
    high: Annotated[float, typer.Option(help="From here on two indicators repeat each other.")] = 0.92,
    low: Annotated[float, typer.Option(help="Down from here two indicators contradict each other.")] = -0.4,
) -> None:
    """Distributions, redundant and contrary pairs, links with size, consistency, and what weights really do."""
    with refusals():
        writable(out)
        index = built(data, tree, model)
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
            [
                [one.group, one.first, one.second, one.value, one.flag]
                for one in flagged_pairs(index, high=high, low=low, kind=kind.value)
            ],
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
        with progress_bar("correlating") as bar:
            found = correlations(codes, index.scores[:, : len(codes)], kind.value, progress=heard(bar))
        sheets["correlations"] = (
            ["first", "second", "r", "p", "units"],
            [[one.first, one.second, number(one.value), number(one.p), one.units] for one in found],
        )
        finish(sheets, out)


def _alpha(index: Index, group: str) -> Alpha:
    kids = index.tree.children[group]
    return cronbach(kids, index.scores[:, [index.tree.place[kid] for kid in kids]])


@app.command("profile")
def profile_command(
    data: Data,
    tree: Nodes,
    unit: Annotated[str, typer.Option(help="The unit.")],
    model: Choices = None,
    out: Out = None,
    within: Annotated[str, typer.Option(help="Compare only within this column, a country say.")] = "",
) -> None:
    """Strengths and weaknesses of a unit, from its best indicator to its worst."""
    with refusals():
        writable(out)
        index = built(data, tree, model)
        columns = ["indicator", "value", "score", "rank", "of", "ahead of the median", "share in the index"]
        rows = [
            [one.code, number(one.raw), one.score, int(one.rank), one.of, one.lead, one.share]
            for one in profile(index, unit, within)
        ]
        scored = math.isfinite(index.score(unit))
        stands = f"rank {index.rank(unit):.0f}, score {index.score(unit):.2f}" if scored else "no score"
        show(f"{unit}: {stands}", columns, rows)
        groups = (
            ["group", "score", "rank", "of"],
            [
                [code, number(index.score(unit, code)), number(rank), of]
                for code in index.tree.aggregates
                for rank, of in [_standing(index, unit, code, within)]
            ],
        )
        show("Groups", *groups)
        finish({"profile": (columns, rows), "groups": groups}, out)


def _standing(index: Index, unit: str, code: str, within: str) -> tuple[float, int]:
    """Rank of a unit on a node, and among how many."""
    units = index.data.units
    labels = index.data.labels(within) if within else ("",) * len(units)
    own = labels[index.data.row(unit)]
    scores = index.of(code)
    of = sum(label == own and math.isfinite(scores[one]) for one, label in zip(units, labels, strict=True))
    rank = index.ranks_within(within, code)[unit] if within else index.rank(unit, code)
    return rank, of
