"""The samples of the comparison with R and their designs, as make_reference.R describes them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sapar.methods.surveys.columns import Factor, FloatArray, factor, numbers
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign, replicate_design
from sapar.methods.surveys.resampling import jackknife
from sapar.methods.surveys.reweighting import calibrated, post_stratified, raked, trimmed
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.weights import Margin, margin

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
}
# What make_further_reference.R does: three stages, whole strata, weights of nought.
DEEP = ["three", "three_fpc", "census", "zeros"]
LINEAR = [*[*SAMPLES][:9], *DEEP]
REPLICATED = [*[*SAMPLES][9:], "jkn_three", "jkn_three_fpc_mse"]
SAMPLES |= dict.fromkeys([*DEEP, "jkn_three", "jkn_three_fpc_mse"], "levels")
# What make_reweighted_reference.R does: the design and the steps.
REWEIGHTED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "raked_plain": ("plain", ("rake", "b", "country")),
    "raked_strata_fpc": ("strata_fpc", ("rake", "b", "country", "q")),
    "raked_clusters_fpc": ("clusters_fpc", ("rake", "b", "country")),
    "raked_stages": ("stages", ("rake", "b", "country")),
    "raked_stages_fpc": ("stages_fpc", ("rake", "q", "country", "b")),
    "raked_pairs": ("pairs", ("rake", "b", "country")),
    "post_strata": ("strata", ("post", "q")),
    "post_clusters": ("clusters", ("post", "country")),
    "post_stages_fpc": ("stages_fpc", ("post", "q")),
    "linear_strata_fpc": ("strata_fpc", ("linear",)),
    "linear_stages_fpc": ("stages_fpc", ("linear",)),
    "linear_variance": ("clusters", ("linear", None, "x")),
    "linear_bounds": ("strata_fpc", ("linear", (0.85, 1.25))),
    "raking_stages_fpc": ("stages_fpc", ("raking",)),
    "raking_variance": ("clusters", ("raking", None, "x")),
    "raking_bounds": ("strata_fpc", ("raking", (0.85, 1.25))),
    "logit_stages": ("stages", ("logit", (0.5, 2.0))),
    "logit_pairs": ("pairs", ("logit", (0.5, 2.0))),
    "twice": ("stages_fpc", ("post", "b")),
    "trimmed": ("strata_fpc", ("rake", "b", "country")),
    "trimmed_alone": ("stages_fpc", ("trim", 0.0, 40.0)),
}
REFITTED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "raked_jk1": ("jk1", ("rake", "b", "country")),
    "raked_jkn_mse": ("jkn_fpc_mse", ("rake", "b", "country")),
    "raked_brr": ("brr", ("rake", "b", "country")),
    "raked_fay_mse": ("fay_mse", ("rake", "b", "country")),
    "raked_canty_davison": ("canty_davison", ("rake", "b", "country")),
    "raked_preston": ("preston", ("rake", "b", "country")),
    "post_jkn": ("jkn", ("post", "q")),
    "post_rao_wu": ("rao_wu", ("post", "q")),
    "post_combined": ("brr", ("combined", "post", "q")),
    "linear_jkn_mse": ("jkn_fpc_mse", ("linear",)),
    "linear_fay_mse": ("fay_mse", ("linear",)),
    "linear_variance_jk1": ("jk1", ("linear", None, "x")),
    "linear_combined": ("canty_davison", ("combined", "linear")),
    "raking_jk1": ("jk1", ("raking",)),
    "raking_rao_wu": ("rao_wu", ("raking",)),
    "logit_jkn_mse": ("jkn_fpc_mse", ("logit", (0.3, 3.0))),
    "bounds_brr": ("brr", ("linear", (0.3, 3.0))),
    "kept_jk1": ("post_clusters", ("keep",)),
    "kept_jkn_mse": ("raked_stages_fpc", ("keep", True)),
    "kept_jkn": ("logit_stages", ("keep",)),
    "trimmed_jkn": ("jkn", ("trim", 5.0, 60.0)),
    "trimmed_fay_mse": ("fay_mse", ("trim", 6.0, 20.0)),
}
EVERY = [*LINEAR, *REPLICATED, *REWEIGHTED, *REFITTED]
WITH_REPLICATES = frozenset([*REPLICATED, *REFITTED])
for _name, (_from, _steps) in (REWEIGHTED | REFITTED).items():
    SAMPLES[_name] = SAMPLES[_from]


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return found


@cache
def reference() -> dict[str, Any]:
    return read("reference") | read("reweighted") | read("refitted") | read("further")


@cache
def options() -> dict[str, Any]:
    """The options beside the usual call, by design."""
    further = [*DEEP, "jkn_three", "jkn_three_fpc_mse", *REWEIGHTED, *REFITTED]
    return read("options") | {name: reference()[name]["options"] for name in further}


@cache
def extras() -> dict[str, Any]:
    """What estimators.R leaves out, by design."""
    return read("extras")


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
    if name == "jkn_three":
        return jackknife(deep_design("three"))
    if name == "jkn_three_fpc_mse":
        return jackknife(deep_design("three_fpc"), mse=True)
    if name in REWEIGHTED:
        return reweighted(name, *REWEIGHTED[name])
    if name in REFITTED:
        return reweighted(name, *REFITTED[name])
    return drawn_replicates(name)


def target(name: str, variable: str) -> Margin:
    rows = zip(*(sample("targets")[c] for c in ("sample", "variable", "category", "count")), strict=True)
    counts = {level: float(count) for at, one, level, count in rows if (at, one) == (name, variable)}
    return margin(variable, sample(name)[variable], counts)


def auxiliaries(name: str) -> tuple[FloatArray, FloatArray]:
    """R's ~ q + x, and its totals."""
    rows = zip(*(sample("targets")[c] for c in ("sample", "variable", "count")), strict=True)
    known = {variable: float(count) for at, variable, count in rows if at == name}
    q = coded(name, "q").indicators()
    columns = np.column_stack([np.ones(len(q)), q[:, 1:], number(name, "x")])
    return columns, np.array([known["all"], *target(name, "q").targets[1:], known["x"]])


