"""Two tables of 51 units and many indicators: one invented, one that the COINr package publishes.

The second is not ours to ship. Whoever has R and COINr writes it with
`write.csv(COINr::ASEM_iData, "ASEM_iData.csv", row.names = FALSE, na = "")`, `ASEM_iMeta` likewise, and names the
folder in SAPAR_ASEM; the tests of all its published results then run.
"""

from __future__ import annotations

import csv
import math
import os
from functools import cache
from pathlib import Path

import numpy as np

from sapar.methods.indices import Imputation, Model, Node, Tree, UnitData

FOLDER = Path(os.environ.get("SAPAR_ASEM", "/nonexistent"))
PUBLISHED = (FOLDER / "ASEM_iData.csv").exists()
DENOMINATORS = ("Area", "Energy", "GDP", "Population")
PILLARS = ("Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin")


def number(text: str) -> float:
    return float(text) if text not in ("", "NA") else math.nan


def _upper_levels() -> list[Node]:
    pillars = [
        Node(code=code, parent="Conn" if at < 5 else "Sust", level=2) for at, code in enumerate(PILLARS)
    ]
    return [*pillars, Node(code="Conn", parent="Index", level=3), Node(code="Sust", parent="Index", level=3),
            Node(code="Index", level=4)]  # fmt: skip


@cache
def asem() -> tuple[Model, UnitData]:
    """The ASEM index as its builders set it up (European Commission, Joint Research Centre, 2018)."""
    with (FOLDER / "ASEM_iMeta.csv").open() as file:
        tree = Tree(
            Node(
                code=row["iCode"],
                parent=row["Parent"],
                direction=int(row["Direction"]),
                denominator=row["Denominator"],
                level=int(row["Level"]),
            )
            for row in csv.DictReader(file)
            if row["Level"]
        )
    with (FOLDER / "ASEM_iData.csv").open() as file:
        rows = list(csv.DictReader(file))
    data = UnitData(
        [row["uCode"] for row in rows],
        tree.indicators,
        [[number(row[code]) for code in tree.indicators] for row in rows],
        groups={"continent": [row["EurAsia_group"] for row in rows]},
        denominators={name: [number(row[name]) for row in rows] for name in DENOMINATORS},
    )
    return Model(tree, imputation=Imputation("group_mean", "continent")), data


@cache
def invented() -> tuple[Model, UnitData]:
    """51 units with 49 indicators under the same frame: a common trait, noise, two outliers, some holes."""
    draw = np.random.default_rng(51)
    codes = [f"i{at:02d}" for at in range(49)]
    nodes = [Node(code=code, parent=PILLARS[at % 8], level=1) for at, code in enumerate(codes)]
    trait = draw.normal(size=(51, 1))
    values = 50 + 8 * (0.6 * trait + draw.normal(size=(51, 49)))
    values[3, 5] *= 40
    values[17, 9] *= 25
    values[draw.random((51, 49)) < 0.03] = math.nan
    continents = ["Asia" if at % 3 == 0 else "Europe" for at in range(51)]
    data = UnitData([f"U{at:02d}" for at in range(51)], codes, values, groups={"continent": continents})
    return Model(Tree([*nodes, *_upper_levels()]), imputation=Imputation("group_mean", "continent")), data


def upper_tree() -> Tree:
    """The frame above the pillars, the pillars as indicators on a fixed scale of 0 to 100."""
    pillars = [
        Node(code=code, parent="Conn" if at < 5 else "Sust", low=0, high=100)
        for at, code in enumerate(PILLARS)
    ]
    return Tree(
        [*pillars, Node(code="Conn", parent="Index"), Node(code="Sust", parent="Index"), Node(code="Index")]
    )
