"""The ASEM index as its builders set it up; see asem/README.md for the source."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

from sapar.methods.indices import Imputation, Model, Node, Tree, UnitData

HERE = Path(__file__).parent / "asem"
DENOMINATORS = ("Area", "Energy", "GDP", "Population")


def number(text: str) -> float:
    return float(text) if text else math.nan


@cache
def asem() -> tuple[Model, UnitData]:
    with (HERE / "tree.csv").open() as file:
        tree = Tree(
            Node(
                code=row["code"],
                parent=row["parent"],
                direction=int(row["direction"]),
                denominator=row["denominator"],
                level=int(row["level"]),
            )
            for row in csv.DictReader(file)
        )
    with (HERE / "values.csv").open() as file:
        rows = list(csv.DictReader(file))
    data = UnitData(
        [row["unit"] for row in rows],
        tree.indicators,
        [[number(row[code]) for code in tree.indicators] for row in rows],
        groups={"continent": [row["continent"] for row in rows]},
        denominators={name: [number(row[name]) for row in rows] for name in DENOMINATORS},
    )
    return Model(tree, imputation=Imputation("group_mean", "continent")), data