def reweighted(name: str, base: str, steps: tuple[Any, ...]) -> AnyDesign:
    d, at = design(base), SAMPLES[base]
    kind, *rest = steps
    if kind == "keep":
        assert isinstance(d, Design)
        return jackknife(d, mse=bool(rest), reweighting="keep")
    if kind == "combined":
        assert isinstance(d, ReplicateDesign)
        table = np.column_stack([d.replicate_weights(r) for r in range(d.replicates)])
        d = replace(d, factors=table, unit=np.arange(d.rows), combined=True)
        kind, *rest = rest
    if kind == "rake":
        done = raked(d, [target(at, variable) for variable in rest], tolerance=1e-14)
        return trimmed(done, lower=5, upper=25) if name == "trimmed" else done
    if kind == "post":
        done = post_stratified(d, target(at, rest[0]))
        return calibrated(done, *auxiliaries(at), tolerance=1e-13) if name == "twice" else done
    if kind == "trim":
        return trimmed(d, lower=rest[0], upper=rest[1])
    bounds = rest[0] if rest and rest[0] else (-np.inf, np.inf)
    variances = number(at, rest[1]) if len(rest) > 1 else None
    return calibrated(d, *auxiliaries(at), distance=kind, bounds=bounds, variances=variances, tolerance=1e-13)


def deep_design(name: str) -> Design:
    """Three stages, the second drawn in zones; `census` took all of a stratum, `zeros` weighs some rows with nought."""
    data = sample("levels")
    first = number("levels", "n1")
    if name == "census":
        first = np.where(np.equal(data["stratum"], "s1"), 4.0, first)
    return sampling_design(
        weights=data["w0" if name == "zeros" else "w"],
        strata=[data["stratum"], data["zone"]],
        clusters=[data["psu"], data["ssu"], data["tsu"]],
        fpc=None if name == "three" else [first, number("levels", "n2"), number("levels", "n3")],
        nest=True,
    )


def linear_design(name: str) -> Design:
    if name in DEEP:
        return deep_design(name)
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


def near(ours: npt.ArrayLike, theirs: Any, rel: float = 1e-9, floor: float = 0.0) -> None:
    """Equal to a relative error of 1e-9; a covariance is measured against its largest variance.

    Below `floor` a number is rounding: what is fixed by known totals has no variance, but R's has some digits of it.
    """
    left = np.asarray(ours, dtype=float).ravel()
    right = np.asarray(theirs, dtype=float).ravel()
    assert left.shape == right.shape
    rounding = max(floor, rel * 1e-3 * float(np.abs(right).max(initial=0.0)))
    np.testing.assert_allclose(left, right, rtol=rel, atol=rounding)
