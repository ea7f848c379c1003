"""Which further cells to hide so that the primary ones cannot be computed.

The cell suppression problem (Fischetti & Salazar-González 2001). `optimal`: a binary programme that starts with the
sums' own conditions and gets one more inequality for every attack that still succeeds (Benders cuts from the
attacker's dual prices), until none does. `heuristic`: one primary cell at a time, the cheapest flow of deviations
through the table that gives it room (Kelly, Golden & Assad 1992, Networks 22, 397-417), then cells that turned out
needless are shown again. Both end with the same audit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard
from sapar.methods.surveys.columns import floats
from sapar.methods.surveys.disclosure.attack import (
    Attack,
    audit,
    checked_bounds,
    checked_mask,
    short,
    unit_of,
)
from sapar.methods.surveys.disclosure.rules import BoolArray, Primary
from sapar.methods.surveys.disclosure.tables import FloatArray, Table

Method = Literal["auto", "optimal", "heuristic"]

# `auto` proves the optimum up to this many cells.
SMALL_TABLE = 200
# Nodes of the search tree in one round of the optimal method.
NODES = 10_000
# The relaxed programme is left after so many rounds that do not lift the bound.
STALLED = 8
# Until whole patterns withstand the attack, the search may stop this near to the best of its inequalities.
EARLY_GAP = 0.05
# What scipy calls a programme without a solution.
INFEASIBLE = 2
# A dual price below this is rounding.
NOTHING = 1e-9
# Needless cells are looked for if that takes at most this many programmes.
MOST_PROGRAMMES = 20_000


@dataclass(frozen=True, eq=False)
class Suppression:
    """A pattern of hidden cells that withstands the attack.

    Attributes:
        hidden: all hidden cells, in the shape of the table; `primary` and `complementary` split it.
        low, high: what an attacker can find out about each cell.
        cost: of the complementary cells; `bound`: no valid pattern can cost less (0 by the heuristic).
        optimal: whether the cost is proved to be the least.
        rounds: of cuts, 0 by the heuristic.
    """

    hidden: BoolArray
    primary: BoolArray
    complementary: BoolArray
    low: FloatArray
    high: FloatArray
    cost: float
    bound: float
    optimal: bool
    method: str
    rounds: int


def suppress(
    table: Table,
    primary: Primary,
    *,
    costs: Literal["values", "cells"] | ArrayLike = "values",
    keep_open: ArrayLike | None = None,
    hidden: ArrayLike | None = None,
    insiders: ArrayLike | None = None,
    lower: ArrayLike = 0.0,
    upper: ArrayLike = np.inf,
    method: Method = "auto",
    max_rounds: int = 200,
    progress: Progress = unheard,
) -> Suppression:
    """Hide as little as possible beside the primary cells.

    Args:
        primary: cells and the protection they need.
        costs: of hiding a further cell: 1 + its value (so that totals stay), 1, or an array of positive numbers.
        keep_open: cells that must be published.
        hidden: cells that are hidden anyway and cost nothing, such as those of another release.
        insiders: cells whose only contributor knows their value and must learn nothing about the others.
        lower, upper: what everybody knows about a cell beforehand; counts are at least zero.
        method: ``"auto"`` is optimal for small tables and the heuristic for others.
        max_rounds: of the optimal method; after them the heuristic's pattern is given, with the bound reached.

    Raises:
        MethodError: ``surveys.table_shape``, ``surveys.costs_invalid``, ``surveys.bounds_contradict``,
            ``surveys.keep_open_contradicts`` (a primary cell), ``surveys.protection_impossible``,
            ``surveys.method_unknown``.
    """
    if method not in ("auto", "optimal", "heuristic"):
        raise MethodError("surveys.method_unknown", "There is no method {method}.", method=method)
    task = _task(table, primary, costs, keep_open, hidden, insiders, lower, upper)
    pattern = _shown_again(task, _heuristic(task, progress))
    bound, proved, rounds, used = 0.0, not (pattern & ~task.given).any(), 0, "heuristic"
    if not proved and (method == "optimal" or (method == "auto" and table.values.size <= SMALL_TABLE)):
        bound, better, rounds = _cuts(task, pattern, max_rounds)
        if better is not None:
            pattern, proved, used = better, True, "optimal"
    cost = float(task.costs[pattern & ~task.given].sum())
    return _checked(task, pattern, cost, cost if proved else bound, proved, used, rounds)


@dataclass(frozen=True, eq=False)
class _Task:
    """All flat; `room_down` and `room_up` are how far a cell may deviate in an attacker's mind."""

    table: Table
    primary: Primary
    relations: csr_array
    values: FloatArray
    must_hide: BoolArray
    given: BoolArray
    keep_open: BoolArray
    costs: FloatArray
    lower: FloatArray
    upper: FloatArray
    asked: tuple[tuple[int, int, float], ...]
    insiders: tuple[int, ...]

    @property
    def room_down(self) -> FloatArray:
        return self.values - self.lower

    @property
    def room_up(self) -> FloatArray:
        return self.upper - self.values

    def attack(self, pattern: BoolArray) -> Attack:
        return Attack(self.relations, self.values, pattern, self.lower, self.upper)

    def attackers(self, pattern: BoolArray) -> list[int | None]:
        """The public, and each insider whose cell is hidden."""
        return [None, *[cell for cell in self.insiders if pattern[cell]]]


