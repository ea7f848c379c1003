"""Designs by replicate weights: given with the data, or made from a sampling design (`resampling`).

V = scale · sum over replicates r of rscale_r (θ_r - centre)², the centre being the mean of the replicates or,
with `mse`, the full-sample estimate (Wolter 2007).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Column, FloatArray, IntArray, floats, numbers, places
from sapar.methods.surveys.designs import Design, Reweighting, sums
from sapar.methods.surveys.given import checked

Kind = Literal[
    "JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "ACS", "successive-difference", "other"
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class ReplicateDesign:
    """A sample whose variance comes from replicate weights.

    Attributes:
        weights: (rows,) of the full sample.
        factors: (units, replicates) what multiplies the weights of a unit's rows; with `combined` they
            are the replicate weights themselves.
        unit: (rows,) line of `factors` of each row.
        scale, rscales: see the formula above.
        mse: centre at the full-sample estimate.
        made: `unit`, `factors` and which rows had a weight, before the replicates were fitted to known totals.
    """

    weights: FloatArray
    factors: FloatArray
    unit: IntArray
    scale: float
    rscales: FloatArray
    kind: Kind
    mse: bool = False
    combined: bool = False
    made: tuple[IntArray, FloatArray, BoolArray] | None = None

    @property
    def rows(self) -> int:
        return len(self.weights)

    @property
    def replicates(self) -> int:
        return int(self.factors.shape[1])

    @cached_property
    def _full_rank(self) -> int:
        return self._rank(np.ones(self.rows, dtype=bool))

    def degrees_of_freedom(self, used: BoolArray | None = None) -> int:
        """Rank of the replicate weights of the rows used, less one."""
        return (self._full_rank if used is None or used.all() else self._rank(used)) - 1

    def _rank(self, used: BoolArray) -> int:
        unit, factors, weighted = self.made or (self.unit, self.factors, self.weights != 0)
        units = np.unique(unit[used & weighted])
        return int(np.linalg.matrix_rank(factors[units], rtol=1e-7)) if units.size else 0

    def totals(self, columns: FloatArray) -> FloatArray:
        """(k, replicates) weighted totals of (rows, k) columns under each replicate."""
        weighted = columns if self.combined else columns * self.weights[:, None]
        return np.asarray(sums(self.unit, weighted, len(self.factors)).T @ self.factors)

    def replicate_weights(self, at: int) -> FloatArray:
        """(rows,) weights of one replicate."""
        factors = self.factors[self.unit, at]
        return np.asarray(factors if self.combined else factors * self.weights)

    def covariance(self, replicates: FloatArray, estimate: FloatArray) -> FloatArray:
        """(k, k) from the (k, replicates) estimates; replicates that are not numbers are left out."""
        good = np.isfinite(replicates).all(axis=0)
        if not good.any():
            raise MethodError("surveys.no_replicate", "No replicate gives an estimate.")
        thetas, rscales = replicates[:, good], self.rscales[good]
        if not (rscales > 0).any():
            return np.zeros((len(estimate), len(estimate)))
        centre = estimate if self.mse else thetas[:, rscales > 0].mean(axis=1)
        deviations = (thetas - centre[:, None]) * np.sqrt(rscales * self.scale)
        return np.asarray(deviations @ deviations.T)

    def variances(self, replicates: FloatArray, estimate: FloatArray) -> FloatArray:
        """(k,) each from the replicates in which that estimate is a number; NaN without any."""
        good = np.isfinite(replicates)
        counted = good & (self.rscales > 0)
        centre = estimate
        if not self.mse:
            with np.errstate(invalid="ignore", divide="ignore"):
                centre = np.where(counted, replicates, 0.0).sum(axis=1) / counted.sum(axis=1)
        deviations = np.where(good, replicates - centre[:, None], 0.0)
        found = self.scale * (deviations**2 @ self.rscales)
        return np.where(np.isfinite(estimate) & counted.any(axis=1), found, np.nan)


AnyDesign = Design | ReplicateDesign


@checked
def replicate_design(
    *,
    weights: Column,
    replicate_weights: FloatArray,
    kind: Kind,
    combined: bool = True,
    rho: float | None = None,
    scale: float | None = None,
    rscales: Column | float | None = None,
    mse: bool = False,
) -> ReplicateDesign:
    """A design from the replicate weights that came with the data, (rows, replicates).

    Defaults of scale (R replicates): BRR 1/R; Fay 1/(R (1-rho)²); JK1 (R-1)/R; JK2 1; bootstrap 1/(R-1);
    ACS and successive differences 4/R. JKn and ``other`` need `scale` or `rscales`.
    `combined` says that the sampling weight is already multiplied in.

    Raises:
        MethodError: `surveys.bad_option`, `surveys.bad_replicates`, `surveys.bad_weight`.
    """
    if kind not in get_args(Kind):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(kind))
    full = numbers(weights, what="weights")
    table = floats(replicate_weights, what="replicate weights")
    if table.ndim != 2 or table.shape[0] != len(full) or table.shape[1] < 2:
        raise MethodError(
            "surveys.bad_replicates", "There must be one line a row and two or more replicates."
        )
    wrong = ~np.isfinite(table).all(axis=1) | ~(full >= 0)
    if wrong.any() or not full.any():
        raise MethodError(
            "surveys.bad_weight", "Weights are missing, negative or not finite in rows {rows}, or all 0.",
            rows=places(wrong),
        )  # fmt: skip
    count = table.shape[1]
    if kind == "Fay" and (rho is None or not 0 <= rho < 1):
        raise MethodError("surveys.bad_option", "Fay's method needs its rho in [0, 1).", option="rho")
    if kind in ("JKn", "other") and scale is None and rscales is None:
        raise MethodError("surveys.bad_option", "{option} needs a scale or rscales.", option=kind)
    usual = {
        "BRR": 1 / count,
        "Fay": 1 / (count * (1 - (rho or 0.0)) ** 2),
        "JK1": (count - 1) / count,
        "bootstrap": 1 / (count - 1),
        "ACS": 4 / count,
        "successive-difference": 4 / count,
    }
    if rscales is None or isinstance(rscales, (int, float)):
        each = np.full(count, 1.0 if rscales is None else float(rscales))
    else:
        each = numbers(rscales, what="rscales")
    if each.shape != (count,) or not (each >= 0).all():
        raise MethodError("surveys.bad_replicates", "There must be one rscale of at least 0 a replicate.")
    return ReplicateDesign(
        weights=full,
        factors=table,
        unit=np.arange(len(full)),
        scale=usual.get(kind, 1.0) if scale is None else float(scale),
        rscales=each,
        kind=kind,
        mse=mse,
        combined=combined,
    )


def refitted_replicates(design: ReplicateDesign, step: Reweighting) -> ReplicateDesign:
    """Raked, calibrated or trimmed: the full sample, and every replicate by the same rule.

    The degrees of freedom stay those of the replicates as they were made; fitting weights draws no more units.

    Raises:
        MethodError: ``surveys.replicate_not_reweighted`` with the replicate and the code of its refusal.
    """
    table = np.empty((design.rows, design.replicates))
    for at in range(design.replicates):
        try:
            table[:, at] = step.refitted(design.replicate_weights(at))
        except MethodError as refused:
            raise MethodError(
                "surveys.replicate_not_reweighted",
                "Replicate {replicate} of {count} cannot be fitted like the full sample: {why}",
                replicate=at + 1,
                count=design.replicates,
                why=str(refused),
                cause=refused.code,
            ) from refused
    made = (design.unit, design.factors, design.weights != 0) if design.made is None else design.made
    return replace(
        design, weights=step.after, factors=table, unit=np.arange(design.rows), combined=True, made=made
    )
