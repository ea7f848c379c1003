"""Replicate designs: R's jackknife, balance of the halves, and what the bootstrap must give on average."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys.cells import Banner, count_cells
from sapar.methods.surveys.columns import factor
from sapar.methods.surveys.estimates import mean, ratio, total
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.hadamard import hadamard
from sapar.methods.surveys.replicates import replicate_design
from sapar.methods.surveys.resampling import balanced_replicates, bootstrap, jackknife
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import design, linear_design, near, number, reference, sample


@pytest.mark.parametrize("least", [1, 2, 3, 5, 9, 13, 25, 29, 37, 53, 61, 93, 101, 117, 250])
def test_patterns_are_orthogonal(least: int) -> None:
    table = hadamard(least).astype(int)
    order = len(table)
    assert order >= least
    assert (table @ table.T == order * np.eye(order)).all()
    assert (table[0] == 1).all()


def test_too_large_a_pattern_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        hadamard(5000)
    assert refused.value.code == "surveys.too_many_strata"


@pytest.mark.parametrize("fay", [0.0, 0.3])
@pytest.mark.parametrize("mse", [False, True])
def test_balanced_halves_give_the_linearised_variance_of_totals(fay: float, mse: bool) -> None:
    d = linear_design("pairs")
    halves = balanced_replicates(d, fay=fay, mse=mse)
    y = {"y": number("pairs", "y"), "z": number("pairs", "z")}
    near(total(halves, y).covariance, total(d, y).covariance)
    near(mean(halves, y).values, mean(d, y).values)
    assert halves.degrees_of_freedom() == d.degrees_of_freedom() == 9


def test_balanced_halves_are_near_those_of_r() -> None:
    """R takes other patterns: equal for totals, equal to the first order for ratios."""
    ours = ratio(balanced_replicates(linear_design("pairs")), number("pairs", "y"), number("pairs", "x"))
    theirs = ratio(design("brr"), number("pairs", "y"), number("pairs", "x"))
    assert ours.se[0] == pytest.approx(theirs.se[0], rel=0.06)


def test_larger_strata_are_split_into_pairs_and_odd_ones_refused() -> None:
    strata = ["a"] * 4 + ["b"] * 2
    y = [1.0, 3.0, 4.0, 9.0, 2.0, 5.0]
    halves = balanced_replicates(sampling_design(weights=[2.0] * 6, strata=strata))
    pairs = sampling_design(weights=[2.0] * 6, strata=["p", "p", "q", "q", "r", "r"])
    near(total(halves, y).covariance, total(pairs, y).covariance)
    with pytest.raises(MethodError) as refused:
        balanced_replicates(sampling_design(weights=[1.0] * 5, strata=strata[:5]))
    assert refused.value.code == "surveys.not_paired"


def test_a_lonely_unit_stands_for_a_stratum() -> None:
    data = sample("stages")
    d = sampling_design(
        weights=data["w"],
        strata=data["lonely"],
        clusters=[data["psu"], data["ssu"]],
        nest=True,
        lonely="adjust",
    )
    found = mean(jackknife(d), number("stages", "y"))
    near(found.covariance, reference()["jkn_adjust"]["mean"]["covariance"])


@pytest.mark.parametrize("lonely", ["remove", "certainty", "average"])
def test_a_lonely_unit_is_left_out_of_no_replicate(lonely: Any) -> None:
    strata, y = ["a", "a", "b", "b", "c"], [1.0, 2.0, 5.0, 9.0, 4.0]
    d = sampling_design(weights=[2.0] * 5, strata=strata, lonely=lonely)
    replicated = jackknife(d)
    assert replicated.replicates == 4
    expected = total(d, y).covariance * (5 / 4 / (3 / 2) if lonely == "average" else 1.0)
    near(total(replicated, y).covariance, expected)
    with pytest.raises(MethodError) as refused:
        jackknife(sampling_design(weights=[2.0] * 5, strata=strata))
    assert refused.value.code == "surveys.lonely_psu"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("canty-davison", "clusters"),
        ("rao-wu", "stages"),
        ("preston", "stages_fpc"),
        ("canty-davison", "clusters_fpc"),
    ],
)
def test_the_bootstrap_agrees_with_linearisation(method: Any, name: str) -> None:
    """The bootstrap variance of a total is unbiased; 3,000 replicates leave about 3 % of chance in it."""
    d = linear_design(name)
    y = number("clusters" if name.startswith("clusters") else "stages", "y")
    drawn = bootstrap(d, method=method, replicates=3000, seed=4)
    assert total(drawn, y).covariance[0, 0] == pytest.approx(total(d, y).covariance[0, 0], rel=0.1)
    again = bootstrap(d, method=method, replicates=3000, seed=4)
    np.testing.assert_array_equal(drawn.factors, again.factors)


@pytest.mark.parametrize("name", ["canty_davison", "rao_wu", "preston"])
def test_bootstrap_weights_are_built_like_those_of_r(name: str) -> None:
    """The same possible values in each stratum, and the same scale."""
    source = {"preston": "stages_fpc"}.get(name, "stages")
    theirs: Any = design(name)
    ours = bootstrap(linear_design(source), method=name.replace("_", "-"), replicates=40, seed=1)  # type: ignore[arg-type]
    near(ours.scale * ours.rscales, theirs.scale * theirs.rscales)
    if name == "preston":
        assert np.abs(ours.factors.mean() - 1) < 0.1
        return
    stratum = np.asarray(sample("stages")["stratum"])
    for one in set(stratum):
        possible = np.unique(np.round(theirs.factors[stratum == one], 9))
        drawn = np.unique(np.round(ours.factors[ours.unit][stratum == one], 9))
        assert len(np.intersect1d(drawn, possible)) >= min(len(drawn), len(possible)) - 1


def test_weights_that_came_with_the_data_have_the_usual_scales() -> None:
    full, table = [1.0, 1.0, 1.0], np.array([[0.0, 1.5, 1.5], [1.5, 0.0, 1.5], [1.5, 1.5, 0.0]])
    scales: dict[Any, float] = {
        "JK1": 2 / 3, "BRR": 1 / 3, "bootstrap": 1 / 2, "successive-difference": 4 / 3, "ACS": 4 / 3, "JK2": 1.0
    }  # fmt: skip
    for kind, scale in scales.items():
        assert replicate_design(weights=full, replicate_weights=table, kind=kind).scale == pytest.approx(
            scale
        )
    near(
        mean(replicate_design(weights=full, replicate_weights=table, kind="JK1"), [1.0, 2.0, 6.0]).covariance,
        mean(jackknife(sampling_design(weights=full)), [1.0, 2.0, 6.0]).covariance,
    )


def test_bad_replicates_are_refused() -> None:
    full, table = [1.0, 1.0], np.ones((2, 3))
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"kind": "Fay"}, "surveys.bad_option"),
        ({"kind": "JKn"}, "surveys.bad_option"),
        ({"kind": "guess"}, "surveys.bad_option"),
        ({"kind": "BRR", "replicate_weights": np.ones((3, 3))}, "surveys.bad_replicates"),
        ({"kind": "BRR", "replicate_weights": table * np.nan}, "surveys.bad_weight"),
        ({"kind": "BRR", "weights": [0.0, 0.0]}, "surveys.bad_weight"),
        ({"kind": "other", "rscales": [1.0]}, "surveys.bad_replicates"),
    ]
    for options, code in refusals:
        with pytest.raises(MethodError) as refused:
            replicate_design(**{"weights": full, "replicate_weights": table, **options})
        assert refused.value.code == code
    plain = sampling_design(weights=full)
    with pytest.raises(MethodError):
        bootstrap(plain, replicates=1, seed=1)
    with pytest.raises(MethodError):
        balanced_replicates(plain)


def test_a_replicate_without_one_group_still_tells_of_the_others() -> None:
    """As `svyby` of R has it: groups one by one; the unit of the third group is left out of one replicate."""
    y, unit = [3.0, 5, 4, 8, 6, 9, 2, 7], [1, 1, 2, 2, 3, 3, 4, 4]
    d = jackknife(sampling_design(weights=[1.0] * 8, clusters=unit))
    groups = factor(list("ababacbb"))
    found = group_estimates(d, y, groups)
    for at, name in enumerate(found.names[:2]):
        alone = mean(d, y, domain=np.equal(list("ababacbb"), name))
        assert found.covariance[at, at] == pytest.approx(alone.covariance[0, 0], rel=1e-12)
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-12


def test_a_replicate_with_an_empty_group_counts_for_no_covariance_as_in_r() -> None:
    """Group c lies in one cluster alone: R's svyby drops that replicate from the covariance alone.

    Made by survey 4.1 with as.svrepdesign(type = "JK1") and svyby(~y, ~g, …, svymean, covmat = TRUE).
    """
    at = np.arange(30)
    groups = np.array(list("abaabcabcabbaabaabababaabaabab"))
    clusters = at // 5
    groups[(groups == "c") & (clusters != 1)] = "a"
    replicated = jackknife(sampling_design(weights=at + 1.0, clusters=clusters))
    cells = count_cells(Banner(replicated, factor(groups)), factor((at * 7 % 5 < 2).astype(int)))
    expected = np.array(
        [[0.0008988674249, -0.001578426292, 0], [-0.0015784262921, 0.003504922690, 0], [0, 0, 0]]
    )
    np.testing.assert_allclose(cells.covariance("column")[3:, 3:], expected, rtol=1e-9, atol=1e-15)
    errors = [0.003011835441, 0.003508404790, 0]
    np.testing.assert_allclose(cells.variances("column")[1], errors, rtol=1e-9, atol=1e-15)
