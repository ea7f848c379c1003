"""Which units and indicators have enough data, and what their distributions look like.

The usual floor is 65 % of the values per unit and per indicator (JRC COIN Tool user guide).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.columns import Bools, Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.tree import Tree


@dataclass(frozen=True)
class Screening:
    """A unit stays when at least `min_present` of its values are known and `min_nonzero` of the known are not 0.

    Units named in `keep` stay and those in `drop` go whatever their data.
    """

    min_present: float = 0.0
    min_nonzero: float = 0.0
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("min_present", "min_nonzero"):
            share = getattr(self, name)
            checks.share(name, share)
        if both := sorted(set(self.keep) & set(self.drop)):
            raise MethodError("indices.kept_and_dropped", "{units} are to stay and to go.", units=tuple(both))


@dataclass(frozen=True)
class ScreenedUnit:
    """`reason` is "enough", "missing", "zeros", "kept" or "dropped"."""

    unit: str
    missing: int
    zeros: int
    present: float
    nonzero: float
    stays: bool
    reason: str


def screen(
    tree: Tree, data: UnitData, rule: Screening, divided: Floats | None = None
) -> tuple[ScreenedUnit, ...]:
    """Judge every unit by its data before imputation.

    `divided` are the values after division by their denominators, shape (units, indicators); a value whose denominator
    is not known counts as missing there. Without it the raw values of `data` are judged.

    Raises MethodError `indices.unknown_unit` (units to keep or drop), `.missing_columns`.
    """
    if unknown := tuple(unit for unit in (*rule.keep, *rule.drop) if unit not in data.rows):
        raise MethodError("indices.unknown_unit", "There are no units {units}.", units=unknown)
    x = data.columns(tree.indicators) if divided is None else divided
    missing = np.isnan(x).sum(axis=1)
    zeros = (x == 0).sum(axis=1)
    judged = []
    for row, unit in enumerate(data.units):
        known = x.shape[1] - int(missing[row])
        present = known / x.shape[1]
        nonzero = (known - int(zeros[row])) / known if known else 0.0
        if unit in rule.keep:
            reason = "kept"
        elif unit in rule.drop:
            reason = "dropped"
        elif present < rule.min_present:
            reason = "missing"
        elif nonzero < rule.min_nonzero:
            reason = "zeros"
        else:
            reason = "enough"
        judged.append(
            ScreenedUnit(
                unit,
                int(missing[row]),
                int(zeros[row]),
                present,
                nonzero,
                reason in ("kept", "enough"),
                reason,
            )
        )
    return tuple(judged)


def staying(x: Floats, rule: Screening, units: tuple[str, ...]) -> Bools:
    """The verdict of `screen` for stacked tables, shape (..., units, indicators) → (..., units)."""
    known = np.isfinite(x).sum(axis=-1)
    zeros = (x == 0).sum(axis=-1)
    nonzero = np.where(known > 0, (known - zeros) / np.maximum(known, 1), 0.0)
    stays = (known / x.shape[-1] >= rule.min_present) & (nonzero >= rule.min_nonzero)
    stays[..., [unit in rule.keep for unit in units]] = True
    stays[..., [unit in rule.drop for unit in units]] = False
    return np.asarray(stays, dtype=np.bool_)


@dataclass(frozen=True)
class Column:
    """Statistics of an indicator; `flags` names what is unusual.

    Flags: "missing" (too few values), "zeros", "same" (one value too often), "outliers" (skew and kurtosis beyond
    the limits), "constant".
    """

    code: str
    present: int
    zeros: int
    distinct: int
    most_common: float
    most_common_count: int
    lowest: float
    highest: float
    mean: float
    median: float
    deviation: float
    skewness: float
    kurtosis: float
    flags: tuple[str, ...]


def statistics(
    codes: tuple[str, ...],
    x: Floats,
    *,
    min_present: float = 0.65,
    min_nonzero: float = 0.65,
    max_same: float = 0.5,
    skew_limit: float = 2.0,
    kurtosis_limit: float = 3.5,
) -> tuple[Column, ...]:
    """Describe every column of `x`, shape (units, codes), and flag the unusual.

    Args:
        min_present: share of the units below which a column is flagged "missing".
        min_nonzero: share of the known values that are not 0, below which it is flagged "zeros".
        max_same: share of the known values above which the most common one makes it flagged "same".
        skew_limit, kurtosis_limit: |skewness| and kurtosis (G1 and G2 of Joanes & Gill 1998) at or above both are
            flagged "outliers".

    Raises MethodError `indices.wrong_shape`, `.empty_data`, `.duplicate_code`, `.infinite_value`, `.bad_share`,
    `.bad_limit`.
    """
    x = checks.table(codes, x)
    for name, part in (("min_present", min_present), ("min_nonzero", min_nonzero), ("max_same", max_same)):
        checks.share(name, part)
    for name, limit in (("skew_limit", skew_limit), ("kurtosis_limit", kurtosis_limit)):
        checks.number(name, limit)
    n = len(x)
    skew, kurt = columns.shape(x)
    described = []
    middle, mean, deviation = columns.median(x), columns.mean(x), columns.deviation(x)
    for at, code in enumerate(codes):
        known = x[np.isfinite(x[:, at]), at]
        values, times = np.unique(known, return_counts=True)
        zeros = int((known == 0).sum())
        common = int(times.max()) if known.size else 0
        flags = []
        if known.size < min_present * n:
            flags.append("missing")
        if known.size and (known.size - zeros) < min_nonzero * known.size:
            flags.append("zeros")
        if known.size and common > max_same * known.size:
            flags.append("same")
        if values.size == 1:
            flags.append("constant")
        if abs(skew[at]) >= skew_limit and kurt[at] >= kurtosis_limit:
            flags.append("outliers")
        described.append(
            Column(
                code,
                int(known.size),
                zeros,
                int(values.size),
                float(values[times.argmax()]) if known.size else math.nan,
                common,
                float(known.min()) if known.size else math.nan,
                float(known.max()) if known.size else math.nan,
                float(mean[at]),
                float(middle[at]),
                float(deviation[at]),
                float(skew[at]),
                float(kurt[at]),
                tuple(flags),
            )
        )
    return tuple(described)
