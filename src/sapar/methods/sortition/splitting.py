"""The polytope of fractional panels, and writing a point of it as a mixture of whole ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sapar.methods.errors import MethodError
from sapar.methods.sortition.pool import Counts, Floats, Kinds
from sapar.methods.sortition.solver import ACCURACY, Program, solved, values, whole_values

NEAR = 1e-7
CANDIDATES = 40
PLACED = 1e-6
# Panels taken back at the first dead end, and how often; the last turn takes back thousands.
FIRST_BACK, TURNS = 16, 8


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

    def program(self) -> highspy.Highs:
        """A solver over the polytope, to be asked for one weighting after another."""
        kinds = self.kinds
        nothing = np.zeros(len(kinds))
        return Program(nothing, self.lower, self.upper, kinds.rows, kinds.row_lower, kinds.row_upper).loaded(
            maximise=True
        )

    def best(self, highs: highspy.Highs, weights: Floats) -> Floats:
        """A fractional panel of greatest total weight."""
        highs.changeColsCost(len(weights), np.arange(len(weights), dtype=np.int32), weights)
        if not solved(highs):
            raise MethodError("sortition.not_solved", "The solver stopped: {status}.", status="infeasible")
        return np.clip(values(highs), self.lower, self.upper)


class Face:
    """The smallest face of the relaxation, and of the unit box around the point, that holds the point."""

    def __init__(
        self, relaxation: Relaxation, point: Floats, chance: np.random.Generator | None = None
    ) -> None:
        self.rows = relaxation.kinds.rows
        self.chance = chance
        self.lower = np.maximum(relaxation.lower, np.floor(point + NEAR))
        self.upper = np.minimum(relaxation.upper, np.ceil(point - NEAR))
        # Quota sums of a whole panel are whole: those next to the point's own are near enough.
        sums = self.rows @ point
        self.row_lower = np.maximum(relaxation.kinds.row_lower, np.floor(sums + NEAR))
        self.row_upper = np.minimum(relaxation.kinds.row_upper, np.ceil(sums - NEAR))
        # One solver for all steps: each begins where the last one ended.
        self._highs = Program(
            np.zeros(len(point)), self.lower, self.upper, self.rows, self.row_lower, self.row_upper
        ).loaded(maximise=True)
        self._kinds = np.arange(len(point), dtype=np.int32)

    def tighten(self, point: Floats, near: float) -> None:
        """Hold every bound that the point has met."""
        self.lower = np.where(point > self.upper - near, self.upper, self.lower)
        self.upper = np.where(point < self.lower + near, self.lower, self.upper)
        sums = self.rows @ point
        before = self.row_lower, self.row_upper
        self.row_lower = np.where(sums > self.row_upper - near, self.row_upper, self.row_lower)
        self.row_upper = np.where(sums < self.row_lower + near, self.row_lower, self.row_upper)
        for row in np.flatnonzero((self.row_lower != before[0]) | (self.row_upper != before[1])):
            self._highs.changeRowBounds(int(row), float(self.row_lower[row]), float(self.row_upper[row]))

    def panel(self, point: Floats) -> Counts | None:
        """A whole panel on the face that prefers, kind by kind, the rounding the point leans to.

        The linear program leaves few counts broken; only those and the kinds that the program nearly
        chose otherwise are then decided as whole numbers. All kinds are decided if that fails.
        """
        loose = np.flatnonzero(self.upper > self.lower)
        lean = np.clip(point - self.lower, 1e-3, 1 - 1e-3)
        cost = np.where(self.upper > self.lower, np.log(lean / (1 - lean)), 0.0)
        if self.chance is not None:
            cost[loose] += 0.5 * self.chance.normal(size=len(loose))
        highs = self._highs
        highs.changeColsCost(len(self._kinds), self._kinds, cost)
        highs.changeColsBounds(len(self._kinds), self._kinds, self.lower, self.upper)
        if not solved(highs):
            return None
        relaxed = values(highs)
        broken = np.flatnonzero(np.abs(relaxed - np.rint(relaxed)) > 1e-6)
        if not len(broken):
            return np.rint(relaxed).astype(np.int64)
        slack = np.abs(np.array(highs.getSolution().col_dual))[loose]
        near = loose[np.argsort(slack, kind="stable")[:CANDIDATES]]
        chosen = np.union1d(broken, near)
        panel = self._repaired(cost, np.rint(relaxed), chosen)
        if panel is None and len(chosen) < len(loose):
            panel = self._repaired(cost, np.rint(relaxed), loose)
        return panel

    def _repaired(self, cost: Floats, rounded: Floats, chosen: NDArray[np.int64]) -> Counts | None:
        """`rounded` with the chosen entries decided anew as whole numbers; None where that is impossible."""
        rounded = rounded.copy()
        rounded[chosen] = 0
        base = self.rows @ rounded
        part = csr_matrix(self.rows[:, chosen])
        touched = np.diff(part.indptr) > 0
        if np.any((base < self.row_lower)[~touched]) or np.any((base > self.row_upper)[~touched]):
            return None
        highs = Program(
            cost[chosen],
            self.lower[chosen],
            self.upper[chosen],
            part[touched],
            (self.row_lower - base)[touched],
            (self.row_upper - base)[touched],
        ).loaded(whole=True, maximise=True, gap=0.05)
        if not solved(highs):
            return None
        rounded[chosen] = whole_values(highs)
        return np.rint(rounded).astype(np.int64)

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


@dataclass
class Mixed:
    """Panels with their weights, and the mass of the point that is left."""

    weights: list[float]
    panels: list[Counts]
    mass: float
    rest: Floats


def split(relaxation: Relaxation, point: Floats, heard: Callable[[float], None]) -> Mixed:
    """Write the point as a mixture of panels.

    What is left at the end may lie on a face without any whole panel. Then the lightest panels are taken back,
    more of them from turn to turn, and the way from there is tried anew in another order. Where whole panels
    cannot keep the point at all, some mass remains after the last turn.
    """
    mixed = _walk(relaxation, point, 1.0, None, heard)
    chance = np.random.default_rng(0)
    back = FIRST_BACK
    for _ in range(TURNS):
        # Where even whole ways anew ended early a few times, whole panels hardly keep the point.
        if mixed.mass <= PLACED or back > 8 * len(mixed.panels):
            break
        order = np.argsort(mixed.weights, kind="stable")
        taken, kept = order[:back], np.sort(order[back:])
        mass = mixed.mass + sum(mixed.weights[at] for at in taken)
        sums = mixed.mass * mixed.rest + sum(mixed.weights[at] * mixed.panels[at] for at in taken)
        again = _walk(relaxation, np.asarray(sums / mass), mass, chance, heard)
        if again.mass < mixed.mass:
            mixed = Mixed(
                [mixed.weights[at] for at in kept] + again.weights,
                [mixed.panels[at] for at in kept] + again.panels,
                again.mass,
                again.rest,
            )
        back *= 2
    return mixed


def _walk(
    relaxation: Relaxation,
    point: Floats,
    mass: float,
    chance: np.random.Generator | None,
    heard: Callable[[float], None],
) -> Mixed:
    """Take a panel, walk away from it until a bound is met, and so on, until nothing is left or no panel fits."""
    weights: list[float] = []
    panels: list[Counts] = []
    face = Face(relaxation, point, chance)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(2 * (len(point) + len(face.row_lower)) + 10):
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
    return Mixed(weights, panels, mass, point)
