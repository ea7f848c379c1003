"""A pattern found quickly: one primary cell after another, each by the cheapest flow of deviations.

The flow gives a cell room and breaks no sum (Kelly, Golden & Assad 1992, Networks 22, 397-417); cells that turned out
needless are shown again at the end.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import hstack

from sapar.methods.progress import Progress
from sapar.methods.surveys.disclosure.attack import unit_of
from sapar.methods.surveys.disclosure.protection import (
    Task,
    first_success,
    impossible,
    withstands,
)
from sapar.methods.surveys.disclosure.rules import BoolArray

# A room below this is rounding.
NOTHING = 1e-9
# Needless cells are looked for if that takes at most this many programmes.
MOST_PROGRAMMES = 20_000


def heuristic(task: Task, progress: Progress) -> BoolArray:
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
                if withstands(attack, cell, sign, need, insider):
                    continue
                pattern |= flow.cheapest(cell, sign, need, insider, pattern)
                attack = task.attack(pattern)
            progress(done + 1, len(task.asked))
        if int(pattern.sum()) == before:
            return pattern


class _Flow:
    """The cheapest deviations that move one cell by a given amount and break no sum."""

    def __init__(self, task: Task) -> None:
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
            raise impossible(task, cell)
        answer = milp(
            np.concatenate(prices),
            constraints=LinearConstraint(self.matrix, 0.0, 0.0),
            bounds=Bounds(floor, ceiling),
        )
        if answer.status != 0:
            raise impossible(task, cell)
        used = answer.x[: len(price)] + answer.x[len(price) :] > 1e-7 * need
        return np.asarray(used)


def shown_again(task: Task, pattern: BoolArray) -> BoolArray:
    """Publish complementary cells that the protection does not need, the costliest first."""
    pattern = pattern.copy()
    extra = np.flatnonzero(pattern & ~task.given)
    if len(extra) * len(task.asked) * (1 + len(task.insiders)) > MOST_PROGRAMMES:
        return pattern
    for cell in extra[np.argsort(-task.costs[extra], kind="stable")]:
        pattern[cell] = False
        if first_success(task, pattern) is not None:
            pattern[cell] = True
    return pattern
