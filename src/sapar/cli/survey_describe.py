"""`sapar survey describe`: means and quartiles of amounts, shares of answers, of all or by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated

import typer

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
)
from sapar.cli.tables import refusals, save, show
from sapar.formats.tables import Table
from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Factor
from sapar.methods.surveys.estimates import Estimates, mean
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.proportions import IntervalMethod, proportion
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.replicates import AnyDesign

Columns = Annotated[list[str], typer.Argument(help="Columns of the file.")]


class Interval(StrEnum):
    LOGIT = "logit"
    LIKELIHOOD = "likelihood"
    ASIN = "asin"
    BETA = "beta"
    MEAN = "mean"
    XLOGIT = "xlogit"


def describe(
    file: File,
    columns: Columns,
    by: Annotated[str, typer.Option(help="A column of groups, for means and shares.")] = "",
    codes: Coded = "",
    interval: Annotated[Interval, typer.Option(help="The interval of shares.")] = Interval.LOGIT,
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
        table, design = read(file, chosen, [*columns, *single(by)])
        inside = domain(table, where)
        rows: list[Sequence[object]] = []
        for name in columns:
            groups = coded(table, by) if by else None
            if not amounts(table, name, listed(codes)):
                answers = coded(table, name)
                for label, part in _parts(groups, answers, inside):
                    rows += _shares(name, label, design, answers, part, interval.value, level)
            elif groups:
                found = group_estimates(
                    design, numbers_of(table, name)[0], groups, domain=inside, deff="replace"
                )
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
         float(ends[at, 0]), float(ends[at, 1]), None if found.deff is None else known(float(found.deff[at])))
        for at, label in enumerate(found.names)
    ]  # fmt: skip


def _parts(
    groups: Factor | None, answers: Factor, inside: BoolArray | None
) -> Iterator[tuple[str, BoolArray | None]]:
    """The domain, or the part of it in each group that has answers."""
    if groups is None:
        yield "", inside
        return
    for code, label in enumerate(groups.levels):
        part = (groups.codes == code) if inside is None else (groups.codes == code) & inside
        if (part & answers.answered).any():
            yield label, part


def _shares(
    name: str, group: str, design: AnyDesign, answers: Factor, inside: BoolArray | None,
    method: IntervalMethod, level: float,
) -> list[Sequence[object]]:  # fmt: skip
    found = mean(design, answers, domain=inside, deff="replace")
    lines: list[Sequence[object]] = []
    for at, label in enumerate(found.names):
        low: float | None
        high: float | None
        try:
            p = proportion(design, answers.indicators()[:, at], method=method, level=level, domain=inside)
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
    name: str, table: Table, design: AnyDesign, inside: BoolArray | None, level: float
) -> list[Sequence[object]]:
    (values,) = numbers_of(table, name)
    rows = _lines(name, "mean", mean(design, {"": values}, domain=inside, deff="replace"), level)
    for found in quantiles(design, values, level=level, domain=inside):
        rows.append((name, "quantile", f"{found.p:g}", found.n, found.missing, found.value, found.se,
                     found.low, found.high, None))  # fmt: skip
    return rows
