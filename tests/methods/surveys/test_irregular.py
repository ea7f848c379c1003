"""Small designs of whatever shape chance gave them equal R's, linearised and by the jackknife.

Where R differs, and why, is on the page on survey estimation; here it is left out of the comparison by that rule alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys import (
    AnyDesign,
    ReplicateDesign,
    association,
    factor,
    jackknife,
    mean,
    ratio,
    sampling_design,
    total,
)
from sapar.methods.surveys.designs import Design
from tests.methods.surveys.reference_designs import near, read, sample

DESIGNS = [f"d{at}" for at in range(60)]
Columns = dict[str, list[str]]


@cache
def reference() -> dict[str, Any]:
    return read("irregular")


@cache
def rows_of(name: str) -> Columns:
    table = sample("irregular")
    here = [at for at, design in enumerate(table["design"]) if f"d{design}" == name]
    return {column: [cells[at] for at in here] for column, cells in table.items()}


def drawn(data: Columns, *, strata: bool = True) -> Design:
    stages = int(data["stages"][0])
    clusters: list[Any] = [data[column] for column in ("psu", "ssu", "tsu")[:stages]]
    sizes = [[float(cell) for cell in data[column]] for column in ("n1", "n2", "n3")[:stages]]
    if not strata:
        clusters[0] = [" ".join(pair) for pair in zip(data["stratum"], data["psu"], strict=True)]
    return sampling_design(
        weights=[float(cell) for cell in data["w"]],
        strata=data["stratum"] if strata else None,
        clusters=clusters,
        fpc=sizes if strata and data["known"][0] == "1" else None,
        nest=strata,
        lonely=data["lonely"][0],  # type: ignore[arg-type]
    )


def compare(d: AnyDesign, data: Columns, theirs: dict[str, Any]) -> None:
    y, x = ([float(cell) for cell in data[column]] for column in ("y", "x"))
    part = [group != "a" for group in data["g"]]
    gaps = [float(cell) if cell else None for cell in data["ym"]]
    assert d.degrees_of_freedom() == theirs["df"]
    assert mean(d, y, domain=part).df == theirs["df_part"]
    for ours, name in (
        (mean(d, {"y": y, "x": x}), "mean"), (total(d, {"y": y, "x": x}), "total"), (mean(d, gaps), "gaps"),
        (ratio(d, y, x), "ratio"), (mean(d, y, domain=part), "part_mean"), (total(d, y, domain=part), "part_total"),
        (ratio(d, y, x, domain=part), "part_ratio"), (mean(d, factor(data["g"])), "share"),
    ):  # fmt: skip
        near(ours.values, theirs[name]["value"])
        near(ours.covariance, theirs[name]["covariance"])


@pytest.mark.parametrize("name", DESIGNS)
def test_linearised_variances(name: str) -> None:
    data, theirs = rows_of(name), reference()[name]["linear"]
    if theirs["mean"] is None or None in np.ravel(theirs["mean"]["covariance"]):
        with pytest.raises(MethodError) as refused:
            mean(drawn(data), [float(cell) for cell in data["y"]])
        assert refused.value.code in ("surveys.lonely_psu", "surveys.nothing_to_average")
    else:
        compare(drawn(data), data, theirs)


@pytest.mark.parametrize("name", DESIGNS)
def test_jackknife_within_strata(name: str) -> None:
    data, theirs = rows_of(name), reference()[name]["jkn"]
    if theirs is None:
        # Nothing is left to vary: R gives no design, we no variance.
        first = drawn(data).stages[0]
        assert ((first.left == 0) | (first.drawn == 1)).all()
        assert not mean(jackknife(drawn(data)), [float(cell) for cell in data["y"]]).covariance.any()
        return
    d = jackknife(drawn(data), mse=data["mse"][0] == "1")
    compare(d, data, theirs)
    assert d.scale == pytest.approx(theirs["scale"], rel=1e-12)
    near(np.sort(d.rscales), np.sort(theirs["rscales"]))


@pytest.mark.parametrize("name", DESIGNS)
def test_jackknife_of_clusters_without_strata(name: str) -> None:
    data = rows_of(name)
    d = jackknife(drawn(data, strata=False), mse=data["mse"][0] == "1")
    assert d.kind == "JK1"
    compare(d, data, reference()[name]["jk1"])


def test_a_stratum_drawn_whole_brings_neither_replicates_nor_degrees_of_freedom() -> None:
    strata, y = ["a"] * 4 + ["b"] * 3, [1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 6.0]
    d = sampling_design(strata=strata, fpc=[4.0] * 4 + [9.0] * 3)
    found = jackknife(d)
    assert (found.replicates, found.degrees_of_freedom()) == (3, 2)
    near(total(found, y).covariance, total(d, y).covariance)


def test_a_whole_population_has_no_error() -> None:
    d = sampling_design(strata=["a", "a", "b", "b"], fpc=[2.0] * 4)
    found: ReplicateDesign = jackknife(d)
    assert mean(found, [1.0, 2.0, 4.0, 8.0]).se.tolist() == [0.0]


def test_wald_tests_refuse_what_varies_by_rounding_alone() -> None:
    """Two clusters in which one contrast does not vary: R calls the system singular."""
    clusters, groups, answers = [0, 0, *[1] * 10], factor(list("abcaabcbbbbb")), factor(list("100001111001"))
    d = jackknife(sampling_design(weights=[1.0] * 12, clusters=clusters), mse=True)
    with pytest.raises(MethodError) as refused:
        association(d, answers, groups, test="wald")
    assert refused.value.code == "surveys.no_variation"
    assert association(d, answers, groups).p == pytest.approx(0.8911990617011063, rel=1e-9)
