"""What somebody who knows all published cells and all sums can find out about the hidden ones.

For each hidden cell the least and the largest value that fits with everything published: two linear programmes
(Fischetti & Salazar-González 2001, Management Science 47, 1008-1026). If they meet, hiding was in vain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard
from sapar.methods.surveys.columns import array, floats
from sapar.methods.surveys.disclosure.rules import BoolArray, Primary
from sapar.methods.surveys.disclosure.tables import FloatArray, Table
from sapar.methods.surveys.given import checked

# The programmes count in units of the largest value over this, so that sums of money and counts of people
# are solved alike; an interval may fall short of what is asked by SLACK units.
RANGE = 1e4
SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Audit:
    """Attacker's intervals in the shape of the table (published cells: their value twice).

    `exposed` are the primary cells, by flat place, whose interval is narrower than asked.
    """

    low: FloatArray
    high: FloatArray
    exposed: tuple[int, ...]


class Attack:
    """The hidden cells as unknowns, as deviations from their true values.

    Every sum is zero in deviations, so doing nothing is a solution to start from, and the programmes of all
    cells differ in their objective alone.
    """

    def __init__(
        self,
        relations: csr_array,
        values: FloatArray,
        hidden: BoolArray,
        lower: FloatArray,
        upper: FloatArray,
        *,
        integer: bool = False,
    ) -> None:
        """All arrays flat; `lower` and `upper` bound what the attacker thinks a cell may be."""
        self.cells = np.flatnonzero(hidden)
        self.place = {int(cell): number for number, cell in enumerate(self.cells)}
        part = csr_array(relations[:, self.cells])
        self.rows = np.flatnonzero(np.diff(part.indptr))
        part = csr_array(part[self.rows])
        self.unit = 1.0 if integer else unit_of(values)
        down, up = (lower - values)[self.cells] / self.unit, (upper - values)[self.cells] / self.unit
        self.model = _model(part, down, up, integer)
        self.asked: int | None = None

    def reach(self, cell: int, sign: int) -> float:
        """How far the cell can be above (sign 1) or below (-1) its value; infinite if nothing limits it."""
        number = self.place[cell]
        if self.asked is not None and self.asked != number:
            self.model.changeColCost(self.asked, 0.0)
        self.asked = number
        self.model.changeColCost(number, -float(sign))
        self.model.run()
        status = self.model.getModelStatus()
        if status == highspy.HighsModelStatus.kIterationLimit:
            # The primal simplex can go round in circles from an old basis; the dual one starts afresh.
            self.model.clearSolver()
            self.model.setOptionValue("simplex_strategy", 1)
            self.model.run()
            status = self.model.getModelStatus()
            self.model.setOptionValue("simplex_strategy", 4)
        if status in (
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            return float("inf")
        if status != highspy.HighsModelStatus.kOptimal:
            raise MethodError(
                "surveys.attack_unsolved", "The programme of cell {cell} ended as {status}.",
                cell=cell, status=str(status),
            )  # fmt: skip
        return max(-float(self.model.getInfo().objective_function_value), 0.0) * self.unit

    def limit(self, down: FloatArray, up: FloatArray) -> None:
        """Other rooms below and above the values, for all cells of the table; published ones are left out."""
        every = np.arange(len(self.cells), dtype=np.int32)
        lower, upper = -down[self.cells] / self.unit, up[self.cells] / self.unit
        self.model.changeColsBounds(len(every), every, lower, upper)

    def prices(self) -> FloatArray:
        """Dual values of `rows` after the last `reach`."""
        return np.array(self.model.getSolution().row_dual)

    def know(self, cell: int) -> tuple[float, float]:
        """Let the attacker know a cell; returns its bounds for `forget`."""
        number = self.place[cell]
        lp = self.model.getLp()
        before = float(lp.col_lower_[number]), float(lp.col_upper_[number])
        self.model.changeColBounds(number, 0.0, 0.0)
        return before

    def forget(self, cell: int, bounds: tuple[float, float]) -> None:
        self.model.changeColBounds(self.place[cell], *bounds)


@checked
def audit(
    table: Table,
    hidden: ArrayLike,
    primary: Primary | None = None,
    *,
    lower: ArrayLike = 0.0,
    upper: ArrayLike = np.inf,
    known: Iterable[int] = (),
    integer: bool = False,
    progress: Progress = unheard,
) -> Audit:
    """Intervals of all hidden cells, and which primary cells are not protected as asked.

    Args:
        hidden: True for cells that are not published; shape of the table.
        primary: with the protection asked; without it `exposed` are the cells known exactly.
        lower, upper: what everybody knows about a cell beforehand; counts are at least zero.
        known: hidden cells, by flat place, that this attacker knows (a contributor knows the cell with only her).
        integer: the attacker knows that values are whole numbers. Far slower, seldom narrower.

    Raises:
        MethodError: ``surveys.table_shape``, ``surveys.bounds_contradict`` (a value outside its own bounds),
            ``surveys.attack_unsolved``.
    """
    mask = checked_mask(table, hidden)
    values = table.values.ravel()
    below, above = checked_bounds(table, lower, upper)
    attack = Attack(table.relations(), values, mask, below, above, integer=integer)
    inside = set(known)
    for cell in inside & set(attack.place):
        attack.know(cell)
    low, high = values.copy(), values.copy()
    for number, cell in enumerate(attack.cells.tolist()):
        low[cell] -= attack.reach(cell, -1)
        high[cell] += attack.reach(cell, 1)
        progress(number + 1, len(attack.cells))
    shape = table.values.shape
    return Audit(low.reshape(shape), high.reshape(shape), _exposed(values, mask, low, high, primary, inside))


def unit_of(values: FloatArray) -> float:
    """The unit in which programmes about these values count."""
    return max(float(np.abs(values).max(initial=0.0)), 1e-300) / RANGE


def short(reached: float, asked: float, unit: float) -> bool:
    """Whether an attacker's reach is less than asked, rounding aside."""
    return bool(reached < asked) and bool(asked - reached > SLACK * max(unit, reached))


