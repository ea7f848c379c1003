"""Post-stratification, raking, calibration, trimming, Kish effect: properties and bad input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.weights import (
    Distance,
    Margin,
    calibrate,
    indicator_columns,
    kish_effect,
    margin,
    median_iqr_cap,
    post_stratify,
    rake,
    trim,
)
from sapar.methods.surveys.weights.weighting import FloatArray


def drawn(seed: int, rows: int = 60) -> tuple[list[Margin], FloatArray]:
    """Two margins that can be met (they come from other weights of the same rows), and base weights."""
    chance = np.random.default_rng(seed)
    codes = [chance.integers(0, 3, rows), chance.integers(0, 4, rows)]
    truth = chance.uniform(0.5, 2.0, rows)
    margins = [
        Margin(
            name=f"margin {number}",
            levels=tuple(range(code.max() + 1)),
            codes=code,
            targets=np.bincount(code, truth).astype(float) + 1e-3,
        )
        for number, code in enumerate(codes)
        if np.bincount(code).min() > 0
    ]
    total = float(truth.sum())
    margins = [
        Margin(name=m.name, levels=m.levels, codes=m.codes, targets=m.targets * total / m.targets.sum())
        for m in margins
    ]
    return margins, chance.uniform(0.5, 2.0, rows)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(MethodError) as caught:
        action()
    return caught.value.code


def test_post_stratification_by_hand() -> None:
    done = post_stratify(margin("sex", ["f", "f", "f", "m"], {"f": 60, "m": 40}))
    assert done.weights.tolist() == [20.0, 20.0, 20.0, 40.0]
    assert done.effect is not None
    # n Σw²/(Σw)² = 4 · 2800 / 100²
    assert done.effect.effect == pytest.approx(1.12, rel=1e-15)
    assert done.base_effect.effect == 1.0


def test_raking_table_of_deming_and_stephan_form() -> None:
    """2 × 2 table 1, 2 / 3, 4 raked to rows 4, 6 and columns 5, 5: the odds ratio 2/3 stays."""
    row = margin("row", ["a", "a", "b", "b"], {"a": 4, "b": 6})
    column = margin("column", ["x", "y", "x", "y"], {"x": 5, "y": 5})
    table = rake([row, column], [1.0, 2.0, 3.0, 4.0], tolerance=1e-14).weights
    assert table[0] * table[3] / (table[1] * table[2]) == pytest.approx(2 / 3, rel=1e-12)
    assert table[:2].sum() == pytest.approx(4, rel=1e-12)
    assert table[[0, 2]].sum() == pytest.approx(5, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_raking_meets_every_margin_and_equals_multiplicative_calibration(seed: int) -> None:
    margins, base = drawn(seed)
    raked = rake(margins, base)
    for one in margins:
        reached = np.bincount(one.codes, raked.weights, len(one.levels))
        np.testing.assert_allclose(reached, one.targets, rtol=1e-9)
    columns, totals = indicator_columns(margins)
    calibrated = calibrate(columns, totals, base, distance="raking")
    np.testing.assert_allclose(raked.weights, calibrated.weights, rtol=1e-7)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_raking_ignores_the_scale_of_the_base_weights(seed: int, scale: float) -> None:
    margins, base = drawn(seed)
    np.testing.assert_allclose(rake(margins, base).weights, rake(margins, base * scale).weights, rtol=1e-8)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_raked_to_its_own_totals_nothing_moves(seed: int) -> None:
    margins, base = drawn(seed)
    own = [
        Margin(name=m.name, levels=m.levels, codes=m.codes, targets=np.bincount(m.codes, base).astype(float))
        for m in margins
    ]
    np.testing.assert_allclose(rake(own, base).factors, 1.0, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["linear", "raking", "logit"]))
def test_calibration_meets_totals_within_bounds_or_says_that_it_cannot(seed: int, distance: Distance) -> None:
    margins, base = drawn(seed)
    columns, totals = indicator_columns(margins)
    bounds = (0.7, 1.5)
    try:
        done = calibrate(columns, totals, base, distance=distance, bounds=bounds)
    except MethodError as refusal:
        refused_with = refusal.code
    else:
        refused_with = ""
        np.testing.assert_allclose(done.weights @ columns, totals, rtol=1e-8)
        assert done.factors.min() >= bounds[0] - 1e-12
        assert done.factors.max() <= bounds[1] + 1e-12
    assert refused_with in ("", "surveys.calibration_infeasible")


@pytest.mark.parametrize("seed", [192, 223, 328, 692, 2064])
def test_calibration_leaves_a_bound_that_all_rows_of_a_column_reached(seed: int) -> None:
    margins, base = drawn(seed)
    columns, totals = indicator_columns(margins)
    done = calibrate(columns, totals, base, distance="raking", bounds=(0.7, 1.5))
    np.testing.assert_allclose(done.weights @ columns, totals, rtol=1e-8)


def test_linear_calibration_is_the_regression_estimator() -> None:
    chance = np.random.default_rng(1)
    x = np.column_stack([np.ones(40), chance.normal(5, 1, 40)])
    d, y = chance.uniform(1, 3, 40), chance.normal(0, 1, 40)
    totals = np.array([90.0, 430.0])
    slope = np.linalg.solve((x * d[:, None]).T @ x, (x * d[:, None]).T @ y)
    greg = d @ y + (totals - d @ x) @ slope
    assert calibrate(x, totals, d).weights @ y == pytest.approx(greg, rel=1e-12)


def test_linear_calibration_says_how_many_weights_are_negative() -> None:
    done = calibrate(np.column_stack([np.ones(5), np.arange(5.0)]), [5.0, 0.5])
    assert done.negative == 1
    assert done.effect is None
    assert done.summary()["effective_size"] is None


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_bounds_that_cannot_be_met_are_proved_so(distance: Distance) -> None:
    columns = np.column_stack([np.ones(10), np.arange(10.0)])
    refused = code_of(lambda: calibrate(columns, [10, 70], distance=distance, bounds=(0.8, 1.2)))
    assert refused == "surveys.calibration_infeasible"


def test_positive_weights_cannot_reach_a_mean_outside_the_sample() -> None:
    columns = np.column_stack([np.ones(10), np.arange(10.0)])
    assert (
        code_of(lambda: calibrate(columns, [10, 95], distance="raking")) == "surveys.calibration_infeasible"
    )


def test_totals_that_contradict_each_other_are_named() -> None:
    columns = np.column_stack([np.ones(4), [1, 1, 0, 0], [0, 0, 1, 1]])
    assert code_of(lambda: calibrate(columns, [4, 2, 3])) == "surveys.totals_contradict"


def test_columns_of_very_different_size_are_met_alike() -> None:
    chance = np.random.default_rng(3)
    columns = np.column_stack([np.ones(200), chance.uniform(0, 1e9, 200), chance.uniform(0, 1e-6, 200)])
    totals = columns.sum(axis=0) * [1.0, 1.05, 0.97]
    done = calibrate(columns, totals, distance="logit", bounds=(0.5, 2))
    np.testing.assert_allclose(done.weights @ columns, totals, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=40), st.floats(0, 1), st.floats(0.05, 2))
def test_strict_trimming_keeps_the_sum_and_the_limits_and_is_nearest(
    weights: list[float], low: float, above: float
) -> None:
    base = np.array(weights)
    lower, upper = low * base.mean(), (1 + above) * base.mean()
    done = trim(base, lower=lower, upper=upper, strict=True).weights
    assert done.sum() == pytest.approx(base.sum(), rel=1e-10)
    assert done.min() >= lower
    assert done.max() <= upper
    # Optimality: those strictly inside all moved by the same amount.
    inside = (done > lower * (1 + 1e-9)) & (done < upper * (1 - 1e-9))
    if inside.any():
        np.testing.assert_allclose(np.ptp((done - base)[inside]), 0, atol=1e-9 * base.max())


@pytest.mark.parametrize("limit", ["lower", "upper"])
@pytest.mark.parametrize("size", [3, 5, 7, 11, 49, 1000])
def test_a_limit_at_the_very_mean_brings_every_weight_there(limit: str, size: int) -> None:
    for seed in range(50):
        base = np.random.default_rng(seed).uniform(0.01, 100, size)
        mean = float(base.mean())
        limits = {"lower": mean} if limit == "lower" else {"upper": mean}
        done = trim(base, strict=True, **limits).weights
        np.testing.assert_allclose(done, mean, rtol=1e-12)
        assert done.min() >= mean if limit == "lower" else done.max() <= mean


def test_trimming_nothing_changes_nothing() -> None:
    assert trim([1.0, 2.0, 3.0], upper=3.0).weights.tolist() == [1.0, 2.0, 3.0]
    assert trim([1.0, 2.0, 3.0], upper=3.0, strict=True).weights.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("weights", "lower", "upper"),
    [([1.0, 1.0], 0.0, 0.5), ([1.0, 9.0], 2.0, 8.0), ([1.0, 1.0], 2.0, np.inf)],
)
def test_trimming_that_leaves_nobody_inside_is_refused(
    weights: list[float], lower: float, upper: float
) -> None:
    assert code_of(lambda: trim(weights, lower=lower, upper=upper)) == "surveys.trim_impossible"


def test_kish_effect_is_one_plus_squared_variation() -> None:
    """Kish (1965): two thirds of the sample at weight 1, one third at weight 4: 3·18 / 6² = 1.5."""
    effect = kish_effect([1, 1, 4])
    assert effect.effect == pytest.approx(1.5, rel=1e-15)
    assert effect.effective_size == pytest.approx(2.0, rel=1e-15)
    assert kish_effect([1, 1, 4, 0]) == effect


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30), st.floats(1e-150, 1e150))
def test_kish_effect_ignores_scale(weights: list[float], scale: float) -> None:
    scaled = np.array(weights) * scale
    assert kish_effect(scaled).effect == pytest.approx(kish_effect(weights).effect, rel=1e-9)
    assert kish_effect(scaled).effect >= 1.0


def test_cap_is_median_plus_quartile_distances() -> None:
    assert median_iqr_cap([1, 2, 3, 4, 5], times=2) == 7.0


SEX = margin("sex", ["f", "m"], {"f": 1, "m": 1})


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("surveys.no_rows", lambda: kish_effect([])),
        ("surveys.no_rows", lambda: margin("sex", [], {"f": 1})),
        ("surveys.weights_shape", lambda: rake([SEX], [1, 1, 1])),
        ("surveys.weights_invalid", lambda: rake([SEX], [1, -1])),
        ("surveys.weights_invalid", lambda: rake([SEX], [1, np.nan])),
        ("surveys.weights_invalid", lambda: rake([SEX], [1, np.inf])),
        ("surveys.weights_zero", lambda: rake([SEX], [0, 0])),
        ("surveys.not_a_number", lambda: kish_effect(["many"])),
        ("surveys.category_unknown", lambda: margin("sex", ["f", None, "x"], {"f": 1})),
        ("surveys.category_empty", lambda: post_stratify(margin("sex", ["f"], {"f": 1, "m": 1}))),
        ("surveys.category_empty", lambda: post_stratify(SEX, [1, 0])),
        ("surveys.targets_invalid", lambda: margin("sex", ["f"], {"f": -1})),
        ("surveys.targets_invalid", lambda: margin("sex", ["f"], {"f": float("nan")})),
        ("surveys.targets_invalid", lambda: margin("sex", ["f"], {"f": 0})),
        ("surveys.targets_invalid", lambda: margin("sex", ["f"], {"f": 1}, total=float("inf"))),
        ("surveys.no_margins", lambda: rake([])),
        ("surveys.no_margins", lambda: indicator_columns([])),
        ("surveys.margins_disagree", lambda: rake([SEX, margin("age", ["y", "o"], {"y": 1, "o": 2})])),
        ("surveys.margins_rows", lambda: rake([SEX, margin("age", ["y"], {"y": 2})])),
        (
            "surveys.raking_not_converged",
            lambda: rake([SEX, margin("age", ["y", "o"], {"y": 1.5, "o": 0.5})]),
        ),
        ("surveys.trim_limits", lambda: trim([1, 2], lower=3, upper=2)),
        ("surveys.trim_limits", lambda: trim([1, 2], upper=float("nan"))),
        ("surveys.trim_impossible", lambda: trim([1, 2], lower=2, strict=True)),
        ("surveys.auxiliaries_invalid", lambda: calibrate([[1.0], [np.nan]], [2.0])),
        ("surveys.auxiliaries_invalid", lambda: calibrate([], [])),
        ("surveys.totals_invalid", lambda: calibrate([[1.0]], [np.inf])),
        ("surveys.totals_invalid", lambda: calibrate([[1.0]], [1.0, 2.0])),
        ("surveys.bounds_invalid", lambda: calibrate([[1.0]], [1.0], distance="logit")),
        ("surveys.bounds_invalid", lambda: calibrate([[1.0]], [1.0], bounds=(2, 1))),
        ("surveys.variances_invalid", lambda: calibrate([[1.0]], [1.0], variances=[0.0])),
    ],
)
def test_bad_input_is_refused_with_a_code(expected: str, action: Callable[[], object]) -> None:
    assert code_of(action) == expected


def test_shares_are_scaled_to_a_total() -> None:
    shares = margin("sex", ["f", "m"], {"f": 60, "m": 40}, total=2000)
    assert shares.targets.tolist() == [1200.0, 800.0]


def test_a_category_that_nobody_wants_gets_weight_zero() -> None:
    assert rake([margin("sex", ["f", "m"], {"f": 5, "m": 0})]).weights.tolist() == [5.0, 0.0]


def test_a_million_equal_rows_are_one_cell() -> None:
    rows = 1_000_000
    same = Margin(name="a", levels=("x",), codes=np.zeros(rows, dtype=np.intp), targets=np.array([2e6]))
    done = rake([same, same, same])
    assert done.iterations == 2
    assert done.weights.min() == done.weights.max() == 2.0


def test_very_many_margins_do_not_overflow_the_cell_number() -> None:
    chance = np.random.default_rng(2)
    base = chance.uniform(1, 2, 500)
    margins = []
    for number in range(30):
        codes = chance.integers(0, 9, 500)
        targets = np.bincount(codes, base, 9).astype(float)
        margins.append(Margin(name=str(number), levels=tuple(range(9)), codes=codes, targets=targets))
    np.testing.assert_allclose(rake(margins, base).factors, 1.0, rtol=1e-10)
