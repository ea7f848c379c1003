"""From indicators up to the index.

Weighted means within every group of siblings, level by level: arithmetic (full compensation), geometric and harmonic
(partial), generalised of any power, or Copeland's count of pairwise wins (none).
Sources: OECD/JRC Handbook (2008), step 6; Copeland's rule as in Munda & Nardo, Applied Economics 41 (2009) 1513–1523.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks
from sapar.methods.indices.columns import Bools, Floats
from sapar.methods.indices.tree import Tree

MEANS = ("arithmetic", "geometric", "harmonic", "generalised", "copeland")
MOST_PAIRED = 5000


@dataclass(frozen=True)
class Aggregation:
    """How groups are summed up.

    Attributes:
        mean: one of `MEANS`, for every group not named below.
        power: exponent of "generalised"; ±inf are the largest and the smallest value.
        by_level: (level, mean) for the aggregates of a level; level 2 is made of indicators.
        by_code: (code, mean) for single aggregates; stronger than the level.
        min_present: share of a group's weight that must be present for a unit to get a score. At 1 a missing value
            leaves the group, and all above it, without a score. Below 1 the weights of the present are stretched to
            1, and each time is noted in `Gap`.
    """

    mean: str = "arithmetic"
    power: float = 1.0
    by_level: tuple[tuple[int, str], ...] = ()
    by_code: tuple[tuple[str, str], ...] = ()
    min_present: float = 1.0

    def __post_init__(self) -> None:
        for name in (self.mean, *(name for _, name in self.by_level), *(name for _, name in self.by_code)):
            if name not in MEANS:
                raise MethodError(
                    "indices.unknown_mean",
                    "There is no mean {mean}; there are {known}.",
                    mean=name,
                    known=MEANS,
                )
        if not 0 < self.min_present <= 1:
            raise MethodError(
                "indices.bad_share",
                "{name} is {share}; it is above 0 and up to 1.",
                name="min_present",
                share=self.min_present,
            )
        if math.isnan(self.power):
            raise MethodError("indices.bad_power", "The power of a mean is a number.")

    def of(self, tree: Tree, code: str) -> str:
        """The mean that makes the aggregate `code`."""
        for one, mean in self.by_code:
            if one == code:
                return mean
        for level, mean in self.by_level:
            if level == tree.levels[code]:
                return mean
        return self.mean


@dataclass(frozen=True)
class Gap:
    """A unit whose group was not complete: `scored` with the weights of the rest stretched to 1, or left empty."""

    unit: str
    code: str
    missing: tuple[str, ...]
    weight_present: float
    scored: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """A tree made ready for arithmetic: (aggregate's place, children's places, its mean), from below up."""

    tree: Tree
    rule: Aggregation
    steps: tuple[tuple[int, tuple[int, ...], str], ...] = field(init=False)

    def __post_init__(self) -> None:
        tree, rule = self.tree, self.rule
        if unknown := tuple(code for code, _ in rule.by_code if code not in tree.children):
            raise MethodError("indices.unknown_code", "There are no aggregates {codes}.", codes=unknown)
        levels = {tree.levels[code] for code in tree.aggregates}
        if outside := tuple(level for level, _ in rule.by_level if level not in levels):
            raise MethodError(
                "indices.unknown_level", "There are no aggregates on level {levels}.", levels=outside
            )
        steps = tuple(
            (tree.place[code], tuple(tree.place[kid] for kid in tree.children[code]), rule.of(tree, code))
            for code in tree.aggregates
        )
        object.__setattr__(self, "steps", steps)


def aggregate(x: Floats, weights: Floats, plan: Plan, *, units: tuple[str, ...] = ()) -> Floats:
    """Scores of all nodes.

    Args:
        x: normalised indicators, shape (units, indicators) or (runs, units, indicators).
        weights: raw weights in the order of `tree.codes`, shape (nodes,) or (runs, nodes).
        plan: tree and rule.
        units: names for messages.

    Returns:
        (runs, units, nodes); runs is 1 when neither argument has runs.

    Raises MethodError `indices.not_positive` when a geometric or harmonic mean meets a negative score and
    `indices.copeland_missing` when pairs cannot be compared.
    """
    x = x[None] if x.ndim == 2 else x
    weights = np.atleast_2d(weights)
    runs = max(len(x), len(weights))
    # Nodes first, so that a group's children are few contiguous planes instead of many short rows.
    planes = np.empty((len(plan.tree.codes), runs, x.shape[1]))
    planes[: x.shape[2]] = x.transpose(2, 0, 1)
    for place, kids, mean in plan.steps:
        group = planes[list(kids)]
        share = weights[:, list(kids)].T
        total = share.sum(axis=0)
        if not (total > 0).all():
            raise MethodError(
                "indices.weightless_group", "All weights below {code} are zero.", code=plan.tree.codes[place]
            )
        planes[place] = _score(group, share / total, mean, plan, place, units)
    return planes.transpose(1, 2, 0)


def _score(x: Floats, share: Floats, mean: str, plan: Plan, place: int, units: tuple[str, ...]) -> Floats:
    """One group: `x` (children, runs, units), `share` (children, runs or 1) summing to 1 → (runs, units)."""
    here = np.isfinite(x)
    if here.all():
        return _mean(x, share[..., None], mean, plan, place, units)
    w = np.where(here, share[..., None], 0.0)
    present = w.sum(axis=0)
    if mean == "copeland":
        # A unit without any value of the group was screened out; one with a part of them cannot be compared.
        if (here.any(axis=0) & ~here.all(axis=0)).any():
            raise MethodError(
                "indices.copeland_missing",
                "{code} by pairwise wins needs all values.",
                code=plan.tree.codes[place],
            )
        return _copeland(x, share[..., None])
    enough = present >= plan.rule.min_present - 1e-12
    scored = _mean(np.where(here, x, 1.0), w / np.where(present > 0, present, 1.0), mean, plan, place, units)
    return np.where(enough & (present > 0), scored, np.nan)


def _mean(x: Floats, w: Floats, mean: str, plan: Plan, place: int, units: tuple[str, ...]) -> Floats:
    if mean == "arithmetic":
        return _weighted(x, w)
    if mean == "copeland":
        return _copeland(x, w)
    power = {"geometric": 0.0, "harmonic": -1.0}.get(mean, plan.rule.power)
    if power == 1:
        return _weighted(x, w)
    counted = np.broadcast_to(w > 0, x.shape)
    if math.isinf(power):
        worst = np.where(counted, x, math.copysign(math.inf, -power))
        return np.asarray(worst.max(axis=0) if power > 0 else worst.min(axis=0))
    _need_not_negative(x, counted, plan, place, units, mean)
    return _power_mean(np.where(counted, x, 1.0), w, power)


def _weighted(x: Floats, w: Floats) -> Floats:
    """Σ w·x over the first axis, always in the same order, so that equal units get equal sums."""
    total = x[0] * w[0]
    for one, weight in zip(x[1:], w[1:], strict=True):
        total += one * weight
    return np.asarray(total)


def _power_mean(x: Floats, w: Floats, power: float) -> Floats:
    """(Σ w x^p)^(1/p) for Σ w = 1, Π x^w for p = 0; a zero makes the mean zero for p ≤ 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(x)
        if power == 0:
            return np.asarray(np.exp(_weighted(log, w)))
        top = log.max(axis=0) if power > 0 else log.min(axis=0)
        top = np.where(np.isfinite(top), top, 0.0)
        # Σ w (x/top)^p − 1, so that small powers do not lose their digits in 1 + a little.
        inner = _weighted(np.expm1(power * (log - top)), w)
        return np.asarray(np.exp(top + np.log1p(inner) / power))


