"""The words of `sapar survey` that are not estimates: weights, quality of answers, outcome rates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import File, Out, listed, numbers_of
from sapar.cli.tables import load, out, refusals, save, show
from sapar.formats.tables import Reader
from sapar.methods.surveys.quality import (
    count_dispositions,
    cronbach_alpha,
    interviewer_effect,
    outcome_rates,
    speeding,
    straight_lining,
)
from sapar.methods.surveys.weights import KishEffect, Weighting, margin, rake, trim


def weight(
    file: File,
    margins: Annotated[Path, typer.Option(help="Table of variable, category and count in the population.")],
    base: Annotated[str, typer.Option(help="Column of weights to start from.")] = "",
    most: Annotated[
        float, typer.Option(help="Trim weights above this many times their mean; 0 for none.")
    ] = 0.0,
    to: Out = None,
) -> None:
    """Rake weights until the sample has the population's margins; writes the column `weight`."""
    with refusals():
        targets: dict[str, dict[str, float]] = {}
        known = load(margins, "variable", "category", "count")
        reader = Reader(known)
        for row in known.rows:
            variable, category = reader.text(row, "variable"), reader.text(row, "category")
            if category in targets.setdefault(variable, {}):
                reader.refuse(row, "category", "stands twice")
            targets[variable][category] = reader.number(row, "count", least=0)
        reader.finish()
        table = load(file, *targets, *listed(base))
        start = numbers_of(table, base)[0] if base else None
        found = rake([margin(name, table.column(name), counts) for name, counts in targets.items()], start)
        weights = found.weights
        lines = [("before", *_kish(found.base_effect)), ("raked", *_kish(found.effect))]
        if most:
            cut = trim(weights, upper=most * float(weights.mean()))
            weights = cut.weights
            lines.append((f"trimmed ({cut.trimmed} rows)", *_kish(cut.effect)))
        head = ("weights", "rows", "design effect of weighting", "effective size", "variation")
        show(_how(found), head, lines)
        if most:
            out.print("  after trimming the margins hold only approximately")
        if to:
            columns = [name for name in table.columns if name != "weight" or name == base]
            kept = [name for name in columns if name != "weight"]
            rows = [[*(row[name] for name in kept), float(weights[at])] for at, row in enumerate(table.rows)]
            save(to, {"answers": ((*kept, "weight"), rows)})


def _how(found: Weighting) -> str:
    return (f"{found.method}: {found.iterations} passes, largest distance from a target "
            f"{found.discrepancy:.1e}, sum {found.weights.sum():.6g}")  # fmt: skip


def _kish(effect: KishEffect | None) -> tuple[object, ...]:
    if effect is None:
        return (None, None, None, None)
    return (effect.size, effect.effect, effect.effective_size, effect.variation)


def quality(
    file: File,
    items: Annotated[str, typer.Option(help="Columns of one scale, separated by commas.")] = "",
    seconds: Annotated[str, typer.Option(help="Column of the time taken.")] = "",
    interviewers: Annotated[str, typer.Option(help="Column of who asked.")] = "",
    to: Out = None,
) -> None:
    """Reliability of a scale, straight lines, hasty answers and the interviewers' effect."""
    with refusals():
        names = listed(items)
        if not names and not seconds:
            raise typer.BadParameter("Give --items or --seconds.")
        table = load(file, *names, *listed(seconds), *listed(interviewers))
        straight = hasty = np.zeros(len(table), dtype=bool)
        if names:
            grid = np.column_stack(numbers_of(table, *names))
            alpha = cronbach_alpha(grid, names=names)
            show(
                f"Cronbach's alpha {alpha.alpha:.3f} ({alpha.low:.3f} to {alpha.high:.3f}), {alpha.rows} rows, "
                f"{alpha.incomplete} incomplete",
                ("item", "mean", "sd", "correlation with the rest", "alpha without", "against the rest"),
                [(item.name, item.mean, item.sd, item.rest_correlation, item.alpha_without,
                  "yes" if item.negative else "") for item in alpha.items],
            )  # fmt: skip
            straight = straight_lining(grid).flagged
            out.print(f"  straight lines: {int(straight.sum())}")
            if interviewers:
                asked = table.column(interviewers)
                effects = [interviewer_effect(grid[:, at], asked) for at in range(len(names))]
                show(
                    f"Interviewers: {effects[0].interviewers}",
                    ("item", "ICC", "low", "high", "design effect", "p"),
                    [(name, one.icc, one.low, one.high, one.design_effect, one.p)
                     for name, one in zip(names, effects, strict=True)],
                )  # fmt: skip
        if seconds:
            hasty = speeding(numbers_of(table, seconds)[0]).flagged
            out.print(f"  faster than half the median time: {int(hasty.sum())}")
        if to:
            rows = [
                [
                    *(row[name] for name in table.columns),
                    "yes" if straight[at] else "",
                    "yes" if hasty[at] else "",
                ]
                for at, row in enumerate(table.rows)
            ]
            save(to, {"answers": ((*table.columns, "straight line", "hasty"), rows)})


def rates(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with AAPOR codes, one row a case.")],
    column: Annotated[str, typer.Option(help="The column of codes.")] = "disposition",
    e: Annotated[
        float | None, typer.Option(help="Share of the unknown that is eligible; estimated without.")
    ] = None,
    to: Out = None,
) -> None:
    """AAPOR outcome rates of a list of cases."""
    with refusals():
        cases = count_dispositions(load(file, column).column(column))
        found = outcome_rates(cases, e=e)
        names = [
            *(f"rr{at}" for at in range(1, 7)), *(f"coop{at}" for at in range(1, 5)),
            *(f"ref{at}" for at in range(1, 4)), *(f"con{at}" for at in range(1, 4)),
        ]  # fmt: skip
        lines = [(name.upper(), getattr(found, name)) for name in names]
        how = "estimated" if found.e_estimated else "given"
        show(f"{cases.eligible + cases.unknown:g} cases, e = {found.e:.3f} ({how})", ("rate", "value"), lines)
        if to:
            save(to, {"rates": (("rate", "value"), lines)})
