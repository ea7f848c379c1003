"""Which choice moves the ranks: variance-based sensitivity (Sobol' indices).

S_i = V[E(Y | X_i)]/V(Y) is the share of the variance that choice i makes alone, T_i = E[V(Y | X_~i)]/V(Y) the share in
which it takes part. By definition 0 ≤ S_i ≤ T_i ≤ 1 and Σ S_i ≤ 1 ≤ Σ T_i; an estimate that breaks this has not
converged and is not reported. For an input that acts alone S = T, and then half of all samples, however large, put S a
little above T: such an excess may stand only where 0 is in the bootstrap interval of S − T *and* it is below a small
tolerance.
Sources: Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola, Comput. Phys. Commun. 181 (2010) 259–270 (first-order
estimator); Jansen, Comput. Phys. Commun. 117 (1999) 35–43 (total effects).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.model import Model
from sapar.methods.indices.robustness import (
    Choice,
    combinations,
    mean_rank_shift,
    rank_intervals,
    rank_of,
    sobol_points,
)
from sapar.methods.progress import Progress, unheard


@dataclass(frozen=True)
class Effect:
    """First-order and total index of one choice with bootstrap intervals (equal to the value when exact).

    `excess_low` is the lower end of the interval of S − T, from the same draws; above 0 it is no accident that S > T.
    """

    name: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float
    excess_low: float = 0.0


@dataclass(frozen=True)
class Sensitivity:
    """`runs` evaluations; `exact` when all combinations were enumerated; `interactions` is 1 − Σ S.

    `level_pegging` names the inputs whose S is above T by no more than sampling error: take them as equal.
    """

    effects: tuple[Effect, ...]
    mean: float
    variance: float
    runs: int
    exact: bool
    interactions: float

    @property
    def level_pegging(self) -> tuple[str, ...]:
        return () if self.exact else tuple(one.name for one in self.effects if one.first > one.total)


def sobol_indices(
    output: Callable[[Floats], Floats],
    names: Sequence[str],
    *,
    points: int = 1024,
    most: int = 65_536,
    tolerance: float = 0.02,
    width: float = 0.1,
    level: float = 0.9,
    bootstrap: int = 1000,
    seed: int,
    progress: Progress = unheard,
) -> Sensitivity:
    """Estimate S and T, doubling the sample until the estimate is sound.

    Args:
        output: (n, d) points of the unit cube → (n,) finite outputs.
        names: the d inputs.
        points: size of the first sample, a power of two; it costs points·(d + 2) evaluations.
        most: largest sample tried.
        tolerance: how far S may lie above T (if 0 is in the interval of S − T as well; else not at all) or below 0,
            T above 1, and (times the number of inputs) ΣS above and ΣT below 1, before the estimate counts as unsound.
        width: greatest half-width of the bootstrap intervals.
        level: of the intervals.

    Raises MethodError:
        `indices.unconverged` when `most` points do not suffice; its facts name the worst input.
        `indices.no_variance` when the output does not vary; `indices.bad_sample_size`; `indices.bad_limits`.
    """
    checks.unique("code", names)
    checks.good_seed(seed)
    if not names or points < 8 or points & (points - 1) or most < points:
        raise MethodError(
            "indices.bad_sample_size",
            "{points} points up to {most} are not powers of two from 8.",
            points=points,
            most=most,
        )
    if not (tolerance > 0 and width > 0 and 0 < level < 1 and bootstrap >= 100):
        raise MethodError(
            "indices.bad_limits", "The limits are above 0, and the bootstrap has at least 100 turns."
        )
    n, stages = points, int(math.log2(most / points)) + 1
    for stage in range(stages):
        outputs = _sample(output, len(names), n, seed)
        if _flat(outputs) and stage < stages - 1:
            n *= 2  # a rare event may not have happened yet
            continue
        found, trouble = _estimate(outputs, names, tolerance, width, level, bootstrap, seed)
        if not trouble:
            progress(stages, stages)
            return found
        progress(stage + 1, stages)
        n *= 2
    raise MethodError(
        "indices.unconverged",
        "After {points} points the sensitivity is not settled: {what} of {name} (S = {first:.3f}, T = {total:.3f}).",
        points=n // 2,
        **trouble,
    )


def _sample(output: Callable[[Floats], Floats], d: int, n: int, seed: int) -> Floats:
    """Outputs at A, B and the d tables A with column i from B: shape (d + 2, n)."""
    base = sobol_points(n, 2 * d, seed)
    a, b = base[:, :d], base[:, d:]
    tables = [a, b]
    for at in range(d):
        mixed = a.copy()
        mixed[:, at] = b[:, at]
        tables.append(mixed)
    found = np.asarray(output(np.concatenate(tables)), dtype=np.float64)
    if found.shape != ((d + 2) * n,) or not np.isfinite(found).all():
        raise MethodError("indices.bad_output", "The output must be one finite number for each point.")
    return found.reshape(d + 2, n)


def _flat(outputs: Floats) -> bool:
    return bool(np.ptp(outputs) <= 1e-12 * max(1.0, float(np.abs(outputs).max())))


def _indices(fa: Floats, fb: Floats, fab: Floats) -> tuple[Floats, Floats]:
    """S (Saltelli 2010, centred) and T (Jansen 1999); arrays (..., n) and (inputs, ..., n) → (inputs, ...)."""
    both = np.concatenate([fa, fb], axis=-1)
    variance = both.var(axis=-1)
    variance = np.where(variance > 0, variance, np.nan)
    centre = both.mean(axis=-1, keepdims=True)
    first = ((fb - centre) * (fab - fa)).mean(axis=-1) / variance
    total = ((fa - fab) ** 2).mean(axis=-1) / (2 * variance)
    return first, total


def _estimate(
    outputs: Floats,
    names: Sequence[str],
    tolerance: float,
    width: float,
    level: float,
    bootstrap: int,
    seed: int,
) -> tuple[Sensitivity, dict[str, float | str]]:
    fa, fb, fab = outputs[0], outputs[1], outputs[2:]
    n = len(fa)
    if _flat(outputs):
        raise MethodError(
            "indices.no_variance", "The output is {value} whatever is chosen.", value=float(fa[0])
        )
    first, total = _indices(fa, fb, fab)
    rng = np.random.default_rng(seed)
    drawn_first = np.empty((bootstrap, len(names)))
    drawn_total = np.empty((bootstrap, len(names)))
    for turn in range(bootstrap):
        rows = rng.integers(n, size=n)
        drawn_first[turn], drawn_total[turn] = _indices(fa[rows], fb[rows], fab[:, rows])
    ends = [(1 - level) / 2, (1 + level) / 2]
    first_ends, total_ends = (
        np.nanquantile(drawn_first, ends, axis=0),
        np.nanquantile(drawn_total, ends, axis=0),
    )
    excess_low = np.nanquantile(drawn_first - drawn_total, ends[0], axis=0)
    effects = tuple(
        Effect(
            name, float(first[at]), float(first_ends[0, at]), float(first_ends[1, at]),
            float(total[at]), float(total_ends[0, at]), float(total_ends[1, at]), float(excess_low[at]),
        )
        for at, name in enumerate(names)
    )  # fmt: skip
    both = np.concatenate([fa, fb])
    result = Sensitivity(
        effects, float(both.mean()), float(both.var()), outputs.size, False, 1 - float(first.sum())
    )
    return result, _trouble(effects, tolerance, width)


def _trouble(effects: Sequence[Effect], tolerance: float, width: float) -> dict[str, float | str]:
    """Why the estimate cannot stand, or nothing."""

    def facts(what: str, one: Effect) -> dict[str, float | str]:
        return {"what": what, "name": one.name, "first": one.first, "total": one.total}

    for one in effects:
        if not (math.isfinite(one.first) and math.isfinite(one.total)):
            return facts("no value", one)
        if one.first > one.total and (one.excess_low > 0 or one.first > one.total + tolerance):
            return facts("S above T", one)
        if one.first < -tolerance:
            return facts("S below 0", one)
        if one.total > 1 + tolerance:
            return facts("T above 1", one)
        if max(one.first_high - one.first_low, one.total_high - one.total_low) / 2 > width:
            return facts("the interval is too wide", one)
    if sum(one.first for one in effects) > 1 + tolerance * len(effects):
        return facts("the sum of S is above 1, most", max(effects, key=lambda one: one.first))
    if sum(one.total for one in effects) < 1 - tolerance * len(effects):
        return facts("the sum of T is below 1, least", min(effects, key=lambda one: one.total))
    return {}


def exact_indices(outputs: Floats, names: Sequence[str]) -> Sensitivity:
    """S and T of a full factorial of equally likely options, without sampling error.

    `outputs` has one axis for each input, as long as it has options.

    Raises MethodError `indices.wrong_shape`, `.bad_output` (a value is not finite), `.no_variance`, `.duplicate_code`,
    `.not_numbers`.
    """
    checks.unique("code", names)
    values = checks.numbers("outputs", outputs)
    if values.ndim != len(names) or not values.size:
        raise MethodError(
            "indices.wrong_shape", "{name} has the shape {found}; needed is {wanted}.",
            name="outputs", found=values.shape, wanted=len(names),
        )  # fmt: skip
    if not np.isfinite(values).all():
        raise MethodError("indices.bad_output", "The output must be one finite number for each point.")
    variance = float(values.var())
    if _flat(values):
        raise MethodError(
            "indices.no_variance", "The output is {value} whatever is chosen.", value=float(values.flat[0])
        )
    effects = []
    for at, name in enumerate(names):
        others = tuple(axis for axis in range(values.ndim) if axis != at)
        first = float(values.mean(axis=others).var()) / variance
        total = float(values.var(axis=at).mean()) / variance
        effects.append(Effect(name, first, first, first, total, total, total))
    return Sensitivity(
        tuple(effects),
        float(values.mean()),
        variance,
        values.size,
        True,
        1 - sum(one.first for one in effects),
    )


def choice_sensitivity(
    model: Model,
    data: UnitData,
    choices: Sequence[Choice],
    *,
    unit: str = "",
    most_exact: int = 20_000,
    points: int = 512,
    most: int = 16_384,
    seed: int,
    progress: Progress = unheard,
) -> Sensitivity:
    """Which modelling choice moves the ranks: S and T of the mean absolute rank shift against the model.

    Up to `most_exact` combinations are all built, and the indices are exact; beyond, they are estimated as by
    `sobol_indices` with its refusal of what has not converged.

    Args:
        unit: explain the rank of this unit instead of the mean shift of all.
        points, most: first and largest sample, powers of two.

    Source: Saisana, Saltelli & Tarantola (2005).

    Raises MethodError as `rank_intervals` and `sobol_indices`; `indices.unknown_unit`; `indices.bad_output` when no
    unit, or not the one named, has a score in some run.
    """
    if unit:
        data.row(unit)
    names = [one.name for one in choices]
    if combinations(choices) > most_exact:
        shift = rank_of(model, data, choices, unit) if unit else mean_rank_shift(model, data, choices)
        return sobol_indices(shift, names, points=points, most=most, seed=seed, progress=progress)
    found = rank_intervals(model, data, choices, most_exact=most_exact, seed=seed, progress=progress)
    nominal = np.array([one.nominal for one in found.intervals])
    shifts = found.ranks[:, data.row(unit)] if unit else columns.mean(np.abs(found.ranks - nominal).T)
    return exact_indices(shifts.reshape([len(one.options) for one in choices]), names)
