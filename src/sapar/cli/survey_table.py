"""`sapar survey table` and `multiple`: shares of answers by group, and of several answers in one question."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_design import Sample, drawn_sample, read, refuse_gaps
from sapar.cli.survey_files import File, coded, domain, known, listed, numbers_of, once, single
from sapar.cli.tables import MANY_ROWS, at_work, heard, out, progress_bar, save, show
from sapar.formats.tables import Table
from sapar.methods.surveys.responses import ResponseSet, multiple_responses, response_set, split_answers
from sapar.methods.surveys.tables import SurveyTable, crosstabs


class Shown(StrEnum):
    COLUMN = "column"
    ROW = "row"
    CELL = "cell"
    COUNT = "count"


class Compare(StrEnum):
    NONE = "none"
    HOLM = "holm"
    FDR = "fdr"
    BONFERRONI = "bonferroni"


class Test(StrEnum):
    F = "F"
    CHISQ = "chisq"
    WALD = "wald"
    ADJUSTED_WALD = "adjusted-wald"
    EXACT = "exact"
    SADDLEPOINT = "saddlepoint"


class Ends(StrEnum):
    LOGIT = "logit"
    MEAN = "mean"


class Empty(StrEnum):
    MISSING = "missing"
    NONE = "none"


HEAD = ("question", "row", "column", "n", "total", "share", "se", "low", "high", "letters")


@drawn_sample
def table(
    file: File,
    rows: Annotated[str, typer.Option(help="Questions, separated by commas.")],
    columns: Annotated[str, typer.Option(help="The column of groups.")] = "",
    share: Annotated[Shown, typer.Option(help="What the figures are shares of.")] = Shown.COLUMN,
    test: Annotated[Test, typer.Option(help="Of independence.")] = Test.F,
    interval: Annotated[Ends, typer.Option(help="The interval of shares in the file.")] = Ends.LOGIT,
    compare: Annotated[
        Compare | None, typer.Option(help="Letters of lower columns; p-values adjusted.")
    ] = None,
    smallest: Annotated[int, typer.Option(help="Columns with fewer answers are not compared.")] = 30,
    *,
    sample: Sample,
) -> None:
    """Tables in per cent with a Rao–Scott test and, with --compare, letters of significance."""
    source, design = read(file, sample, [*listed(rows), *single(columns)])
    banner = coded(source, columns) if columns else None
    questions = {name: coded(source, name) for name in listed(rows)}
    inside = domain(source, sample.where)
    refuse_gaps(source, [*listed(rows), *single(columns)], sample, inside)
    with progress_bar("tables") as bar:
        found = crosstabs(
            design, questions, banner, shares=(share.value,), test=test.value if columns else None,
            compare=None if compare is None or not columns else compare.value,
            level=sample.level, smallest=smallest, domain=inside,
            progress=heard(bar),
        )  # fmt: skip
    for name, one in found.items():
        _print(name, columns, one, share)
    if sample.to:
        cells = _cells(found, share, interval, sample)
        save(sample.to, {"cells": (HEAD, cells), "tests": _tests(found, test)})


def _print(name: str, columns: str, one: SurveyTable, share: Shown) -> None:
    values = one.shares[share.value].values
    se = one.shares[share.value].se
    scale, digits = (1.0, 0) if share is Shown.COUNT else (100.0, 1)
    letters = one.differences
    heads = [
        f"{label} ({letters.column_letters[at]})" if letters and letters.column_letters[at] else label
        for at, label in enumerate(one.columns)
    ]
    lines: list[list[str]] = []
    for i, label in enumerate(one.rows):
        cells = []
        for j in range(len(one.columns)):
            mark = f" {letters.letters[i][j]}" if letters and letters.letters[i][j] else ""
            empty = np.isnan(values[i, j])
            cells.append(
                "–" if empty else f"{scale * values[i, j]:.{digits}f} ± {scale * se[i, j]:.{digits}f}{mark}"
            )
        lines.append([label, *cells])
    lines.append(["n", *(str(base) for base in one.bases)])
    unit = "weighted count" if share is Shown.COUNT else f"% of {share.value}"
    show(
        f"{name} by {columns}, {unit} ± standard error" if columns else f"{name}, {unit}", ("", *heads), lines
    )
    out.print(f"  {_tested(one)}; without an answer {one.missing}", highlight=False)


def _tested(one: SurveyTable) -> str:
    test = one.test
    if test is None:
        return f"no test: {one.untested}" if one.untested else "no test"
    if test.test in ("F", "wald", "adjusted-wald"):
        what = f"F({test.ndf:.2f}, {test.ddf:.1f}) = {test.statistic:.4f}"
    else:
        what = f"{test.test}: X² = {test.statistic:.4f}"
    # The generalised design effects of the exact test are many, and Wald's test has none.
    mean = f"; mean design effect {np.mean(test.deffs):.2f}" if test.deffs else ""
    return f"{what}, p = {test.p:.4g}{mean}"


def _cells(
    found: dict[str, SurveyTable], share: Shown, interval: Ends, sample: Sample
) -> list[Sequence[object]]:
    lines: list[Sequence[object]] = []
    for name, one in found.items():
        marks = one.differences
        ends = np.full((*one.n.shape, 2), np.nan)
        if one.df > 0:
            ends = one.shares[share.value].intervals(sample.level, method=interval.value, df=sample.df)
        for at, cell in enumerate(one.plain(share.value, sample.level)):
            i, j = divmod(at, len(one.columns))
            cell |= {"low": float(ends[i, j, 0]), "high": float(ends[i, j, 1])}
            lines.append(
                [name, *(known(value) for value in cell.values()), marks.letters[i][j] if marks else ""]
            )
    return lines


def _tests(found: dict[str, SurveyTable], test: Test) -> tuple[Sequence[str], list[Sequence[object]]]:
    statistic = "F" if test in (Test.F, Test.WALD, Test.ADJUSTED_WALD) else "X²"
    head = ("question", statistic, "ndf", "ddf", "p", "n", "missing", "why not")
    lines: list[Sequence[object]] = [
        (name, one.test.statistic, one.test.ndf, known(one.test.ddf), one.test.p, one.test.n, one.missing, "")
        if one.test
        else (name, None, None, None, None, int(one.n.sum()), one.missing, one.untested)
        for name, one in found.items()
    ]
    return head, lines


@drawn_sample
def multiple(
    file: File,
    columns: Annotated[
        list[str],
        typer.Argument(help="A column with several answers in one cell, or columns of 1 and 0."),
    ],
    separator: Annotated[str, typer.Option(help="What stands between the answers.")] = " ",
    empty: Annotated[
        Empty, typer.Option(help="Who ticked nothing gave no answer, or chose none of them.")
    ] = Empty.MISSING,
    *,
    sample: Sample,
) -> None:
    """A question with several answers: shares of respondents and of answers."""
    source, design = read(file, sample, once(columns))
    inside = domain(source, sample.where)
    if empty is Empty.MISSING:
        refuse_gaps(source, columns, sample, inside)
    with at_work("counting answers", len(source) > MANY_ROWS):
        found = multiple_responses(design, _answers(source, columns, separator, empty), domain=inside)
    ends = found.respondents.intervals(sample.level, df=sample.df)
    head = ("answer", "n", "% of respondents", "se", "low", "high", "% of answers", "se of answers")
    lines = [
        (answer, int(found.n[at]), 100 * float(found.respondents.values[at]),
         100 * float(found.respondents.se[at]), 100 * float(ends[at, 0]), 100 * float(ends[at, 1]),
         100 * float(found.responses.values[at]), 100 * float(found.responses.se[at]))
        for at, answer in enumerate(found.respondents.names)
    ]  # fmt: skip
    show(f"{', '.join(columns)}: {found.respondents.n} respondents, {found.respondents.missing} without an answer, "
         f"{found.mean_count.values[0]:.2f} answers each", head, lines)  # fmt: skip
    if sample.to:
        save(sample.to, {"answers": (head, lines)})


def _answers(source: Table, columns: list[str], separator: str, empty: Empty) -> ResponseSet:
    if len(columns) == 1:
        return split_answers(source.column(columns[0]), separator=separator, empty=empty.value)
    return response_set(dict(zip(columns, numbers_of(source, *columns), strict=True)), empty=empty.value)
