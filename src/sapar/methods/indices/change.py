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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.levers import Evaluate, Lever, by_program, by_search, furthest, straight
from sapar.methods.indices.model import Index, build


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

    A value for a hole fills it. A unit that was screened out takes part once it has enough data; on the fixed scale its
    other holes are not filled.

    Raises MethodError `indices.no_changes`, `.unknown_code`, `.unknown_unit`, `.infinite_value` (NaN too),
    `.ranks_cannot_be_frozen`, `.outside_transformation`, and as `build` of the changed data.
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
        evaluate = Evaluate(index, unit)
        raw = {code: value for (one, code), value in changes.items() if one == unit}
        scores[index.data.row(unit)] = evaluate(raw)
    ranks = columns.ranks_down(scores[:, None])[:, 0]
    rows = {unit: index.data.row(unit) for unit in named}
    return WhatIf(
        {unit: Standing(index.score(unit), index.rank(unit)) for unit in named},
        {unit: Standing(float(scores[row]), float(ranks[row])) for unit, row in rows.items()},
        {unit: Standing(again.score(unit), again.rank(unit)) for unit in named},
    )


def cheapest_change(index: Index, unit: str, target_rank: int, levers: Sequence[Lever]) -> Route:
    """The least cost with which a unit reaches a rank, the others staying as they are.

    Values and limits are raw, in the units of the indicators; the cost is in whatever unit the levers name. Reaching a
    rank means a score at least that of the unit which holds it, so that both share it.

    Raises MethodError `indices.target_out_of_reach` (with the score and rank at the limits of all levers),
    `.no_levers`, `.duplicate_code`, `.bad_lever`, `.bad_rank`, `.unknown_unit`, `.unknown_code`, `.missing_values` (a
    lever without a value), `.steps_need_straight_lines`, `.unit_without_score`, `.ranks_cannot_be_frozen`,
    `.outside_transformation`, `.no_route` (the solver found none although the limits allow one).
    """
    _check(index, unit, target_rank, levers)
    others = np.delete(index.scores[:, -1], index.data.row(unit))
    others = np.sort(others[np.isfinite(others)])[::-1]
    before = Standing(index.score(unit), index.rank(unit))
    # Whoever is last needs nothing more to be last.
    needed = float(others[target_rank - 1]) if target_rank <= len(others) else before.score
    evaluate = Evaluate(index, unit)
    start = {lever.code: evaluate.raw(lever.code) for lever in levers}
    if before.rank <= target_rank:
        return _route(index, unit, target_rank, needed, {}, levers, start, "linear", before)
    full = evaluate({lever.code: furthest(index, lever, start[lever.code]) for lever in levers})
    size = max(1.0, abs(needed))
    if full < needed - 1e-12 * size:
        raise MethodError(
            "indices.target_out_of_reach",
            "With everything at its limit {unit} reaches {score:.4f}, rank {rank}; needed is {needed:.4f}.",
            unit=unit,
            score=full,
            rank=int((others > full).sum()) + 1,
            needed=needed,
        )
    lines = straight(index, levers)
    if not lines and any(lever.step for lever in levers):
        raise MethodError(
            "indices.steps_need_straight_lines",
            "Whole steps can be planned only with arithmetic means and untransformed indicators.",
        )
    # An equal score is enough; the margins are for when the solver stops a hair's breadth short of it.
    for margin in (0.0, *(1e-9 * size * 20**turn for turn in range(6))):
        if lines:
            raw, method = by_program(index, evaluate, levers, start, needed + margin)
        else:
            raw, method = by_search(evaluate, levers, start, needed + margin), "local"
        route = _route(index, unit, target_rank, needed, raw, levers, start, method, before)
        if route.fixed.rank <= target_rank:
            return route
    raise MethodError(
        "indices.no_route",
        "No change was found with which {unit} reaches {needed:.4f}.",
        unit=unit,
        needed=needed,
    )


def _check(index: Index, unit: str, target_rank: int, levers: Sequence[Lever]) -> None:
    row = index.data.row(unit)
    if not math.isfinite(index.scores[row, -1]):
        raise MethodError("indices.unit_without_score", "{unit} has no score.", unit=unit)
    most = int(np.isfinite(index.scores[:, -1]).sum())
    if not 1 <= target_rank <= most:
        raise MethodError(
            "indices.bad_rank", "A rank is from 1 to {most}, not {rank}.", rank=target_rank, most=most
        )
    if not levers:
        raise MethodError("indices.no_levers", "There is nothing that could be changed.")
    checks.unique("code", [lever.code for lever in levers])
    if unknown := tuple(lever.code for lever in levers if lever.code not in index.tree.indicators):
        raise MethodError("indices.unknown_code", "There are no indicators {codes}.", codes=unknown)
    if bad := tuple(
        f"{lever.code}: {lever.cost}, {lever.limit}, {lever.step}"
        for lever in levers
        if not all(math.isfinite(number) for number in (lever.cost, lever.limit, lever.step))
        or lever.cost <= 0
        or lever.step < 0
        or abs(lever.limit) > checks.LARGEST
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
