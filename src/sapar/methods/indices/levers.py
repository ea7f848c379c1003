"""The least cost with which indicators are moved so far that a score is reached.

On the fixed scale of an index the score of one unit is a function of its own raw values. For arithmetic means and
straight normalisation the least cost is a linear program, with whole steps or a dead zone below a post a mixed-integer
one, solved by HiGHS to optimality; else a local optimum found by sequential quadratic programming.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint, milp, minimize

from sapar.methods.errors import MethodError
from sapar.methods.indices.aggregation import Plan, aggregate
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.denominators import divisors
from sapar.methods.indices.model import Fitted, Index, frozen
from sapar.methods.indices.screening import staying


@dataclass(frozen=True)
class Lever:
    """An indicator that the unit can improve.

    Attributes:
        code: the indicator.
        cost: of one raw unit of improvement; above 0.
        limit: the best raw value that can be reached; a worse one than the unit has leaves the indicator as it is.
        step: smallest change (1 for people or agreements); 0 for any.
    """

    code: str
    cost: float
    limit: float
    step: float = 0.0


class Evaluate:
    """The score of one unit on the fixed scale as a function of some of its raw values."""

    def __init__(self, index: Index, unit: str) -> None:
        self.index = index
        self.row = index.data.row(unit)
        self.fitted: Fitted = frozen(index)
        tree = index.tree
        self.unit = unit
        self.below = (
            divisors(tree, index.data)[self.row] if index.model.divided else np.ones(len(tree.indicators))
        )
        # A unit that was screened out has no stages; what is known of it counts once it has enough.
        self.stays = index.screened[self.row].stays
        known = index.data.columns(tree.indicators)[self.row] / self.below
        self.base: Floats = index.filled[self.row] if self.stays else known
        self.plan = Plan(tree, index.model.aggregation)
        self.weights = index.model.weight_array()

    def raw(self, code: str) -> float:
        """The value as it stands, imputed where it was a hole, before division."""
        at = self.index.tree.place[code]
        return float(self.base[at] * self.below[at])

    def divided(self, raw: Mapping[str, float]) -> Floats:
        """The values with some of them replaced, after division."""
        x: Floats = self.base.copy()
        for code, value in raw.items():
            at = self.index.tree.place[code]
            x[at] = value / self.below[at]
        return x

    def normal(self, raw: Mapping[str, float]) -> Floats:
        return self.fitted.apply(self.divided(raw))

    def __call__(self, raw: Mapping[str, float]) -> float:
        if not self.stays and not staying(self.divided(raw)[None], self.index.model.screening, (self.unit,)):
            return math.nan
        normal = self.normal(raw)[None]
        return float(aggregate(normal, self.weights, self.plan, units=(self.unit,))[0, 0, -1])


def furthest(index: Index, lever: Lever, start: float) -> float:
    """The best value that whole steps from the start reach within the limit; the start when the limit is worse."""
    direction = index.tree.by_code[lever.code].direction
    reach = max((lever.limit - start) * direction, 0.0)
    if lever.step > 0:
        reach = math.floor(reach / lever.step + 1e-9) * lever.step
    return start + reach * direction


def straight(index: Index, levers: Sequence[Lever]) -> bool:
    means = {mean for _, _, mean in Plan(index.tree, index.model.aggregation).steps}
    places = [index.tree.place[lever.code] for lever in levers]
    return means == {"arithmetic"} and not frozen(index).treatment.transformed[places].any()


def by_program(
    index: Index, evaluate: Evaluate, levers: Sequence[Lever], start: Mapping[str, float], needed: float
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
            "indices.no_route", "No change was found with which {unit} reaches {needed:.4f}.",
            unit=index.data.units[evaluate.row], needed=needed,
        )  # fmt: skip
    moved = np.where(steps > 0, np.round(solved.x[3 * k :]) * steps, solved.x[:k])
    raw = {
        lever.code: start[lever.code] + float(moved[at]) * index.tree.by_code[lever.code].direction
        for at, lever in enumerate(levers)
        if moved[at] > 1e-12 * max(1.0, reach[at])
    }
    return raw, "integer" if whole.any() else "linear"


def _segment(
    index: Index, evaluate: Evaluate, lever: Lever, start: float
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


def by_search(
    evaluate: Evaluate, levers: Sequence[Lever], start: Mapping[str, float], needed: float
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
