"""What a design refuses, and what must hold for any design."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import Factor, factor, numbers
from sapar.methods.surveys.estimates import mean, ratio, total, variance
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.sampling import sampling_design

NAN = float("nan")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "surveys.empty"),
        ({"weights": []}, "surveys.empty"),
        ({"rows": 0}, "surveys.empty"),
        ({"weights": [1.0, 1.0], "strata": ["a"]}, "surveys.lengths_differ"),
        ({"weights": [1.0, -1.0]}, "surveys.bad_weight"),
        ({"weights": [1.0, NAN]}, "surveys.bad_weight"),
        ({"weights": [1.0, None]}, "surveys.bad_weight"),
        ({"weights": [0.0, 0.0]}, "surveys.bad_weight"),
        ({"weights": [1.0, float("inf")]}, "surveys.infinite_value"),
        ({"weights": ["1", "heavy"]}, "surveys.not_a_number"),
        ({"weights": [1.0], "probabilities": [0.5]}, "surveys.weights_and_probabilities"),
        ({"probabilities": [0.5, 0.0]}, "surveys.bad_probability"),
        ({"probabilities": [0.5, 1.5]}, "surveys.bad_probability"),
        ({"weights": [1.0, 1.0], "strata": ["a", None]}, "surveys.missing_design"),
        ({"weights": [1.0, 1.0], "clusters": [1.0, NAN]}, "surveys.missing_design"),
        ({"weights": [1.0, 1.0], "clusters": ["a", "a"]}, "surveys.one_unit"),
        ({"weights": [1.0]}, "surveys.one_unit"),
        ({"weights": [1.0, 1.0], "fpc": [0.5, 2.0]}, "surveys.bad_fpc"),
        ({"weights": [1.0, 1.0], "fpc": [0.0, 0.0]}, "surveys.bad_fpc"),
        ({"weights": [1.0, 1.0], "fpc": [NAN, 5.0]}, "surveys.missing_design"),
        ({"weights": [1.0, 1.0], "fpc": [5.0, 6.0]}, "surveys.fpc_varies"),
        ({"weights": [1.0, 1.0, 1.0], "fpc": [2.0, 2.0, 2.0]}, "surveys.fpc_too_small"),
        ({"weights": [1.0, 1.0], "fpc": [[5.0, 5.0], [5.0, 5.0]]}, "surveys.bad_fpc"),
        (
            {"weights": [1.0] * 3, "strata": ["a", "b", "b"], "clusters": [1, 1, 2]},
            "surveys.cluster_in_two_strata",
        ),
        ({"weights": [1.0, 1.0], "lonely": "ignore"}, "surveys.bad_option"),
    ],
)
def test_a_bad_design_is_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(MethodError) as refused:
        sampling_design(**options)
    assert refused.value.code == code


def test_a_lonely_unit_is_named() -> None:
    d = sampling_design(weights=[1.0] * 3, strata=["north", "north", "islet"])
    with pytest.raises(MethodError) as refused:
        mean(d, [1.0, 2.0, 3.0])
    assert refused.value.facts["stratum"] == "islet"
    # A lonely unit outside the domain does not matter, nor one of a stratum that was taken whole.
    assert mean(d, [1.0, 2.0, 3.0], domain=np.array([True, True, False])).se[0] > 0
    whole = sampling_design(weights=[2.0, 2.0, 1.0], strata=["n", "n", "i"], fpc=[4, 4, 1])
    assert mean(whole, [1.0, 2.0, 3.0]).se[0] > 0


def test_nothing_to_average_is_refused() -> None:
    d = sampling_design(weights=[1.0, 1.0], strata=["a", "b"], lonely="average")
    with pytest.raises(MethodError) as refused:
        mean(d, [1.0, 2.0])
    assert refused.value.code == "surveys.nothing_to_average"


@pytest.mark.parametrize(
    ("values", "domain", "code"),
    [
        ([1.0, 2.0], None, "surveys.lengths_differ"),
        ([NAN] * 3, None, "surveys.no_answers"),
        ([1.0, 2.0, 3.0], [True, False], "surveys.bad_domain"),
        ([1.0, 2.0, 3.0], [1, 0, 1], "surveys.bad_domain"),
        ([1.0, 2.0, 3.0], [False] * 3, "surveys.no_answers"),
        ([1.0, float("inf"), 3.0], None, "surveys.infinite_value"),
        (["1", "two", "3"], None, "surveys.not_a_number"),
        ({}, None, "surveys.no_columns"),
    ],
)
def test_bad_answers_are_refused(values: Any, domain: Any, code: str) -> None:
    d = sampling_design(weights=[1.0] * 3)
    for estimator in (mean, total, variance):
        with pytest.raises(MethodError) as refused:
            estimator(d, values, domain=domain)
        assert refused.value.code == code


def test_missing_answers_can_be_refused() -> None:
    d = sampling_design(weights=[1.0] * 3)
    with pytest.raises(MethodError) as refused:
        mean(d, [1.0, None, 3.0], missing="refuse")
    assert (refused.value.code, refused.value.facts["row"]) == ("surveys.missing_values", 2)


def test_other_refusals() -> None:
    d = sampling_design(weights=[1.0] * 3)
    with pytest.raises(MethodError) as refused:
        ratio(d, [1.0, 2.0, 3.0], [0.0, 0.0, 0.0])
    assert refused.value.code == "surveys.zero_denominator"
    with pytest.raises(MethodError) as refused:
        mean(d, [1.0, 2.0, 3.0], deff="srs")
    assert refused.value.code == "surveys.weights_below_sample"
    with pytest.raises(MethodError) as refused:
        mean(d, [1.0, 2.0, 3.0]).intervals(level=1.0)
    assert refused.value.code == "surveys.bad_level"
    one = mean(d, [1.0, 2.0, 3.0], domain=np.array([True, False, False]))
    with pytest.raises(MethodError) as refused:
        one.intervals()
    assert refused.value.code == "surveys.no_degrees_of_freedom"


def test_factors_code_answers_and_refuse_unknown_ones() -> None:
    assert factor([3, 1, None, 3]).levels == ("1", "3")
    assert factor(["b", "", "a"], ["a", "b", "c"]).codes.tolist() == [1, -1, 0]
    assert factor(np.array([2.0, NAN, 1.0])).levels == ("1", "2")
    with pytest.raises(MethodError) as refused:
        factor(["a", "z"], ["a", "b"])
    assert (refused.value.code, refused.value.facts["value"]) == ("surveys.unknown_level", "z")
    for codes, levels in (
        (np.array([0, 5]), ("a",)),
        (np.array([0, -2]), ("a",)),
        (np.array([0]), ("a", "a")),
    ):
        with pytest.raises(MethodError):
            Factor(codes, levels)
    with pytest.raises(MethodError):
        Factor(np.array([0.5]), ("a",))
    assert np.isnan(numbers(["1", "", None])).tolist() == [False, True, True]


def test_a_million_equal_rows() -> None:
    n = 1_000_000
    d = sampling_design(weights=np.full(n, 3.0), strata=np.arange(n) % 10)
    found = mean(d, np.full(n, 7.1))
    assert found.values[0] == pytest.approx(7.1, rel=1e-12)
    assert found.se[0] < 1e-12
    assert quantiles(d, np.full(n, 7.1))[1].low == 7.1


def test_results_are_plain_data() -> None:
    found = mean(sampling_design(weights=[2.0] * 4), {"y": [1.0, 2.0, 4.0, None]}, deff="srs").plain()
    assert (found["n"], found["missing"], found["df"], found["population"]) == (3, 1, 2.0, 6.0)
    assert set(found["estimates"][0]) == {"name", "value", "se", "low", "high", "deff"}  # type: ignore[index]


designs = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    chance = np.random.default_rng(seed)
    psu = np.repeat(np.arange(12), chance.integers(1, 5, 12))
    n = len(psu)
    return {"weights": chance.uniform(0.5, 9, n), "strata": psu // 4, "clusters": psu}, chance.normal(
        50, 10, n
    )


@settings(max_examples=40, deadline=None)
@given(designs, st.floats(-1000, 1000), st.floats(0.01, 100))
def test_moving_and_stretching_the_answers_moves_and_stretches_the_mean(
    seed: int, shift: float, by: float
) -> None:
    options, y = drawn(seed)
    d = sampling_design(**options)
    one, two = mean(d, y), mean(d, shift + by * y)
    assert two.values[0] == pytest.approx(shift + by * one.values[0], rel=1e-9, abs=1e-9)
    assert two.se[0] == pytest.approx(by * one.se[0], rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(designs)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    options, y = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    one = mean(sampling_design(**options), y)
    two = mean(sampling_design(**{name: column[order] for name, column in options.items()}), y[order])
    assert two.values[0] == pytest.approx(one.values[0], rel=1e-12)
    assert two.se[0] == pytest.approx(one.se[0], rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(designs)
def test_domains_add_up_to_the_whole(seed: int) -> None:
    options, y = drawn(seed)
    d = sampling_design(**options)
    inside = y > 50
    if not inside.any() or inside.all():
        return
    both = total(d, {"in": y * inside, "out": y * ~inside})
    whole = total(d, y)
    assert both.values.sum() == pytest.approx(whole.values[0], rel=1e-12)
    assert both.covariance.sum() == pytest.approx(whole.covariance[0, 0], rel=1e-9)
    assert both.values[0] == pytest.approx(total(d, y, domain=inside).values[0], rel=1e-12)
    assert both.se[0] == pytest.approx(total(d, y, domain=inside).se[0], rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(designs)
def test_a_larger_population_only_adds_variance(seed: int) -> None:
    options, y = drawn(seed)
    near, far, none = (
        mean(sampling_design(**options, fpc=size), y).se[0]
        for size in (np.full(len(y), 5), np.full(len(y), 500), None)
    )
    assert near <= far <= none
