"""Leximin by column generation over panels, for pools whose fractional optimum no lottery can keep.

This is the algorithm of Flanigan et al. 2021 on counts of kinds. A master program mixes the panels at hand so
that the least chance of the open kinds is greatest; its duals weigh the kinds, and an integer program looks for
a panel that weighs more than all of them. When there is none, the level is proved, and the kinds whose duals are
positive are fixed at it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack

from sapar.methods.errors import MethodError
from sapar.methods.sortition.pool import Counts, Floats, Kinds
from sapar.methods.sortition.solver import INFINITY, Panels, Program, solved, values

SATURATED = 1e-6
GAIN = 1e-9
HAIR = 1e-9
MOST_PRICINGS = 20_000


class _Master:
    """Columns: the level, then one weight per panel. Rows: chance less level by kind, then the sum of weights."""

    def __init__(self, kinds: Kinds, panels: Sequence[Counts]) -> None:
        self.kinds = kinds
        self.panels: list[Counts] = []
        count = len(kinds)
        self._highs = Program(
            np.ones(1),
            np.zeros(1),
            np.ones(1),
            csr_matrix(vstack([hstack([csr_matrix(-np.ones((count, 1)))]), csr_matrix((1, 1))])),
            np.append(np.zeros(count), 1.0),
            np.append(np.full(count, INFINITY), 1.0),
        ).loaded(maximise=True)
        for panel in panels:
            self.add(panel)

    def add(self, panel: Counts) -> None:
        held = np.flatnonzero(panel)
        self._highs.addCol(
            0.0, 0.0, INFINITY, len(held) + 1,
            np.append(held, len(self.kinds)).astype(np.int32), np.append(panel[held] / self.kinds.sizes[held], 1.0),
        )  # fmt: skip
        self.panels.append(panel)

    def hold(self, kind: int, level: float) -> None:
        """The kind's chance is at least `level` from now on, whatever the level of the others."""
        self._highs.changeCoeff(kind, 0, 0.0)
        self._highs.changeRowBounds(kind, level, INFINITY)

    def solve(self) -> tuple[float, Floats]:
        """The level, and the duals by kind."""
        if not solved(self._highs):
            raise MethodError("sortition.not_solved", "The solver stopped: {status}.", status="infeasible")
        duals = np.abs(np.array(self._highs.getSolution().row_dual)[: len(self.kinds)])
        return float(values(self._highs)[0]), duals

    def weights(self) -> Floats:
        return values(self._highs)[1:]


def columns_optimum(
    oracle: Panels,
    panels: Sequence[Counts],
    closed: NDArray[np.bool_],
    heard: Callable[[float], None],
    *,
    all_levels: bool,
) -> tuple[Floats, list[Counts], Floats]:
    """The optimal weights, their panels, and the duals of the least chance by member.

    Args:
        panels: a start in which every kind that is not closed is held by some panel.
        heard: called with the share of kinds that still wait.

    Raises:
        MethodError: ``sortition.not_converged`` after 20,000 integer programs.
    """
    kinds = oracle.kinds
    master = _Master(kinds, panels)
    waiting = (kinds.lower == 0) & ~closed
    for kind in np.flatnonzero(~waiting):
        master.hold(int(kind), 0.0)
    proof: Floats | None = None
    known = np.array(master.panels, dtype=np.float64)
    pricings = 0
    while True:
        level, duals = master.solve()
        weights = duals / kinds.sizes
        panel = oracle.best(weights)
        pricings += 1
        if panel is None or pricings > MOST_PRICINGS:
            raise MethodError(
                "sortition.not_converged", "No optimum after {rounds} integer programs.", rounds=pricings
            )
        if weights @ panel > float((known @ weights).max()) + GAIN:
            master.add(panel)
            known = np.vstack([known, panel])
            continue
        own = duals * waiting
        if proof is None:
            proof = own / kinds.sizes
        fixed = np.flatnonzero(waiting & (own >= min(SATURATED, own.max())))
        waiting[fixed] = False
        heard(float(waiting.mean()))
        if not all_levels or level > 1 - HAIR or not waiting.any():
            return master.weights(), master.panels, proof
        for kind in fixed:
            master.hold(int(kind), level - HAIR)
