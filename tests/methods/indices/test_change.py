"""The cheapest change against every possible change."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Aggregation,
    Index,
    Lever,
    Model,
    Node,
    Normalisation,
    Screening,
    Treatment,
    Tree,
    UnitData,
    build,
    cheapest_change,
    what_if,
)

TREE = Tree(
    [
        Node(code="a", parent="P", low=4, high=12),
        Node(code="b", parent="P", weight=2, direction=-1, low=0, high=9),
        Node(code="c", parent="I", low=2, high=8),
        Node(code="P", parent="I"),
        Node(code="I"),
    ]
)
GOALPOSTS = Model(TREE, treatment=None, normalisation=Normalisation("goalposts", (1, 100)))


def cheapest_by_trial(index: Index, unit: str, rank: int, levers: list[Lever]) -> float:
    """Every combination of whole steps."""
    row = index.data.row(unit)
    ways = []
    for lever in levers:
        start = index.data.values[row, index.tree.place[lever.code]]
        way = int(abs(lever.limit - start) // lever.step)
        ways.append([start + np.sign(lever.limit - start) * lever.step * m for m in range(way + 1)])
    best = np.inf
    for values in itertools.product(*ways):
        cost = sum(
            lever.cost * abs(value - way[0]) for lever, value, way in zip(levers, values, ways, strict=True)
        )
        changes = {(unit, lever.code): float(value) for lever, value in zip(levers, values, strict=True)}
        if cost < best and what_if(index, changes).fixed[unit].rank <= rank:
            best = cost
    return float(best)


@pytest.mark.parametrize("seed", range(6))
def test_whole_steps_are_as_cheap_as_the_best_of_all_trials(seed: int) -> None:
    """Values lie below, between and beyond the goalposts, so that levers have dead zones and ends."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 13, (6, 3)).astype(float)
    index = build(GOALPOSTS, UnitData("UVWXYZ", TREE.indicators, x))
    unit = min(index.data.units, key=lambda one: (index.score(one), one))
    levers = [
        Lever("a", float(rng.integers(1, 9)), float(x[index.data.row(unit), 0] + 5), 1.0),
        Lever("b", float(rng.integers(1, 9)), float(x[index.data.row(unit), 1] - 5), 1.0),
        Lever("c", float(rng.integers(1, 9)), float(x[index.data.row(unit), 2] + 5), 1.0),
    ]
    rank = int(index.rank(unit)) - 1
    expected = cheapest_by_trial(index, unit, rank, levers)
    if np.isinf(expected):
        with pytest.raises(MethodError) as refused:
            cheapest_change(index, unit, rank, levers)
        assert refused.value.code == "indices.target_out_of_reach"
    else:
        route = cheapest_change(index, unit, rank, levers)
        assert route.cost == pytest.approx(expected)
        assert route.method == "integer"


def test_below_a_goalpost_the_first_steps_gain_nothing() -> None:
    """By hand: a = 0 counts only from 4 on, so 1 point of the index (a has 1/6) costs 4 steps more than its slope."""
    index = build(
        GOALPOSTS, UnitData("XYZ", TREE.indicators, [[0.0, 9.0, 2.0], [5.0, 9.0, 2.0], [12.0, 0.0, 8.0]])
    )
    route = cheapest_change(index, "X", 2, [Lever("a", 1.0, 12.0)])
    assert route.moves[0].after == pytest.approx(5, abs=1e-6)
    assert route.method == "integer"


