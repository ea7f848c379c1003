"""The words of `sapar survey` about the quality of answers and the outcome of a survey."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import File, Out, listed, numbers_of, single
from sapar.cli.tables import MANY_ROWS, at_work, load, out, refusals, save, show
from sapar.formats.tables import Reader
from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import FloatArray
from sapar.methods.surveys.quality import (
    count_dispositions,
    cronbach_alpha,
    disposition,
    interviewer_effect,
    outcome_rates,
    speeding,
    straight_lining,
)


def quality(
    file: File,
    items: Annotated[str, typer.Option(help="Columns of one scale, separated by commas.")] = "",
    seconds: Annotated[str, typer.Option(help="Column of the time taken.")] = "",
    interviewers: Annotated[str, typer.Option(help="Column of who asked.")] = "",
    groups: Annotated[str, typer.Option(help="Column of language or mode, whose times differ.")] = "",
    to: Out = None,
) -> None:
    """Reliability of a scale, straight lines, hasty answers and the interviewers' effect."""
    with refusals():
        names = listed(items)
        if not names and not seconds:
            raise typer.BadParameter("Give --items or --seconds.")
        if interviewers and not names:
            raise typer.BadParameter("--interviewers needs --items.")
        table = load(file, *names, *single(seconds), *single(interviewers), *single(groups), filled=True)
        nameless = Reader(table)
        for row in table.rows if interviewers else ():
            nameless.text(row, interviewers)
        nameless.finish()
        straight = hasty = np.zeros(len(table), dtype=bool)
        if names:
            with at_work("comparing the items", len(table) > MANY_ROWS):
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
                show(
                    f"Interviewers: {len(set(asked))}",
                    ("item", "ICC", "low", "high", "design effect", "p", "why not"),
                    [_effect(name, grid[:, at], asked) for at, name in enumerate(names)],
                )
        if seconds:
            (times,) = numbers_of(table, seconds, least=0)
            hasty = speeding(times, groups=table.column(groups) if groups else None).flagged
            of = f" of their {groups}" if groups else ""
            out.print(f"  faster than half the median time{of}: {int(hasty.sum())}")
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


def _effect(name: str, answers: FloatArray, asked: list[str]) -> tuple[object, ...]:
    """The line of one item; one that cannot tell interviewers apart does not take the others away."""
    try:
        found = interviewer_effect(answers, asked)
    except MethodError as refused:
        return (name, None, None, None, None, None, refused.code)
    return (name, found.icc, found.low, found.high, found.design_effect, found.p, "")


def rates(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, XLS or ODS with AAPOR codes, one row a case.")],
    column: Annotated[str, typer.Option(help="The column of codes.")] = "disposition",
    weights: Annotated[str, typer.Option(help="Column of base weights, for weighted rates.")] = "",
    e: Annotated[
        float | None, typer.Option(help="Share of the unknown that is eligible; estimated without.")
    ] = None,
    to: Out = None,
) -> None:
    """AAPOR outcome rates of a list of cases."""
    with refusals():
        table = load(file, column, *single(weights), filled=True)
        reader = Reader(table)
        for row in table.rows:
            if reader.text(row, column) and not disposition(row[column]):
                reader.refuse(row, column, "is none of AAPOR's dispositions")
        given = [reader.number(row, weights, least=0) for row in table.rows] if weights else None
        reader.finish()
        cases = count_dispositions(table.column(column), given)
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
