"""An index over several years on one scale.

A scale that is laid anew each year (min-max, z-scores) hides progress: a unit may improve and fall. Here treatment and
normalisation are fitted once, on one year or on all years together, frozen, and applied to every year; the part of a
relative index that comes from the moving field is told apart from the unit's own change.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import columns
from sapar.methods.indices.aggregation import Gap, Plan, aggregate, gaps
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.denominators import divisors
from sapar.methods.indices.imputation import Imputed, impute
from sapar.methods.indices.model import Fitted, Model, build, refuse_pairwise
from sapar.methods.indices.normalisation import fit, posts
from sapar.methods.indices.screening import ScreenedUnit, screen
from sapar.methods.indices.treatment import treat, untreated


@dataclass(frozen=True, eq=False)
class Year:
    """One year on the frozen scale; arrays as in `Index`. `beyond` counts scores outside the range of the fit."""

    data: UnitData
    screened: tuple[ScreenedUnit, ...]
    imputed: tuple[Imputed, ...]
    gaps: tuple[Gap, ...]
    scores: Floats
    ranks: Floats
    beyond: int


@dataclass(frozen=True)
class Trend:
    """A unit between its first and last year with a score; `growth` is the compound yearly rate, NaN below 0."""

    unit: str
    first_year: int
    last_year: int
    first: float
    last: float
    change: float
    growth: float
    first_rank: float
    last_rank: float


@dataclass(frozen=True)
class Drift:
    """Change of a relative index taken apart: `own` on the frozen scale, `field` the rest, made by the others."""

    unit: str
    relative: float
    own: float
    field: float


@dataclass(frozen=True, eq=False)
class Years:
    """`base` is the year on which the scale was fitted, or None for all years together."""

    model: Model
    base: int | None
    fitted: Fitted
    years: Mapping[int, Year]

    def score(self, year: int, unit: str, code: str = "") -> float:
        one = self._year(year)
        tree = self.model.tree
        return float(one.scores[one.data.row(unit), tree.place[tree.node(code or tree.index).code]])

    def trends(self) -> tuple[Trend, ...]:
        """Every unit with scores in two or more years, in order of first appearance."""
        seen: dict[str, list[tuple[int, float, float]]] = {}
        for year in sorted(self.years):
            one = self.years[year]
            for unit, score, rank in zip(one.data.units, one.scores[:, -1], one.ranks[:, -1], strict=True):
                if math.isfinite(score):
                    seen.setdefault(unit, []).append((year, float(score), float(rank)))
        return tuple(_trend(unit, points) for unit, points in seen.items() if len(points) > 1)

    def drift(self, before: int, after: int) -> tuple[Drift, ...]:
        """Units with scores in both years. The relative scores are of an index built for each year alone."""
        first, last = self._year(before), self._year(after)
        alone = {year: build(self.model, self._year(year).data).of() for year in (before, after)}
        found = []
        for unit in first.data.units:
            if unit not in last.data.units:
                continue
            own = float(last.scores[last.data.row(unit), -1] - first.scores[first.data.row(unit), -1])
            relative = alone[after][unit] - alone[before][unit]
            if math.isfinite(own) and math.isfinite(relative):
                found.append(Drift(unit, relative, own, relative - own))
        return tuple(found)

    def _year(self, year: int) -> Year:
        if year not in self.years:
            raise MethodError("indices.unknown_year", "There is no year {year}.", year=year)
        return self.years[year]


def _trend(unit: str, points: list[tuple[int, float, float]]) -> Trend:
    (first_year, first, first_rank), (last_year, last, last_rank) = points[0], points[-1]
    growth = (last / first) ** (1 / (last_year - first_year)) - 1 if first > 0 and last >= 0 else math.nan
    return Trend(unit, first_year, last_year, first, last, last - first, growth, first_rank, last_rank)


def build_years(model: Model, years: Mapping[int, UnitData], *, base: int | None = None) -> Years:
    """Build every year on one frozen scale; arrays have the shape (units of the year, nodes).

    Holes are filled within each year as the model says; `impute_years` fills them from other years beforehand.

    Args:
        years: year → data of that year; units may come and go.
        base: the year on which treatment and normalisation are fitted; all years together when None.

    Source: OECD/JRC Handbook (2008), step 5, on scales that stay comparable over time.

    Raises MethodError as `build` for each year, and `indices.ranks_cannot_be_frozen`, `.unknown_year`,
    `.reference_needs_base`, `.outside_transformation` when a year lies beyond the range of a transformation fitted on
    the base.
    """
    if not years or (base is not None and base not in years):
        raise MethodError("indices.unknown_year", "There is no year {year}.", year=base)
    refuse_pairwise(model)
    references = any(rule.method == "distance_to_reference" for rule in model.normalisation.rules)
    if base is None and references:
        raise MethodError("indices.reference_needs_base", "A reference unit needs a base year.")
    prepared = {year: _prepared(model, years[year]) for year in sorted(years)}
    sources = [prepared[base]] if base is not None else list(prepared.values())
    pool = np.concatenate([one[2] for one in sources])
    units = years[base].units if base is not None else ()
    fitted = _fitted(model, pool, units)
    plan, weights = Plan(model.tree, model.aggregation), model.weight_array()
    inside = fitted.apply(pool)
    low, high = columns.lowest(inside), columns.highest(inside)
    done: dict[int, Year] = {}
    for year, (screened, imputed, filled) in prepared.items():
        normal = fitted.apply(filled)
        scores = aggregate(normal, weights, plan, units=years[year].units)[0]
        stays = np.array([one.stays for one in screened])
        done[year] = Year(
            years[year],
            screened,
            imputed,
            gaps(scores, weights, plan, years[year].units, stays),
            scores,
            columns.ranks_down(scores),
            int(((normal < low) | (normal > high)).sum()),
        )
    return Years(model, base, fitted, done)


def _prepared(model: Model, data: UnitData) -> tuple[tuple[ScreenedUnit, ...], tuple[Imputed, ...], Floats]:
    """A year divided, screened and filled."""
    raw = data.columns(model.tree.indicators)
    divided = raw / divisors(model.tree, data) if model.divided else raw
    screened = screen(model.tree, data, model.screening, divided)
    stays = np.array([one.stays for one in screened])
    divided = np.where(stays[:, None], divided, np.nan)
    filled, imputed = impute(model.tree, data, model.imputation, divided)
    filled = np.where(stays[:, None], filled, np.nan)
    return screened, tuple(one for one in imputed if stays[data.row(one.unit)]), filled


def _fitted(model: Model, pool: Floats, units: tuple[str, ...]) -> Fitted:
    treatment = untreated(model.tree.indicators, pool.shape[1])
    if model.treatment is not None:
        exempt = np.array([not model.tree.by_code[code].treat for code in model.tree.indicators])
        result = treat(pool, model.treatment, model.tree.indicators, exempt)
        pool, treatment = result.values, result.fitted
    given = posts(model.tree, model.normalisation, units)
    return Fitted(treatment, fit(pool, model.normalisation, given))


def on_goalposts(model: Model) -> Model:
    """The same model with the fixed goalposts of its tree for every indicator: what a strategy should be measured by.

    Whether every indicator has goalposts is checked by whoever builds: `indices.posts_missing`.
    """
    return replace(model, normalisation=replace(model.normalisation, method="goalposts", by_code=()))
