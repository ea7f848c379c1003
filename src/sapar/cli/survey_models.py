"""`sapar survey test` and `regress`: is there a difference, and what explains a column."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, get_args

import numpy as np
import typer

from sapar.cli.survey_design import Sample, drawn_sample, read, refuse_gaps
from sapar.cli.survey_estimate import Contrasts, Sheets, shown_contrasts
from sapar.cli.survey_files import (
    Coded,
    File,
    amounts,
    coded,
    domain,
    known,
    listed,
    numbers_of,
    single,
    zero_or_one,
)
from sapar.cli.tables import MANY_ROWS, at_work, save, show
from sapar.methods.errors import MethodError
from sapar.methods.surveys.association import AssociationTest, cells_association
from sapar.methods.surveys.cells import Banner, Cells, count_cells
from sapar.methods.surveys.columns import Factor
from sapar.methods.surveys.regression import regression
from sapar.methods.surveys.t_tests import t_test


class Family(StrEnum):
    LINEAR = "linear"
    LOGISTIC = "logistic"
    POISSON = "poisson"


TESTS: tuple[AssociationTest, ...] = get_args(AssociationTest)


@drawn_sample
def significance(
    file: File,
    column: Annotated[str, typer.Argument(help="The question.")],
    groups: Annotated[str, typer.Argument(help="The column of groups; none for a mean against --null.")] = "",
    null: Annotated[float, typer.Option(help="The mean, or difference, that is tested.")] = 0.0,
    paired: Annotated[str, typer.Option(help="A column of the same people, subtracted from the first.")] = "",
    codes: Coded = "",
    *,
    sample: Sample,
) -> None:
    """A t-test for amounts; Rao–Scott and Wald tests of association for answers."""
    if paired and groups:
        raise typer.BadParameter("Give either a column of groups or --paired.")
    names = [column, *single(groups), *single(paired)]
    source, design = read(file, sample, names)
    inside = domain(source, sample.where)
    refuse_gaps(source, names, sample, inside)
    head: Sequence[str]
    lines: list[Sequence[object]]
    if paired or amounts(source, column, listed(codes)):
        (values,) = numbers_of(source, column)
        if paired:
            values = values - numbers_of(source, paired)[0]
        two = coded(source, groups) if groups else None
        with at_work("testing", len(source) > MANY_ROWS):
            found = t_test(
                design, values, two, null=null, level=sample.level, domain=inside, missing=sample.gaps
            )
        head = ("compared", "estimate", "se", "low", "high", "t", "df", "p", "n", "missing")
        what = f"{found.compared[1]} less {found.compared[0]}" if groups else f"mean less {null:g}"
        shift = 0 if groups else null
        lines = [(what, found.estimate - shift, found.se, found.low - shift, found.high - shift, found.t,
                  found.df, found.p, found.n, found.missing)]  # fmt: skip
    else:
        if not groups:
            raise typer.BadParameter(f"{column} holds answers: their test needs a column of groups.")
        head = ("test", "statistic", "ndf", "ddf", "p", "n", "missing", "why not")
        with at_work("testing", len(source) > MANY_ROWS):
            banner = Banner(design, coded(source, groups), inside)
            lines = _associations(count_cells(banner, coded(source, column)))
    what = f"{column} less {paired}" if paired else column
    show(f"{what} by {groups}" if groups else what, head, lines)
    if sample.to:
        save(sample.to, {"tests": (head, lines)})


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


@drawn_sample
def regress(
    file: File,
    response: Annotated[str, typer.Argument(help="The column to be explained.")],
    predictors: Annotated[list[str] | None, typer.Argument(help="The columns that explain it.")] = None,
    family: Annotated[Family, typer.Option(help="Logistic for two answers.")] = Family.LINEAR,
    yes: Annotated[str, typer.Option(help="The answer that counts 1 (logistic); the last in order.")] = "",
    offset: Annotated[str, typer.Option(help="A column that is a known part of the predictor.")] = "",
    through_zero: Annotated[bool, typer.Option("--no-intercept", help="Without an intercept.")] = False,
    together: Annotated[
        str, typer.Option(help="Predictors that are tested together; each one of answers without.")
    ] = "",
    contrast: Contrasts = None,
    codes: Coded = "",
    *,
    sample: Sample,
) -> None:
    """A linear, logistic or Poisson regression with design-based errors."""
    explaining = predictors or []
    names = [response, *explaining, *single(offset)]
    if len(set(names)) < len(names):
        raise typer.BadParameter("Each column can stand once, be it explained or explaining.")
    source, design = read(file, sample, names)
    inside = domain(source, sample.where)
    refuse_gaps(source, names, sample, inside)
    y = zero_or_one(source, response, yes) if family is Family.LOGISTIC else numbers_of(source, response)[0]
    columns = {
        name: numbers_of(source, name)[0] if amounts(source, name, listed(codes)) else coded(source, name)
        for name in explaining
    }
    kinds = {Family.LINEAR: "gaussian", Family.LOGISTIC: "binomial", Family.POISSON: "poisson"}
    with at_work("fitting", len(source) > MANY_ROWS):
        found = regression(
            design, y, columns, family=kinds[family],  # type: ignore[arg-type]
            intercept=not through_zero, offset=numbers_of(source, offset)[0] if offset else None,
            domain=inside, missing=sample.gaps,
        )  # fmt: skip
    plain = found.plain(sample.level, df=sample.df)
    lines = [tuple(known(value) for value in line.values()) for line in plain]
    head = tuple(plain[0])
    lost = f", {found.lost_replicates} replicates without a fit" if found.lost_replicates else ""
    spread = "" if np.isnan(found.dispersion) else f", dispersion {found.dispersion:.6g}"
    show(f"{response}: {found.n} rows, {found.missing} without an answer, {found.df:g} degrees of freedom"
         f"{spread}{lost}", head, lines)  # fmt: skip
    freedom = found.df if sample.df is None else sample.df
    factors = [[name] for name in explaining if isinstance(columns[name], Factor) and found.terms[name]]
    asked = [listed(together)] if together else factors
    wald = [found.test(one, df=sample.df) for one in asked] if freedom > 0 else []
    tests = [(" ".join(w.terms), w.statistic, w.ndf, known(w.ddf), w.p) for w in wald]
    test_head = ("predictor", "F", "ndf", "ddf", "p")
    if tests:
        show("All levels together", test_head, tests)
    sheets: Sheets = {
        "coefficients": (head, lines), "predictors": (test_head, tests),
        "covariance": (("of", *found.names), [(name, *map(float, found.covariance[at]))
                                              for at, name in enumerate(found.names)]),
    }  # fmt: skip
    if contrast:
        sheets["contrasts"] = shown_contrasts(found, contrast, sample)
    if sample.to:
        save(sample.to, sheets)