def _need_not_negative(
    x: Floats, counted: Bools, plan: Plan, place: int, units: tuple[str, ...], mean: str
) -> None:
    if (bad := counted & (x < 0)).any():
        kids = plan.tree.children[plan.tree.codes[place]]
        cells = (
            f"{kids[kid]} of {units[unit] if units else unit}: {x[kid, run, unit]:g}"
            for kid, run, unit in zip(*np.nonzero(bad), strict=True)
        )
        raise MethodError(
            "indices.not_positive", "A {mean} mean cannot be taken of negative scores: {cells}.",
            mean=mean, cells=tuple(dict.fromkeys(cells)),
        )  # fmt: skip


def outranking(x: Floats, weights: Floats) -> Floats:
    """Share of the weight on which the row's unit is better than the column's; ties count half to both.

    `x` (units, criteria) complete and pointing up, `weights` (criteria,) → (units, units), with ½ on the diagonal.
    Source: Munda & Nardo (2009).

    Raises MethodError `indices.wrong_shape`, `.empty_data`, `.infinite_value`, `.copeland_missing` (holes),
    `.bad_weight`, `.weightless_group`, `.too_many_units` (above 5,000).
    """
    names = [str(at) for at in range(np.shape(x)[-1] if np.ndim(x) else 0)]
    x = checks.table(names, x)
    _need_pairs(len(x))
    if not np.isfinite(x).all():
        raise MethodError(
            "indices.copeland_missing", "{code} by pairwise wins needs all values.", code="outranking"
        )
    raw = checks.plain_weights(weights, names)
    if not raw.sum() > 0:
        raise MethodError("indices.weightless_group", "All weights below {code} are zero.", code="outranking")
    share = raw / raw.sum()
    support: Floats = _support(x.T[:, None, :], share[:, None, None])[0]
    return support


