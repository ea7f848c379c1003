"""Bad input gives a coded refusal with its facts, and large or odd input neither hangs nor lies."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Aggregation,
    Choice,
    Imputation,
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
    impute_years,
    noisy_weights,
    normal_em,
    optimised_weights,
    pca_weights,
    rank_intervals,
    regenerate,
    removals,
    sobol_indices,
    what_if,
)
from sapar.methods.indices.columns import Floats

TREE = Tree([Node(code="a", parent="I"), Node(code="b", parent="I"), Node(code="I")])
X = np.array([[1.0, 9], [2, 4], [4, 2], [8, 3]])
DATA = UnitData("WXYZ", "ab", X)
PLAIN = Model(TREE, treatment=None)


def tree(*nodes: dict[str, object]) -> Tree:
    return Tree(Node(**node) for node in nodes)  # type: ignore[arg-type]


A: dict[str, object] = {"code": "a", "parent": "I"}
INDEX: dict[str, object] = {"code": "I"}
CASES: dict[str, tuple[str, Callable[[], object]]] = {
    "no nodes": ("no_nodes", lambda: tree()),
    "a lone index": ("no_nodes", lambda: tree(INDEX)),
    "two indices": ("no_single_index", lambda: tree(A, INDEX, {"code": "J"})),
    "no index": ("no_single_index", lambda: tree({"code": "a", "parent": "a"})),
    "a circle": ("cycle", lambda: tree(A, INDEX, {"code": "x", "parent": "y"}, {"code": "y", "parent": "x"})),
    "twice": ("duplicate_code", lambda: tree(A, A, INDEX)),
    "no code": ("blank_code", lambda: tree({"code": " ", "parent": "I"}, INDEX)),
    "lost": ("unknown_parent", lambda: tree({"code": "a", "parent": "Q"}, INDEX)),
    "negative weight": ("bad_weight", lambda: tree({**A, "weight": -1}, INDEX)),
    "NaN weight": ("bad_weight", lambda: tree({**A, "weight": math.nan}, INDEX)),
    "no weight": ("weightless_group", lambda: tree({**A, "weight": 0}, INDEX)),
    "direction": ("bad_direction", lambda: tree({**A, "direction": 0}, INDEX)),
    "posts": ("bad_goalposts", lambda: tree({**A, "low": 5, "high": 5}, INDEX)),
    "level": ("wrong_level", lambda: tree({**A, "level": 2}, INDEX)),
    "index removed": ("index_removed", lambda: TREE.without("I")),
    "only child removed": ("nothing_left", lambda: tree(A, INDEX).without("a")),
    "unknown node": ("unknown_code", lambda: TREE.with_weights({"q": 1})),
    "no units": ("empty_data", lambda: UnitData([], "ab", np.empty((0, 2)))),
    "shape": ("wrong_shape", lambda: UnitData("WX", "ab", X)),
    "unit twice": ("duplicate_unit", lambda: UnitData("WXYW", "ab", X)),
    "column twice": ("duplicate_code", lambda: UnitData("WXYZ", "aa", X)),
    "infinite": ("infinite_value", lambda: UnitData("WXYZ", "ab", np.where(X == 8, np.inf, X))),
    "missing column": ("missing_columns", lambda: build(PLAIN, UnitData("WXYZ", "ac", X))),
    "constant": ("constant_indicator", lambda: build(PLAIN, UnitData("WX", "ab", [[1.0, 2.0], [1.0, 3.0]]))),
    "nearly constant": (
        "constant_indicator",
        lambda: build(PLAIN, UnitData("WXY", "ab", [[0.1 + 0.2, 2], [0.3, 3], [0.3, 4]])),
    ),
    "nothing known": (
        "no_values",
        lambda: build(PLAIN, UnitData("WX", "ab", [[math.nan, 2], [math.nan, 3]])),
    ),
    "everybody out": (
        "nobody_stays",
        lambda: build(Model(TREE, screening=Screening(drop=("W", "X", "Y", "Z"))), DATA),
    ),
    "no denominator": (
        "unknown_denominator",
        lambda: build(Model(tree({**A, "denominator": "size"}, INDEX)), DATA),
    ),
    "zero denominator": (
        "bad_denominator",
        lambda: build(
            Model(tree({**A, "denominator": "size"}, INDEX)),
            UnitData("WX", "a", [[1], [2]], denominators={"size": [1, 0]}),
        ),
    ),
    "negative geometric": (
        "not_positive",
        lambda: build(
            Model(
                TREE,
                treatment=None,
                normalisation=Normalisation("zscore", (0, 1)),
                aggregation=Aggregation("geometric"),
            ),
            DATA,
        ),
    ),
    "no posts": ("posts_missing", lambda: build(Model(TREE, normalisation=Normalisation("goalposts")), DATA)),
    "target behind": (
        "bad_target",
        lambda: build(
            Model(tree({**A, "target": 0}, INDEX), normalisation=Normalisation("distance_to_target")), DATA
        ),
    ),
    "unknown group": (
        "unknown_group",
        lambda: build(
            Model(TREE, imputation=Imputation("group_mean", "g")), DATA.changed({("W", "a"): math.nan})
        ),
    ),
    "group without name": ("imputation_group", lambda: Imputation("group_mean")),
    "unknown imputation": ("unknown_imputation", lambda: Imputation("guess")),
    "unknown normalisation": ("unknown_normalisation", lambda: Normalisation("best")),
    "scale": ("bad_scale", lambda: Normalisation("minmax", (1, 1))),
    "unknown mean": ("unknown_mean", lambda: Aggregation("mode")),
    "share": ("bad_share", lambda: Aggregation(min_present=0)),
    "unknown form": ("unknown_form", lambda: Treatment(form="sqrt")),
    "log of nothing": (
        "transformation_impossible",
        lambda: build(
            Model(tree(A, INDEX), treatment=Treatment(max_points=0, form="log")),
            UnitData("UVWXYZ", "a", [[-1.0], [0.0], [0.0], [0.0], [0.0], [1e6]]),
        ),
    ),
    "log turned over": (
        "transformation_impossible",
        lambda: build(
            Model(tree(A, INDEX), treatment=Treatment(max_points=0, form="log_gii")),
            UnitData("UVWXYZ", "a", [[0.0], [0.0], [0.0], [0.01], [0.0], [0.9]]),
        ),
    ),
    "copeland with holes": (
        "copeland_missing",
        lambda: build(Model(TREE, aggregation=Aggregation("copeland")), DATA.changed({("W", "a"): math.nan})),
    ),
    "points": ("budget_not_spent", lambda: budget_weights("ab", [[50, 50], [50, 40]])),
    "negative points": ("bad_points", lambda: budget_weights("ab", [[150, -50]])),
    "not reciprocal": ("not_reciprocal", lambda: ahp_weights("ab", [[1.0, 3.0], [3.0, 1.0]])),
    "zero judgement": ("bad_judgement", lambda: ahp_weights("ab", [[1.0, 0.0], [3.0, 1.0]])),
    "judgements of another size": ("wrong_shape", lambda: ahp_weights("abc", [[1.0, 2.0], [0.5, 1.0]])),
    "against the others": (
        "negative_weight",
        lambda: pca_weights("abc", np.column_stack([X, -X[:, 0]]), method="first"),
    ),
    "PCA of a constant": (
        "constant_indicator",
        lambda: pca_weights("ab", np.column_stack([X[:, 0], np.ones(4)])),
    ),
    "PCA of two": ("too_few_units", lambda: pca_weights("ab", X[:2])),
    "doubt with holes": (
        "missing_values",
        lambda: benefit_of_the_doubt("WX", "ab", np.array([[1, math.nan], [1, 2]])),
    ),
    "negative doubt": (
        "not_positive",
        lambda: benefit_of_the_doubt("WX", "ab", np.array([[1, -1.0], [1, 2]])),
    ),
    "impossible shares": (
        "shares_impossible",
        lambda: benefit_of_the_doubt("WX", "ab", np.array([[1.0, 0], [1, 2]]), shares={"b": (0.5, 1)}),
    ),
    "EM of few": (
        "em_too_few_units",
        lambda: normal_em(np.array([[1, 5.0], [2, 6.0], [math.nan, math.nan]])),
    ),
    "EM of a constant": (
        "em_constant",
        lambda: normal_em(np.array([[1, 2.0], [1, 3], [1, math.nan], [1, 4]])),
    ),
    "no choice": ("no_choices", lambda: rank_intervals(PLAIN, DATA, [], seed=1)),
    "no options": ("no_options", lambda: Choice("empty", ())),
    "same setting twice": (
        "choices_overlap",
        lambda: rank_intervals(
            PLAIN,
            DATA,
            [choice("x", "treatment", {"no": None}), choice("y", "treatment", {"no": None})],
            seed=1,
        ),
    ),
    "unknown setting": (
        "unknown_setting",
        lambda: rank_intervals(PLAIN, DATA, [choice("x", "colour", {"no": 1})], seed=1),
    ),
    "noise": ("bad_share", lambda: noisy_weights(TREE, spread=0, seed=1)),
    "sample": ("bad_sample_size", lambda: sobol_indices(lambda u: u[:, 0], ["x"], points=100, seed=1)),
    "flat": ("no_variance", lambda: sobol_indices(lambda u: np.ones(len(u)), ["x"], points=64, seed=1)),
    "NaN output": (
        "bad_output",
        lambda: sobol_indices(lambda u: u[:, 0] * math.nan, ["x"], points=64, seed=1),
    ),
    "frozen ranks": (
        "ranks_cannot_be_frozen",
        lambda: what_if(build(Model(TREE, normalisation=Normalisation("rank")), DATA), {("W", "a"): 2.0}),
    ),
    "years by rank": (
        "ranks_cannot_be_frozen",
        lambda: build_years(Model(TREE, normalisation=Normalisation("rank")), {2025: DATA}),
    ),
    "no year": ("unknown_year", lambda: build_years(PLAIN, {})),
    "base outside": ("unknown_year", lambda: build_years(PLAIN, {2025: DATA}, base=2024)),
    "no years to fill": ("empty_data", lambda: impute_years({})),
    "columns differ": ("columns_differ", lambda: impute_years({1: DATA, 2: UnitData("WXYZ", "ac", X)})),
    "out of reach": (
        "target_out_of_reach",
        lambda: cheapest_change(build(PLAIN, DATA), "Y", 1, [Lever("a", 1, 4.1)]),
    ),
    "free lever": ("bad_lever", lambda: cheapest_change(build(PLAIN, DATA), "Y", 1, [Lever("a", 0, 9)])),
    "rank 0": ("bad_rank", lambda: cheapest_change(build(PLAIN, DATA), "Y", 0, [Lever("a", 1, 9)])),
    "unknown unit": ("unknown_unit", lambda: cheapest_change(build(PLAIN, DATA), "Q", 1, [Lever("a", 1, 9)])),
    "nothing changed": ("no_changes", lambda: what_if(build(PLAIN, DATA), {})),
    "NaN change": ("infinite_value", lambda: what_if(build(PLAIN, DATA), {("W", "a"): math.nan})),
    "tables": ("wrong_shape", lambda: regenerate(PLAIN, DATA, X)),
    "influence of a constant": (
        "constant_indicator",
        lambda: optimised_weights("ab", np.column_stack([X[:, 0], np.ones(4)])),
    ),
    "nothing left": ("nothing_left", lambda: removals(Model(tree(A, INDEX), treatment=None), DATA)),
}


NAMED: list[tuple[str, tuple[object, ...], Callable[[], object]]] = [
    ("codes", ("a", "I"), lambda: tree(A, A, INDEX, INDEX)),
    ("nodes", ("a below Q", "b below R"), lambda: tree({**A, "parent": "Q"}, {"code": "b", "parent": "R"}, INDEX)),
    ("nodes", ("a: -1", "b: nan"), lambda: tree(
        {**A, "weight": -1}, {"code": "b", "parent": "I", "weight": math.nan}, INDEX)),
    ("nodes", ("a: 0", "b: 2"), lambda: tree(
        {**A, "direction": 0}, {"code": "b", "parent": "I", "direction": 2}, INDEX)),
    ("names", ("W", "X"), lambda: UnitData("WXWX", "ab", X)),
    ("cells", ("b of W", "a of Z"), lambda: UnitData("WXYZ", "ab", np.where(X > 7, np.inf, X))),
    ("units", ("W: 0", "Y: -2"), lambda: build(
        Model(tree({**A, "denominator": "size"}, INDEX)),
        UnitData("WXYZ", "a", [[1], [2], [3], [4]], denominators={"size": [0, 1, -2, 1]}))),
    ("units", ("Q", "R"), lambda: build(Model(TREE, screening=Screening(keep=("Q", "W"), drop=("R",))), DATA)),
    ("judges", (2, 3), lambda: budget_weights("ab", np.array([[50, 50], [150, -50], [math.nan, 1]]))),
    ("judges", ("1: 90", "3: 110"), lambda: budget_weights("ab", [[50, 40], [50, 50], [60, 50]])),
    ("pairs", ("a against b", "a against c"), lambda: ahp_weights("abc", [[1, 2, 2], [2, 1, 1], [2, 1, 1]])),
    ("codes", ("q", "r"), lambda: what_if(build(PLAIN, DATA), {("W", "q"): 1.0, ("W", "r"): 1.0})),
    ("units", ("Q", "R"), lambda: what_if(build(PLAIN, DATA), {("Q", "a"): 1.0, ("R", "a"): 1.0})),
    ("codes", ("q", "r"), lambda: cheapest_change(build(PLAIN, DATA), "Y", 1, [Lever("q", 1, 9), Lever("r", 1, 9)])),
    ("levels", (5, 7), lambda: build(
        Model(TREE, treatment=None, aggregation=Aggregation(by_level=((5, "geometric"), (7, "harmonic")))), DATA)),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(NAMED)))
def test_refusal_names_all_that_is_wrong(number: int) -> None:
    fact, expected, act = NAMED[number]
    with pytest.raises(MethodError) as refused:
        act()
    assert refused.value.facts[fact] == expected


def test_pairwise_wins_have_no_fixed_scale() -> None:
    """One unit alone has no wins: to score it apart from the others would give 0, which is wrong."""
    model = Model(TREE, treatment=None, aggregation=Aggregation("copeland"))
    calls: list[Callable[[], object]] = [
        lambda: what_if(build(model, DATA), {("W", "a"): 7.0}),
        lambda: cheapest_change(build(model, DATA), "Y", 1, [Lever("a", 1, 99)]),
        lambda: build_years(model, {2024: DATA, 2025: DATA}),
    ]
    for call in calls:
        with pytest.raises(MethodError) as refused:
            call()
        assert refused.value.code == "indices.ranks_cannot_be_frozen"


@pytest.mark.parametrize("exponent", [math.nan, math.inf, 1e6])
def test_an_exponent_without_sense_is_refused(exponent: float) -> None:
    with pytest.raises(MethodError) as refused:
        Treatment(form="box_cox", exponent=exponent)
    assert refused.value.code == "indices.bad_exponent"


@pytest.mark.parametrize("total", [math.nan, 0.0, -1.0])
def test_a_budget_without_points_is_refused(total: float) -> None:
    with pytest.raises(MethodError) as refused:
        budget_weights("ab", [[50, 50]], total=total)
    assert refused.value.code == "indices.bad_points"


@pytest.mark.parametrize("sets", [0, -1, 10**9])
def test_a_sample_without_bounds_is_refused(sets: int) -> None:
    with pytest.raises(MethodError) as refused:
        noisy_weights(TREE, sets=sets, seed=1)
    assert refused.value.code == "indices.bad_sample_size"
    with pytest.raises(MethodError):
        rank_intervals(PLAIN, DATA, [noisy_weights(TREE, sets=4, seed=1)], runs=sets, seed=1)


@pytest.mark.parametrize("name", CASES)
def test_refusal_has_its_code(name: str) -> None:
    code, act = CASES[name]
    with pytest.raises(MethodError) as refused:
        act()
    assert refused.value.code == f"indices.{code}"
    assert "{" not in str(refused.value)


def test_an_estimate_that_cannot_be_is_not_reported() -> None:
    """A spike in one corner needs more points than allowed: S comes out above T or far too uncertain."""

    def spike(u: Floats) -> Floats:
        return np.asarray(np.prod(np.where(u > 0.8, 10.0, 0.0), axis=1))

    with pytest.raises(MethodError) as refused:
        sobol_indices(spike, ["a", "b", "c"], points=256, most=512, seed=1)
    assert refused.value.code == "indices.unconverged"
    assert refused.value.facts["points"] == 512
    assert refused.value.facts["name"] in ("a", "b", "c")


def test_missing_values_are_never_silent() -> None:
    holes = DATA.changed({("W", "a"): math.nan})
    strict = build(PLAIN, holes)
    assert math.isnan(strict.score("W"))
    assert math.isnan(strict.rank("W"))
    assert [strict.rank(unit) for unit in "XYZ"] == [3, 2, 1]
    (gap,) = strict.gaps
    assert (gap.unit, gap.code, gap.missing, gap.weight_present, gap.scored) == ("W", "I", ("a",), 0.5, False)
    lenient = build(Model(TREE, treatment=None, aggregation=Aggregation(min_present=0.5)), holes)
    assert lenient.score("W") == lenient.score("W", "b") == 100
    assert lenient.gaps[0].scored


def test_ties_share_the_better_rank() -> None:
    index = build(PLAIN, UnitData("VWXYZ", "ab", [[1, 1], [3, 3], [3, 3], [3, 3], [2, 2]]))
    assert [index.rank(unit) for unit in "VWXYZ"] == [5, 1, 1, 1, 4]


def test_sums_that_differ_in_the_last_bit_tie() -> None:
    tree = Tree(
        [Node(code=code, parent="I", weight=w) for code, w in zip("abc", (0.1, 0.2, 0.3), strict=True)]
        + [Node(code="I")]
    )
    x = [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1 + 0.2 / 3], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    index = build(
        Model(tree, treatment=None, normalisation=Normalisation("scaled", (0, 1))), UnitData("WXYZ", "abc", x)
    )
    assert index.score("W") != pytest.approx(0)
    assert abs(index.score("W") - (0.01 + 0.04 + 0.09) / 0.6) < 1e-15
    assert index.rank("Z") == 1


def test_a_hundred_thousand_equal_rows() -> None:
    n = 100_000
    units = [str(at) for at in range(n)]
    with pytest.raises(MethodError) as refused:
        build(Model(TREE), UnitData(units, "ab", np.ones((n, 2))))
    assert refused.value.code == "indices.constant_indicator"
    x = np.ones((n, 2))
    x[0] = 2
    index = build(Model(TREE, treatment=None), UnitData(units, "ab", x))
    assert index.ranks[0, -1] == 1
    assert set(index.ranks[1:, -1].tolist()) == {2.0}
    with pytest.raises(MethodError) as refused:
        build(Model(TREE, treatment=None, aggregation=Aggregation("copeland")), UnitData(units, "ab", x))
    assert refused.value.code == "indices.too_many_units"
    with pytest.raises(MethodError) as refused:
        benefit_of_the_doubt(units, "ab", x)
    assert (refused.value.code, refused.value.facts["most"]) == ("indices.too_many_units", 5000)


def test_a_very_deep_tree_is_no_trouble() -> None:
    depth = 3000
    nodes = [Node(code="n0")] + [Node(code=f"n{at}", parent=f"n{at - 1}") for at in range(1, depth)]
    index = build(Model(Tree(nodes), treatment=None), UnitData("XY", [f"n{depth - 1}"], [[1.0], [2.0]]))
    assert index.score("Y") == 100


def test_winsorising_never_leaves_one_value_only() -> None:
    x = np.zeros((12, 1))
    x[0] = 1.0
    one = Tree([Node(code="a", parent="I"), Node(code="I")])
    index = build(Model(one), UnitData([str(at) for at in range(12)], "a", x))
    assert index.treated[0].moved == ()
    assert index.treated[0].form == "log_range"
    assert not index.treated[0].passes
    assert (index.score("0"), index.score("1")) == (100, 0)
