"""`sapar survey describe`: means and quartiles of amounts, shares of answers, of all or by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_design import Sample, drawn_sample, read, refuse_gaps
from sapar.cli.survey_estimate import DeffOption
from sapar.cli.survey_files import Coded, File, amounts, coded, domain, known, listed, numbers_of, single
from sapar.cli.tables import MANY_ROWS, at_work, save, show
from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Factor, FloatArray
from sapar.methods.surveys.estimates import Deff, Estimates, mean
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.proportions import IntervalMethod, proportion
from sapar.methods.surveys.quantile import QuantileInterval, Rule, quantiles
from sapar.methods.surveys.replicates import AnyDesign

Columns = Annotated[list[str], typer.Argument(help="Columns of the file.")]


class Interval(StrEnum):
    LOGIT = "logit"
    LIKELIHOOD = "likelihood"
    ASIN = "asin"
    BETA = "beta"
    MEAN = "mean"
    XLOGIT = "xlogit"
    WILSON = "wilson"


class Rules(StrEnum):
    MATH = "math"
    SCHOOL = "school"
    SHAH_VAISH = "shahvaish"
    HF1 = "hf1"
    HF2 = "hf2"
    HF3 = "hf3"
    HF4 = "hf4"
    HF5 = "hf5"
    HF6 = "hf6"
    HF7 = "hf7"
    HF8 = "hf8"
    HF9 = "hf9"


class QuantileEnds(StrEnum):
    MEAN = "mean"
    BETA = "beta"
    XLOGIT = "xlogit"
    ASIN = "asin"
    SCORE = "score"
    QUANTILE = "quantile"


@dataclass(frozen=True)
class Asked:
    """How each column is described."""

    sample: Sample
    interval: IntervalMethod
    probabilities: Sequence[float]
    rule: Rule
    ends: QuantileInterval
    deff: Deff


@drawn_sample
def describe(
    file: File,
    columns: Columns,
    by: Annotated[str, typer.Option(help="A column of groups.")] = "",
    codes: Coded = "",
    interval: Annotated[Interval, typer.Option(help="The interval of shares.")] = Interval.LOGIT,
    probabilities: Annotated[
        str, typer.Option("--quantiles", help="Which ones; quartiles without, and none by group.")
    ] = "",
    rule: Annotated[Rules, typer.Option(help="The rule of quantiles.")] = Rules.MATH,
    ends: Annotated[QuantileEnds, typer.Option(help="The interval of quantiles.")] = QuantileEnds.MEAN,
    deff: Annotated[
        DeffOption, typer.Option(help="Design effect beside drawing with replacement, or without (srs).")
    ] = DeffOption.REPLACE,
    *,
    sample: Sample,
) -> None:
    """Means and quartiles of amounts, shares of answers, with intervals and design effects."""
    table, design = read(file, sample, [*columns, *single(by)])
    inside = domain(table, sample.where)
    refuse_gaps(table, [*columns, *single(by)], sample, inside)
    shares = _numbers(probabilities) if probabilities else () if by else (0.25, 0.5, 0.75)
    asked = Asked(sample, interval.value, shares, rule.value, ends.value, deff.value)
    groups = coded(table, by) if by else None
    rows: list[Sequence[object]] = []
    with at_work("describing", len(table) > MANY_ROWS):
        for name in columns:
            if not amounts(table, name, listed(codes)):
                answers = coded(table, name)
                for label, part in _parts(groups, answers.answered, inside):
                    rows += _shares(name, label, design, answers, part, asked)
            else:
                rows += _amounts(name, numbers_of(table, name)[0], design, groups, inside, asked)
    title = f"{len(table)} rows, {design.degrees_of_freedom()} degrees of freedom"
    head = ("column", "what", "of", "n", "missing", "value", "se", "low", "high", "deff")
    show(title, head, rows)
    if sample.to:
        save(sample.to, {"estimates": (head, rows)})


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in listed(text)]
    except ValueError:
        raise typer.BadParameter("--quantiles are numbers between 0 and 1, such as 0.1,0.5,0.9.") from None


def _lines(name: str, what: str, found: Estimates, sample: Sample) -> list[Sequence[object]]:
    ends = found.intervals(sample.level, df=sample.df)
    return [
        (name, what, label, found.n, found.missing, float(found.values[at]), float(found.se[at]),
         float(ends[at, 0]), float(ends[at, 1]), None if found.deff is None else known(float(found.deff[at])))
        for at, label in enumerate(found.names)
    ]  # fmt: skip


def _parts(
    groups: Factor | None, answered: BoolArray, inside: BoolArray | None
) -> Iterator[tuple[str, BoolArray | None]]:
    """The domain, or the part of it in each group that has answers."""
    if groups is None:
        yield "", inside
        return
    for code, label in enumerate(groups.levels):
        part = (groups.codes == code) if inside is None else (groups.codes == code) & inside
        if (part & answered).any():
            yield label, part


def _shares(
    name: str, group: str, design: AnyDesign, answers: Factor, inside: BoolArray | None, asked: Asked
) -> list[Sequence[object]]:
    sample = asked.sample
    found = mean(design, answers, domain=inside, deff=asked.deff)
    lines: list[Sequence[object]] = []
    for at, label in enumerate(found.names):
        low: float | None
        high: float | None
        try:
            p = proportion(
                design, answers.indicators()[:, at], method=asked.interval, level=sample.level, df=sample.df,
                domain=inside,
            )  # fmt: skip
            low, high = p.low, p.high
        except MethodError as refused:
            if refused.code != "surveys.no_interval":
                raise
            low = high = None
        deff = known(float(found.deff[at])) if found.deff is not None else None
        of = f"{group}: {label}" if group else label
        lines.append((name, "share", of, found.n, found.missing, float(found.values[at]),
                      float(found.se[at]), low, high, deff))  # fmt: skip
    return lines


def _amounts(
    name: str, values: FloatArray, design: AnyDesign, groups: Factor | None, inside: BoolArray | None,
    asked: Asked,
) -> list[Sequence[object]]:  # fmt: skip
    sample = asked.sample
    if groups is None:
        rows = _lines(name, "mean", mean(design, {"": values}, domain=inside, deff=asked.deff), sample)
    else:
        found = group_estimates(design, values, groups, domain=inside, deff=asked.deff)
        rows = _lines(name, "mean", found, sample)
    if not asked.probabilities:
        return rows
    for label, part in _parts(groups, ~np.isnan(values), inside):
        for one in quantiles(
            design, values, asked.probabilities, rule=asked.rule, interval_type=asked.ends,
            level=sample.level, df=sample.df, domain=part,
        ):  # fmt: skip
            of = f"{label}: {one.p:g}" if label else f"{one.p:g}"
            rows.append((name, "quantile", of, one.n, one.missing, one.value, known(one.se), known(one.low),
                         known(one.high), None))  # fmt: skip
    return rows
