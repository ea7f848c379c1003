"""What must hold whatever the numbers are."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Aggregation,
    Imputation,
    Index,
    Lever,
    Model,
    Node,
    Normalisation,
    Treatment,
    Tree,
    UnitData,
    ahp_weights,
    benefit_of_the_doubt,
    build,
    build_years,
    cheapest_change,
    choice,
    cronbach,
    exact_indices,
    influence,
    noisy_weights,
    optimised_weights,
    pca_weights,
    rank_intervals,
    regenerate,
    removals,
    what_if,
)
from sapar.methods.indices.columns import Floats, shape
from sapar.methods.indices.normalisation import BY_RANK
from sapar.methods.indices.robustness import combinations, options_at

TREE = Tree(
    [
        Node(code="a", parent="P", weight=2),
        Node(code="b", parent="P"),
        Node(code="c", parent="Q", direction=-1),
        Node(code="d", parent="Q"),
        Node(code="e", parent="Q", weight=0.5),
        Node(code="P", parent="I", weight=0.4),
        Node(code="Q", parent="I", weight=0.6),
        Node(code="I"),
    ]
)
PLAIN = Model(TREE, treatment=None)
tables = arrays(np.float64, (7, 5), elements=st.integers(1, 60).map(float))


def data(x: Floats) -> UnitData:
    return UnitData([f"u{at}" for at in range(len(x))], TREE.indicators, x)


def varied(x: Floats) -> bool:
    return bool((np.ptp(x, axis=0) > 0).all())


def final(index: Index) -> Floats:
    return index.scores[:, -1]


@settings(max_examples=25, deadline=None)
@given(tables, st.floats(0.01, 100), st.floats(-1000, 1000))
def test_units_of_measurement_change_nothing(x: Floats, factor: float, shift: float) -> None:
    assume(varied(x))
    for method in ("minmax", "zscore", "rank", "percentile_rank", "borda"):
        model = replace(PLAIN, normalisation=Normalisation(method, (1, 100)))
        other = x.copy()
        other[:, 2] = x[:, 2] * factor + shift
        np.testing.assert_allclose(
            final(build(model, data(other))), final(build(model, data(x))), rtol=1e-7, atol=1e-7
        )


@settings(max_examples=25, deadline=None)
@given(tables, st.floats(0.01, 100))
def test_only_the_ratio_of_weights_counts(x: Floats, factor: float) -> None:
    assume(varied(x))
    scaled = replace(
        PLAIN, weights=tuple((code, TREE.by_code[code].weight * factor) for code in ("c", "d", "e"))
    )
    np.testing.assert_allclose(final(build(scaled, data(x))), final(build(PLAIN, data(x))), rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(tables, st.permutations(range(7)))
def test_the_order_of_units_changes_nothing(x: Floats, order: list[int]) -> None:
    assume(varied(x))
    for mean in ("arithmetic", "geometric", "harmonic", "copeland"):
        model = Model(
            TREE,
            normalisation=Normalisation("minmax", (1, 100)),
            aggregation=Aggregation(mean, by_level=((3, "arithmetic"),)),
        )
        straight, mixed = build(model, data(x)), build(model, data(x[order]))
        np.testing.assert_allclose(final(mixed), final(straight)[order], rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(mixed.ranks[:, -1], straight.ranks[order, -1])


@settings(max_examples=25, deadline=None)
@given(tables, st.integers(0, 6), st.integers(0, 4), st.integers(1, 40))
def test_doing_better_on_a_fixed_scale_never_costs_a_rank(
    x: Floats, unit: int, column: int, gain: int
) -> None:
    assume(varied(x))
    index = build(PLAIN, data(x))
    code, name = TREE.indicators[column], f"u{unit}"
    better = x[unit, column] + gain * TREE.by_code[code].direction
    seen = what_if(index, {(name, code): float(better)})
    assert seen.fixed[name].score >= seen.before[name].score - 1e-9
    assert seen.fixed[name].rank <= seen.before[name].rank


@settings(max_examples=25, deadline=None)
@given(tables)
def test_means_keep_their_order(x: Floats) -> None:
    assume(varied(x))
    scores = [
        final(build(replace(PLAIN, normalisation=Normalisation("minmax", (1, 100)), aggregation=rule), data(x)))
        for rule in (
            Aggregation("generalised", -math.inf), Aggregation("harmonic"), Aggregation("geometric"),
            Aggregation("generalised", 0.5), Aggregation("arithmetic"), Aggregation("generalised", 3),
            Aggregation("generalised", math.inf),
        )
    ]  # fmt: skip
    for low, high in itertools.pairwise(scores):
        assert (low <= high + 1e-9).all()


@settings(max_examples=20, deadline=None)
@given(tables)
def test_copeland_wins_and_losses_cancel(x: Floats) -> None:
    assume(varied(x))
    index = build(replace(PLAIN, aggregation=Aggregation("copeland")), data(x))
    assert final(index).sum() == pytest.approx(0, abs=1e-9)
    assert np.abs(final(index)).max() <= 6


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 4)), max_size=5),
)
def test_regenerating_equals_building(seed: int, holes: list[tuple[int, int, int]]) -> None:
    x = np.random.default_rng(seed).lognormal(0, 2, (4, 7, 5))
    for at in holes:
        x[at] = math.nan
    model = Model(
        TREE,
        imputation=Imputation("median"),
        treatment=Treatment(skew_limit=1, kurtosis_limit=1, max_points=2),
    )
    found = regenerate(model, data(x[0]), x, at_once=3)
    for table, scores in zip(x, found, strict=True):
        np.testing.assert_allclose(scores, final(build(model, data(table))), rtol=1e-9, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(arrays(np.float64, (12, 3), elements=st.integers(0, 1000).map(float)))
def test_treatment_only_moves_extremes_and_keeps_the_order(x: Floats) -> None:
    codes = ("a", "b", "c")
    tree = Tree([Node(code=code, parent="I") for code in codes] + [Node(code="I")])
    assume(varied(x))
    for form in ("none", "log_shift", "log_range", "box_cox"):
        index = build(
            Model(tree, treatment=Treatment(form=form, max_points=2)),
            UnitData([str(i) for i in range(12)], codes, x),
        )
        for at in range(3):
            order = np.argsort(x[:, at], kind="stable")
            assert (np.diff(index.treated_values[order, at]) >= -1e-12).all()
        for one in index.treated:
            assert len(one.moved) <= 2


@settings(max_examples=15, deadline=None)
@given(tables)
def test_benefit_of_the_doubt_is_the_best_case(x: Floats) -> None:
    found = benefit_of_the_doubt([f"u{at}" for at in range(7)], TREE.indicators, x)
    common = x / x.max(axis=0)
    equal = common.mean(axis=1) / common.mean(axis=1).max()
    for one, floor in zip(found, equal, strict=True):
        assert floor - 1e-9 <= one.score <= 1
        assert sum(one.shares.values()) == pytest.approx(1)
    assert max(one.score for one in found) == pytest.approx(1)


@settings(max_examples=15, deadline=None)
@given(arrays(np.float64, (15, 4), elements=st.integers(0, 100_000).map(lambda n: n / 1000)))
def test_influence_sums_to_one_and_can_be_made_equal(x: Floats) -> None:
    assume(varied(x) and np.linalg.cond(np.corrcoef(x.T)) < 100)
    shares = influence(x, np.array([1.0, 2, 3, 4]), "covariance")
    assert shares.sum() == pytest.approx(1)
    found = optimised_weights("abcd", x, measure="covariance")
    assert found.reached
    assert list(influence(x, np.array(list(found.weights.values())), "covariance")) == pytest.approx(
        [0.25] * 4, abs=1e-6
    )
    assert min(found.weights.values()) > 0


@settings(max_examples=20, deadline=None)
@given(arrays(np.float64, (3, 2, 4), elements=st.floats(-10, 10)))
def test_exact_sobol_indices_obey_their_bounds(y: Floats) -> None:
    assume(np.ptp(y) > 0.1)
    effects = exact_indices(y, ["a", "b", "c"]).effects
    for one in effects:
        assert -1e-12 <= one.first <= one.total + 1e-12 <= 1 + 1e-9
    assert sum(one.first for one in effects) <= 1 + 1e-9
    assert sum(one.total for one in effects) >= 1 - 1e-9


CHOICES = [
    choice(
        "scale",
        "normalisation",
        {"minmax": Normalisation(), "z": Normalisation("zscore", (50, 10)), "rank": Normalisation("rank")},
    ),
    choice("mean", "aggregation", {"sum": Aggregation(), "worst": Aggregation("generalised", -math.inf)}),
    noisy_weights(TREE, sets=4, seed=3),
]


@settings(max_examples=10, deadline=None)
@given(tables)
def test_rank_intervals_hold_every_build_by_hand(x: Floats) -> None:
    assume(varied(x))
    found = rank_intervals(PLAIN, data(x), CHOICES, seed=0)
    assert found.exact
    assert found.runs == combinations(CHOICES) == 24
    for row, ranks in zip(found.design, found.ranks, strict=True):
        sets = dict(pair for one, at in zip(CHOICES, row, strict=True) for pair in one.options[at].sets)
        by_hand = build(replace(PLAIN, **sets), data(x))
        np.testing.assert_array_equal(ranks, by_hand.ranks[:, -1])
    for one in found.intervals:
        assert one.best <= one.low <= one.median <= one.high <= one.worst
    np.testing.assert_allclose(found.ahead + found.ahead.T, 1)


def test_every_option_gets_the_same_share_of_the_cube() -> None:
    u = (np.arange(1200) + 0.5)[:, None] / 1200
    assert np.bincount(options_at(u, [CHOICES[0]])[:, 0]).tolist() == [400, 400, 400]
    assert options_at(np.array([[0.0], [np.nextafter(1, 0)], [1.0]]), [CHOICES[0]]).ravel().tolist() == [
        0,
        2,
        2,
    ]


@settings(max_examples=15, deadline=None)
@given(tables, st.integers(0, 6), st.integers(1, 6), st.booleans())
def test_the_cheapest_change_reaches_its_rank_and_is_cheapest(
    x: Floats, unit: int, rank: int, whole: bool
) -> None:
    assume(varied(x))
    index = build(PLAIN, data(x))
    name = f"u{unit}"
    assume(index.rank(name) > rank)
    levers = [Lever("a", 1.0, 200, step=1.0 if whole else 0.0), Lever("d", 1.7, 200), Lever("c", 2.0, -200)]
    route = cheapest_change(index, name, rank, levers)
    assert route.fixed.rank <= rank
    assert route.cost == pytest.approx(math.fsum(move.cost for move in route.moves))
    # With straight lines the best single lever is the cheapest way: no other mix may be cheaper.
    start, need = index.score(name), route.needed_score
    prices = []
    for lever in levers:
        step = TREE.by_code[lever.code].direction
        at = x[unit, TREE.place[lever.code]]
        gain = what_if(index, {(name, lever.code): float(at + step)}).fixed[name].score - start
        prices.append(lever.cost / gain)
    least = (need - start) * min(prices)
    assert route.cost >= least - 1e-6
    if not whole:
        assert route.cost == pytest.approx(least, rel=1e-5, abs=1e-5)
    else:
        assert route.cost <= least + levers[0].cost + 1e-6


@settings(max_examples=10, deadline=None)
@given(tables)
def test_one_year_on_its_own_scale_is_the_plain_index(x: Floats) -> None:
    assume(varied(x))
    model = Model(TREE)
    years = build_years(model, {2024: data(x), 2025: data(x)}, base=2024)
    np.testing.assert_allclose(years.years[2024].scores, build(model, data(x)).scores, rtol=1e-12)
    np.testing.assert_array_equal(years.years[2025].scores, years.years[2024].scores)
    assert all(one.change == 0 for one in years.trends())


@settings(max_examples=10, deadline=None)
@given(tables)
def test_removing_what_weighs_nothing_moves_nobody(x: Floats) -> None:
    assume(varied(x))
    model = replace(PLAIN, weights=(("e", 0.0),))
    assert [one.most_shift for one in removals(model, data(x), ["e"])] == [0]


@settings(max_examples=20, deadline=None)
@given(arrays(np.float64, (9, 3), elements=st.integers(0, 9).map(float)))
def test_alpha_never_exceeds_one(x: Floats) -> None:
    assume(varied(x) and np.ptp(x.sum(axis=1)) > 0)
    assert cronbach("abc", x).alpha <= 1 + 1e-12


def test_methods_by_rank_are_the_only_ones_without_a_line() -> None:
    x = np.array([[1.0, 2, 3, 4, 5], [2, 3, 4, 5, 7], [4, 1, 1, 9, 9]])
    for method in BY_RANK:
        assert build(replace(PLAIN, normalisation=Normalisation(method)), data(x)).fitted is None
    assert build(PLAIN, data(x)).fitted is not None


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, st.integers(2, 9), elements=st.floats(0.01, 100)))
def test_consistent_judgements_give_back_their_weights(weights: Floats) -> None:
    shares = weights / weights.sum()
    codes = [str(at) for at in range(len(weights))]
    found = ahp_weights(codes, weights[:, None] / weights[None, :])
    assert list(found.weights.values()) == pytest.approx(shares.tolist(), rel=1e-6)
    assert found.ratio == pytest.approx(0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9_999), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.permutations(range(4)))
def test_principal_components_know_neither_units_nor_order(
    seed: int, factor: float, shift: float, order: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(30, 1)) + rng.normal(size=(30, 4))
    for method in ("first", "varimax"):
        plain = pca_weights("abcd", x, method=method, negative="zero").weights
        moved = x.copy()
        moved[:, 2] = moved[:, 2] * factor + shift
        again = pca_weights(
            ["abcd"[at] for at in order], moved[:, order], method=method, negative="zero"
        ).weights
        assert min(plain.values()) >= 0
        assert sum(plain.values()) == pytest.approx(1)
        if method == "first":
            assert [again[code] for code in "abcd"] == pytest.approx(list(plain.values()), abs=1e-7)


@pytest.mark.parametrize("size", [1e-90, 1e-40, 1.0, 1e40, 1e90])
def test_shape_and_scores_do_not_depend_on_the_size_of_numbers(size: float) -> None:
    """Fourth powers of such numbers overflow or vanish; an outlier must be found all the same."""
    x = np.array([*range(1, 11), 30.0, 100.0])[:, None]
    assert np.array(shape(x * size)).ravel() == pytest.approx(np.array(shape(x)).ravel(), rel=1e-12)
    tree = Tree([Node(code="a", parent="I"), Node(code="I")])
    for rule in (Normalisation(), Normalisation("zscore", (0, 1))):
        scores = [
            build(Model(tree, treatment=Treatment(max_points=2), normalisation=rule),
                  UnitData([str(at) for at in range(12)], "a", x * factor)).scores[:, -1]
            for factor in (1.0, size)
        ]  # fmt: skip
        assert scores[1] == pytest.approx(scores[0], rel=1e-9, abs=1e-12)


def test_values_and_denominators_too_wild_to_compute_with_are_refused() -> None:
    with pytest.raises(MethodError) as refused:
        UnitData("XY", "a", [[1e200], [1.0]])
    assert refused.value.facts["cells"] == ("a of X",)
    tree = Tree([Node(code="a", parent="I", denominator="d"), Node(code="I")])
    with pytest.raises(MethodError) as refused:
        build(Model(tree), UnitData("XY", "a", [[1], [2]], denominators={"d": [1e-300, 1]}))
    assert refused.value.code == "indices.bad_denominator"


FILLED = {
    "mean": ("", [3.0, 3.0]),
    "median": ("", [2.0, 2.0]),
    "group_mean": ("g", [1.5, 6.0]),
    "group_median": ("g", [1.5, 6.0]),
}


@pytest.mark.parametrize("method", FILLED)
def test_imputation_by_hand(method: str) -> None:
    group, expected = FILLED[method]
    tree = Tree([Node(code="a", parent="I"), Node(code="I")])
    data = UnitData(
        "UVWXY",
        "a",
        np.array([[1], [2], [math.nan], [6], [math.nan]]),
        groups={"g": ["p", "p", "p", "q", "q"]},
    )
    index = build(Model(tree, treatment=None, imputation=Imputation(method, group)), data)
    assert [one.value for one in index.imputed] == expected
    assert [(one.unit, one.how) for one in index.imputed] == [("W", method), ("Y", method)]


def test_em_fills_with_the_regression_on_the_sibling() -> None:
    """y = 2x + 1 without error wherever both are known: the conditional mean is on the line."""
    tree = Tree([Node(code="x", parent="I"), Node(code="y", parent="I"), Node(code="I")])
    data = UnitData("ABCDEF", "xy", np.array([[1, 3], [2, 5], [3, 7], [4, 9], [5, math.nan], [math.nan, 13]]))
    index = build(Model(tree, treatment=None, imputation=Imputation("em")), data)
    assert [(one.unit, one.code, round(one.value, 5)) for one in index.imputed] == [
        ("E", "y", 11),
        ("F", "x", 6),
    ]
