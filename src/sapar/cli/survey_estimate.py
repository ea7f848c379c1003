"""`sapar survey estimate`: means, totals, ratios and variances together, their differences and other functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from sapar.cli.survey_design import Sample, drawn_sample, read, refuse_gaps
from sapar.cli.survey_files import (
    Coded,
    File,
    amounts,
    coded,
    domain,
    known,
    listed,
    numbers_of,
    once,
    single,
)
from sapar.cli.survey_table import Compare
from sapar.cli.tables import MANY_ROWS, at_work, save, show
from sapar.formats.tables import Table
from sapar.methods.surveys.columns import BoolArray, Factor, FloatArray
from sapar.methods.surveys.comparisons import Differences, compare_groups
from sapar.methods.surveys.contrasts import Estimated, contrasts
from sapar.methods.surveys.estimates import Deff, Estimates, mean, ratio, total, variance
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.replicates import AnyDesign

Lines = list[Sequence[object]]
Sheets = dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]]
Contrasts = Annotated[
    list[str] | None,
    typer.Option(
        "--contrast",
        help="A function of the estimates, e.g. 'gap=[India]-[Pakistan]' or 'log(rent/costs)'. Repeatable.",
    ),
]


class What(StrEnum):
    MEAN = "mean"
    TOTAL = "total"
    RATIO = "ratio"
    VARIANCE = "variance"


class DeffOption(StrEnum):
    SRS = "srs"
    REPLACE = "replace"


HEAD = ("column", "what", "of", "n", "missing", "value", "se", "low", "high", "cv", "deff")


@drawn_sample
def estimate(
    file: File,
    columns: Annotated[list[str], typer.Argument(help="Columns of amounts or of answers.")],
    what: Annotated[What, typer.Option(help="What is estimated; of answers, shares or counts.")] = What.MEAN,
    over: Annotated[str, typer.Option(help="The columns below the line of --what ratio.")] = "",
    by: Annotated[str, typer.Option(help="A column of groups, for means and totals of amounts.")] = "",
    compare: Annotated[
        Compare | None, typer.Option(help="The groups pair by pair; p-values adjusted.")
    ] = None,
    contrast: Contrasts = None,
    deff: Annotated[
        DeffOption | None,
        typer.Option(help="Design effect beside drawing without (srs) or with replacement (replace)."),
    ] = None,
    codes: Coded = "",
    *,
    sample: Sample,
) -> None:
    """Means, totals, ratios or variances jointly, compared by group, and functions of them."""
    _refuse_contradictions(columns, what, over, by, compare, deff)
    table, design = read(file, sample, [*columns, *listed(over), *single(by)])
    inside = domain(table, sample.where)
    refuse_gaps(table, [*columns, *listed(over), *single(by)], sample, inside)
    with at_work("estimating", len(table) > MANY_ROWS):
        if by:
            (values,) = numbers_of(table, columns[0])
            found = group_estimates(
                design, values, coded(table, by), statistic=what.value, domain=inside,  # type: ignore[arg-type]
                missing=sample.gaps, deff=None if deff is None else deff.value,
            )  # fmt: skip
        else:
            found = _joint(design, table, columns, what, over, listed(codes), inside, sample, deff)
    lines = _lines(", ".join(columns), found, sample)
    show(f"{len(table)} rows, {found.df:g} degrees of freedom", HEAD, lines)
    sheets: Sheets = {"estimates": (HEAD, lines)}
    sheets["covariance"] = (("of", *found.names), _covariance(found))
    if compare is not None:
        head, pairs = _comparisons(compare_groups(found, adjustment=compare.value, level=sample.level), found)
        show(f"{by} pair by pair", head, pairs)
        sheets["comparisons"] = head, pairs
    if contrast:
        sheets["contrasts"] = shown_contrasts(found, contrast, sample)
    if sample.to:
        save(sample.to, sheets)


def _refuse_contradictions(
    columns: list[str], what: What, over: str, by: str, compare: Compare | None, deff: DeffOption | None
) -> None:
    once(columns)
    if (what is What.RATIO) != bool(over):
        raise typer.BadParameter("--what ratio and --over belong together.")
    if by and (what not in (What.MEAN, What.TOTAL) or len(columns) > 1):
        raise typer.BadParameter("--by goes with one column and --what mean or total.")
    if compare is not None and not by:
        raise typer.BadParameter("--compare needs --by.")
    if deff is not None and what is What.VARIANCE:
        raise typer.BadParameter("A variance has no design effect.")


def _joint(
    design: AnyDesign, table: Table, columns: Sequence[str], what: What, over: str, codes: Sequence[str],
    inside: BoolArray | None, sample: Sample, deff: DeffOption | None,
) -> Estimates:  # fmt: skip
    values = _variables(table, columns, codes)
    effect: Deff | None = None if deff is None else deff.value
    if what is What.RATIO:
        below = {name: numbers_of(table, name)[0] for name in listed(over)}
        return ratio(design, values, below, domain=inside, missing=sample.gaps, deff=effect)
    if what is What.VARIANCE:
        return variance(design, values, domain=inside, missing=sample.gaps)
    kind = mean if what is What.MEAN else total
    return kind(design, values, domain=inside, missing=sample.gaps, deff=effect)


def _variables(
    table: Table, columns: Sequence[str], codes: Sequence[str]
) -> Mapping[str, FloatArray | Factor]:
    return {
        name: numbers_of(table, name)[0] if amounts(table, name, codes) else coded(table, name)
        for name in columns
    }


def _lines(name: str, found: Estimates, sample: Sample) -> Lines:
    ends = found.intervals(sample.level, df=sample.df)
    return [
        (name, found.statistic, label, found.n, found.missing, float(found.values[at]), float(found.se[at]),
         float(ends[at, 0]), float(ends[at, 1]), known(float(found.cv[at])),
         None if found.deff is None else known(float(found.deff[at])))
        for at, label in enumerate(found.names)
    ]  # fmt: skip


def _covariance(found: Estimates) -> Lines:
    return [(name, *map(float, found.covariance[at])) for at, name in enumerate(found.names)]


def _comparisons(found: Differences, estimates: Estimates) -> tuple[Sequence[str], Lines]:
    head = ("one", "other", "difference", "se", "p", "lower")
    lines: Lines = []
    for at, (i, j) in enumerate(found.pairs.tolist()):
        gap, p = float(found.difference[0, at]), float(found.p[0, at])
        lower = "" if not p < 1 - found.level else estimates.names[j if gap > 0 else i]
        lines.append((estimates.names[i], estimates.names[j], gap, float(found.se[0, at]), known(p), lower))
    return head, lines


def shown_contrasts(found: Estimated, asked: Sequence[str], sample: Sample) -> tuple[Sequence[str], Lines]:
    """Show functions of estimates, each ``name=expression`` or an expression; returned as a sheet."""
    wanted: dict[str, str] = {}
    for text in asked:
        name, equals, expression = text.partition("=")
        # An equals sign within brackets belongs to the name of a level.
        if not equals or "[" in name:
            name, expression = text, text
        if name.strip() in wanted:
            raise typer.BadParameter(f"The contrast {name.strip()} is there twice.")
        wanted[name.strip()] = expression
    done = contrasts(found, wanted)
    ends = done.intervals(sample.level, df=sample.df)
    head = ("contrast", "value", "se", "low", "high")
    lines: Lines = [
        (name, float(done.values[at]), float(done.se[at]), float(ends[at, 0]), float(ends[at, 1]))
        for at, name in enumerate(done.names)
    ]
    show("Contrasts", head, lines)
    return head, lines