def _need_pairs(units: int) -> None:
    if units > MOST_PAIRED:
        raise MethodError(
            "indices.too_many_units",
            "Comparing {units} units in pairs is too much; {most} is the most.",
            units=units,
            most=MOST_PAIRED,
        )


def _support(x: Floats, w: Floats) -> Floats:
    support = np.zeros((*x.shape[1:], x.shape[2]))
    for one, weight in zip(x, w, strict=True):
        support += (0.5 + 0.5 * np.sign(one[:, :, None] - one[:, None, :])) * np.reshape(weight, (-1, 1, 1))
    return support


def _copeland(x: Floats, w: Floats) -> Floats:
    """Pairwise wins minus losses, (units,) per run; a pair is won with more than half of the weight."""
    runs, n = x.shape[1:]
    _need_pairs(n)
    w = np.broadcast_to(w, (len(x), runs, 1))
    scores = np.empty((runs, n))
    gone: Bools = np.logical_not(np.isfinite(x).all(axis=0))
    for start in range(0, runs, step := max(1, 4_000_000 // (n * n))):
        part = slice(start, start + step)
        lead = _support(np.where(np.isfinite(x[:, part]), x[:, part], 0.0), w[:, part]) - 0.5
        verdict = np.where(np.abs(lead) < 1e-12, 0.0, np.sign(lead))
        verdict = np.where(gone[part][:, None, :], 0.0, verdict)
        scores[part] = verdict.sum(axis=2)
    return np.where(gone, np.nan, scores)


def gaps(
    scores: Floats, weights: Floats, plan: Plan, units: tuple[str, ...], staying: Bools
) -> tuple[Gap, ...]:
    """Every group of a staying unit that was not complete; `scores` (units, nodes), `weights` (nodes,)."""
    found = []
    for place, kids, _ in plan.steps:
        at = list(kids)
        share = weights[at] / weights[at].sum()
        holes = np.isnan(scores[:, at]) & (share > 0)
        for row in np.nonzero(holes.any(axis=1) & staying)[0]:
            found.append(
                Gap(
                    units[row],
                    plan.tree.codes[place],
                    tuple(plan.tree.codes[kid] for kid, hole in zip(kids, holes[row], strict=True) if hole),
                    float(share[~holes[row]].sum()),
                    bool(np.isfinite(scores[row, place])),
                )
            )
    return tuple(found)
