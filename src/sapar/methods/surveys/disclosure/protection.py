"""What has to be protected in a table, and whether a pattern of hidden cells does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import floats
from sapar.methods.surveys.disclosure.attack import Attack, checked_bounds, checked_mask, short
from sapar.methods.surveys.disclosure.rules import BoolArray, Primary
from sapar.methods.surveys.disclosure.tables import FloatArray, Table


@dataclass(frozen=True, eq=False)
class Task:
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


def task_of(
    table: Table,
    primary: Primary,
    costs: str | ArrayLike,
    keep_open: ArrayLike | None,
    hidden: ArrayLike | None,
    insiders: ArrayLike | None,
    lower: ArrayLike,
    upper: ArrayLike,
) -> Task:
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
    return Task(
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


def impossible(task: Task, cell: int) -> MethodError:
    return MethodError(
        "surveys.protection_impossible",
        "{cell} cannot be given the room it needs, whatever else is hidden.",
        cell=", ".join(task.table.labels(cell)),
        value=float(task.values[cell]),
    )


def withstands(attack: Attack, cell: int, sign: int, need: float, insider: int | None) -> bool:
    if insider is None:
        return not short(attack.reach(cell, sign), need, attack.unit)
    bounds = attack.know(insider)
    reached = attack.reach(cell, sign)
    attack.forget(insider, bounds)
    return not short(reached, need, attack.unit)


def first_success(task: Task, pattern: BoolArray) -> int | None:
    """A primary cell that an attacker gets too near to; None if there is none."""
    attack = task.attack(pattern)
    for cell, sign, need in task.asked:
        for insider in task.attackers(pattern):
            if insider != cell and not withstands(attack, cell, sign, need, insider):
                return cell
    return None
