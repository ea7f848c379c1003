"""Two releases of the same table, and what their difference tells.

If one more student joins between Monday's table and Friday's, the difference of the two is that student. Both
releases and the people who came and went between them are one larger table: people who stayed, left, joined;
before = stayed + left; after = stayed + joined. What holds for the hidden cells of any table holds for that one.
Sources: differencing: Hundepool et al., Statistical Disclosure Control (2012); the attack: Fischetti &
Salazar-González (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import array, floats
from sapar.methods.surveys.disclosure.attack import Audit, audit
from sapar.methods.surveys.disclosure.rules import BoolArray, small_counts
from sapar.methods.surveys.disclosure.suppression import Method, Suppression, suppress
from sapar.methods.surveys.disclosure.tables import Axis, FloatArray, Table, table_of_leaves
from sapar.methods.surveys.given import checked

STAYED, LEFT, JOINED, BEFORE, AFTER = range(5)
RELEASES = Axis(
    name="release",
    nodes=("stayed", "left", "joined", "before", "after"),
    sums=((BEFORE, (STAYED, LEFT)), (AFTER, (STAYED, JOINED))),
)


@dataclass(frozen=True, kw_only=True)
class Disclosed:
    """A small group that the two releases together give away.

    `group` is before, after, left, joined or stayed; `cell` the node names; `low` and `high` what can be found out.
    """

    group: str
    cell: tuple[str, ...]
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Differences:
    """What two releases give away together; the arrays have the release as their first dimension."""

    table: Table
    audit: Audit
    disclosed: tuple[Disclosed, ...]


@checked
def differences(
    axes: Sequence[Axis],
    *,
    stayed: ArrayLike,
    left: ArrayLike | None,
    joined: ArrayLike,
    hidden_before: ArrayLike,
    hidden_after: ArrayLike,
    minimum: float,
) -> Differences:
    """Look for groups under the minimum that can be computed from two releases.

    Args:
        stayed, left, joined: counts of people by the leaves of the axes. Nobody but you knows them. If `left` is None,
            nobody left and everybody knows: then the difference of two published cells is who joined.
        hidden_before, hidden_after: what each release hides; shape of the table with its sums.
        minimum: smallest group that may be known.

    Raises:
        MethodError: ``surveys.table_shape``, ``surveys.table_values``, ``surveys.rule_invalid``.
    """
    table = _both(axes, stayed, left, joined)
    hidden = _hidden(table, hidden_before, hidden_after)
    primary = small_counts(table, minimum)
    found = audit(table, hidden, primary, upper=_most(table, left))
    return Differences(
        table,
        found,
        tuple(
            Disclosed(
                group=table.labels(cell)[0],
                cell=table.labels(cell)[1:],
                value=float(table.values.flat[cell]),
                low=float(found.low.flat[cell]),
                high=float(found.high.flat[cell]),
            )
            for cell in found.exposed
        ),
    )


@checked
def protect_release(
    axes: Sequence[Axis],
    *,
    stayed: ArrayLike,
    left: ArrayLike | None,
    joined: ArrayLike,
    hidden_before: ArrayLike,
    minimum: float,
    method: Method = "auto",
) -> Suppression:
    """Hide cells of the second release so that both together give no small group away.

    The first is out and cannot be changed. The result's arrays have the release as their first dimension; take
    ``result.hidden[AFTER]``.

    Raises:
        MethodError: as `differences` and `suppress`; ``surveys.keep_open_contradicts`` if the first release
            shows a small group already.
    """
    table = _both(axes, stayed, left, joined)
    hidden = _hidden(table, hidden_before, np.zeros(table.values.shape[1:], dtype=bool))
    keep_open = np.zeros_like(hidden)
    keep_open[BEFORE] = ~hidden[BEFORE]
    return suppress(
        table,
        small_counts(table, minimum),
        keep_open=keep_open,
        hidden=hidden,
        upper=_most(table, left),
        method=method,
    )


def _both(axes: Sequence[Axis], stayed: ArrayLike, left: ArrayLike | None, joined: ArrayLike) -> Table:
    nobody = np.zeros_like(floats(stayed, what="people"))
    groups = [floats(g, what="people") for g in (stayed, nobody if left is None else left, joined)]
    if len({group.shape for group in groups}) > 1:
        raise MethodError("surveys.table_shape", "Those who stayed, left and joined are in different tables.")
    return table_of_leaves([RELEASES, *axes], np.stack(groups))


def _most(table: Table, left: ArrayLike | None) -> FloatArray:
    """The largest that everybody knows each cell can be."""
    most = np.full(table.values.shape, np.inf)
    if left is None:
        most[LEFT] = 0.0
    return most


def _hidden(table: Table, before: ArrayLike, after: ArrayLike) -> BoolArray:
    hidden = np.ones(table.values.shape, dtype=bool)
    for place, mask in ((BEFORE, array(before, "hidden_before")), (AFTER, array(after, "hidden_after"))):
        if mask.shape != table.values.shape[1:] or mask.dtype != bool:
            raise MethodError(
                "surveys.table_shape",
                "A mask of shape {shape} for a table of shape {table}.",
                shape=tuple(mask.shape),
                table=tuple(table.values.shape[1:]),
            )
        hidden[place] = mask
    return hidden
