"""Regressions and t-tests equal those of R's `svyglm`, `regTermTest` and `svyttest`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import factor
from sapar.methods.surveys.regression import Regression, regression
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.t_tests import TTest, t_test
from tests.methods.surveys.reference_designs import (
    EVERY,
    REWEIGHTED,
    SAMPLES,
    WITH_REPLICATES,
    coded,
    design,
    near,
    number,
    reference,
    sample,
)


def same(ours: Regression, theirs: dict[str, Any], name: str, scaled: float = 1.0) -> None:
    near(ours.values, theirs["value"])
    near(ours.covariance, theirs["covariance"])
    assert ours.df == theirs["df"]
    near(ours.p, theirs["p"])
    near(ours.intervals().ravel("F"), theirs["ci"])
    test = ours.test(["q"])
    near([test.statistic, test.ndf, test.ddf, test.p], theirs["term"])
    if name not in WITH_REPLICATES:
        # With replicate weights R's Pearson residuals carry a factor of the number of rows.
        near(ours.dispersion * scaled, theirs["dispersion"])


@pytest.mark.parametrize("family", ["linear", "logistic", "poisson", "gaps", "part"])
@pytest.mark.parametrize("name", EVERY)
def test_regressions_equal_those_of_r(name: str, family: str) -> None:
    found, at, d = reference()[name], SAMPLES[name], design(name)
    predictors: dict[str, Any] = {"x": number(at, "x"), "q": coded(at, "q")}
    if family == "part":
        inside = np.isin(sample(at)["country"], ["IN", "PK"])
        same(regression(d, number(at, "y"), predictors, domain=inside), found["part_regression"], name)
        return
    kind, response = {
        "linear": ("gaussian", "y"),
        "logistic": ("binomial", "b"),
        "poisson": ("poisson", "z"),
        "gaps": ("gaussian", "ym"),
    }[family]
    fitted = regression(d, number(at, response), predictors, family=kind)  # type: ignore[arg-type]
    # R scales the weights before it drops rows without an answer, and leaves that in the residuals.
    used = ~np.isnan(number(at, response))
    scaled = d.weights[used].mean() / d.weights.mean()
    if name in REWEIGHTED and name != "trimmed_alone":
        # Rows of fitted designs are not dropped but weigh nothing, and are counted nevertheless.
        scaled = d.weights[used].sum() / d.weights.sum()
    same(fitted, found["regressions"][family], name, float(scaled))


def same_test(ours: TTest, theirs: dict[str, Any]) -> None:
    near(
        [ours.t, ours.df, ours.p, ours.low, ours.high],
        [theirs["statistic"], theirs["df"], theirs["p"], *theirs["ci"]],
    )
    near(ours.estimate - ours.null, theirs["estimate"])


@pytest.mark.parametrize("name", EVERY)
def test_t_tests_equal_those_of_r(name: str) -> None:
    found, at, d = reference()[name]["tests"], SAMPLES[name], design(name)
    y, b = number(at, "y"), coded(at, "b")
    same_test(t_test(d, y - 60), found["one"])
    same_test(t_test(d, y - number(at, "z")), found["paired"])
    same_test(t_test(d, y, b), found["two"])
    same_test(t_test(d, number(at, "ym"), b), found["gaps"])
    moved = t_test(d, y, null=60)
    assert moved.t == pytest.approx(found["one"]["statistic"])


def test_a_column_that_follows_from_others_is_named() -> None:
    d = sampling_design(weights=[1.0] * 8)
    x = np.arange(8.0)
    with pytest.raises(MethodError) as refused:
        regression(d, x**2, {"x": x, "twice": 2 * x + 1})
    assert (refused.value.code, refused.value.facts["column"]) == ("surveys.collinear", "twice")
    with pytest.raises(MethodError) as refused:
        regression(d, x**2, {"nothing": np.zeros(8)})
    assert refused.value.code == "surveys.collinear"


def test_perfect_prediction_is_refused() -> None:
    d = sampling_design(weights=[1.0] * 8)
    with pytest.raises(MethodError) as refused:
        regression(d, [0, 0, 0, 0, 1, 1, 1, 1], {"x": np.arange(8.0)}, family="binomial")
    assert refused.value.code == "surveys.separated"


def test_a_far_outlier_is_not_perfect_prediction() -> None:
    chance = np.random.default_rng(3)
    x = np.append(chance.normal(0, 1, 200), 60.0)
    y = np.append((chance.random(200) < 1 / (1 + np.exp(-x[:200]))).astype(float), 1.0)
    fitted = regression(sampling_design(weights=np.ones(201)), y, {"x": x}, family="binomial")
    assert abs(fitted.values[1] * 60) > 30
    assert fitted.se[1] < 1


def test_responses_of_the_wrong_kind_are_refused() -> None:
    d = sampling_design(weights=[1.0] * 3)
    for response, family in (([0, 1, 2], "binomial"), ([-1, 1, 2], "poisson")):
        with pytest.raises(MethodError) as refused:
            regression(d, response, {}, family=family)  # type: ignore[arg-type]
        assert refused.value.code == "surveys.bad_response"


def test_more_coefficients_than_units_leave_no_test() -> None:
    d = sampling_design(weights=[1.0] * 6, clusters=[1, 1, 2, 2, 3, 3])
    fitted = regression(d, [1.0, 2, 4, 3, 5, 9], {"x": [0.0, 1, 0, 1, 2, 2], "z": [1.0, 0, 0, 1, 2, 3]})
    assert fitted.df == 0
    assert np.isnan(fitted.p).all()
    with pytest.raises(MethodError) as refused:
        fitted.intervals()
    assert refused.value.code == "surveys.no_degrees_of_freedom"


def test_a_t_test_needs_two_groups_and_variation() -> None:
    d = sampling_design(weights=[1.0] * 6)
    with pytest.raises(MethodError) as refused:
        t_test(d, [1.0, 2, 3, 4, 5, 6], factor(["a", "b", "c"] * 2))
    assert refused.value.code == "surveys.two_groups"
    with pytest.raises(MethodError) as refused:
        t_test(d, [5.0] * 6)
    assert refused.value.code == "surveys.no_variation"