def _task(
    table: Table,
    primary: Primary,
    costs: str | ArrayLike,
    keep_open: ArrayLike | None,
    hidden: ArrayLike | None,
    insiders: ArrayLike | None,
    lower: ArrayLike,
    upper: ArrayLike,
) -> _Task:
    values = table.values.ravel()
    nothing = np.zeros(table.values.shape, dtype=bool)
    must_hide = checked_mask(table, primary.cells)
    given = checked_mask(table, nothing if hidden is None else hidden) | must_hide
    opened = checked_mask(table, nothing if keep_open is None else keep_open)
    inside = checked_mask(table, nothing if insiders is None else insiders)
    clash = np.flatnonzero(opened & given)
    if len(clash):
        raise MethodError(
            "surveys.keep_open_contradicts",
            "Cells that must be hidden and must be published: {cells}.",
            cells=tuple(", ".join(table.labels(int(at))) for at in clash),
        )
    below, above = checked_bounds(table, lower, upper)
    up, down = primary.upper.ravel(), primary.lower.ravel()
    asked = [
        (int(cell), sign, float(need[cell]))
        for cell in np.flatnonzero(must_hide)
        for sign, need in ((1, up), (-1, down))
        if need[cell] > 0
    ]
    return _Task(
        table,
        primary,
        table.relations(),
        values,
        must_hide,
        given,
        opened,
        _costs(costs, table),
        below,
        above,
        # The most demanding first: what is hidden for it often serves the others.
        tuple(sorted(asked, key=lambda one: (-one[2], one[0], one[1]))),
        tuple(int(cell) for cell in np.flatnonzero(inside)),
    )


def _costs(costs: str | ArrayLike, table: Table) -> FloatArray:
    if isinstance(costs, str):
        if costs not in ("values", "cells"):
            raise MethodError("surveys.costs_invalid", "There are no costs by {costs}.", costs=costs)
        return 1.0 + np.abs(table.values.ravel()) * (costs == "values")
    array = floats(costs, what="costs")
    if array.shape != table.values.shape or not (np.isfinite(array) & (array > 0)).all():
        raise MethodError("surveys.costs_invalid", "Costs are not one positive number per cell.")
    return array.ravel()


def _impossible(task: _Task, cell: int) -> MethodError:
    return MethodError(
        "surveys.protection_impossible",
        "{cell} cannot be given the room it needs, whatever else is hidden.",
        cell=", ".join(task.table.labels(cell)),
        value=float(task.values[cell]),
    )


def _heuristic(task: _Task, progress: Progress) -> BoolArray:
    pattern = task.given.copy()
    flow = _Flow(task)
    # An insider may come to be hidden on the way, so go round until nothing more is needed.
    while True:
        before = int(pattern.sum())
        attack = task.attack(pattern)
        for done, (cell, sign, need) in enumerate(task.asked):
            for insider in task.attackers(pattern):
                if insider == cell:
                    continue
                if insider is not None and insider not in attack.place:
                    attack = task.attack(pattern)
                if _withstands(attack, cell, sign, need, insider):
                    continue
                pattern |= flow.cheapest(cell, sign, need, insider, pattern)
                attack = task.attack(pattern)
            progress(done + 1, len(task.asked))
        if int(pattern.sum()) == before:
            return pattern


def _withstands(attack: Attack, cell: int, sign: int, need: float, insider: int | None) -> bool:
    if insider is None:
        return not short(attack.reach(cell, sign), need, attack.unit)
    bounds = attack.know(insider)
    reached = attack.reach(cell, sign)
    attack.forget(insider, bounds)
    return not short(reached, need, attack.unit)


