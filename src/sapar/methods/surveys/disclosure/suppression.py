"""Which further cells to hide so that the primary ones cannot be computed.

The cell suppression problem (Fischetti & Salazar-González 2001). `optimal` proves the least cost (`programme`),
`heuristic` finds a pattern quickly (`flows`). Both end with the same audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard
from sapar.methods.surveys.disclosure.attack import audit
from sapar.methods.surveys.disclosure.flows import heuristic, shown_again
from sapar.methods.surveys.disclosure.programme import cheapest
from sapar.methods.surveys.disclosure.protection import Task, first_success, impossible, task_of
from sapar.methods.surveys.disclosure.rules import BoolArray, Primary
from sapar.methods.surveys.disclosure.tables import FloatArray, Table
from sapar.methods.surveys.given import checked

Method = Literal["auto", "optimal", "heuristic"]

# `auto` looks for the optimum up to this many cells, and for so many rounds: few tables of two axes need more, and
# those of four may take a minute.
SMALL_TABLE = 200
FEW_ROUNDS = 4


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


@checked
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
        method: ``"auto"`` tries the optimal method on small tables for a few rounds and is the heuristic for others.
        max_rounds: of the optimal method; after them the cheapest pattern found is given, with the bound reached.

    Raises:
        MethodError: ``surveys.table_shape``, ``surveys.costs_invalid``, ``surveys.bounds_contradict``,
            ``surveys.keep_open_contradicts`` (a primary cell), ``surveys.protection_impossible``,
            ``surveys.method_unknown``.
    """
    if method not in ("auto", "optimal", "heuristic"):
        raise MethodError("surveys.method_unknown", "There is no method {method}.", method=method)
    task = task_of(table, primary, costs, keep_open, hidden, insiders, lower, upper)
    pattern = shown_again(task, heuristic(task, progress))
    bound, proved, rounds, used = 0.0, not (pattern & ~task.given).any(), 0, "heuristic"
    if not proved and (method == "optimal" or (method == "auto" and table.values.size <= SMALL_TABLE)):
        most = max_rounds if method == "optimal" else min(max_rounds, FEW_ROUNDS)
        bound, pattern, proved, rounds = cheapest(task, pattern, most)
        used = "optimal" if proved else "heuristic"
    cost = float(task.costs[pattern & ~task.given].sum())
    return _checked(task, pattern, cost, cost if proved else bound, proved, used, rounds)


def _checked(
    task: Task, pattern: BoolArray, cost: float, bound: float, proved: bool, used: str, rounds: int
) -> Suppression:
    """The result, after the last word of the attacker."""
    shape = task.table.values.shape
    hidden = pattern.reshape(shape)
    found = audit(
        task.table, hidden, task.primary, lower=task.lower.reshape(shape), upper=task.upper.reshape(shape)
    )
    lost = found.exposed[0] if found.exposed else first_success(task, pattern)
    if lost is not None:
        raise impossible(task, lost)
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
