"""Sampling and enumeration of modelling choices agree."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sapar.methods.indices import (
    Aggregation,
    Choice,
    FilledYear,
    Imputation,
    Model,
    Node,
    Normalisation,
    Screening,
    Treatment,
    Tree,
    UnitData,
    build,
    build_years,
    choice,
    choice_sensitivity,
    impute_years,
    noisy_weights,
    on_goalposts,
    rank_intervals,
)
from tests.methods.indices.connectivity import invented


def choices(model: Model) -> list[Choice]:
    return [
        choice("scale", "normalisation", {"minmax": Normalisation(), "z": Normalisation("zscore", (50, 10))}),
        choice("outliers", "treatment", {"five": Treatment(), "two": Treatment(max_points=2), "none": None}),
        noisy_weights(model.tree, sets=50, seed=4),
    ]


def test_sampled_indices_lie_near_the_exact_ones() -> None:
    model, data = invented()
    exact = choice_sensitivity(model, data, choices(model), seed=1)
    assert exact.exact
    assert exact.runs == 300
    sampled = choice_sensitivity(model, data, choices(model), most_exact=10, points=1024, seed=1)
    assert not sampled.exact
    for one, true in zip(sampled.effects, exact.effects, strict=True):
        assert one.first == pytest.approx(true.first, abs=0.05)
        assert one.total == pytest.approx(true.total, abs=0.05)


def test_sampled_rank_intervals_lie_near_the_exact_ones() -> None:
    model, data = invented()
    exact = rank_intervals(model, data, choices(model), seed=1)
    sampled = rank_intervals(model, data, choices(model), most_exact=10, runs=512, seed=1)
    assert (exact.exact, sampled.exact, sampled.runs) == (True, False, 512)
    for one, true in zip(sampled.intervals, exact.intervals, strict=True):
        assert abs(one.median - true.median) <= 1
        assert abs(one.low - true.low) <= 1
        assert abs(one.high - true.high) <= 1
    first = min(exact.intervals, key=lambda one: one.median)
    assert exact.within(first.unit, 10) > 0.9


def test_the_same_seed_gives_the_same_sample() -> None:
    model, data = invented()
    first, again, other = (
        rank_intervals(model, data, choices(model), most_exact=10, runs=64, seed=seed).design
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


TREE = Tree(
    [Node(code="a", parent="I", low=0, high=10), Node(code="b", parent="I", low=0, high=10), Node(code="I")]
)


def year(*rows: tuple[float, float]) -> UnitData:
    return UnitData([f"u{at}" for at in range(len(rows))], "ab", rows)


def test_progress_shows_on_a_frozen_scale_though_the_field_runs_ahead() -> None:
    """By hand: u0 gains a tenth on each goalpost scale; the others gain more, so relatively it falls."""
    years = {1: year((5, 5), (0, 0), (6, 6)), 2: year((6, 6), (4, 4), (9, 9))}
    found = build_years(on_goalposts(Model(TREE, treatment=None)), years)
    assert found.score(1, "u0") == 50
    assert found.score(2, "u0") == 60
    relative = build_years(Model(TREE, treatment=None), years)
    (own,) = [one for one in relative.drift(1, 2) if one.unit == "u0"]
    # min-max alone: 5/6 → 2/5; on the scale of both years 0…9: 5/9 → 6/9
    assert own.relative == pytest.approx(100 * (2 / 5 - 5 / 6))
    assert own.own == pytest.approx(100 / 9)
    assert own.field == pytest.approx(own.relative - own.own)


def test_a_later_year_beyond_the_base_is_counted() -> None:
    years = {1: year((0, 0), (10, 10)), 2: year((5, 12), (1, 1))}
    found = build_years(Model(TREE, treatment=None), years, base=1)
    assert found.years[2].beyond == 1
    assert found.score(2, "u0") == pytest.approx((50 + 120) / 2)


def test_trend_of_a_unit_that_came_later() -> None:
    years = {1: year((1, 1), (9, 9)), 3: year((4, 4), (9, 9), (2, 2)), 4: year((4, 4), (9, 9), (8, 8))}
    trends = {one.unit: one for one in build_years(on_goalposts(Model(TREE)), years).trends()}
    assert (trends["u0"].first_year, trends["u0"].last_year) == (1, 4)
    assert trends["u0"].growth == pytest.approx(4 ** (1 / 3) - 1)
    assert (
        trends["u2"].first_year,
        trends["u2"].change,
        trends["u2"].first_rank,
        trends["u2"].last_rank,
    ) == (3, 60, 3, 2)


def test_holes_filled_from_other_years_name_their_sources() -> None:
    hole = math.nan
    years = {1: year((2, 1)), 2: year((hole, hole)), 4: year((8, hole))}
    linear, record = impute_years(years)
    assert record == (FilledYear(2, "u0", "a", 4.0, "linear", (1, 4)),)
    assert np.isnan(linear[2].values[0, 1])
    last, record = impute_years(years, method="last", reach=2)
    assert [(one.year, one.code, one.value, one.from_years) for one in record] == [
        (2, "a", 2.0, (1,)),
        (2, "b", 1.0, (1,)),
    ]
    assert np.isnan(last[4].values[0, 1])


def test_screening_gives_its_reason() -> None:
    hole = math.nan
    data = UnitData("VWXYZ", "ab", [[1.0, 1.0], [hole, 2.0], [0.0, 0.0], [3.0, 4.0], [4.0, 3.0]])
    rule = Screening(min_present=0.65, min_nonzero=0.5, drop=("Z",))
    index = build(Model(TREE, screening=rule, treatment=None), data)
    assert [one.reason for one in index.screened] == ["enough", "missing", "zeros", "enough", "dropped"]
    assert index.order() == ("Y", "V")
    assert math.isnan(index.score("Z"))


def test_kept_units_stay_and_are_imputed() -> None:
    data = UnitData("XYZ", "ab", [[1.0, math.nan], [3.0, 4.0], [4.0, 8.0]])
    rule = Screening(min_present=0.9, keep=("X",))
    index = build(Model(TREE, screening=rule, imputation=Imputation("mean"), treatment=None), data)
    assert [(one.unit, one.code, one.value, one.how) for one in index.imputed] == [("X", "b", 6.0, "mean")]
    assert index.score("X", "b") == 50


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Normalisation("minmax", (0, 1)), (0, 0.25, 1)),
        (Normalisation("distance_to_max", (0, 1)), (0, 0.25, 1)),
        (Normalisation("fraction_of_max", (0, 1)), (2 / 10, 4 / 10, 1)),
        (Normalisation("distance_to_target", (0, 1)), (0, 0.5, 1)),
        (Normalisation("distance_to_target", (0, 1), capped=False), (0, 0.5, 2)),
        (Normalisation("distance_to_reference", (0, 1), capped=False, reference="Y"), (0, 1, 4)),
        (Normalisation("goalposts", (0, 1)), (0, 0, 0.9)),
        (Normalisation("rank"), (1, 2, 3)),
        (Normalisation("borda"), (0, 1, 2)),
        (Normalisation("percentile_rank", (0, 1)), (0, 0.5, 1)),
        (Normalisation("scaled", (1, 2)), (5, 9, 21)),
        (Normalisation("zscore", (0, 1)), tuple((x - 16 / 3) / math.sqrt(52 / 3) for x in (2, 4, 10))),
    ],
)
def test_normalisation_by_hand(rule: Normalisation, expected: tuple[float, ...]) -> None:
    """x = 2, 4, 10 with target 6 and goalposts 5 … 10.5̅ (so that 10 gets 0.9)."""
    tree = Tree([Node(code="a", parent="I", target=6, low=5, high=5 + 5 / 0.9), Node(code="I")])
    index = build(
        Model(tree, treatment=None, normalisation=rule), UnitData("XYZ", "a", [[2.0], [4.0], [10.0]])
    )
    assert [index.score(unit) for unit in "XYZ"] == pytest.approx(list(expected))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Normalisation("minmax", (0, 1)), (1, 0.75, 0)),
        (Normalisation("fraction_of_max", (0, 1)), (0.8, 0.6, 0)),
        (Normalisation("distance_to_target", (0, 1)), (1, 6 / 7, 0)),
        (Normalisation("goalposts", (0, 1)), (1, 0.8, 0)),
        (Normalisation("rank"), (3, 2, 1)),
    ],
)
def test_normalisation_of_what_should_be_low(rule: Normalisation, expected: tuple[float, ...]) -> None:
    """x = 2, 4, 10, less is better, target 3, goalposts 3 … 8."""
    tree = Tree([Node(code="a", parent="I", direction=-1, target=3, low=3, high=8), Node(code="I")])
    index = build(
        Model(tree, treatment=None, normalisation=rule), UnitData("XYZ", "a", [[2.0], [4.0], [10.0]])
    )
    assert [index.score(unit) for unit in "XYZ"] == pytest.approx(list(expected))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Aggregation(), 5.0),
        (Aggregation("geometric"), math.exp((math.log(2) + 3 * math.log(6)) / 4)),
        (Aggregation("harmonic"), 1 / (0.25 / 2 + 0.75 / 6)),
        (Aggregation("generalised", 2), math.sqrt((4 + 3 * 36) / 4)),
        (Aggregation("generalised", 0), math.exp((math.log(2) + 3 * math.log(6)) / 4)),
        (Aggregation("generalised", -math.inf), 2),
        (Aggregation("generalised", math.inf), 6),
    ],
)
def test_means_by_hand(rule: Aggregation, expected: float) -> None:
    """2 with weight 1 and 6 with weight 3."""
    tree = Tree([Node(code="a", parent="I"), Node(code="b", parent="I", weight=3), Node(code="I")])
    model = Model(tree, treatment=None, normalisation=Normalisation("scaled", (0, 1)), aggregation=rule)
    assert build(model, UnitData("X", "ab", [[2.0, 6.0]])).score("X") == pytest.approx(expected)


def test_a_zero_cannot_be_made_good_in_a_geometric_mean() -> None:
    tree = Tree([Node(code="a", parent="I"), Node(code="b", parent="I"), Node(code="I")])
    for mean in ("geometric", "harmonic"):
        model = Model(
            tree, treatment=None, normalisation=Normalisation("scaled", (0, 1)), aggregation=Aggregation(mean)
        )
        assert build(model, UnitData("X", "ab", [[0.0, 9.0]])).score("X") == 0
