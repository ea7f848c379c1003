"""The words of `sapar survey` about what may be published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import File, Out, listed, single
from sapar.cli.tables import load, out, progress_bar, refusals, save, show
from sapar.formats.tables import Reader, TableError
from sapar.methods.surveys.columns import BoolArray, FloatArray
from sapar.methods.surveys.disclosure import (
    AFTER,
    Axis,
    anonymity_report,
    axis,
    combined,
    differences,
    dominance,
    few_contributors,
    p_percent,
    protect_release,
    small_counts,
    suppress,
    table_of_leaves,
    tabulate,
)
from sapar.methods.surveys.disclosure import Table as PublishedTable

HIDDEN, TOTAL = "×", "(all)"


def protect(
    file: File,
    rows: Annotated[str, typer.Option(help="The column whose answers are the rows.")],
    columns: Annotated[str, typer.Option(help="The column whose answers are the columns.")],
    minimum: Annotated[int, typer.Option(help="Cells with fewer people are hidden.")] = 10,
    amount: Annotated[str, typer.Option(help="Sums of this column instead of counts.")] = "",
    contributor: Annotated[str, typer.Option(help="Whose amount it is; each row its own without.")] = "",
    dominance_of: Annotated[
        str, typer.Option("--dominance", help="n,k: hidden if the n largest give more than k per cent.")
    ] = "",
    p_per_cent: Annotated[
        float | None,
        typer.Option("--p-percent", help="Hidden if one could tell the largest to this per cent."),
    ] = None,
    to: Out = None,
) -> None:
    """Counts (or sums) in which small or dominated cells are hidden so that subtraction recovers nothing."""
    with refusals():
        if not amount and (contributor or dominance_of or p_per_cent is not None):
            raise typer.BadParameter("--contributor, --dominance and --p-percent need --amount.")
        largest, share = _dominance(dominance_of)
        source = load(file, rows, columns, *single(amount), *single(contributor), filled=True)
        reader = Reader(source)
        kept = [row for row in source.rows if row[rows] and row[columns] and (not amount or row[amount])]
        amounts = [reader.number(row, amount, least=0) for row in kept] if amount else None
        givers = [reader.text(row, contributor) for row in kept] if contributor else None
        reader.finish()
        first, second = [row[rows] for row in kept], [row[columns] for row in kept]
        axes = (_axis(rows, first), _axis(columns, second))
        # No cell has more contributors than there are rows.
        most = len(kept) + 1
        minimum, largest = min(minimum, most) if amount else minimum, min(largest, most)
        made = tabulate(
            axes,
            [first, second],
            amounts,
            contributors=givers,
            keep=max(largest, minimum if amount else 2, 2),
        )
        table, primary = made.counts, small_counts(made.counts, minimum)
        if amount:
            rules = [few_contributors(made, minimum)]
            if largest:
                rules.append(dominance(made, largest, share))
            if p_per_cent is not None:
                rules.append(p_percent(made, p_per_cent))
            table, primary = made.sums, combined(*rules)
        with progress_bar("hiding") as bar:
            task = bar.tasks[0].id
            found = suppress(
                table, primary,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        head, lines = _published(table, found.hidden)
        what = f"sums of {amount}" if amount else f"{len(kept)} people"
        show(f"{rows} by {columns}, {what}", head, lines)
        out.print(f"  hidden: {int(found.primary.sum())} by the rules and {int(found.complementary.sum())} more, "
                  f"so that they cannot be found by subtraction; {found.method}")  # fmt: skip
        if left := len(source) - len(kept):
            out.print(f"  left out for want of an answer: {left} rows")
        if to:
            save(to, {"counts": (head, lines)})


def _dominance(text: str) -> tuple[int, float]:
    if not text:
        return 0, 0.0
    n, _comma, k = (part.strip() for part in text.partition(","))
    try:
        largest, share = int(n), float(k)
    except ValueError:
        raise typer.BadParameter("--dominance is two numbers such as 1,75.") from None
    if not (largest >= 1 and 0 < share < 100):
        raise typer.BadParameter("--dominance is a number of contributors and a per cent, such as 1,75.")
    return largest, share


def _published(table: PublishedTable, hidden: BoolArray) -> tuple[list[str], list[list[object]]]:
    """Column names and lines as they may be shown."""
    first, second = table.axes
    lines: list[list[object]] = [
        [node, *(HIDDEN if hidden[i, j] else _number(table.values[i, j]) for j in range(len(second.nodes)))]
        for i, node in enumerate(first.nodes)
    ]
    return [first.name, *second.nodes], lines


def _number(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def releases(
    before: Annotated[Path, typer.Argument(help="The people of the first release, one row each.")],
    after: Annotated[Path, typer.Argument(help="The people of the second release.")],
    key: Annotated[str, typer.Option(help="The column that names a person in both.")],
    rows: Annotated[str, typer.Option(help="The column whose answers are the rows.")],
    columns: Annotated[str, typer.Option(help="The column whose answers are the columns.")],
    minimum: Annotated[int, typer.Option(help="Smallest group that may be known.")] = 10,
    published: Annotated[
        Path | None,
        typer.Option(help="The first release as `protect` wrote it; nothing was hidden without."),
    ] = None,
    growing: Annotated[bool, typer.Option("--growing", help="Everybody knows that nobody has left.")] = False,
    to: Out = None,
) -> None:
    """What two releases tell together, and which cells of the second must be hidden for that."""
    with refusals():
        old, new = (_people(path, key, rows, columns) for path in (before, after))
        cells = [*old.values(), *new.values()]
        axes = tuple(_axis(name, [cell[at] for cell in cells]) for at, name in enumerate((rows, columns)))
        stayed = _leaves(axes, [cell for who, cell in old.items() if new.get(who) == cell])
        gone = _leaves(axes, [cell for who, cell in old.items() if new.get(who) != cell])
        joined = _leaves(axes, [cell for who, cell in new.items() if old.get(who) != cell])
        if growing and gone.any():
            raise TableError(
                "survey.somebody_left", "{count} people of {path} are not in the same cell of the second release.",
                count=int(gone.sum()), path=str(before),
            )  # fmt: skip
        left = None if growing else gone
        first, second = table_of_leaves(axes, stayed + gone), table_of_leaves(axes, stayed + joined)
        hidden = _hidden_before(published, first)
        alone = suppress(second, small_counts(second, minimum)).hidden
        told = differences(
            axes, stayed=stayed, left=left, joined=joined, hidden_before=hidden, hidden_after=alone,
            minimum=minimum,
        ).disclosed  # fmt: skip
        head = ("group", rows, columns, "people", "known to be from", "to")
        lines = [(one.group, *one.cell, int(one.value), one.low, one.high) for one in told]
        show(f"Small groups that both releases give away: {len(told)}", head, lines)
        found = protect_release(
            axes, stayed=stayed, left=left, joined=joined, hidden_before=hidden, minimum=minimum
        )
        names, shown = _published(second, found.hidden[AFTER])
        show(f"{rows} by {columns}, second release, {len(new)} people", names, shown)
        if to:
            save(to, {"counts": (names, shown), "disclosed": (head, lines)})


def _people(path: Path, key: str, rows: str, columns: str) -> dict[str, tuple[str, str]]:
    """The cell of each person; people without both answers are in no table."""
    table = load(path, key, rows, columns, filled=True)
    reader, found = Reader(table), dict[str, tuple[str, str]]()
    for row in table.rows:
        who = reader.text(row, key)
        if who in found:
            reader.refuse(row, key, "stands twice")
        found[who] = (row[rows], row[columns])
    reader.finish()
    return {who: cell for who, cell in found.items() if all(cell)}


def _leaves(axes: Sequence[Axis], cells: list[tuple[str, str]]) -> FloatArray:
    counts = np.zeros([len(one.leaves) for one in axes])
    places = [{one.nodes[leaf]: at for at, leaf in enumerate(one.leaves)} for one in axes]
    for cell in cells:
        counts[tuple(place[name] for place, name in zip(places, cell, strict=True))] += 1
    return counts


def _hidden_before(path: Path | None, first: PublishedTable) -> BoolArray:
    """Which cells the first release hid; its open cells must say what the file says."""
    hidden = np.zeros(first.values.shape, dtype=bool)
    if path is None:
        return hidden
    rows, columns = first.axes
    table = load(path, rows.name, filled=True)
    reader = Reader(table)
    given = {reader.text(row, rows.name): row for row in table.rows}
    for i, node in enumerate(rows.nodes):
        for j, other in enumerate(columns.nodes):
            # A category nobody had at first was not in that release: its zeros are known.
            if node not in given or other not in table.columns:
                if first.values[i, j]:
                    raise TableError(
                        "survey.not_that_release", "{path} has no cell {row}, {column}.",
                        path=str(path), row=node, column=other,
                    )  # fmt: skip
                continue
            row = given[node]
            if row[other] == HIDDEN:
                hidden[i, j] = True
            elif reader.number(row, other) != first.values[i, j]:
                reader.refuse(row, other, f"is {first.values[i, j]:g} in the file of the first release")
    reader.finish()
    return hidden


def _axis(name: str, values: list[str]) -> Axis:
    if not values:
        raise TableError("survey.nobody", "Nobody has an answer in both columns.")
    return axis(name, sorted(set(values)), total=TOTAL)


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
        source = load(file, *names, *hidden, filled=True)
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
