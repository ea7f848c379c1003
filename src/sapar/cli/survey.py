"""`sapar survey`: estimates, tables, tests, regressions, weights and quality of a survey file."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import (
    Clusters,
    DesignColumns,
    File,
    Fpc,
    Jackknife,
    Level,
    LonelyOption,
    Nest,
    Out,
    Strata,
    Weights,
    Where,
    coded,
    domain,
    listed,
    numbers_of,
    numeric,
    read,
    zero_or_one,
)
from sapar.cli.survey_protect import agree, anonymity, protect, releases
from sapar.cli.survey_quality import quality, rates
from sapar.cli.survey_weights import calibrate_file, post_stratify_file, trim_file, weight
from sapar.cli.tables import out, progress_bar, refusals, save, show
from sapar.formats.tables import Table
from sapar.methods.surveys.association import AssociationTest, association
from sapar.methods.surveys.columns import BoolArray, Factor
from sapar.methods.surveys.estimates import Estimates, mean
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.regression import regression
from sapar.methods.surveys.replicates import AnyDesign
from sapar.methods.surveys.responses import multiple_responses, split_answers
from sapar.methods.surveys.t_tests import t_test
from sapar.methods.surveys.tables import SurveyTable, crosstabs

app = typer.Typer(no_args_is_help=True, help="Estimates from a survey with weights, strata and clusters.")
app.command()(weight)
app.command("post-stratify")(post_stratify_file)
app.command("calibrate")(calibrate_file)
app.command("trim")(trim_file)
app.command()(quality)
app.command()(rates)
app.command()(agree)
app.command()(protect)
app.command()(releases)
app.command()(anonymity)

Columns = Annotated[list[str], typer.Argument(help="Columns of the file.")]
Coded = Annotated[str, typer.Option("--coded", help="Columns of numbers that are codes and not amounts.")]


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


class Family(StrEnum):
    LINEAR = "linear"
    LOGISTIC = "logistic"
    POISSON = "poisson"


TESTS: tuple[AssociationTest, ...] = ("F", "chisq", "wald", "adjusted-wald", "exact")


@app.command()
def describe(
    file: File,
    columns: Columns,
    by: Annotated[str, typer.Option(help="A column of groups, for means.")] = "",
    codes: Coded = "",
    weights: Weights = "",
    strata: Strata = "",
    clusters: Clusters = "",
    fpc: Fpc = "",
    nest: Nest = False,
    lonely: LonelyOption = "fail",
    replicates: Jackknife = False,
    where: Where = "",
    level: Level = 0.95,
    to: Out = None,
) -> None:
    """Means and quartiles of amounts, shares of answers, with intervals and design effects."""
    with refusals():
        chosen = DesignColumns(weights, strata, clusters, fpc, nest, lonely, replicates)
        table, design = read(file, chosen, [*columns, *listed(by)])
        inside = domain(table, where)
        rows: list[Sequence[object]] = []
        for name in columns:
            if name in listed(codes) or not numeric(table, name):
                rows += _lines(name, "share", mean(design, coded(table, name), domain=inside), level)
            elif by:
                (amounts,) = numbers_of(table, name)
                found = group_estimates(design, amounts, coded(table, by), domain=inside)
                rows += _lines(name, "mean", found, level)
            else:
                rows += _amounts(name, table, design, inside, level)
        title = f"{len(table)} rows, {design.degrees_of_freedom()} degrees of freedom"
        head = ("column", "what", "of", "n", "missing", "value", "se", "low", "high", "deff")
        show(title, head, rows)
        if to:
            save(to, {"estimates": (head, rows)})


def _lines(name: str, what: str, found: Estimates, level: float) -> list[Sequence[object]]:
    ends = found.intervals(level)
    return [
        (name, what, label, found.n, found.missing, float(found.values[at]), float(found.se[at]),
         float(ends[at, 0]), float(ends[at, 1]), None if found.deff is None else _known(float(found.deff[at])))
        for at, label in enumerate(found.names)
    ]  # fmt: skip


def _amounts(
    name: str, table: Table, design: AnyDesign, inside: BoolArray | None, level: float
) -> list[Sequence[object]]:
    (amounts,) = numbers_of(table, name)
    rows = _lines(name, "mean", mean(design, {"": amounts}, domain=inside, deff="replace"), level)
    for found in quantiles(design, amounts, level=level, domain=inside):
        rows.append((name, "quantile", f"{found.p:g}", found.n, found.missing, found.value, found.se,
                     found.low, found.high, None))  # fmt: skip
    return rows


@app.command()
def table(
    file: File,
    rows: Annotated[str, typer.Option(help="Questions, separated by commas.")],
    columns: Annotated[str, typer.Option(help="The column of groups.")] = "",
    share: Annotated[Shown, typer.Option(help="What the figures are shares of.")] = Shown.COLUMN,
    compare: Annotated[
        Compare | None, typer.Option(help="Letters of lower columns; p-values adjusted.")
    ] = None,
    smallest: Annotated[int, typer.Option(help="Columns with fewer answers are not compared.")] = 30,
    weights: Weights = "",
    strata: Strata = "",
    clusters: Clusters = "",
    fpc: Fpc = "",
    nest: Nest = False,
    lonely: LonelyOption = "fail",
    replicates: Jackknife = False,
    where: Where = "",
    level: Level = 0.95,
    to: Out = None,
) -> None:
    """Tables in per cent with a Rao–Scott test and, with --compare, letters of significance."""
    with refusals():
        chosen = DesignColumns(weights, strata, clusters, fpc, nest, lonely, replicates)
        source, design = read(file, chosen, [*listed(rows), *listed(columns)])
        banner = coded(source, columns) if columns else None
        questions = {name: coded(source, name) for name in listed(rows)}
        with progress_bar("tables") as bar:
            task = bar.tasks[0].id
            found = crosstabs(
                design, questions, banner, shares=(share.value,), test="F" if columns else None,
                compare=None if compare is None or not columns else compare.value,
                level=level, smallest=smallest, domain=domain(source, where),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        for name, one in found.items():
            _print(name, columns, one, share)
        if to:
            head = ("question", "row", "column", "n", "total", "share", "se", "low", "high", "letters")
            save(to, {"cells": (head, _cells(found, share, level)), "tests": _tests(found)})


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
    if one.test:
        test = one.test
        out.print(f"  F({test.ndf:.2f}, {test.ddf:.1f}) = {test.statistic:.4f}, p = {test.p:.4g}; "
                  f"mean design effect {test.deffs[0]:.2f}; without an answer {one.missing}")  # fmt: skip
    elif one.untested:
        out.print(f"  no test: {one.untested}; without an answer {one.missing}")
    else:
        out.print(f"  without an answer {one.missing}")


def _cells(found: dict[str, SurveyTable], share: Shown, level: float) -> list[Sequence[object]]:
    lines: list[Sequence[object]] = []
    for name, one in found.items():
        marks = one.differences
        for at, cell in enumerate(one.plain(share.value, level)):
            i, j = divmod(at, len(one.columns))
            lines.append(
                [name, *(_known(value) for value in cell.values()), marks.letters[i][j] if marks else ""]
            )
    return lines


def _known(value: object) -> object:
    """A figure that is not defined is an empty cell."""
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _tests(found: dict[str, SurveyTable]) -> tuple[Sequence[str], list[Sequence[object]]]:
    head = ("question", "F", "ndf", "ddf", "p", "n", "missing", "why not")
    lines: list[Sequence[object]] = [
        (name, one.test.statistic, one.test.ndf, one.test.ddf, one.test.p, one.test.n, one.missing, "")
        if one.test
        else (name, None, None, None, None, int(one.n.sum()), one.missing, one.untested)
        for name, one in found.items()
    ]
    return head, lines


@app.command("test")
def significance(
    file: File,
    column: Annotated[str, typer.Argument(help="The question.")],
    groups: Annotated[str, typer.Argument(help="The column of groups; none for a mean against --null.")] = "",
    null: Annotated[float, typer.Option(help="The mean, or difference, that is tested.")] = 0.0,
    codes: Coded = "",
    weights: Weights = "",
    strata: Strata = "",
    clusters: Clusters = "",
    fpc: Fpc = "",
    nest: Nest = False,
    lonely: LonelyOption = "fail",
    replicates: Jackknife = False,
    where: Where = "",
    level: Level = 0.95,
    to: Out = None,
) -> None:
    """A t-test for amounts; Rao–Scott and Wald tests of association for answers."""
    with refusals():
        chosen = DesignColumns(weights, strata, clusters, fpc, nest, lonely, replicates)
        source, design = read(file, chosen, [column, *listed(groups)])
        inside = domain(source, where)
        head: Sequence[str]
        lines: list[Sequence[object]]
        if numeric(source, column) and column not in listed(codes):
            (amounts,) = numbers_of(source, column)
            two = coded(source, groups) if groups else None
            found = t_test(design, amounts, two, null=null, level=level, domain=inside)
            head = ("compared", "estimate", "se", "low", "high", "t", "df", "p", "n", "missing")
            what = f"{found.compared[1]} less {found.compared[0]}" if groups else f"mean less {null:g}"
            lines = [(what, found.estimate - (0 if groups else null), found.se, found.low, found.high, found.t,
                      found.df, found.p, found.n, found.missing)]  # fmt: skip
        else:
            rows = coded(source, column)
            banner = coded(source, groups or column)
            head = ("test", "statistic", "ndf", "ddf", "p", "n", "missing")
            tests = [association(design, rows, banner, test=kind, domain=inside) for kind in TESTS]
            lines = [
                (
                    one.test,
                    one.statistic,
                    one.ndf,
                    None if np.isinf(one.ddf) else one.ddf,
                    one.p,
                    one.n,
                    one.missing,
                )
                for one in tests
            ]
        show(f"{column} by {groups}" if groups else column, head, lines)
        if to:
            save(to, {"tests": (head, lines)})


@app.command()
def regress(
    file: File,
    response: Annotated[str, typer.Argument(help="The column to be explained.")],
    predictors: Annotated[list[str], typer.Argument(help="The columns that explain it.")],
    family: Annotated[Family, typer.Option(help="Logistic for two answers.")] = Family.LINEAR,
    yes: Annotated[str, typer.Option(help="The answer that counts 1 (logistic); the last in order.")] = "",
    codes: Coded = "",
    weights: Weights = "",
    strata: Strata = "",
    clusters: Clusters = "",
    fpc: Fpc = "",
    nest: Nest = False,
    lonely: LonelyOption = "fail",
    replicates: Jackknife = False,
    where: Where = "",
    level: Level = 0.95,
    to: Out = None,
) -> None:
    """A linear, logistic or Poisson regression with design-based errors."""
    with refusals():
        chosen = DesignColumns(weights, strata, clusters, fpc, nest, lonely, replicates)
        source, design = read(file, chosen, [response, *predictors])
        logistic = family is Family.LOGISTIC
        y = zero_or_one(source, response, yes) if logistic else numbers_of(source, response)[0]
        columns = {
            name: numbers_of(source, name)[0]
            if numeric(source, name) and name not in listed(codes)
            else coded(source, name)
            for name in predictors
        }
        kinds = {Family.LINEAR: "gaussian", Family.LOGISTIC: "binomial", Family.POISSON: "poisson"}
        found = regression(
            design, y, columns, family=kinds[family],  # type: ignore[arg-type]
            domain=domain(source, where),
        )  # fmt: skip
        lines = [tuple(_known(value) for value in line.values()) for line in found.plain(level)]
        head = tuple(found.plain(level)[0])
        show(f"{response}: {found.n} rows, {found.missing} without an answer, {found.df:g} degrees of freedom",
             head, lines)  # fmt: skip
        terms = [name for name in predictors if isinstance(columns[name], Factor) and found.terms[name]]
        wald = [found.test([name]) for name in terms] if found.df > 0 else []
        together = [(" ".join(w.terms), w.statistic, w.ndf, w.ddf, w.p) for w in wald]
        names = ("predictor", "F", "ndf", "ddf", "p")
        if together:
            show("All levels together", names, together)
        if to:
            save(to, {"coefficients": (head, lines), "predictors": (names, together)})


@app.command()
def multiple(
    file: File,
    column: Annotated[str, typer.Argument(help="A column with several answers in one cell.")],
    separator: Annotated[str, typer.Option(help="What stands between the answers.")] = " ",
    weights: Weights = "",
    strata: Strata = "",
    clusters: Clusters = "",
    fpc: Fpc = "",
    nest: Nest = False,
    lonely: LonelyOption = "fail",
    replicates: Jackknife = False,
    where: Where = "",
    level: Level = 0.95,
    to: Out = None,
) -> None:
    """A question with several answers: shares of respondents and of answers. An empty cell is no answer."""
    with refusals():
        chosen = DesignColumns(weights, strata, clusters, fpc, nest, lonely, replicates)
        source, design = read(file, chosen, [column])
        found = multiple_responses(
            design, split_answers(source.column(column), separator=separator), domain=domain(source, where)
        )
        ends = found.respondents.intervals(level)
        head = ("answer", "n", "% of respondents", "se", "low", "high", "% of answers")
        lines = [
            (answer, int(found.n[at]), 100 * float(found.respondents.values[at]),
             100 * float(found.respondents.se[at]), 100 * float(ends[at, 0]), 100 * float(ends[at, 1]),
             100 * float(found.responses.values[at]))
            for at, answer in enumerate(found.respondents.names)
        ]  # fmt: skip
        show(f"{column}: {found.respondents.n} respondents, {found.respondents.missing} without an answer, "
             f"{found.mean_count.values[0]:.2f} answers each", head, lines)  # fmt: skip
        if to:
            save(to, {"answers": (head, lines)})
