"""Sampling designs and the variance of a weighted total under them.

Strata, clusters in several stages and finite population corrections; the variance is that of the
linearised scores, stage by stage (Särndal, Swensson & Wretman 1992, sections 4.3 and 5.7; Lumley 2010,
chapter 2). With w_i s_i summed to the units j of stratum h, of which n_h out of N_h were drawn:

    V = sum over stages of  reach * (1 - n_h/N_h) * n_h/(n_h - 1) * sum_j (t_j - mean t)²

where `reach` is the product of the sampling fractions of the stages above. Without population sizes the
first stage alone counts, as if its units were drawn with replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, FloatArray, IntArray
from sapar.methods.surveys.given import check_array

Lonely = Literal["fail", "remove", "certainty", "adjust", "average"]
CENSUS = 1e-7


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of selection.

    Attributes:
        unit: (rows,) the sampling unit each row belongs to.
        stratum: (units,) the stratum each unit was drawn in.
        drawn: (strata,) units drawn.
        population: (strata,) units there are; inf for drawing with replacement.
        parent: (strata,) the unit of the stage above; all 0 at the first stage.
        reach: (strata,) product of the sampling fractions of the stages above.
        names: (strata,) what a refusal calls them.
    """

    unit: IntArray
    stratum: IntArray
    drawn: FloatArray
    population: FloatArray
    parent: IntArray
    reach: FloatArray
    names: npt.NDArray[Any]

    @property
    def units(self) -> int:
        return len(self.stratum)

    @property
    def left(self) -> FloatArray:
        """(strata,) the share of units not drawn."""
        return np.where(np.isinf(self.population), 1.0, 1.0 - self.drawn / self.population)


class Reweighting(Protocol):
    """One change of the weights after the sample was drawn, such as raking; `reweighting` has the kinds.

    Attributes:
        base, after: (rows,) weights before and after.
        explains: whether known totals take something out of the variance.
    """

    @property
    def base(self) -> FloatArray: ...

    @property
    def after(self) -> FloatArray: ...

    @property
    def explains(self) -> bool: ...

    def residuals(self, scores: FloatArray) -> FloatArray:
        """(rows, k) scores of weighted totals, without what is explained."""

    def refitted(self, weights: FloatArray) -> FloatArray:
        """Other weights before (those of a replicate), changed by the same rule."""


