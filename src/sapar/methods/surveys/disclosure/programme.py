"""The cheapest pattern: a binary programme that gets one more inequality for every attack that still succeeds.

Most inequalities are found with cells hidden in part, which is a linear programme. The pattern of the heuristic is the
one to beat, and cells that no cheaper pattern can contain are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array, vstack

from sapar.methods.errors import MethodError
from sapar.methods.progress import unheard
from sapar.methods.surveys.disclosure.flows import heuristic, shown_again
from sapar.methods.surveys.disclosure.inequalities import Cut, conditions_of_sums, violated, violated_in_part
from sapar.methods.surveys.disclosure.protection import Task
from sapar.methods.surveys.disclosure.rules import BoolArray
from sapar.methods.surveys.disclosure.tables import FloatArray

# Nodes of the search tree in one round.
NODES = 10_000
# The relaxed programme is left after so many rounds that do not lift the bound.
STALLED = 8
# Until whole patterns withstand the attack, the search may stop this near to the best of its inequalities.
EARLY_GAP = 0.05
# What scipy calls a programme without a solution.
INFEASIBLE = 2
# A difference of costs below this is rounding.
NOTHING = 1e-9


def cheapest(task: Task, known: BoolArray, max_rounds: int) -> tuple[float, BoolArray, bool, int]:
    """What no pattern can cost less than, the cheapest one known, whether that is proved, and the rounds taken.

    `known` is a valid pattern: only what is cheaper is looked for, and it is optimal if there is nothing.
    """
    rows, least = conditions_of_sums(task)
    costs = np.where(task.given, 0.0, task.costs)
    most = float(costs[known].sum())
    # Of whole costs the next cheaper pattern is cheaper by one.
    step = 1.0 if (costs == np.round(costs)).all() else 0.0
    programme = _Programme(costs, task.given, task.keep_open.copy(), rows, np.array(least))
    bound, pending = _relax(task, programme, most - step, max_rounds)
    if not pending:
        return most, known, True, 0
    gap = EARLY_GAP
    for rounds in range(1, max_rounds + 1):
        answer = programme.solved(gap)
        if answer.status == INFEASIBLE:
            return most, known, True, rounds
        if answer.status != 0:
            return bound, known, False, rounds
        bound = max(bound, float(answer.fun if gap == 0.0 else answer.mip_dual_bound))
        if bound > most - step + NOTHING * max(most, 1.0):
            return most, known, True, rounds
        pattern = answer.x > 0.5
        found = violated(task, pattern, programme.fixed)
        if not found and gap == 0.0:
            return bound, pattern, True, rounds
        if found:
            programme.add(found)
        else:
            gap = 0.0
        # What this pattern lacks, added to it, is often cheaper than the best one known.
        repaired = _repaired(task, pattern)
        if float(costs[repaired].sum()) < most:
            most, known = float(costs[repaired].sum()), repaired
        programme.fix(programme.relaxed(), most - step)
    return bound, known, False, max_rounds


def _repaired(task: Task, pattern: BoolArray) -> BoolArray:
    """The pattern with what it lacks; everything that may be hidden, if insiders in it cannot be guarded against."""
    try:
        return shown_again(task, heuristic(replace(task, given=task.given | pattern), unheard))
    except MethodError:
        return ~task.keep_open


def _relax(task: Task, programme: _Programme, most: float, max_rounds: int) -> tuple[float, bool]:
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
        found = [] if stalled > STALLED else violated_in_part(task, attack, np.clip(answer.x, 0.0, 1.0))
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

    def add(self, cuts: list[Cut]) -> None:
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
