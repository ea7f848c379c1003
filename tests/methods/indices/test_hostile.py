"""Whatever table is given, the answer is a number that holds or a refusal with a code; and wrong numbers once given."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Aggregation,
    Imputation,
    Index,
    Lever,
    Model,
    Node,
    Normalisation,
    Screening,
    Treatment,
    Tree,
    UnitData,
    ahp_weights,
    benefit_of_the_doubt,
    budget_weights,
    build,
    build_years,
    cheapest_change,
    choice,
    choice_sensitivity,
    compare,
    correlations,
    cronbach,
    denominator_correlations,
    effective_weights,
    exact_indices,
    flagged_pairs,
    impute_years,
    influence,
    noisy_weights,
    normal_em,
    optimised_weights,
    outranking,
    pca_weights,
    profile,
    rank_intervals,
    regenerate,
    removals,
    sobol_indices,
    statistics,
    what_if,
)
from sapar.methods.indices.columns import Floats

CODES = ("a", "b", "c")
TREE = Tree(
    [
        *(Node(code=code, parent="g") for code in "ab"),
        Node(code="c", parent="I", direction=-1),
        Node(code="g", parent="I"),
        Node(code="I"),
    ]
)
PLAIN = Model(TREE, treatment=None)
RANDOM = np.random.default_rng(7).normal(size=(8, 3))
TABLES: dict[str, Floats] = {
    "empty": np.empty((0, 3)),
    "no columns": np.empty((4, 0)),
    "all unknown": np.full((5, 3), math.nan),
    "a single unit": np.ones((1, 3)),
    "two units": np.arange(6.0).reshape(2, 3),
    "ties everywhere": np.ones((6, 3)),
    "one constant column": np.column_stack([np.ones(6), np.arange(6.0), np.arange(6.0) ** 2]),
    "negative": -np.arange(15.0).reshape(5, 3),
    "infinite": np.full((5, 3), math.inf),
    "tiny": RANDOM * 1e-90,
    "holes": np.where(np.arange(24).reshape(8, 3) % 5 == 0, math.nan, RANDOM),
    "a hole in every row": np.where(np.arange(8)[:, None] % 3 == np.arange(3), math.nan, RANDOM),
    "too many columns": np.zeros((5, 4)),
    "a row": np.arange(3.0),
    "a cube": np.zeros((2, 2, 2)),
}


def units(x: Floats) -> list[str]:
    return [f"u{row}" for row in range(len(x))]


def data(x: Floats) -> UnitData:
    return UnitData(units(x), CODES, x)


def loose(x: Floats) -> Index:
    """The index that refuses least."""
    rules = (Normalisation("scaled", (0.0, 1.0)), Aggregation(min_present=0.1))
    return build(Model(TREE, treatment=None, normalisation=rules[0], aggregation=rules[1]), data(x))


MEANS = choice("mean", "aggregation", {"sum": Aggregation(), "loose": Aggregation(min_present=0.2)})
QUESTIONS: dict[str, Callable[[Floats], object]] = {
    "build": lambda x: build(Model(TREE), data(x)),
    "regenerate": lambda x: regenerate(PLAIN, data(RANDOM), x),
    "statistics": lambda x: statistics(CODES, x),
    "pearson": lambda x: correlations(CODES, x),
    "kendall": lambda x: correlations(CODES, x, "kendall"),
    "alpha": lambda x: cronbach(CODES, x),
    "alpha by pairs": lambda x: cronbach(CODES, x, holes="pairwise"),
    "effective": lambda x: effective_weights(loose(x)),
    "effective by variance": lambda x: effective_weights(loose(x), "covariance"),
    "pairs": lambda x: flagged_pairs(loose(x)),
    "size": lambda x: denominator_correlations(loose(x)),
    "profile": lambda x: profile(loose(x), "u0"),
    "removals": lambda x: removals(PLAIN, data(x)),
    "compare": lambda x: compare(loose(x), loose(x)),
    "varimax": lambda x: pca_weights(CODES, x),
    "first": lambda x: pca_weights(CODES, x, method="first", negative="zero"),
    "em": lambda x: normal_em(x),
    "doubt": lambda x: benefit_of_the_doubt(units(x), CODES, x),
    "influence": lambda x: influence(x, np.ones(3)),
    "optimised": lambda x: optimised_weights(CODES, x),
    "outranking": lambda x: outranking(x, np.ones(3)),
    "ahp": lambda x: ahp_weights(CODES, x),
    "budget": lambda x: budget_weights(CODES, x),
    "exact": lambda x: exact_indices(x, ["one", "two"]),
    "intervals": lambda x: rank_intervals(PLAIN, data(x), [MEANS], seed=1),
    "sensitivity": lambda x: choice_sensitivity(PLAIN, data(x), [MEANS], seed=1),
    "years": lambda x: build_years(PLAIN, {1: data(x), 2: data(x)}).trends(),
    "filled years": lambda x: impute_years({1: data(x), 2: data(x)}),
    "what if": lambda x: what_if(loose(x), {("u0", "a"): 1.0}),
    "route": lambda x: cheapest_change(loose(x), "u0", 1, [Lever("a", 1, 9)]),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_is_answered_with_a_traceback_or_a_warning(question: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in TABLES.values():
            with suppress(MethodError):
                QUESTIONS[question](x)


def random(shape: int) -> Floats:
    return np.random.default_rng(shape).normal(size=(shape, 3))


def weigh(*raw: float) -> Floats:
    return np.array([raw])


CASES: dict[str, tuple[str, Callable[[], object]]] = {
    "the same criterion twice": ("duplicate_code", lambda: ahp_weights("aab", np.ones((3, 3)))),
    "points for a code twice": ("duplicate_code", lambda: budget_weights("aab", [[50, 25, 25]])),
    "a component twice": ("duplicate_code", lambda: pca_weights("aab", RANDOM)),
    "a part twice": ("duplicate_code", lambda: optimised_weights("aab", RANDOM)),
    "a unit twice": ("duplicate_unit", lambda: benefit_of_the_doubt("xx", "ab", np.ones((2, 2)))),
    "fewer names than columns": ("wrong_shape", lambda: cronbach("ab", RANDOM)),
    "more names than columns": ("wrong_shape", lambda: correlations("abcd", RANDOM)),
    "no limit of consistency": ("bad_limit", lambda: ahp_weights("ab", np.ones((2, 2)), limit=math.nan)),
    "negative influence": ("bad_weight", lambda: influence(RANDOM, np.array([-1.0, 1, 1]))),
    "influence without weights": ("weightless_group", lambda: influence(RANDOM, np.zeros(3))),
    "influence of too few weights": ("wrong_shape", lambda: influence(RANDOM, np.ones(2))),
    "a run with a negative weight": (
        "bad_weight",
        lambda: regenerate(PLAIN, data(RANDOM), RANDOM[None], weights=weigh(-1, 2, 1, 1, 1)),
    ),
    "runs with weights of other nodes": (
        "wrong_shape",
        lambda: regenerate(PLAIN, data(RANDOM), RANDOM[None], weights=weigh(1, 1, 1)),
    ),
    "no table at once": (
        "bad_sample_size",
        lambda: regenerate(PLAIN, data(RANDOM), RANDOM[None], at_once=0),
    ),
    "words for numbers": ("not_numbers", lambda: UnitData(["x"], ["a"], [["many"]])),
    "a seed below zero": ("bad_seed", lambda: noisy_weights(TREE, seed=-1)),
    "an option of another kind": (
        "bad_option",
        lambda: rank_intervals(
            PLAIN, data(RANDOM), [choice("mean", "aggregation", {"g": "geometric"})], seed=1
        ),
    ),
    "an unknown unit in intervals": (
        "unknown_unit",
        lambda: rank_intervals(PLAIN, data(RANDOM), [MEANS], seed=1).within("nobody", 1),
    ),
    "limits of statistics": ("bad_share", lambda: statistics(CODES, RANDOM, max_same=math.nan)),
    "a rank beyond the last": (
        "bad_rank",
        lambda: cheapest_change(build(PLAIN, data(RANDOM)), "u0", 9, [Lever("a", 1, 5)]),
    ),
    "no levers": ("no_levers", lambda: cheapest_change(build(PLAIN, data(RANDOM)), "u0", 1, [])),
    "a reach of nothing": ("bad_reach", lambda: impute_years({1: data(RANDOM)}, reach=0)),
    "an output without a number": ("bad_output", lambda: exact_indices(np.array([1.0, math.nan]), ["x"])),
    "an input twice": ("duplicate_code", lambda: sobol_indices(lambda u: u[:, 0], ["x", "x"], seed=1)),
    "two versions of other units": (
        "units_differ",
        lambda: compare(build(PLAIN, data(RANDOM)), build(PLAIN, data(random(5)))),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refusal_has_its_code(name: str) -> None:
    code, call = CASES[name]
    with pytest.raises(MethodError) as refused:
        call()
    assert refused.value.code == f"indices.{code}"


@pytest.mark.parametrize("power", [1e-3, 1e-6, 1e-9, 1e-12, 1e-15, -1e-9, -1e-12])
def test_a_generalised_mean_of_a_small_power_keeps_its_digits(power: float) -> None:
    """M_p → the geometric mean, with d/dp ln M_p = var(ln x)/2 at 0."""
    x = np.array([[1.0, 50, 90], [20, 30, 40], [4, 4, 99]])
    tree = Tree([*(Node(code=code, parent="I") for code in CODES), Node(code="I")])
    scaled = Normalisation("scaled", (0.0, 1.0))
    found = build(
        Model(
            tree, treatment=None, normalisation=scaled, aggregation=Aggregation("generalised", power=power)
        ),
        data(x),
    )
    log = np.log(x)
    expected = np.exp(log.mean(axis=1) + power * log.var(axis=1) / 2)
    np.testing.assert_allclose(found.scores[:, -1], expected, rtol=max(1e-12, 20 * power**2))


def test_a_value_without_its_denominator_counts_as_missing_when_units_are_screened() -> None:
    tree = Tree([*(Node(code=code, parent="I", denominator="size") for code in CODES), Node(code="I")])
    size = [1.0, math.nan, *[2.0] * 6]
    sized = UnitData(units(RANDOM), CODES, RANDOM, denominators={"size": size})
    model = Model(tree, treatment=None, screening=Screening(min_present=0.5), imputation=Imputation("mean"))
    index = build(model, sized)
    assert [one.unit for one in index.screened if not one.stays] == ["u1"]
    assert index.screened[1].missing == 3
    again = regenerate(model, sized, RANDOM[None])[0]
    np.testing.assert_allclose(again, index.scores[:, -1])
    assert math.isnan(again[1])
    assert build_years(model, {1: sized}).years[1].screened == index.screened


def test_units_without_a_group_do_not_fill_each_others_holes() -> None:
    x = RANDOM.copy()
    x[0, 0] = x[2, 0] = math.nan
    grouped = UnitData(units(x), CODES, x, groups={"country": ["", "", "KZ", *["KZ"] * 5]})
    index = build(Model(TREE, treatment=None, imputation=Imputation("group_mean", "country")), grouped)
    assert [(one.unit, one.code) for one in index.imputed] == [("u2", "a")]
    assert {gap.unit for gap in index.gaps} == {"u0"}


def test_noise_is_laid_around_the_weights_of_the_model_and_keeps_the_others() -> None:
    heavy = TREE.with_weights({"g": 3.0, "a": 5.0})
    noisy = noisy_weights(heavy, spread=0.1, sets=64, seed=1, levels=[2])
    sets = [dict(option.sets[0][1]) for option in noisy.options]
    assert {one["a"] for one in sets} == {5.0}
    assert all(2.7 <= one["g"] <= 3.3 for one in sets)
    assert np.ptp([one["g"] for one in sets]) > 0.3


def test_a_unit_that_has_a_score_in_some_runs_only_has_its_interval_from_these() -> None:
    x = RANDOM.copy()
    x[3, 0] = math.nan
    x[5] = math.nan
    loose = Aggregation(min_present=0.4)
    means = choice("mean", "aggregation", {"strict": Aggregation(), "loose": loose})
    found = rank_intervals(PLAIN, data(x), [means], seed=1)
    expected = build(Model(TREE, treatment=None, aggregation=loose), data(x))
    assert found.intervals[3].low == found.intervals[3].high == found.intervals[3].mean == expected.rank("u3")
    assert math.isnan(found.intervals[3].nominal)
    assert math.isnan(found.intervals[5].mean)
    before = (expected.ranks[3, -1] < expected.ranks[0, -1]) + 0.5 * (
        expected.ranks[3, -1] == expected.ranks[0, -1]
    )
    assert found.ahead[3, 0] == before


def test_a_lever_whose_limit_is_worse_than_the_value_is_no_hindrance() -> None:
    x = np.array([[5.0, 5, 5], [6, 5, 5], [0, 0, 9], [9, 9, 0]])
    index = build(PLAIN, data(x))
    route = cheapest_change(index, "u0", 2, [Lever("a", 1, 8.0), Lever("b", 1, 0.0)])
    assert {move.code for move in route.moves} == {"a"}


def test_an_equal_score_reaches_the_rank_and_costs_no_further_step() -> None:
    x = np.array([[5.0, 5, 5], [7, 5, 5], [0, 0, 9], [9, 9, 0]])
    index = build(PLAIN, data(x))
    route = cheapest_change(index, "u0", 2, [Lever("a", 2, 9.0, step=1.0)])
    assert (route.cost, route.fixed.rank) == (4.0, 2.0)
    assert cheapest_change(index, "u0", 2, [Lever("a", 2, 7.0, step=1.0)]).cost == 4.0
    # Two steps of 1.5 would overshoot the limit, one does not suffice.
    with pytest.raises(MethodError) as refused:
        cheapest_change(index, "u0", 2, [Lever("a", 2, 7.5, step=1.5)])
    assert refused.value.code == "indices.target_out_of_reach"
    assert refused.value.facts["rank"] == 3


def test_a_transformation_that_cannot_be_names_the_indicators() -> None:
    x = np.abs(RANDOM) + 1
    x[0] = [1e6, 1e6, 1]
    x[1] = [-5, -7, 1]
    logs = Treatment(max_points=0, form="log", skew_limit=0.5, kurtosis_limit=0.5)
    with pytest.raises(MethodError) as refused:
        build(Model(TREE, treatment=logs), data(x))
    assert refused.value.facts["bounds"] == ("a: -5", "b: -7")
    with pytest.raises(MethodError) as refused:
        regenerate(Model(TREE, treatment=logs), data(x), np.stack([x, x]))
    assert refused.value.facts["bounds"] == ("a: -5", "b: -7", "a: -5", "b: -7")
