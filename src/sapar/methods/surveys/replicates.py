"""Designs by replicate weights: jackknife, balanced repeated replication, Fay, bootstrap.

V = scale · sum over replicates r of rscale_r (θ_r - centre)², the centre being the mean of the replicates or,
with `mse`, the full-sample estimate. Sources: Wolter 2007; Fay's variant: Judkins 1990; bootstraps: Rao & Wu
1988 (n - 1 draws, rescaled), Canty & Davison 1999 (n draws, finite populations), Preston 2009 (half
samples at every stage).
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
from sapar.methods.surveys.hadamard import hadamard

Kind = Literal[
    "JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "ACS", "successive-difference", "other"
]  # fmt: skip
Bootstrap = Literal["canty-davison", "rao-wu", "preston"]
Refit = Literal["refit", "keep"]


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


def _before(design: Design, reweighting: Refit) -> Design:
    """The design whose units are left out or drawn: with the weights before, or with the final ones as they are."""
    if reweighting not in get_args(Refit):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(reweighting))
    if not design.reweightings:
        return design
    weights = design.weights if reweighting == "keep" else design.reweightings[0].base
    return replace(design, weights=weights, reweightings=())


def _after(found: ReplicateDesign, design: Design, reweighting: Refit) -> ReplicateDesign:
    for step in design.reweightings if reweighting == "refit" else ():
        found = refitted_replicates(found, step)
    return found


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


def _primary(design: Design) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Unit of each row, stratum of each unit, share not drawn and size of each stratum."""
    first = design.stages[0]
    return first.unit, first.stratum, first.left, first.drawn


def _refuse_lonely(design: Design, drawn: FloatArray, left: FloatArray) -> None:
    if ((drawn == 1) & (left > 0)).any() and design.lonely == "fail":
        single = np.flatnonzero((drawn == 1) & (left > 0))
        names = tuple(str(design.stages[0].names[int(at)]) for at in single)
        raise MethodError(
            "surveys.lonely_psu", "Strata with only one sampling unit at stage {stage}: {strata}.",
            stratum=names[0], strata=names, stage=1,
        )  # fmt: skip


@checked
def jackknife(design: Design, *, mse: bool = False, reweighting: Refit = "refit") -> ReplicateDesign:
    """Leave out one primary unit at a time: JK1 without strata, JKn with them.

    Args:
        mse: centre at the full-sample estimate.
        reweighting: of a raked, calibrated or trimmed design: ``refit`` does the same to each replicate;
            ``keep`` multiplies the final weights, as R's `as.svrepdesign` does, and so forgets what the known
            totals explain.

    A lonely unit is left out of no replicate (``remove``, ``certainty``, ``average``, which rescales by the
    share of units that make a replicate) or stands for one of the strata (``adjust``).
    """
    return _after(_jackknife(_before(design, reweighting), mse), design, reweighting)


def _jackknife(design: Design, mse: bool) -> ReplicateDesign:
    unit, stratum, left, drawn = _primary(design)
    units, strata = len(stratum), len(drawn)
    if units == 1 or (strata == 1 and drawn[0] == 1):
        raise MethodError("surveys.no_replicate", "No stratum has two primary units.")
    if not design.stratified:
        factors = np.full((units, units), units / (units - 1))
        np.fill_diagonal(factors, 0.0)
        scale = float(left[0]) * (units - 1) / units
        return ReplicateDesign(design.weights, factors, unit, scale, np.ones(units), "JK1", mse)
    _refuse_lonely(design, drawn, left)
    lonely = drawn[stratum] == 1
    makes = ~lonely | ((design.lonely == "adjust") & (left[stratum] > 0))
    # Of a stratum drawn whole nothing varies: its units make no replicates and no degrees of freedom.
    varies = makes & (left[stratum] > 0)
    dropped = np.flatnonzero(varies if varies.any() else makes)
    if not dropped.size:
        raise MethodError("surveys.no_replicate", "No stratum has two primary units.")
    factors = np.ones((units, dropped.size))
    rscales = np.empty(dropped.size)
    for at, psu in enumerate(dropped):
        here, n = stratum == stratum[psu], drawn[stratum[psu]]
        if n == 1:
            factors[:, at] = strata / (strata - 1)
            rscales[at] = (strata - 1) / strata
        else:
            factors[here, at] = n / (n - 1)
            rscales[at] = left[stratum[psu]] * (n - 1) / n
        factors[psu, at] = 0.0
    scale = units / np.count_nonzero(makes) if design.lonely == "average" else 1.0
    return ReplicateDesign(design.weights, factors, unit, scale, rscales, "JKn", mse)


@checked
def balanced_replicates(
    design: Design, *, fay: float = 0.0, mse: bool = False, reweighting: Refit = "refit"
) -> ReplicateDesign:
    """Balanced repeated replication for two primary units a stratum; Fay's variant with 0 < `fay` < 1.

    A stratum with an even number of units above two is split into pairs in the order of its units. The
    population corrections are not used. The patterns are fully balanced: for totals V equals the
    linearised variance of the paired strata exactly. `reweighting` as for `jackknife`.

    Raises:
        MethodError: ``surveys.not_paired`` when a stratum has an odd number of units.
    """
    return _after(_balanced(_before(design, reweighting), fay, mse), design, reweighting)


