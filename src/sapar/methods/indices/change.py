"""What if, and the cheapest way up.

On the fixed scale of the index as built the other units stay where they are, and a change of one unit moves only that
unit. When the index is built anew, the scale itself may move with the change (its minima, maxima, means, winsorising);
both answers are always given.

The cheapest change that reaches a rank is, for arithmetic means and straight normalisation, a linear program (with
whole steps or a dead zone below a post, a mixed-integer one), solved by HiGHS to optimality. For other means and for
transformed indicators it is found by sequential quadratic programming and is only known to be a local optimum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint, milp, minimize

from sapar.methods.errors import MethodError
from sapar.methods.indices import columns
from sapar.methods.indices.aggregation import Plan, aggregate
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.denominators import divisors
from sapar.methods.indices.model import Fitted, Index, build, frozen


@dataclass(frozen=True)
class Standing:
    score: float
    rank: float


@dataclass(frozen=True)
class WhatIf:
    """Where the units named in the changes stand: before, on the fixed scale, and when all is built anew."""

    before: Mapping[str, Standing]
    fixed: Mapping[str, Standing]
    rebuilt: Mapping[str, Standing]


@dataclass(frozen=True)
class Lever:
    """An indicator that the unit can improve.

    Attributes:
        code: the indicator.
        cost: of one raw unit of improvement; above 0.
        limit: the best raw value that can be reached.
        step: smallest change (1 for people or agreements); 0 for any.
    """

    code: str
    cost: float
    limit: float
    step: float = 0.0


@dataclass(frozen=True)
class Move:
    code: str
    before: float
    after: float
    cost: float


@dataclass(frozen=True)
class Route:
    """The cheapest change found. `method` is "linear", "integer" (both optimal) or "local".

    `fixed` is the standing on the fixed scale, which meets the target; `rebuilt` when the index is built anew, and
    `holds` whether the target is met then too.
    """

    unit: str
    target_rank: int
    needed_score: float
    moves: tuple[Move, ...]
    cost: float
    method: str
    before: Standing
    fixed: Standing
    rebuilt: Standing
    holds: bool


def what_if(index: Index, changes: Mapping[tuple[str, str], float]) -> WhatIf:
    """Replace raw values, keys (unit, indicator), and see where these units stand.

    A value for a hole fills it. NaN is refused.
    """
    if not changes:
        raise MethodError("indices.no_changes", "Nothing is changed.")
    if unknown := tuple(dict.fromkeys(code for _, code in changes if code not in index.tree.indicators)):
        raise MethodError("indices.unknown_code", "There are no indicators {codes}.", codes=unknown)
    if nobody := tuple(dict.fromkeys(unit for unit, _ in changes if unit not in index.data.rows)):
        raise MethodError("indices.unknown_unit", "There are no units {units}.", units=nobody)
    if endless := tuple(
        f"{code} of {unit}" for (unit, code), value in changes.items() if not math.isfinite(value)
    ):
        raise MethodError("indices.infinite_value", "These values are infinite: {cells}.", cells=endless)
    named = tuple(dict.fromkeys(unit for unit, _ in changes))
    again = build(index.model, index.data.changed(changes))
    scores = index.scores[:, -1].copy()
    for unit in named:
        evaluate = _Evaluate(index, unit)
        raw = {code: value for (one, code), value in changes.items() if one == unit}
        scores[index.data.row(unit)] = evaluate(raw)
    ranks = columns.ranks_down(scores[:, None])[:, 0]
    rows = {unit: index.data.row(unit) for unit in named}
    return WhatIf(
        {unit: Standing(index.score(unit), index.rank(unit)) for unit in named},
        {unit: Standing(float(scores[row]), float(ranks[row])) for unit, row in rows.items()},
        {unit: Standing(again.score(unit), again.rank(unit)) for unit in named},
    )


class _Evaluate:
    """The score of one unit on the fixed scale as a function of some of its raw values."""

    def __init__(self, index: Index, unit: str) -> None:
        self.index = index
        self.row = index.data.row(unit)
        self.fitted: Fitted = frozen(index)
        tree = index.tree
        self.base = index.filled[self.row]
        self.below = divisors(tree, index.data)[self.row] if index.model.divided else np.ones(len(self.base))
        self.plan = Plan(tree, index.model.aggregation)
        self.weights = index.model.weight_array()

    def raw(self, code: str) -> float:
        """The value as it stands, imputed where it was a hole, before division."""
        at = self.index.tree.place[code]
        return float(self.base[at] * self.below[at])

    def normal(self, raw: Mapping[str, float]) -> Floats:
        x = self.base.copy()
        for code, value in raw.items():
            at = self.index.tree.place[code]
            x[at] = value / self.below[at]
        return self.fitted.apply(x)

    def __call__(self, raw: Mapping[str, float]) -> float:
        normal = self.normal(raw)[None]
        return float(aggregate(normal, self.weights, self.plan)[0, 0, -1])


def cheapest_change(index: Index, unit: str, target_rank: int, levers: Sequence[Lever]) -> Route:
    """The least cost with which a unit reaches a rank, the others staying as they are.

    Raises MethodError `indices.target_out_of_reach` (with the score and rank at the limits of all levers),
    `indices.bad_lever`, `indices.steps_need_straight_lines`, `indices.unit_without_score`.
    """
    _check(index, unit, target_rank, levers)
    others = np.delete(index.scores[:, -1], index.data.row(unit))
    others = np.sort(others[np.isfinite(others)])[::-1]
    needed = float(others[target_rank - 1]) if target_rank <= len(others) else -math.inf
    evaluate = _Evaluate(index, unit)
    start = {lever.code: evaluate.raw(lever.code) for lever in levers}
    before = Standing(index.score(unit), index.rank(unit))
    if before.rank <= target_rank:
        return _route(index, unit, target_rank, needed, {}, levers, start, "linear", before)
    full = evaluate({lever.code: lever.limit for lever in levers})
    margin = 1e-9 * max(1.0, abs(needed))
    if full < needed + margin:
        raise MethodError(
            "indices.target_out_of_reach",
            "With everything at its limit {unit} reaches {score:.4f}, rank {rank}; needed is {needed:.4f}.",
            unit=unit,
            score=full,
            rank=int((others > full).sum()) + 1,
            needed=needed,
        )
    straight = _straight(index, levers)
    if not straight and any(lever.step for lever in levers):
        raise MethodError(
            "indices.steps_need_straight_lines",
            "Whole steps can be planned only with arithmetic means and untransformed indicators.",
        )
    for _ in range(6):
        if straight:
            raw, method = _linear(index, evaluate, levers, start, needed + margin)
        else:
            raw, method = _local(evaluate, levers, start, needed + margin), "local"
        route = _route(index, unit, target_rank, needed, raw, levers, start, method, before)
        if route.fixed.rank <= target_rank:
            return route
        margin *= 20  # the solver's tolerance was larger than the margin
    raise MethodError("indices.no_route", "No change was found that reaches rank {rank}.", rank=target_rank)


def _check(index: Index, unit: str, target_rank: int, levers: Sequence[Lever]) -> None:
    row = index.data.row(unit)
    if not math.isfinite(index.scores[row, -1]):
        raise MethodError("indices.unit_without_score", "{unit} has no score.", unit=unit)
    if target_rank < 1:
        raise MethodError("indices.bad_rank", "A rank is from 1, not {rank}.", rank=target_rank)
    if not levers or len({lever.code for lever in levers}) < len(levers):
        raise MethodError("indices.bad_lever", "Levers are needed, each indicator once.")
    if unknown := tuple(lever.code for lever in levers if lever.code not in index.tree.indicators):
        raise MethodError("indices.unknown_code", "There are no indicators {codes}.", codes=unknown)
    if bad := tuple(
        f"{lever.code}: {lever.cost}, {lever.limit}, {lever.step}"
        for lever in levers
        if not all(math.isfinite(number) for number in (lever.cost, lever.limit, lever.step))
        or lever.cost <= 0
        or lever.step < 0
    ):
        raise MethodError(
            "indices.bad_lever",
            "A lever has a cost above 0, a limit and a step from 0; not so {levers}.",
            levers=bad,
        )
    if holes := tuple(
        lever.code for lever in levers if not math.isfinite(index.filled[row, index.tree.place[lever.code]])
    ):
        raise MethodError("indices.missing_values", "{unit} has no value of {codes}.", unit=unit, codes=holes)


def _straight(index: Index, levers: Sequence[Lever]) -> bool:
    means = {mean for _, _, mean in Plan(index.tree, index.model.aggregation).steps}
    places = [index.tree.place[lever.code] for lever in levers]
    return means == {"arithmetic"} and not frozen(index).treatment.transformed[places].any()


def _linear(
    index: Index, evaluate: _Evaluate, levers: Sequence[Lever], start: Mapping[str, float], needed: float
) -> tuple[dict[str, float], str]:
    """Variables of each lever: raw improvement x, its effective part y, whether it leaves its dead zone z, steps m."""
    gap = needed - evaluate({})
    k = len(levers)
    reach, dead, useful, gain = (np.zeros(k) for _ in range(4))
    for at, lever in enumerate(levers):
        reach[at], dead[at], useful[at], gain[at] = _segment(index, evaluate, lever, start[lever.code])
    cost = np.array([lever.cost for lever in levers])
    steps = np.array([lever.step for lever in levers])
    # y ≤ x − dead·z,  y ≤ useful·z,  x = step·m
    eye, none = np.eye(k), np.zeros((k, k))
    stepped = np.nonzero(steps > 0)[0]
    rows = [
        LinearConstraint(np.hstack([-eye, eye, np.diag(dead), none]), -np.inf, 0),
        LinearConstraint(np.hstack([none, eye, -np.diag(useful), none]), -np.inf, 0),
        LinearConstraint(np.hstack([np.zeros(k), gain, np.zeros(2 * k)])[None], gap, np.inf),
    ]
    if stepped.size:
        rows.append(LinearConstraint(np.hstack([eye, none, none, -np.diag(steps)])[stepped], 0, 0))
    whole = np.concatenate([np.zeros(2 * k), (dead > 0).astype(float), (steps > 0).astype(float)])
    most = np.where(steps > 0, np.floor(reach / np.where(steps > 0, steps, 1) + 1e-9), 0.0)
    solved = milp(
        np.concatenate([cost, np.zeros(3 * k)]),
        constraints=rows,
        integrality=whole,
        bounds=Bounds(np.zeros(4 * k), np.concatenate([reach, useful, np.ones(k), most])),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise MethodError(
            "indices.target_out_of_reach",
            "With everything at its limit {unit} reaches {score:.4f}, rank {rank}; needed is {needed:.4f}.",
            unit=index.data.units[evaluate.row],
            score=evaluate({lever.code: lever.limit for lever in levers}),
            rank=0,
            needed=needed,
        )
    moved = np.where(steps > 0, np.round(solved.x[3 * k :]) * steps, solved.x[:k])
    raw = {
        lever.code: start[lever.code] + float(moved[at]) * index.tree.by_code[lever.code].direction
        for at, lever in enumerate(levers)
        if moved[at] > 1e-12 * max(1.0, reach[at])
    }
    return raw, "integer" if whole.any() else "linear"


def _segment(
    index: Index, evaluate: _Evaluate, lever: Lever, start: float
) -> tuple[float, float, float, float]:
    """How far a lever reaches, its dead zone, the useful length after it, and the score per raw unit there."""
    at = index.tree.place[lever.code]
    direction = index.tree.by_code[lever.code].direction
    reach = (lever.limit - start) * direction
    if not reach > 0:
        return 0.0, 0.0, 0.0, 0.0
    fitted, below = evaluate.fitted, evaluate.below[at]
    corners = [float(fitted.treatment.clip_low[at]), float(fitted.treatment.clip_high[at])]
    line = fitted.line
    for bound in (float(line.floor[at]), float(line.ceiling[at])):
        if math.isfinite(bound) and line.slope[at] != 0:
            corners.append(float(line.origin[at] + (bound - line.start[at]) / line.slope[at]))
    inside = sorted(
        way for way in ((corner * below - start) * direction for corner in corners) if 0 < way < reach
    )
    points = [0.0, *inside, reach]
    scores = [float(evaluate.normal({lever.code: start + way * direction})[at]) for way in points]
    rising = [
        i for i in range(len(points) - 1) if scores[i + 1] - scores[i] > 1e-12 * max(1.0, abs(scores[i]))
    ]
    if not rising:
        return reach, 0.0, 0.0, 0.0
    first, last = points[rising[0]], points[rising[-1] + 1]
    gained = evaluate({lever.code: start + last * direction}) - evaluate({})
    return reach, first, last - first, gained / (last - first)


def _local(
    evaluate: _Evaluate, levers: Sequence[Lever], start: Mapping[str, float], needed: float
) -> dict[str, float]:
    """Minimise the cost of fractions t of each lever's reach so that the score is as needed."""
    reach = np.array([lever.limit - start[lever.code] for lever in levers])
    direction = np.array([evaluate.index.tree.by_code[lever.code].direction for lever in levers])
    reach = np.where(reach * direction > 0, reach, 0.0)
    cost = np.array([lever.cost for lever in levers]) * np.abs(reach)

    def raw(t: Floats) -> dict[str, float]:
        return {lever.code: start[lever.code] + t[at] * reach[at] for at, lever in enumerate(levers)}

    def spare(t: Floats) -> float:
        return evaluate(raw(np.clip(t, 0, 1))) - needed

    scale = float(cost.max()) or 1.0

    def spent(t: Floats) -> float:
        return float(cost @ t) / scale

    best: Floats = np.ones(len(levers))
    for first in (1.0, 0.5, 0.1):
        found = minimize(
            spent,
            np.full(len(levers), first),
            bounds=Bounds(np.zeros(len(levers)), np.ones(len(levers))),
            constraints=NonlinearConstraint(lambda t: np.array([spare(t)]), 0, np.inf),
            method="SLSQP",
            tol=1e-13,
            options={"maxiter": 500},
        )
        t = _feasible(np.clip(found.x, 0, 1), spare)
        if float(cost @ t) < float(cost @ best):
            best = t
    return {
        lever.code: start[lever.code] + float(best[at] * reach[at])
        for at, lever in enumerate(levers)
        if best[at] * abs(reach[at]) > 1e-9 * max(1.0, abs(start[lever.code]))
    }


def _feasible(t: Floats, spare: Callable[[Floats], float]) -> Floats:
    """Nudge towards all levers at their limit until the target is met."""
    if spare(t) >= 0:
        return t
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if spare(t + middle * (1 - t)) >= 0:
            high = middle
        else:
            low = middle
    return t + high * (1 - t)


def _route(
    index: Index,
    unit: str,
    target_rank: int,
    needed: float,
    raw: Mapping[str, float],
    levers: Sequence[Lever],
    start: Mapping[str, float],
    method: str,
    before: Standing,
) -> Route:
    moves = tuple(
        Move(
            lever.code,
            start[lever.code],
            raw[lever.code],
            lever.cost * abs(raw[lever.code] - start[lever.code]),
        )
        for lever in levers
        if lever.code in raw
    )
    fixed = rebuilt = before
    if raw:
        seen = what_if(index, {(unit, code): value for code, value in raw.items()})
        fixed, rebuilt = seen.fixed[unit], seen.rebuilt[unit]
    return Route(
        unit, target_rank, needed, moves, math.fsum(move.cost for move in moves), method, before, fixed, rebuilt,
        rebuilt.rank <= target_rank,
    )  # fmt: skip
