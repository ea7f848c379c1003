"""Whether any panel satisfies the terms, and the smallest change of the quotas that allows one.

The relaxation is an integer program: every quota may be lowered or raised at a cost of one per seat, the
number of seats, the households and the pairs stay as they are. Among relaxations of least total change the
one whose largest single change is smallest is proposed.
The terms are those of Flanigan et al. (2021); which relaxation is proposed is our own rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import bmat, csr_matrix, identity, vstack

from sapar.methods.errors import MethodError
from sapar.methods.sortition.pool import Floats, Kinds, Person, Quota, Terms, kinds_of
from sapar.methods.sortition.solver import INFINITY, Panels, Program, solved, whole_values


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A quota that asks for more people than the pool has at all."""

    quota: Quota
    available: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """A quota and the bounds that it should have instead."""

    quota: Quota
    lower: int
    upper: int

    @property
    def seats(self) -> int:
        return self.quota.lower - self.lower + self.upper - self.quota.upper


@dataclass(frozen=True, kw_only=True)
class Feasibility:
    """Attributes:
    feasible: whether a panel satisfies all terms.
    changes: the smallest relaxation, in the order of the quotas; empty when feasible.
    seats: the total change of the bounds; no relaxation of smaller total exists.
    shortages: quotas that no choice can meet because too few such people are in the pool.
    relaxed: the terms after the changes.
    """

    feasible: bool
    changes: tuple[Change, ...]
    seats: int
    shortages: tuple[Shortage, ...]
    relaxed: Terms


def feasibility(pool: Sequence[Person], terms: Terms) -> Feasibility:
    """Test the terms on the pool.

    Raises:
        MethodError: ``sortition.too_few_people`` when no change of quotas helps, with the largest panel that
            the other rules allow; the refusals of `kinds_of`.
    """
    kinds = kinds_of(pool, terms)
    held = (kinds.rows @ kinds.sizes)[1 : 1 + kinds.quotas]
    shortages = tuple(
        Shortage(quota=quota, available=available)
        for at, quota in enumerate(terms.quotas)
        if (available := int(held[at])) < quota.lower
    )
    if not shortages and Panels(kinds).best(np.zeros(len(kinds))) is not None:
        return Feasibility(feasible=True, changes=(), seats=0, shortages=(), relaxed=terms)
    lower, upper = _relaxation(kinds, terms)
    changes = tuple(
        Change(quota=quota, lower=quota.lower - int(down), upper=quota.upper + int(up))
        for quota, down, up in zip(terms.quotas, lower, upper, strict=True)
        if down or up
    )
    new = {(change.quota.feature, change.quota.value): change for change in changes}
    quotas = tuple(
        Quota(feature=quota.feature, value=quota.value, lower=change.lower, upper=change.upper)
        if (change := new.get((quota.feature, quota.value)))
        else quota
        for quota in terms.quotas
    )
    relaxed = Terms(
        size=terms.size,
        quotas=quotas,
        one_per_household=terms.one_per_household,
        apart=terms.apart,
        include=terms.include,
    )
    return Feasibility(
        feasible=False,
        changes=changes,
        seats=sum(change.seats for change in changes),
        shortages=shortages,
        relaxed=relaxed,
    )


def _relaxation(kinds: Kinds, terms: Terms) -> tuple[Floats, Floats]:
    """Whole numbers by which the quotas' lower bounds fall and their upper bounds rise."""
    count, quotas = len(kinds), kinds.quotas
    asked = kinds.rows[1 : 1 + quotas]
    others = vstack([kinds.rows[:1], kinds.rows[1 + quotas :]])
    others_lower = np.concatenate([kinds.row_lower[:1], kinds.row_lower[1 + quotas :]])
    others_upper = np.concatenate([kinds.row_upper[:1], kinds.row_upper[1 + quotas :]])
    eye, ones = identity(quotas), np.ones((quotas, 1))
    # Columns: counts by kind, falls, rises, the largest of them. The last row is the sum of falls and rises.
    blocks: list[list[Any]] = [
        [others, None, None, None],
        [asked, eye, None, None],
        [asked, None, -eye, None],
        [None, -eye, None, ones],
        [None, None, -eye, ones],
        [None, ones.T, ones.T, None],
    ]
    matrix = csr_matrix(bmat(blocks))
    free = np.full(quotas, INFINITY)
    nothing = np.zeros(quotas)
    lowers = kinds.row_lower[1 : 1 + quotas]
    cost = np.concatenate([np.zeros(count), np.ones(2 * quotas), [0.0]])
    highs = Program(
        cost,
        np.concatenate([kinds.lower, np.zeros(2 * quotas + 1)]),
        np.concatenate([kinds.upper, lowers, np.full(quotas, float(terms.size)), [INFINITY]]),
        matrix,
        np.concatenate([others_lower, lowers, -free, nothing, nothing, [0.0]]),
        np.concatenate([others_upper, free, kinds.row_upper[1 : 1 + quotas], free, free, [INFINITY]]),
    ).loaded(whole=True)
    if not solved(highs):
        raise MethodError(
            "sortition.too_few_people",
            "A panel of {size} cannot be filled: whatever the quotas, at most {most} people can sit together.",
            size=terms.size, most=_largest(kinds),
        )  # fmt: skip
    total = round(highs.getInfo().objective_function_value)
    highs.changeRowBounds(matrix.shape[0] - 1, 0.0, float(total))
    columns = np.arange(len(cost), dtype=np.int32)
    highs.changeColsCost(len(cost), columns, np.append(np.zeros(len(cost) - 1), 1.0))
    if not solved(highs):
        raise MethodError("sortition.not_solved", "The solver stopped: {status}.", status="infeasible")
    found = whole_values(highs)[count:-1].astype(np.float64)
    return found[:quotas], found[quotas:]


def _largest(kinds: Kinds) -> int:
    """The most people who can sit together under the rules about company alone."""
    rows = kinds.rows[1 + kinds.quotas :]
    highs = Program(
        np.ones(len(kinds)),
        kinds.lower.astype(np.float64),
        kinds.upper.astype(np.float64),
        rows,
        np.zeros(rows.shape[0]),
        np.ones(rows.shape[0]),
    ).loaded(whole=True, maximise=True)
    return int(whole_values(highs).sum()) if solved(highs) else 0