def _balanced(design: Design, fay: float, mse: bool) -> ReplicateDesign:
    unit, stratum, _left, drawn = _primary(design)
    if not design.stratified or (drawn % 2 == 1).any():
        odd = np.flatnonzero(drawn % 2 == 1)
        raise MethodError(
            "surveys.not_paired", "Strata with an odd number of primary units: {strata} ({units}).",
            strata=tuple(str(design.stages[0].names[at]) for at in odd) or ("(all)",),
            units=tuple(drawn[odd].astype(int).tolist()) or (len(stratum),),
        )  # fmt: skip
    if not 0 <= fay < 1:
        raise MethodError("surveys.bad_option", "Fay's rho must lie in [0, 1).", option="fay")
    order = np.argsort(stratum, kind="stable")
    pair = np.empty(len(stratum), dtype=np.int64)
    pair[order] = np.arange(len(stratum)) // 2
    side = np.empty(len(stratum), dtype=np.int64)
    side[order] = np.where(np.arange(len(stratum)) % 2 == 0, 1, -1)
    patterns = hadamard(int(pair.max()) + 2)
    chosen = patterns[1 + pair] * side[:, None] > 0
    factors = np.where(chosen, 2.0 - fay, fay)
    count = factors.shape[1]
    return ReplicateDesign(
        design.weights,
        factors,
        unit,
        1 / (count * (1 - fay) ** 2),
        np.ones(count),
        "Fay" if fay else "BRR",
        mse,
    )


@checked
def bootstrap(
    design: Design,
    *,
    method: Bootstrap = "canty-davison",
    replicates: int = 200,
    seed: int,
    mse: bool = False,
    reweighting: Refit = "refit",
) -> ReplicateDesign:
    """Bootstrap weights, reproducible by `seed`.

    ``canty-davison`` draws n_h of the n_h units of each stratum (from the repeated population where its
    size is known) and rescales by the harmonic mean n̄ of the stratum sizes, n̄/((n̄-1)(R-1));
    ``rao-wu`` draws n_h - 1 with weights n_h/(n_h-1); ``preston`` draws half samples at every stage and
    honours the corrections of all stages. `reweighting` as for `jackknife`.

    Raises:
        MethodError: ``surveys.bad_seed``, ``surveys.bad_replicates``, ``surveys.bad_option``, ``surveys.lonely_psu``,
            ``surveys.no_replicate``.

    Raises:
        MethodError: `surveys.bad_option`, `surveys.bad_replicates`.
    """
    if method not in get_args(Bootstrap):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(method))
    if seed < 0:
        raise MethodError("surveys.bad_seed", "A seed is a whole number from 0, not {seed}.", seed=seed)
    if replicates < 2:
        raise MethodError("surveys.bad_replicates", "Two replicates or more are needed.")
    chance, drawn_from = np.random.default_rng(seed), _before(design, reweighting)
    if method == "preston":
        found = _preston(drawn_from, replicates, chance, mse)
    else:
        found = _resampled(drawn_from, method, replicates, chance, mse)
    return _after(found, design, reweighting)


def _resampled(
    design: Design, method: Bootstrap, replicates: int, chance: np.random.Generator, mse: bool
) -> ReplicateDesign:
    unit, stratum, left, drawn = _primary(design)
    _refuse_lonely(design, drawn, left)
    if (drawn == 1).all():
        raise MethodError("surveys.no_replicate", "No stratum has two primary units.")
    factors = np.ones((len(stratum), replicates))
    population = design.stages[0].population
    for layer, n in enumerate(drawn.astype(int)):
        here = np.flatnonzero(stratum == layer)
        if n == 1:
            continue
        if method == "rao-wu":
            factors[here] = chance.multinomial(n - 1, np.full(n, 1 / n), size=replicates).T * n / (n - 1)
        elif np.isinf(population[layer]):
            factors[here] = chance.multinomial(n, np.full(n, 1 / n), size=replicates).T
        else:
            whole = round(float(population[layer]))
            for at in range(replicates):
                copies = np.full(n, whole // n)
                copies[chance.permutation(n)[: whole % n]] += 1
                factors[here, at] = chance.multivariate_hypergeometric(copies, n)
    if method == "rao-wu":
        scale = 1 / (replicates - 1)
    else:
        typical = 1 / float(np.mean(1 / drawn))
        scale = typical / ((typical - 1) * (replicates - 1))
    return ReplicateDesign(design.weights, factors, unit, scale, np.ones(replicates), "bootstrap", mse)


def _preston(design: Design, replicates: int, chance: np.random.Generator, mse: bool) -> ReplicateDesign:
    """Half samples at each stage; a unit that was not drawn keeps a negative share of the adjustment."""
    last = design.stages[-1]
    units = last.units
    first_row = np.zeros(units, dtype=np.int64)
    first_row[last.unit[::-1]] = np.arange(design.rows - 1, -1, -1)
    lines = [stage.unit[first_row] for stage in design.stages]
    factors = np.empty((units, replicates))
    for at in range(replicates):
        factor = np.ones(units)
        inherited = np.ones(units)
        for stage, line in zip(design.stages, lines, strict=True):
            half = np.floor(stage.drawn / 2)
            rank = np.empty(stage.units)
            order = np.lexsort((chance.random(stage.units), stage.stratum))
            starts = np.concatenate([[0], np.cumsum(np.bincount(stage.stratum))[:-1]])
            rank[order] = np.arange(stage.units) - starts[stage.stratum[order]]
            kept = rank < half[stage.stratum]
            stratum = stage.stratum
            n, m = stage.drawn[stratum], half[stratum]
            spread = np.sqrt(stage.reach[stratum] * m * stage.left[stratum] / np.maximum(n - m, 1))
            share = np.divide(n, m, out=np.zeros_like(n), where=m > 0)
            # A stratum with a single unit (m = 0) cannot be halved and adds nothing.
            factor += inherited * np.where(m > 0, spread * (share * kept - 1), 0.0)[line]
            inherited = inherited * np.sqrt(share)[line] * kept[line]
        factors[:, at] = factor
    return ReplicateDesign(
        design.weights, factors, last.unit, 1 / (replicates - 1), np.ones(replicates), "bootstrap", mse
    )
