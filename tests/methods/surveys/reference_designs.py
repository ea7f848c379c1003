"""The samples of the comparison with R and their designs, as make_reference.R describes them."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sapar.methods.surveys.columns import Factor, FloatArray, factor, numbers
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign, jackknife, replicate_design
from sapar.methods.surveys.sampling import calibrated, sampling_design

HERE = Path(__file__).parent / "reference"
SAMPLES = {
    "plain": "elements",
    "strata": "elements",
    "strata_fpc": "elements",
    "clusters": "clusters",
    "clusters_fpc": "clusters",
    "stages": "stages",
    "stages_fpc": "stages",
    "from_fpc": "stages",
    "pairs": "pairs",
    "jk1": "clusters",
    "jk1_fpc_mse": "clusters",
    "jkn": "stages",
    "jkn_fpc_mse": "stages",
    "brr": "pairs",
    "fay_mse": "pairs",
    "canty_davison": "stages",
    "rao_wu": "stages",
    "preston": "stages",
    "greg": "elements",
    "post": "clusters",
}
LINEAR = [*SAMPLES][:9]
REPLICATED = [*SAMPLES][9:18]


@cache
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "reference.json").read_text())
    return found


@cache
def sample(name: str) -> dict[str, list[str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def number(name: str, column: str) -> FloatArray:
    return numbers(sample(name)[column])


def coded(name: str, column: str) -> Factor:
    return factor(sample(name)[column])


@cache
def design(name: str) -> AnyDesign:
    if name in LINEAR:
        return linear_design(name)
    if name == "jk1":
        return jackknife(linear_design("clusters"))
    if name == "jk1_fpc_mse":
        return jackknife(linear_design("clusters_fpc"), mse=True)
    if name == "jkn":
        return jackknife(linear_design("stages"))
    if name == "jkn_fpc_mse":
        return jackknife(linear_design("stages_fpc"), mse=True)
    if name == "greg":
        x = number("elements", "x")
        after = numbers(sample("after_greg")["after"])
        return calibrated(linear_design("strata_fpc"), after, np.column_stack([np.ones(len(x)), x]))
    if name == "post":
        cells = coded("clusters", "b").indicators()
        return calibrated(linear_design("clusters"), numbers(sample("after_post")["after"]), cells)
    return drawn_replicates(name)


def linear_design(name: str) -> Design:
    data = sample(SAMPLES[name])
    weights = None if name == "from_fpc" else data["w"]
    strata = None if name.startswith(("plain", "clusters")) else data["stratum"]
    if name in ("plain", "strata", "strata_fpc"):
        fpc = number("elements", "n1") if name == "strata_fpc" else None
        return sampling_design(weights=weights, strata=strata, fpc=fpc)
    if name.startswith("clusters"):
        fpc = number("clusters", "n1") if name == "clusters_fpc" else None
        return sampling_design(weights=weights, clusters=data["psu"], fpc=fpc)
    if name == "pairs":
        return sampling_design(weights=weights, strata=strata, clusters=data["psu"])
    sizes = None if name == "stages" else [number("stages", "n1"), number("stages", "n2")]
    return sampling_design(
        weights=weights, strata=strata, clusters=[data["psu"], data["ssu"]], fpc=sizes, nest=True
    )


def drawn_replicates(name: str) -> ReplicateDesign:
    """Replicate weights that R drew."""
    table = np.loadtxt(HERE / f"replicates_{name}.csv", delimiter=",")
    found = reference()[name]
    kinds: dict[str, Any] = {"brr": "BRR", "fay_mse": "Fay"}
    return replicate_design(
        weights=sample(SAMPLES[name])["w"],
        replicate_weights=table,
        kind=kinds.get(name, "bootstrap"),
        combined=False,
        rho=0.3 if name == "fay_mse" else None,
        scale=found["scale"],
        rscales=found["rscales"],
        mse=name == "fay_mse",
    )


def near(ours: npt.ArrayLike, theirs: Any, rel: float = 1e-9) -> None:
    """Equal to a relative error of 1e-9; a covariance is measured against its largest variance."""
    left = np.asarray(ours, dtype=float).ravel()
    right = np.asarray(theirs, dtype=float).ravel()
    assert left.shape == right.shape
    np.testing.assert_allclose(left, right, rtol=rel, atol=rel * 1e-3 * float(np.abs(right).max(initial=0.0)))
