"""`sapar survey`: estimates, tables, tests, regressions, weights and quality of a survey file."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_agree import agree, agree_text
from sapar.cli.survey_describe import describe
from sapar.cli.survey_files import (
    Clusters,
    Coded,
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
    amounts,
    coded,
    domain,
    known,
    listed,
    numbers_of,
    read,
    single,
    zero_or_one,
)
from sapar.cli.survey_protect import anonymity, protect, releases
from sapar.cli.survey_quality import quality, rates
from sapar.cli.survey_weights import calibrate_file, post_stratify_file, trim_file, weight
from sapar.cli.tables import out, progress_bar, refusals, save, show
from sapar.methods.errors import MethodError
from sapar.methods.surveys.association import AssociationTest, cells_association
from sapar.methods.surveys.cells import Banner, Cells, count_cells
from sapar.methods.surveys.columns import Factor
from sapar.methods.surveys.regression import regression
from sapar.methods.surveys.responses import multiple_responses, split_answers
from sapar.methods.surveys.t_tests import t_test
from sapar.methods.surveys.tables import SurveyTable, crosstabs

app = typer.Typer(no_args_is_help=True, help="Estimates from a survey with weights, strata and clusters.")
app.command()(describe)
app.command()(weight)
app.command("post-stratify")(post_stratify_file)
app.command("calibrate")(calibrate_file)
app.command("trim")(trim_file)
app.command()(quality)
app.command()(rates)
app.command()(agree)
app.command("agree-text")(agree_text)
app.command()(protect)
app.command()(releases)
app.command()(anonymity)


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
        source, design = read(file, chosen, [*listed(rows), *single(columns)])
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
                [name, *(known(value) for value in cell.values()), marks.letters[i][j] if marks else ""]
            )
    return lines


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
        source, design = read(file, chosen, [column, *single(groups)])
        inside = domain(source, where)
        head: Sequence[str]
        lines: list[Sequence[object]]
        if amounts(source, column, listed(codes)):
            (values,) = numbers_of(source, column)
            two = coded(source, groups) if groups else None
            found = t_test(design, values, two, null=null, level=level, domain=inside)
            head = ("compared", "estimate", "se", "low", "high", "t", "df", "p", "n", "missing")
            what = f"{found.compared[1]} less {found.compared[0]}" if groups else f"mean less {null:g}"
            lines = [(what, found.estimate - (0 if groups else null), found.se, found.low, found.high, found.t,
                      found.df, found.p, found.n, found.missing)]  # fmt: skip
        else:
            if not groups:
                raise typer.BadParameter(f"{column} holds answers: their test needs a column of groups.")
            head = ("test", "statistic", "ndf", "ddf", "p", "n", "missing", "why not")
            banner = Banner(design, coded(source, groups), inside)
            lines = _associations(count_cells(banner, coded(source, column)))
        show(f"{column} by {groups}" if groups else column, head, lines)
        if to:
            save(to, {"tests": (head, lines)})


def _associations(cells: Cells) -> list[Sequence[object]]:
    """One line a test; one that empty cells leave undefined does not take the others away."""
    lines: list[Sequence[object]] = []
    refusals_: list[MethodError] = []
    for kind in TESTS:
        try:
            found = cells_association(cells, kind)
        except MethodError as refused:
            refusals_.append(refused)
            lines.append((kind, None, None, None, None, None, cells.missing, refused.code))
        else:
            ddf = None if np.isinf(found.ddf) else found.ddf
            lines.append((found.test, found.statistic, found.ndf, ddf, found.p, found.n, found.missing, ""))
    if len(refusals_) == len(TESTS):
        raise refusals_[0]
    return lines


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
        if response in predictors or len(set(predictors)) < len(predictors):
            raise typer.BadParameter("Each column can stand once, be it explained or explaining.")
        source, design = read(file, chosen, [response, *predictors])
        logistic = family is Family.LOGISTIC
        y = zero_or_one(source, response, yes) if logistic else numbers_of(source, response)[0]
        columns = {
            name: numbers_of(source, name)[0] if amounts(source, name, listed(codes)) else coded(source, name)
            for name in predictors
        }
        kinds = {Family.LINEAR: "gaussian", Family.LOGISTIC: "binomial", Family.POISSON: "poisson"}
        found = regression(
            design, y, columns, family=kinds[family],  # type: ignore[arg-type]
            domain=domain(source, where),
        )  # fmt: skip
        lines = [tuple(known(value) for value in line.values()) for line in found.plain(level)]
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
