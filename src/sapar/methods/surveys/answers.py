"""Which rows count: those of the domain that have all their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import (
    BoolArray,
    Column,
    FloatArray,
    Variables,
    mask,
    matrix,
    places,
)
from sapar.methods.surveys.replicates import AnyDesign

Missing = Literal["omit", "refuse"]


@dataclass(frozen=True, eq=False)
class Answered:
    """The rows of a domain that have all their answers; elsewhere the columns are 0."""

    names: tuple[str, ...]
    columns: FloatArray
    used: BoolArray
    missing: int

    @property
    def n(self) -> int:
        return int(self.used.sum())


def answered(design: AnyDesign, values: Variables, domain: Column | None, missing: Missing) -> Answered:
    """Read columns against a design; a row without one of its answers is left out and counted."""
    if missing not in get_args(Missing):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(missing))
    names, columns = matrix(values)
    if len(columns) != design.rows:
        raise MethodError(
            "surveys.lengths_differ", "The columns have {columns} rows, the design {rows}.",
            columns=len(columns), rows=design.rows,
        )  # fmt: skip
    inside = mask(domain, design.rows)
    gaps = np.isnan(columns).any(axis=1)
    lost = int((gaps & inside).sum())
    if lost and missing == "refuse":
        raise MethodError(
            "surveys.missing_values", "{count} rows have no answer, the first is row {row}.",
            count=lost, row=int(np.flatnonzero(gaps & inside)[0]) + 1, rows=places(gaps & inside),
        )  # fmt: skip
    used = inside & ~gaps
    if not design.weights[used].any():
        raise MethodError("surveys.no_answers", "No row with a weight has an answer.", missing=lost)
    return Answered(names, np.where(used[:, None], columns, 0.0), used, lost)
