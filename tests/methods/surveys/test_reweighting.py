"""Designs with fitted weights: what known totals fix does not vary, and replicates are fitted like the sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys import (
    Design,
    ReplicateDesign,
    balanced_replicates,
    bootstrap,
    calibrated,
    factor,
    jackknife,
    mean,
    post_stratified,
    raked,
    sampling_design,
    total,
    trimmed,
)
from sapar.methods.surveys.weights import margin
from tests.methods.surveys.reference_designs import coded, linear_design, near, number, target

MARGINS = [target("pairs", "b"), target("pairs", "country")]


def test_what_the_margins_fix_has_no_error() -> None:
    d = raked(linear_design("pairs"), MARGINS, tolerance=1e-13)
    fixed = total(d, coded("pairs", "b"))
    near(fixed.values, MARGINS[0].targets)
    assert (fixed.se < 1e-6 * fixed.values).all()
    assert mean(d, number("pairs", "y")).se[0] > 0.1


@pytest.mark.parametrize("make", [jackknife, balanced_replicates])
def test_replicates_of_a_raked_design_are_raked_replicates(make: Any) -> None:
    base = linear_design("pairs")
    first, last = make(raked(base, MARGINS)), raked(make(base), MARGINS)
    near(first.factors, last.factors)
    near(mean(first, number("pairs", "y")).covariance, mean(last, number("pairs", "y")).covariance)
    assert first.degrees_of_freedom() == base.degrees_of_freedom()
    kept = make(raked(base, MARGINS), reweighting="keep")
    fixed = total(kept, coded("pairs", "b"))
    assert fixed.se[0] > 1.0
    assert total(first, coded("pairs", "b")).se[0] < 1e-6 * fixed.values[0]


def test_a_bootstrap_of_a_raked_design_meets_the_margins_in_each_replicate() -> None:
    fitted = raked(linear_design("stages"), [target("stages", "q")])
    assert isinstance(fitted, Design)
    d = bootstrap(fitted, replicates=8, seed=3, method="rao-wu")
    for at in range(d.replicates):
        sums = np.bincount(target("stages", "q").codes, d.replicate_weights(at))
        near(sums, target("stages", "q").targets, rel=1e-8)


def test_trimming_keeps_the_sum_in_every_replicate_and_rows_left_out_stay_out() -> None:
    base = linear_design("clusters")
    d = trimmed(jackknife(base), lower=5, upper=60)
    before = jackknife(base)
    assert isinstance(d, ReplicateDesign)
    for at in range(d.replicates):
        near(d.replicate_weights(at).sum(), before.replicate_weights(at).sum())
        np.testing.assert_array_equal(d.replicate_weights(at) == 0, before.replicate_weights(at) == 0)


def test_rows_without_weight_have_no_part_in_raking() -> None:
    weights, codes = [1.0, 1, 1, 1, 0], ["a", "a", "b", "b", "b"]
    y = [1.0, 3, 4, 9, 1e6]
    one = raked(sampling_design(weights=weights), [margin("m", codes, {"a": 3, "b": 7})])
    less = raked(sampling_design(weights=weights[:4]), [margin("m", codes[:4], {"a": 3, "b": 7})])
    near(mean(one, y).values, mean(less, y[:4]).values)
    # Five units were drawn, of which one counts for nobody.
    near(total(one, y).covariance, total(less, y[:4]).covariance * (5 / 4) / (4 / 3))


def test_refusals_of_fitting_name_their_cause() -> None:
    base = sampling_design(weights=[2.0] * 6, clusters=[1, 1, 2, 2, 3, 3])
    rare = margin("m", list("aaaaab"), {"a": 10, "b": 2})
    fitted = post_stratified(base, rare)
    assert isinstance(fitted, Design)
    with pytest.raises(MethodError) as refused:
        jackknife(fitted)
    assert refused.value.code == "surveys.replicate_not_reweighted"
    assert (refused.value.facts["replicate"], refused.value.facts["cause"]) == (3, "surveys.category_empty")
    assert jackknife(fitted, reweighting="keep").replicates == 3
    calls: list[tuple[str, Any]] = [
        ("surveys.bad_option", lambda: jackknife(fitted, reweighting="often")),  # type: ignore[arg-type]
        ("surveys.no_margins", lambda: raked(base, [])),
        ("surveys.weights_shape", lambda: raked(base, [margin("m", ["a"], {"a": 1})])),
        ("surveys.auxiliaries_invalid", lambda: calibrated(base, np.full((6, 1), np.nan), [3.0])),
        ("surveys.totals_invalid", lambda: calibrated(base, np.ones((6, 1)), [np.inf])),
        ("surveys.bounds_invalid", lambda: calibrated(base, np.ones((6, 1)), [12.0], distance="logit")),
        (
            "surveys.calibration_infeasible",
            lambda: calibrated(base, np.ones((6, 1)), [99.0], bounds=(0.5, 2)),
        ),
        ("surveys.trim_limits", lambda: trimmed(base, lower=3, upper=2)),
        ("surveys.trim_limits", lambda: trimmed(base, upper=float("nan"))),
        ("surveys.trim_impossible", lambda: trimmed(base, upper=1)),
    ]
    for code, call in calls:
        with pytest.raises(MethodError) as refused:
            call()
        assert refused.value.code == code


def test_a_million_equal_rows() -> None:
    rows = 1_000_000
    base = sampling_design(weights=np.ones(rows))
    done = raked(base, [margin("m", np.zeros(rows, dtype=int), {0: 5.0 * rows})])
    found = mean(done, np.ones(rows))
    assert (found.values[0], found.se[0]) == (1.0, 0.0)
    assert factor(np.zeros(rows)).levels == ("0",)