def test_a_geometric_mean_is_climbed_where_it_is_weakest() -> None:
    """Against the curve of all pairs of levers that just suffice."""
    model = Model(
        TREE,
        treatment=None,
        normalisation=Normalisation("goalposts", (1, 100)),
        aggregation=Aggregation("geometric"),
    )
    index = build(
        model, UnitData("XYZ", TREE.indicators, [[5.0, 4.0, 3.0], [9.0, 3.0, 6.0], [12.0, 0.0, 8.0]])
    )
    levers = [Lever("a", 2.0, 12.0), Lever("c", 3.0, 8.0)]
    route = cheapest_change(index, "X", 2, levers)
    assert route.method == "local"
    assert route.fixed.rank == 2
    # index = sqrt(P·C) with P = a^(1/3)·b^(2/3); for every a the c that just suffices
    a = np.linspace(5, 12, 70_001)
    score_b = 1 + 99 * (9 - 4) / 9
    p = (1 + 99 * (a - 4) / 8) ** (1 / 3) * score_b ** (2 / 3)
    c = np.maximum(3, 2 + (index.score("Y") ** 2 / p - 1) * 6 / 99)
    best = float((2 * (a - 5) + 3 * (c - 3))[c <= 8].min())
    assert route.cost == pytest.approx(best, abs=1e-4)


def test_a_change_that_moves_the_scale_is_told() -> None:
    """On min–max, X passes Y by going beyond the old maximum; built anew, everybody else falls with the scale."""
    tree = Tree([Node(code="a", parent="I"), Node(code="b", parent="I"), Node(code="I")])
    index = build(Model(tree, treatment=None), UnitData("XYZ", "ab", [[1.0, 0.0], [2.0, 8.0], [0.0, 10.0]]))
    route = cheapest_change(index, "X", 1, [Lever("a", 1.0, 9.0)])
    assert route.fixed.rank == 1
    assert route.moves[0].after == pytest.approx(3.6, abs=1e-6)
    assert route.rebuilt.score < route.fixed.score
    assert route.holds == (route.rebuilt.rank <= 1)
    assert not route.holds


def test_beyond_a_winsorised_value_nothing_is_gained() -> None:
    """The extreme of twelve units was pulled in to 30; going past 30 gains nothing on the fixed scale."""
    tree = Tree([Node(code="a", parent="I"), Node(code="I")])
    x = np.array([*range(1, 11), 30.0, 100.0])[:, None]
    index = build(
        Model(tree, treatment=Treatment(max_points=2)), UnitData([f"u{at}" for at in range(12)], "a", x)
    )
    seen = [what_if(index, {("u0", "a"): value}).fixed["u0"].score for value in (29.0, 30.0, 500.0)]
    assert seen[0] < seen[1] == seen[2] == 100
    assert index.rank("u11") == index.rank("u10") == 1


def test_who_is_already_there_need_not_move() -> None:
    index = build(
        GOALPOSTS, UnitData("XYZ", TREE.indicators, [[5.0, 4.0, 3.0], [9.0, 3.0, 6.0], [12.0, 0.0, 8.0]])
    )
    route = cheapest_change(index, "Z", 2, [Lever("a", 1.0, 12.0)])
    assert (route.moves, route.cost, route.holds) == ((), 0, True)


def test_a_unit_that_was_screened_out_takes_part_once_its_holes_are_filled() -> None:
    tree = Tree([*(Node(code=code, parent="I") for code in "abc"), Node(code="I")])
    x = np.array([[1, 2, 3], [4, 5, 1], [math.nan, math.nan, 4], [7, 1, 9]])
    model = Model(tree, treatment=None, screening=Screening(min_present=0.6))
    index = build(model, UnitData("PQRS", "abc", x))
    assert math.isnan(index.score("R"))
    seen = what_if(index, {("R", "a"): 4.0, ("R", "b"): 3.0})
    # On the scale of the others: (4 − 1)/6, (3 − 1)/4, (4 − 1)/8.
    assert seen.fixed["R"].score == pytest.approx(100 * (1 / 2 + 1 / 2 + 3 / 8) / 3)
    assert seen.rebuilt["R"].score == pytest.approx(seen.fixed["R"].score)
    # One value more makes enough to stay, but the hole that is left leaves no score.
    assert math.isnan(what_if(index, {("R", "a"): 4.0}).fixed["R"].score)
    dropped = build(replace(model, screening=Screening(drop=("R",))), UnitData("PQRS", "abc", x))
    assert math.isnan(what_if(dropped, {("R", "a"): 4.0, ("R", "b"): 3.0}).fixed["R"].score)
