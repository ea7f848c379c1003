"""Filling holes, with a record of every value that was filled.

Imputed values are guesses; `Imputed` says which they are, and `Imputation()` makes none.
Sources: OECD/JRC Handbook (2008), step 3; Little & Rubin, Statistical Analysis with Missing Data (2002), ch. 8 (EM).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.columns import Bools, Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.tree import Tree

MOST_STEPS = 1_000_000
METHODS = ("none", "mean", "median", "group_mean", "group_median", "em")


@dataclass(frozen=True)
class Imputation:
    """How holes are filled.

    Attributes:
        method: "none", "mean" or "median" of the indicator, "group_mean" or "group_median" within `group`,
            "em": the conditional mean under a multivariate normal fitted to the siblings of the indicator.
        group: name of the grouping for the group methods. A group without any value keeps its holes, and so does a
            unit with an empty label.
        steps, tolerance: for EM, the limit of iterations and the relative change at which it stops.
    """

    method: str = "none"
    group: str = ""
    steps: int = 1000
    tolerance: float = 1e-8

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise MethodError(
                "indices.unknown_imputation", "There is no imputation {method}; there are {known}.",
                method=self.method, known=METHODS,
            )  # fmt: skip
        if not (1 <= self.steps <= MOST_STEPS and 0 < self.tolerance < 1):
            raise MethodError(
                "indices.bad_em",
                "EM takes 1 to {most} steps and a tolerance between 0 and 1, not {steps} and {tolerance}.",
                most=MOST_STEPS, steps=self.steps, tolerance=self.tolerance,
            )  # fmt: skip
        if self.method.startswith("group_") != bool(self.group):
            raise MethodError(
                "indices.imputation_group", "{method} and a grouping (“{group}”) do not fit.",
                method=self.method, group=self.group,
            )  # fmt: skip


@dataclass(frozen=True)
class Imputed:
    """One filled hole. `how` is the method, or "last", "linear" for a panel."""

    unit: str
    code: str
    value: float
    how: str


def impute(
    tree: Tree, data: UnitData, rule: Imputation, x: Floats | None = None
) -> tuple[Floats, tuple[Imputed, ...]]:
    """Fill the holes of `x`, shape (units, indicators); by default the data themselves."""
    before = data.columns(tree.indicators) if x is None else x
    after = fill(before, rule, tree, data)
    filled = np.isnan(before) & np.isfinite(after)
    record = tuple(
        Imputed(data.units[row], tree.indicators[at], float(after[row, at]), rule.method)
        for row, at in zip(*np.nonzero(filled), strict=True)
    )
    return after, record


def fill(x: Floats, rule: Imputation, tree: Tree, data: UnitData) -> Floats:
    """Fill stacked tables, shape (units, tables × indicators), table by table beside each other."""
    holes = np.isnan(x)
    if rule.method == "none" or not holes.any():
        return x
    if rule.method == "em":
        width = len(tree.indicators)
        tables = [fill_em(x[:, at : at + width], tree, rule) for at in range(0, x.shape[1], width)]
        return np.concatenate(tables, axis=1)
    middle = columns.median if rule.method.endswith("median") else columns.mean
    if not rule.group:
        return np.where(holes, middle(x), x)
    filled = x.copy()
    labels = np.array(data.labels(rule.group))
    # Units without a label are not a group: their holes stay, and show as gaps.
    for label in dict.fromkeys(filter(str.strip, data.labels(rule.group))):
        rows = labels == label
        filled[rows] = np.where(holes[rows], middle(x[rows]), x[rows])
    return filled


def fill_em(x: Floats, tree: Tree, rule: Imputation) -> Floats:
    """Conditional means given the siblings that are present, group of siblings by group."""
    filled = x.copy()
    for kids in tree.children.values():
        at = [tree.place[kid] for kid in kids if kid in tree.indicators]
        if at and np.isnan(x[:, at]).any():
            filled[:, at] = normal_em(
                x[:, at], steps=rule.steps, tolerance=rule.tolerance, codes=[tree.indicators[i] for i in at]
            ).filled
    return filled


@dataclass(frozen=True, eq=False)
class NormalFit:
    """Maximum-likelihood mean and covariance (division by n), and the table with its holes filled."""

    mean: Floats
    covariance: Floats
    filled: Floats


def normal_em(
    x: Floats, *, steps: int = 1000, tolerance: float = 1e-8, codes: Sequence[str] = ()
) -> NormalFit:
    """Fit a multivariate normal to a table with holes by the EM algorithm.

    `x` has shape (units, variables). Source: Little & Rubin (2002), ch. 8.

    Raises MethodError `indices.em_constant` (a variable with fewer than two values or without variation),
    `.em_too_few_units` (fewer units with any value than variables + 1: the covariance would be singular),
    `.em_not_converged` in `steps`, `.bad_em` (steps or tolerance), `.wrong_shape`, `.empty_data`, `.infinite_value`.
    """
    names = tuple(codes) or tuple(str(at) for at in range(np.shape(x)[-1] if np.ndim(x) else 0))
    x = checks.table(names, x)
    Imputation("em", steps=steps, tolerance=tolerance)  # refuses limits without sense
    known = np.isfinite(x)
    used = known.any(axis=1)
    scale = columns.deviation(x)
    if (bad := ~(scale > 0)).any():
        raise MethodError(
            "indices.em_constant", "{codes} have too few different values for the EM imputation.",
            codes=tuple(name for name, wrong in zip(names, bad, strict=True) if wrong),
        )  # fmt: skip
    if int(used.sum()) <= x.shape[1]:
        raise MethodError(
            "indices.em_too_few_units", "The EM imputation of {variables} variables needs more than {units} units.",
            variables=x.shape[1], units=int(used.sum()),
        )  # fmt: skip
    centre = columns.mean(x)
    z = (x[used] - centre) / scale
    patterns = _patterns(known[used])
    mu, sigma = np.zeros(x.shape[1]), np.diag(np.nanvar(z, axis=0))
    full = np.where(known[used], z, 0.0)
    moved = math.inf
    for _ in range(steps):
        full, extra = _expect(z, mu, sigma, patterns)
        new_mu = full.mean(axis=0)
        centred = full - new_mu
        new_sigma = (centred.T @ centred + extra) / len(z)
        moved = float(max(np.abs(new_mu - mu).max(), np.abs(new_sigma - sigma).max()))
        mu, sigma = new_mu, new_sigma
        if moved < tolerance:
            break
    else:
        raise MethodError(
            "indices.em_not_converged", "The EM imputation did not settle in {steps} steps.",
            steps=steps, last_change=moved,
        )  # fmt: skip
    filled = np.broadcast_to(centre + mu * scale, x.shape).copy()
    filled[used] = centre + _expect(z, mu, sigma, patterns)[0] * scale
    filled[known] = x[known]
    return NormalFit(centre + mu * scale, sigma * np.outer(scale, scale), filled)


def _patterns(known: Bools) -> list[tuple[Bools, Bools]]:
    """(which variables are present, rows with this pattern)."""
    kinds, which = np.unique(known, axis=0, return_inverse=True)
    return [(kind, which.ravel() == at) for at, kind in enumerate(kinds)]


def _expect(
    z: Floats, mu: Floats, sigma: Floats, patterns: list[tuple[Bools, Bools]]
) -> tuple[Floats, Floats]:
    """The E-step: the table with conditional means, and the summed conditional covariance of what is missing."""
    full, extra = z.copy(), np.zeros_like(sigma)
    for here, rows in patterns:
        gone = ~here
        if not gone.any():
            continue
        slope = np.linalg.lstsq(sigma[np.ix_(here, here)], sigma[np.ix_(here, gone)], rcond=1e-12)[0]
        full[np.ix_(rows, gone)] = mu[gone] + (z[np.ix_(rows, here)] - mu[here]) @ slope
        left = sigma[np.ix_(gone, gone)] - sigma[np.ix_(gone, here)] @ slope
        extra[np.ix_(gone, gone)] += int(rows.sum()) * left
    return full, extra


@dataclass(frozen=True)
class FilledYear:
    """One hole of a panel that was filled from the same unit in other years."""

    year: int
    unit: str
    code: str
    value: float
    how: str
    from_years: tuple[int, ...]


def impute_years(
    years: Mapping[int, UnitData], *, method: str = "linear", reach: int | None = None
) -> tuple[dict[int, UnitData], tuple[FilledYear, ...]]:
    """Fill holes from other years of the same unit and indicator; what nobody knows stays a hole.

    Args:
        years: year → data; all with the same columns, units matched by name.
        method: "last" takes the latest earlier value; "linear" lies on the line between the neighbouring values and
            invents nothing outside them.
        reach: a value further away than this many years is not used.

    Raises MethodError `indices.unknown_imputation`, `.empty_data` (no years), `.columns_differ`, `.bad_reach`.
    """
    if reach is not None and reach < 1:
        raise MethodError("indices.bad_reach", "A reach is at least one year, not {reach}.", reach=reach)
    if method not in ("last", "linear"):
        raise MethodError(
            "indices.unknown_imputation", "There is no imputation {method} over years.", method=method
        )
    if not years:
        raise MethodError("indices.empty_data", "There are no years.")
    order = sorted(years)
    codes = years[order[0]].codes
    if other := [year for year in order if years[year].codes != codes]:
        raise MethodError(
            "indices.columns_differ",
            "The columns of {years} differ from {first}.",
            years=tuple(other),
            first=order[0],
        )
    rows = {year: {unit: at for at, unit in enumerate(years[year].units)} for year in order}
    new = {year: years[year].values.copy() for year in order}
    record: list[FilledYear] = []
    limit = math.inf if reach is None else reach
    for year in order:
        for row, at in zip(*np.nonzero(np.isnan(years[year].values)), strict=True):
            unit = years[year].units[row]
            known = [
                (other, float(years[other].values[rows[other][unit], at]))
                for other in order
                if unit in rows[other]
                and abs(other - year) <= limit
                and math.isfinite(years[other].values[rows[other][unit], at])
            ]
            found = _from_years(year, known, method)
            if found is not None:
                value, sources = found
                new[year][row, at] = value
                record.append(FilledYear(year, unit, codes[at], value, method, sources))
    return {year: years[year].with_values(new[year]) for year in order}, tuple(record)


def _from_years(
    year: int, known: list[tuple[int, float]], method: str
) -> tuple[float, tuple[int, ...]] | None:
    before = [pair for pair in known if pair[0] < year]
    after = [pair for pair in known if pair[0] > year]
    if method == "last":
        return (before[-1][1], (before[-1][0],)) if before else None
    if not before or not after:
        return None
    (start, low), (end, high) = before[-1], after[0]
    return low + (high - low) * (year - start) / (end - start), (start, end)
