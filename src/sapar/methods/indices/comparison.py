"""What an index would say without one of its parts, and how two versions of it differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.model import Index, Model, build, with_tree
from sapar.methods.progress import Progress, unheard


@dataclass(frozen=True)
class Shift:
    """Change of a unit between two versions; positive `places` mean that it climbs."""

    unit: str
    score_before: float
    score_after: float
    rank_before: float
    rank_after: float
    places: float


def compare(before: Index, after: Index) -> tuple[Shift, ...]:
    """Units of both versions, in the order of the first; NaN where a unit has no score.

    Trees, data and choices may differ, the units and their order may not: `indices.units_differ`.
    """
    if before.data.units != after.data.units:
        one, other = set(before.data.units), set(after.data.units)
        raise MethodError(
            "indices.units_differ",
            "The two versions rank different units, or in another order; only in one of them: {units}.",
            units=tuple(unit for unit in (*before.data.units, *after.data.units) if unit in one ^ other),
        )
    return tuple(
        Shift(
            unit,
            float(before.scores[at, -1]),
            float(after.scores[at, -1]),
            float(before.ranks[at, -1]),
            float(after.ranks[at, -1]),
            float(before.ranks[at, -1] - after.ranks[at, -1]),
        )
        for at, unit in enumerate(before.data.units)
    )


@dataclass(frozen=True)
class Removal:
    """What happens without one node: rank shifts over all units, and who moves most."""

    code: str
    mean_shift: float
    most_shift: float
    most_moved: str
    correlation: float


def removals(
    model: Model, data: UnitData, codes: Sequence[str] = (), *, progress: Progress = unheard
) -> tuple[Removal, ...]:
    """Leave out one node at a time: the indicators, or the nodes named. A node that is all there is cannot go.

    Ranks are compared for the units that have a score both times; NaN, and no unit, where none has. A unit that lacked
    only the node left out enters the ranking, and others may move for it.

    Raises MethodError as `build`, and `indices.unknown_code`, `.index_removed`, `.nothing_left`.
    """
    base = build(model, data)
    named = tuple(codes) or model.tree.indicators
    found = []
    for number, code in enumerate(named, start=1):
        without = build(with_tree(model, model.tree.without(code)), data)
        shift = np.abs(base.ranks[:, -1] - without.ranks[:, -1])
        both = np.flatnonzero(np.isfinite(shift))
        most = int(both[np.argmax(shift[both])]) if both.size else -1
        found.append(
            Removal(
                code,
                float(shift[both].mean()) if both.size else math.nan,
                float(shift[most]) if both.size else math.nan,
                data.units[most] if both.size else "",
                _correlation(base.scores[:, -1], without.scores[:, -1]),
            )
        )
        progress(number, len(named))
    return tuple(found)


def _correlation(a: Floats, b: Floats) -> float:
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < 3 or not a[both].std() or not b[both].std():
        return float("nan")
    return float(np.corrcoef(a[both], b[both])[0, 1])
