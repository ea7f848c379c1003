"""Linear and integer programs on HiGHS, in the few forms that sortition needs."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from sapar.methods.errors import MethodError
from sapar.methods.sortition.pool import Counts, Floats, Kinds

INFINITY = float(highspy.kHighsInf)
ACCURACY = 1e-9
# A single program that takes longer is given up, so that a search for what nobody can find ends.
MOST_SECONDS = 600.0


@dataclass(frozen=True)
class Program:
    """Optimise cost·x where lower ≤ x ≤ upper and row_lower ≤ rows·x ≤ row_upper."""

    cost: Floats
    lower: Floats
    upper: Floats
    rows: csr_matrix
    row_lower: Floats
    row_upper: Floats

    def loaded(self, *, whole: bool = False, maximise: bool = False, gap: float = 0.0) -> highspy.Highs:
        """A solver that holds the program; `gap` is the relative gap at which a whole-number search stops."""
        lp = highspy.HighsLp()
        lp.num_col_ = len(self.cost)
        lp.num_row_ = len(self.row_lower)
        lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        lp.col_cost_ = self.cost
        lp.col_lower_ = self.lower
        lp.col_upper_ = self.upper
        lp.row_lower_ = self.row_lower
        lp.row_upper_ = self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = self.rows.indptr
        lp.a_matrix_.index_ = self.rows.indices
        lp.a_matrix_.value_ = self.rows.data
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self.cost)
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("parallel", "off"),
            ("random_seed", 0),
            ("primal_feasibility_tolerance", ACCURACY),
            ("dual_feasibility_tolerance", ACCURACY),
            ("mip_rel_gap", gap),
            ("mip_abs_gap", ACCURACY),
            ("time_limit", MOST_SECONDS),
        ):
            highs.setOptionValue(option, value)
        highs.passModel(lp)
        return highs


def solved(highs: highspy.Highs) -> bool:
    """Run; True at an optimum, False when nothing is feasible.

    Raises:
        MethodError: ``sortition.not_solved`` when the solver gave up, after ten minutes for one program at the latest.
    """
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return True
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return False
    raise MethodError("sortition.not_solved", "The solver stopped: {status}.", status=status.name)


def values(highs: highspy.Highs) -> Floats:
    return np.array(highs.getSolution().col_value, dtype=np.float64)


def whole_values(highs: highspy.Highs) -> Counts:
    return np.rint(values(highs)).astype(np.int64)


class Panels:
    """The integer program whose points are the panels, solved for one weighting after another."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self._columns = np.arange(len(kinds), dtype=np.int32)
        program = Program(
            np.zeros(len(kinds)),
            kinds.lower.astype(np.float64),
            kinds.upper.astype(np.float64),
            kinds.rows,
            kinds.row_lower,
            kinds.row_upper,
        )
        self._highs = program.loaded(whole=True, maximise=True)

    def best(self, weights: Floats) -> Counts | None:
        """A panel of greatest total weight (proved by the solver); None when there is no panel at all."""
        self._highs.changeColsCost(len(self.kinds), self._columns, np.ascontiguousarray(weights, dtype=float))
        self._highs.clearSolver()
        if not solved(self._highs):
            return None
        panel = whole_values(self._highs)
        if not self.kinds.holds(panel):
            raise MethodError(
                "sortition.not_solved",
                "The solver stopped: {status}.",
                status="a rule was broken by rounding",
            )
        return panel
