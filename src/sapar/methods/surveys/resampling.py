"""Replicates made from a sampling design: jackknife, balanced repeated replication, Fay, bootstrap.

Sources: Wolter 2007; Fay's variant: Judkins 1990; bootstraps: Rao & Wu 1988 (n - 1 draws, rescaled), Canty &
Davison 1999 (n draws, finite populations), Preston 2009 (half samples at every stage).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import FloatArray, IntArray
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.hadamard import hadamard
from sapar.methods.surveys.replicates import ReplicateDesign, refitted_replicates

Bootstrap = Literal["canty-davison", "rao-wu", "preston"]


Refit = Literal["refit", "keep"]


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