@dataclass(frozen=True, eq=False)
class Design:
    """A sample: a weight for each row and how the rows were drawn. Made by `sampling.sampling_design`."""

    weights: FloatArray
    stages: tuple[Stage, ...]
    lonely: Lonely = "fail"
    lonely_domains: bool = False
    stratified: bool = False
    reweightings: tuple[Reweighting, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.weights)

    @property
    def unit_count(self) -> int:
        """Units of the last stage that counts; `unit_totals` has as many lines."""
        return self.stages[-1].units

    @cached_property
    def calibrated(self) -> bool:
        """Whether its weights were fitted to something that then no longer varies."""
        return any(one.explains for one in self.reweightings)

    @property
    def has_lonely(self) -> bool:
        """Whether a domain can change how a stratum counts."""
        return self.lonely_domains or any(bool((stage.drawn == 1).any()) for stage in self.stages)

    def degrees_of_freedom(self, used: BoolArray | None = None) -> int:
        """Primary units less strata, among the rows used that have a weight."""
        if used is not None:
            check_array("used", used, "b", "an array of true and false")
            if used.shape != self.weights.shape:
                raise MethodError(
                    "surveys.lengths_differ", "The columns have {columns} rows, the design {rows}.",
                    columns=used.size, rows=self.rows,
                )  # fmt: skip
        first = self.stages[0]
        counted = self.weights != 0
        if used is not None:
            counted = counted & used
        present = np.zeros(first.units, dtype=bool)
        present[first.unit[counted]] = True
        return int(present.sum()) - len(np.unique(first.stratum[present]))

    def covariance(self, scores: FloatArray, used: BoolArray | None = None) -> FloatArray:
        """Covariance (k, k) of the totals of `scores` (rows, k), which carry their weights.

        `used` marks the rows of a domain; elsewhere the scores are zero.
        """
        return self.covariance_of_totals(self.unit_totals(scores), used)

    def unit_totals(self, scores: FloatArray) -> FloatArray:
        """(units of the last stage, k) sums of (rows, k) scores."""
        for step in self.reweightings:
            scores = step.residuals(scores)
        last = self.stages[-1]
        return sums(last.unit, scores, last.units)

    def covariance_of_totals(self, totals: FloatArray, used: BoolArray | None = None) -> FloatArray:
        """Covariance (k, k) from the (units of the last stage, k) totals of weighted scores."""
        k = totals.shape[1]
        result = np.zeros((k, k))
        for depth in range(len(self.stages) - 1, -1, -1):
            stage = self.stages[depth]
            scaled = self.scaled_deviations(depth, totals, used)
            result += scaled.T @ scaled
            if depth:
                totals = sums(stage.parent[stage.stratum], totals, self.stages[depth - 1].units)
        return result

    def variances_of_totals(self, totals: FloatArray, used: BoolArray | None = None) -> FloatArray:
        """The diagonal (k,) of `covariance_of_totals`, when nothing else is needed."""
        result = np.zeros(totals.shape[1])
        for depth in range(len(self.stages) - 1, -1, -1):
            stage = self.stages[depth]
            scaled = self.scaled_deviations(depth, totals, used)
            result += np.einsum("uk,uk->k", scaled, scaled)
            if depth:
                totals = sums(stage.parent[stage.stratum], totals, self.stages[depth - 1].units)
        return result

    def scaled_deviations(self, depth: int, totals: FloatArray, used: BoolArray | None) -> FloatArray:
        """(units, k) deviations from the stratum means, scaled so that their cross product is V."""
        stage = self.stages[depth]
        factors, centred = self.factors(depth, used)
        means = sums(stage.stratum, totals, len(stage.drawn)) / stage.drawn[:, None]
        means[~centred] = 0.0
        deviations = totals - means[stage.stratum]
        deviations *= np.sqrt(factors)[stage.stratum, None]
        return deviations

    def factors(self, depth: int, used: BoolArray | None) -> tuple[FloatArray, BoolArray]:
        """What each stratum's squared deviations count, and whether they are taken from its mean."""
        stage = self.stages[depth]
        single = stage.drawn == 1
        factors = stage.reach * stage.left * stage.drawn / np.maximum(stage.drawn - 1, 1)
        factors[stage.left < CENSUS] = 0.0
        centred = np.ones(len(factors), dtype=bool)
        if not single.any() and not self.lonely_domains:
            return factors, centred
        kept = np.full(stage.units, True)
        if used is not None and not self.calibrated:
            kept[:] = False
            kept[stage.unit[used]] = True
        members = np.bincount(stage.stratum[kept], minlength=len(factors))
        lonely = single & (factors > 0) & (members > 0)
        if self.lonely == "fail" and lonely.any():
            names = tuple(str(stage.names[int(at)]) for at in np.flatnonzero(lonely))
            raise MethodError(
                "surveys.lonely_psu",
                "Strata with only one sampling unit at stage {stage}: {strata}.",
                stratum=names[0],
                strata=names,
                stage=depth + 1,
            )
        thinned = (members == 1) & (stage.drawn > 1) & (factors > 0)
        if not self.lonely_domains:
            thinned[:] = False
        if self.lonely == "adjust":
            centred[lonely | thinned] = False
        elif self.lonely == "average":
            without = lonely | thinned
            factors[without] = 0.0
            present = members > 0
            above = int(stage.parent.max(initial=0)) + 1
            strata = np.bincount(stage.parent[present], minlength=above)
            able = np.bincount(stage.parent[present & ~without], minlength=above)
            if ((strata > 0) & (able == 0)).any():
                raise MethodError(
                    "surveys.nothing_to_average",
                    "At stage {stage} every stratum has only one sampling unit.",
                    stage=depth + 1,
                )
            factors *= (strata / np.maximum(able, 1))[stage.parent]
        return factors, centred


def sums(index: IntArray, values: FloatArray, size: int) -> FloatArray:
    """(size, k) sums of the (rows, k) values that share an index."""
    if len(index) == size and _is_identity(index):
        return values
    if values.shape[1] > 8:
        gather = sparse.csc_array(
            (np.ones(len(index)), index, np.arange(len(index) + 1)), shape=(size, len(index))
        )
        return np.asarray(gather @ values)
    result = np.empty((size, values.shape[1]))
    for at in range(values.shape[1]):
        result[:, at] = np.bincount(index, values[:, at], minlength=size)
    return result


def _is_identity(index: IntArray) -> bool:
    return bool(index[-1] == len(index) - 1 and np.array_equal(index, np.arange(len(index))))
