"""The polytope of fractional panels, and writing a point of it as a mixture of whole ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sapar.methods.sortition.pool import Counts, Floats, Kinds
from sapar.methods.sortition.solver import ACCURACY, Program, solved, values, whole_values

NEAR = 1e-7
CANDIDATES = 80


@dataclass
class Relaxation:
    """The polytope of fractional panels.

    Attributes:
        closed: kinds that no panel can hold; their count is held at zero.
    """

    kinds: Kinds
    closed: NDArray[np.bool_]

    @property
    def lower(self) -> Floats:
        return self.kinds.lower.astype(np.float64)

    @property
    def upper(self) -> Floats:
        return np.where(self.closed, 0, self.kinds.upper).astype(np.float64)

    @property
    def rows(self) -> Floats:
        return self.kinds.rows.astype(np.float64)


class Face:
    """The smallest face of the relaxation, and of the unit box around the point, that holds the point."""

    def __init__(self, relaxation: Relaxation, point: Floats) -> None:
        self.rows = relaxation.rows
        self.sparse = csr_matrix(self.rows)
        self.lower = np.maximum(relaxation.lower, np.floor(point + NEAR))
        self.upper = np.minimum(relaxation.upper, np.ceil(point - NEAR))
        # Quota sums of a whole panel are whole: those next to the point's own are near enough.
        sums = self.rows @ point
        self.row_lower = np.maximum(relaxation.kinds.row_lower, np.floor(sums + NEAR))
        self.row_upper = np.minimum(relaxation.kinds.row_upper, np.ceil(sums - NEAR))

    def tighten(self, point: Floats, near: float) -> None:
        """Hold every bound that the point has met."""
        self.lower = np.where(point > self.upper - near, self.upper, self.lower)
        self.upper = np.where(point < self.lower + near, self.lower, self.upper)
        sums = self.rows @ point
        self.row_lower = np.where(sums > self.row_upper - near, self.row_upper, self.row_lower)
        self.row_upper = np.where(sums < self.row_lower + near, self.row_lower, self.row_upper)

    def panel(self, point: Floats) -> Counts | None:
        """A whole panel on the face that prefers, kind by kind, the rounding the point leans to.

        The linear program leaves few counts broken; only those and the kinds that the program nearly
        chose otherwise are then decided as whole numbers. All kinds are decided if that fails.
        """
        panel = self.lower.copy()
        loose = np.flatnonzero(self.upper > self.lower)
        if not len(loose):
            return np.rint(panel).astype(np.int64)
        lean = np.clip(point - self.lower, 1e-3, 1 - 1e-3)[loose]
        cost = np.log(lean / (1 - lean))
        fixed = panel.copy()
        fixed[loose] = 0
        rows = csr_matrix(self.sparse[:, loose])
        base = self.sparse @ fixed
        program = Program(
            cost, self.lower[loose], self.upper[loose], rows, self.row_lower - base, self.row_upper - base
        )
        highs = program.loaded(maximise=True)
        if not solved(highs):
            return None
        relaxed = values(highs)
        broken = np.abs(relaxed - np.rint(relaxed)) > 1e-6
        if broken.any():
            near = np.argsort(np.abs(np.array(highs.getSolution().col_dual)), kind="stable")[:CANDIDATES]
            chosen = np.union1d(np.flatnonzero(broken), near)
            rounded = self._repaired(program, np.rint(relaxed), chosen)
            if rounded is None and len(chosen) < len(loose):
                rounded = self._repaired(program, np.rint(relaxed), np.arange(len(loose)))
            if rounded is None:
                return None
            relaxed = rounded
        panel[loose] = np.rint(relaxed)
        return np.rint(panel).astype(np.int64)

    @staticmethod
    def _repaired(program: Program, rounded: Floats, chosen: NDArray[np.int64]) -> Floats | None:
        """`rounded` with the chosen entries decided anew as whole numbers; None where that is impossible."""
        rounded = rounded.copy()
        rounded[chosen] = 0
        base = program.rows @ rounded
        highs = Program(
            program.cost[chosen],
            program.lower[chosen],
            program.upper[chosen],
            csr_matrix(program.rows[:, chosen]),
            program.row_lower - base,
            program.row_upper - base,
        ).loaded(whole=True, maximise=True, gap=0.05)
        if not solved(highs):
            return None
        rounded[chosen] = whole_values(highs)
        return rounded

    def reach(self, point: Floats, panel: Counts) -> float:
        """How far the point can walk away from the panel, in lengths of their distance."""
        away = point - panel
        sums, push = self.rows @ point, self.rows @ away
        loose, slack = self.upper > self.lower, self.row_upper > self.row_lower
        limits = [
            ((self.upper - point) / away)[loose & (away > 1e-12)],
            ((self.lower - point) / away)[loose & (away < -1e-12)],
            ((self.row_upper - sums) / push)[slack & (push > 1e-6)],
            ((self.row_lower - sums) / push)[slack & (push < -1e-6)],
        ]
        return max(0.0, min((float(limit.min()) for limit in limits if len(limit)), default=np.inf))


def split(
    relaxation: Relaxation, point: Floats, heard: Callable[[float], None]
) -> tuple[list[float], list[Counts], float]:
    """Write the point as a mixture of panels; the third value is the mass that could not be placed."""
    weights: list[float] = []
    panels: list[Counts] = []
    mass = 1.0
    face = Face(relaxation, point)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(2 * (len(point) + len(face.rows)) + 10):
            if mass <= ACCURACY * 10:
                break
            # What is left of the point carries its rounding error, magnified by what was taken off.
            face.tighten(point, max(NEAR, ACCURACY / mass))
            panel = face.panel(point)
            if panel is None or not relaxation.kinds.holds(panel):
                break
            steps = face.reach(point, panel)
            share = 1.0 if steps > 1e8 else steps / (1 + steps)
            weights.append(mass * share)
            panels.append(panel)
            mass *= 1 - share
            if share == 1.0:
                break
            point = np.clip(point + steps * (point - panel), face.lower, face.upper)
            heard(mass)
    return weights, panels, mass
