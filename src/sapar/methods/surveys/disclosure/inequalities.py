"""Inequalities that every pattern withstanding the attack satisfies, and that a given one breaks.

Benders cuts from the attacker's dual prices (Fischetti & Salazar-González 2001): Σ coefficient · hidden ≥ value.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from sapar.methods.surveys.disclosure.attack import Attack, short
from sapar.methods.surveys.disclosure.protection import Task
from sapar.methods.surveys.disclosure.rules import BoolArray
from sapar.methods.surveys.disclosure.tables import FloatArray

# The coefficients of all cells, and what the sum over hidden ones must come to.
Cut = tuple[FloatArray, float]
# A dual price below this is rounding.
NOTHING = 1e-9
# By how much a pattern must break an inequality, so that a solver's rounding does not let it pass.
RULED_OUT = 1e-4


def conditions_of_sums(task: Task) -> tuple[csr_array, list[float]]:
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


def violated(task: Task, pattern: BoolArray, fixed: BoolArray) -> list[Cut]:
    """A cut for every attack on this pattern that succeeds; `fixed` cells will not be hidden."""
    attack, whole = task.attack(pattern), task.attack(~task.keep_open)
    cuts = []
    for cell, sign, need in task.asked:
        for insider in task.attackers(pattern):
            if insider == cell:
                continue
            bounds = attack.know(insider) if insider is not None else (0.0, 0.0)
            if short(attack.reach(cell, sign), need, attack.unit):
                cuts.append(_cut(task, attack, cell, sign, need, insider))
                stronger = _strengthened(task, whole, cell, sign, need, pattern, fixed)
                if insider is None and stronger is not None:
                    cuts[-1] = stronger
            if insider is not None:
                attack.forget(insider, bounds)
    return cuts


def violated_in_part(task: Task, attack: Attack, hidden: FloatArray) -> list[Cut]:
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


def _strengthened(
    task: Task, whole: Attack, cell: int, sign: int, need: float, pattern: BoolArray, fixed: BoolArray
) -> Cut | None:
    """The cut of a larger pattern that this attack still breaks: it rules more out. None if it breaks none.

    Cells are hidden in addition, the cheapest first, as long as the attack succeeds; what the cut asks for is then
    dear. What is `fixed` is in no pattern that is still looked for, so the cut need not be strong there.
    """
    down, up = np.minimum(task.room_down, need), np.minimum(task.room_up, need)

    def attacked(hidden: BoolArray) -> Cut | None:
        whole.limit(down * hidden, up * hidden)
        if not short(whole.reach(cell, sign), need, whole.unit):
            return None
        row, value = _cut(task, whole, cell, sign, need, None)
        # The rooms were cut down to what is asked; with whole rooms the inequality may not rule the pattern out.
        return (row, value) if row @ hidden < value - RULED_OUT else None

    found = attacked(pattern)
    if found is None:
        return None
    refused = fixed.copy()
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


def _cut(task: Task, attack: Attack, cell: int, sign: int, need: float, insider: int | None) -> Cut:
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
