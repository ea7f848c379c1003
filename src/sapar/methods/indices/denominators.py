"""Dividing indicators by the size of the unit: per inhabitant, per student, per unit of GDP."""

from __future__ import annotations

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.tree import Tree

# A smaller one is not the size of anything, and quotients would overflow.
LEAST = 1e-100


def divisors(tree: Tree, data: UnitData) -> Floats:
    """What each value is divided by, shape (units, indicators); 1 where the tree names no denominator.

    An unknown denominator (NaN) makes the value unknown. Zero or a negative one is refused, since a share of
    nothing is not a number: `indices.bad_denominator`, `indices.unknown_denominator`.
    """
    below = np.ones((len(data.units), len(tree.indicators)))
    for at, code in enumerate(tree.indicators):
        name = tree.by_code[code].denominator
        if not name:
            continue
        if name not in data.denominators:
            raise MethodError(
                "indices.unknown_denominator",
                "{code} is divided by {name}, which the data do not have.",
                code=code,
                name=name,
            )
        column = data.denominators[name]
        if (wrong := np.nonzero(column < LEAST)[0]).size:
            raise MethodError(
                "indices.bad_denominator",
                "{code} cannot be divided by {name} where it is not above 0: {units}.",
                code=code,
                name=name,
                units=tuple(f"{data.units[int(at)]}: {column[at]:g}" for at in wrong),
            )
        below[:, at] = column
    return below