class _Flow:
    """The cheapest deviations that move one cell by a given amount and break no sum."""

    def __init__(self, task: _Task) -> None:
        self.task = task
        self.matrix = hstack([task.relations, -task.relations]).tocsr()

    def cheapest(
        self, cell: int, sign: int, need: float, insider: int | None, pattern: BoolArray
    ) -> BoolArray:
        task = self.task
        unit = unit_of(task.values)
        up, down, need = task.room_up / unit, task.room_down / unit, need / unit
        up[task.keep_open], down[task.keep_open] = 0.0, 0.0
        if insider is not None:
            up[insider] = down[insider] = 0.0
        # The price of a unit through a cell that can carry little is higher: more such cells are needed.
        price = np.where(pattern, 0.0, task.costs)
        prices = [price / np.clip(np.minimum(room, need), NOTHING, None) for room in (up, down)]
        floor, ceiling = np.zeros(2 * len(price)), np.concatenate([up, down])
        rises, falls = (cell, cell + len(price)) if sign > 0 else (cell + len(price), cell)
        floor[rises], ceiling[rises], ceiling[falls] = need, need, 0.0
        if (up if sign > 0 else down)[cell] < need * (1 - 1e-9):
            raise _impossible(task, cell)
        answer = milp(
            np.concatenate(prices),
            constraints=LinearConstraint(self.matrix, 0.0, 0.0),
            bounds=Bounds(floor, ceiling),
        )
        if answer.status != 0:
            raise _impossible(task, cell)
        used = answer.x[: len(price)] + answer.x[len(price) :] > 1e-7 * need
        return np.asarray(used)


def _shown_again(task: _Task, pattern: BoolArray) -> BoolArray:
    """Publish complementary cells that the protection does not need, the costliest first."""
    pattern = pattern.copy()
    extra = np.flatnonzero(pattern & ~task.given)
    if len(extra) * len(task.asked) * (1 + len(task.insiders)) > MOST_PROGRAMMES:
        return pattern
    for cell in extra[np.argsort(-task.costs[extra], kind="stable")]:
        pattern[cell] = False
        if _first_success(task, pattern) is not None:
            pattern[cell] = True
    return pattern


def _first_success(task: _Task, pattern: BoolArray) -> int | None:
    """A primary cell that an attacker gets too near to; None if there is none."""
    attack = task.attack(pattern)
    for cell, sign, need in task.asked:
        for insider in task.attackers(pattern):
            if insider != cell and not _withstands(attack, cell, sign, need, insider):
                return cell
    return None


@dataclass(eq=False)
class _Programme:
    """The binary programme: hide cells at least cost so that every inequality holds.

    `fixed` cells cannot be in any pattern that is cheaper than the best one known.
    """

    costs: FloatArray
    given: BoolArray
    fixed: BoolArray
    rows: csr_array
    least: FloatArray

    def add(self, cuts: list[tuple[FloatArray, float]]) -> None:
        self.rows = vstack([self.rows, csr_array(np.array([row for row, _ in cuts]))]).tocsr()
        self.least = np.append(self.least, [value for _, value in cuts])

    def relaxed(self) -> OptimizeResult:
        """Solved with cells hidden in part."""
        return linprog(  # type: ignore[call-overload, no-any-return]
            self.costs,
            A_ub=-self.rows,
            b_ub=-self.least,
            bounds=list(zip(self.given.astype(float), (~self.fixed).astype(float), strict=True)),
            method="highs",
        )

    def fix(self, answer: OptimizeResult, most: float) -> None:
        """Leave cells out whose reduced cost in a relaxed answer lifts the bound above `most`."""
        if answer.status == 0:
            dear = float(answer.fun) + answer.lower.marginals > most + 1e-6 * max(most, 1.0)
            self.fixed |= (answer.x < 0.5) & dear

    def solved(self, gap: float) -> OptimizeResult:
        return milp(
            self.costs,
            integrality=np.ones(len(self.costs), dtype=np.intp),
            bounds=Bounds(self.given.astype(float), (~self.fixed).astype(float)),
            constraints=LinearConstraint(self.rows, self.least, np.inf),
            options={"node_limit": NODES, "mip_rel_gap": gap},
        )