def checked_mask(table: Table, mask: ArrayLike) -> BoolArray:
    """A flat mask of the table's cells."""
    cells = array(mask, "mask")
    if cells.shape != table.values.shape or cells.dtype != bool:
        raise MethodError(
            "surveys.table_shape",
            "A mask of shape {shape} for a table of shape {table}.",
            shape=tuple(cells.shape),
            table=tuple(table.values.shape),
        )
    return cells.ravel()


def checked_bounds(table: Table, lower: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Flat bounds, refused if a value lies outside."""
    shape, values = table.values.shape, table.values.ravel()
    below = np.broadcast_to(floats(lower, what="bounds"), shape).ravel()
    above = np.broadcast_to(floats(upper, what="bounds"), shape).ravel()
    wrong = np.flatnonzero(~((below <= values) & (values <= above)))
    if len(wrong):
        raise MethodError(
            "surveys.bounds_contradict",
            "Cell {cell} is {value}, outside its bounds.",
            cell=", ".join(table.labels(int(wrong[0]))),
            value=float(values[wrong[0]]),
        )
    return below, above


def _exposed(
    values: FloatArray,
    mask: BoolArray,
    low: FloatArray,
    high: FloatArray,
    primary: Primary | None,
    known: set[int],
) -> tuple[int, ...]:
    unit = unit_of(values)
    others = [int(cell) for cell in np.flatnonzero(mask if primary is None else primary.cells.ravel())]
    others = [cell for cell in others if cell not in known]
    if primary is None:
        return tuple(cell for cell in others if not short(0.0, float(high[cell] - low[cell]), unit))
    ask_low, ask_high = primary.lower.ravel(), primary.upper.ravel()
    return tuple(
        cell
        for cell in others
        if not mask[cell]
        or short(float(values[cell] - low[cell]), float(ask_low[cell]), unit)
        or short(float(high[cell] - values[cell]), float(ask_high[cell]), unit)
    )


def _model(matrix: csr_array, lower: FloatArray, upper: FloatArray, integer: bool) -> highspy.Highs:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.col_lower_, lp.col_upper_ = lower, upper
    lp.row_lower_ = lp.row_upper_ = np.zeros(matrix.shape[0])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = matrix.shape
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    if not integer:
        # Each programme starts from the last one's basis, which presolve would throw away.
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        highs.setOptionValue("simplex_strategy", 4)
        highs.setOptionValue("simplex_iteration_limit", 1000 + 20 * sum(matrix.shape))
    highs.passModel(lp)
    return highs