def _cuts(task: _Task, known: BoolArray, max_rounds: int) -> tuple[float, BoolArray | None, int]:
    """The least cost reached, the optimal pattern if proved, and the rounds taken.

    `known` is a valid pattern: only what is cheaper is looked for, and it is optimal if there is nothing.
    """
    rows, least = _conditions_of_sums(task)
    costs = np.where(task.given, 0.0, task.costs)
    most = float(costs[known].sum())
    # Of whole costs the next cheaper pattern is cheaper by one.
    step = 1.0 if (costs == np.round(costs)).all() else 0.0
    programme = _Programme(costs, task.given, task.keep_open.copy(), rows, np.array(least))
    bound, pending = _relax(task, programme, most - step, max_rounds)
    if not pending:
        return most, known, 0
    gap = EARLY_GAP
    for rounds in range(1, max_rounds + 1):
        answer = programme.solved(gap)
        if answer.status == INFEASIBLE:
            return most, known, rounds
        if answer.status != 0:
            return bound, None, rounds
        bound = max(bound, float(answer.fun if gap == 0.0 else answer.mip_dual_bound))
        if bound > most - step + NOTHING * max(most, 1.0):
            return most, known, rounds
        pattern = answer.x > 0.5
        found = _violated(task, pattern)
        if not found and gap == 0.0:
            return bound, pattern, rounds
        if found:
            programme.add(found)
        else:
            gap = 0.0
        # What this pattern lacks, added to it, is often cheaper than the best one known.
        repaired = _repaired(task, pattern)
        if float(costs[repaired].sum()) < most:
            most, known = float(costs[repaired].sum()), repaired
        programme.fix(programme.relaxed(), most - step)
    return bound, None, max_rounds


def _repaired(task: _Task, pattern: BoolArray) -> BoolArray:
    """The pattern with what it lacks; everything that may be hidden, if insiders in it cannot be guarded against."""
    try:
        return _shown_again(task, _heuristic(replace(task, given=task.given | pattern), unheard))
    except MethodError:
        return ~task.keep_open


def _relax(task: _Task, programme: _Programme, most: float, max_rounds: int) -> tuple[float, bool]:
    """Cuts while cells may be hidden in part, which is cheap; the bound reached, and whether it is at most `most`.

    An attacker's programme with the room of each cell cut down in proportion gives inequalities that the whole
    programme would need many rounds for. Then cells whose reduced cost lifts the bound above `most` are fixed.
    """
    attack = task.attack(~task.keep_open)
    bound, stalled = 0.0, 0
    for _ in range(max_rounds):
        answer = programme.relaxed()
        if answer.status == INFEASIBLE:
            return bound, False
        if answer.status != 0:
            return bound, True
        stalled = stalled + 1 if answer.fun <= bound + 1e-4 * max(bound, 1.0) else 0
        bound = max(bound, float(answer.fun))
        if bound > most + 1e-6 * max(most, 1.0):
            return bound, False
        programme.fix(answer, most)
        found = [] if stalled > STALLED else _violated_in_part(task, attack, np.clip(answer.x, 0.0, 1.0))
        if not found:
            # Inequalities far from binding would only slow the search.
            kept = programme.rows @ answer.x - programme.least < 0.5
            programme.rows, programme.least = (
                csr_array(programme.rows[np.flatnonzero(kept)]),
                programme.least[kept],
            )
            return bound, True
        programme.add(found)
    return bound, True


def _violated_in_part(task: _Task, attack: Attack, hidden: FloatArray) -> list[tuple[FloatArray, float]]:
    """A cut for every attack of the public that succeeds when each cell has only its part of its room."""
    cuts = []
    for cell, sign, need in task.asked:
        # More than what is asked helps nobody, and rooms are then finite.
        down, up = (np.minimum(room, need) * hidden for room in (task.room_down, task.room_up))
        attack.limit(down, up)
        if short(attack.reach(cell, sign), need, attack.unit):
            row, value = _cut(task, attack, cell, sign, need, None)
            if row @ hidden < value - 1e-4:
                cuts.append((row, value))
    return cuts


def _conditions_of_sums(task: _Task) -> tuple[csr_array, list[float]]:
    """In every sum a primary cell that needs room needs a companion, and no other cell is of use alone."""
    rows: list[FloatArray] = []
    needy = {cell for cell, _, _ in task.asked}
    for row in range(task.relations.shape[0]):
        members = task.relations.indices[task.relations.indptr[row] : task.relations.indptr[row + 1]]
        for cell in members:
            if task.given[cell] and int(cell) not in needy:
                continue
            condition = np.zeros(len(task.values))
            condition[members] = 1.0
            condition[cell] = -1.0
            rows.append(condition)
    if not rows:
        return csr_array((1, len(task.values))), [-1.0]
    return csr_array(np.array(rows)), [0.0] * len(rows)


def _violated(task: _Task, pattern: BoolArray) -> list[tuple[FloatArray, float]]:
    """A cut for every attack on this pattern that succeeds."""
    attack, whole = task.attack(pattern), task.attack(~task.keep_open)
    cuts = []
    for cell, sign, need in task.asked:
        for insider in task.attackers(pattern):
            if insider == cell:
                continue
            bounds = attack.know(insider) if insider is not None else (0.0, 0.0)
            if short(attack.reach(cell, sign), need, attack.unit):
                cuts.append(_cut(task, attack, cell, sign, need, insider))
                stronger = _strengthened(task, whole, cell, sign, need, pattern)
                if insider is None and stronger is not None:
                    cuts[-1] = stronger
            if insider is not None:
                attack.forget(insider, bounds)
    return cuts


def _strengthened(
    task: _Task, whole: Attack, cell: int, sign: int, need: float, pattern: BoolArray
) -> tuple[FloatArray, float] | None:
    """The cut of a larger pattern that this attack still breaks: it rules more out. None if it breaks none.

    Cells are hidden in addition, the cheapest first, as long as the attack succeeds; what the cut asks for is then
    dear.
    """
    down, up = np.minimum(task.room_down, need), np.minimum(task.room_up, need)

    def attacked(hidden: BoolArray) -> tuple[FloatArray, float] | None:
        whole.limit(down * hidden, up * hidden)
        if not short(whole.reach(cell, sign), need, whole.unit):
            return None
        return _cut(task, whole, cell, sign, need, None)

    found = attacked(pattern)
    if found is None:
        return None
    refused = task.keep_open.copy()
    while True:
        # What the cut does not count may be hidden as well without another look.
        pattern = pattern | ((found[0] == 0) & ~task.keep_open)
        waiting = np.flatnonzero((found[0] > 0) & ~pattern & ~refused)
        if not len(waiting):
            return found
        cheapest = waiting[np.argmin(task.costs[waiting])]
        larger = pattern.copy()
        larger[cheapest] = True
        after = attacked(larger)
        if after is None:
            refused[cheapest] = True
        else:
            found, pattern = after, larger


def _cut(
    task: _Task, attack: Attack, cell: int, sign: int, need: float, insider: int | None
) -> tuple[FloatArray, float]:
    """Σ (price of a cell · its room) over hidden cells must come to the room asked.

    By duality no pattern gives the cell more room than that sum, whatever the prices.
    """
    prices = task.relations[attack.rows].T @ attack.prices()
    prices[cell] += sign
    prices[np.abs(prices) < NOTHING] = 0.0
    with np.errstate(invalid="ignore"):
        worth = np.where(
            prices > 0, prices * task.room_up, np.where(prices < 0, -prices * task.room_down, 0.0)
        )
    if insider is not None:
        worth[insider] = 0.0
    left = need - worth[cell]
    worth[cell] = 0.0
    # No cell need give more than what is left; scaled so that the programme sees numbers near one.
    cut = np.minimum(worth, left) / left
    if insider is not None and not task.given[insider]:
        # Where the insider's own cell is not hidden there is no insider: the cut then asks nothing.
        cut[insider] = -1.0
        return cut, 0.0
    return cut, 1.0


def _checked(
    task: _Task, pattern: BoolArray, cost: float, bound: float, proved: bool, used: str, rounds: int
) -> Suppression:
    """The result, after the last word of the attacker."""
    shape = task.table.values.shape
    hidden = pattern.reshape(shape)
    found = audit(
        task.table, hidden, task.primary, lower=task.lower.reshape(shape), upper=task.upper.reshape(shape)
    )
    lost = found.exposed[0] if found.exposed else _first_success(task, pattern)
    if lost is not None:
        raise _impossible(task, lost)
    return Suppression(
        hidden=hidden,
        primary=task.must_hide.reshape(shape),
        complementary=(pattern & ~task.given).reshape(shape),
        low=found.low,
        high=found.high,
        cost=cost,
        bound=bound,
        optimal=proved,
        method=used,
        rounds=rounds,
    )
