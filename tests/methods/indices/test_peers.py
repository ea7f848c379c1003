"""Units among their peers, and estimates of sensitivity that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Aggregation,
    Model,
    Node,
    Normalisation,
    Robustness,
    Tree,
    UnitData,
    build,
    choice,
    choice_sensitivity,
    mean_rank_shift,
    noisy_weights,
    profile,
    rank_intervals,
    rank_of,
    sobol_indices,
    strengths,
    weaknesses,
)
from sapar.methods.indices.sensitivity import Effect, _trouble

TREE = Tree([*(Node(code=code, parent="I") for code in "ab"), Node(code="I")])
COUNTRIES = ("KZ", "KZ", "UZ", "UZ", "UZ", "")
VALUES = np.array([[1, 8], [4, 2], [9, 1], [3, 3], [math.nan, 5], [2, 2]])
DATA = UnitData("PQRSTU", "ab", VALUES, groups={"country": COUNTRIES})
INDEX = build(Model(TREE, treatment=None, normalisation=Normalisation("scaled", (0.0, 1.0))), DATA)


def test_ranks_within_a_group_are_those_of_the_group_alone() -> None:
    found = INDEX.ranks_within("country")
    assert found == pytest.approx({"P": 1, "Q": 2, "R": 1, "S": 2, "T": math.nan, "U": math.nan}, nan_ok=True)
    assert INDEX.ranks_within("country", "a") == pytest.approx(
        {"P": 2, "Q": 1, "R": 1, "S": 2, "T": math.nan, "U": math.nan}, nan_ok=True
    )
    with pytest.raises(MethodError) as refused:
        INDEX.ranks_within("colour")
    assert refused.value.code == "indices.unknown_group"


def test_a_profile_among_peers_counts_only_them() -> None:
    everywhere, at_home = (
        {point.code: point for point in profile(INDEX, "S", group)} for group in ("", "country")
    )
    assert (everywhere["a"].rank, everywhere["a"].of, everywhere["a"].lead) == (3, 5, 0)
    assert (at_home["a"].rank, at_home["a"].of, at_home["a"].lead) == (2, 2, 3 - 6)
    assert (everywhere["b"].rank, everywhere["b"].of) == (3, 6)
    assert (at_home["b"].rank, at_home["b"].of, at_home["b"].lead) == (2, 3, 0)
    assert [point.code for point in strengths(INDEX, "S", 1, "country")] == ["b"]
    assert [point.code for point in weaknesses(INDEX, "S", 1, "country")] == ["a"]


CASES: dict[str, Callable[[], object]] = {
    "no_peers": lambda: profile(INDEX, "U", "country"),
    "unknown_group": lambda: profile(INDEX, "U", "colour"),
    "unknown_unit": lambda: profile(INDEX, "Z"),
    "bad_rank": lambda: [strengths(INDEX, "S", 1), weaknesses(INDEX, "S", -1)],
}


@pytest.mark.parametrize("code", CASES)
def test_a_profile_that_cannot_be_is_refused(code: str) -> None:
    with pytest.raises(MethodError) as refused:
        CASES[code]()
    assert refused.value.code == f"indices.{code}"


def test_what_moves_one_unit_is_the_variance_of_its_rank() -> None:
    data = UnitData("PQRS", "ab", [[1, 9], [4, 4], [9, 1], [3, 3]])
    model = Model(TREE, treatment=None, normalisation=Normalisation(scale=(1, 100)))
    choices = [
        choice("mean", "aggregation", {"sum": Aggregation(), "product": Aggregation("geometric")}),
        choice("weights", "weights", {"even": (), "odd": (("a", 3.0), ("b", 1.0))}),
    ]
    ranks = rank_intervals(model, data, choices, seed=1).ranks[:, 1].reshape(2, 2)
    found = choice_sensitivity(model, data, choices, unit="Q", seed=1)
    assert ranks.var() > 0
    assert [one.first for one in found.effects] == pytest.approx(
        [ranks.mean(axis=1).var() / ranks.var(), ranks.mean(axis=0).var() / ranks.var()]
    )
    assert [one.total for one in found.effects] == pytest.approx(
        [ranks.var(axis=0).mean() / ranks.var(), ranks.var(axis=1).mean() / ranks.var()]
    )
    with pytest.raises(MethodError) as refused:
        choice_sensitivity(model, data, choices, unit="nobody", seed=1)
    assert refused.value.code == "indices.unknown_unit"


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ([(0.5, 0.4), (0.5, 0.6)], "S above T"),
        ([(-0.1, 0.4), (0.5, 0.6)], "S below 0"),
        ([(0.4, 1.1), (0.5, 0.6)], "T above 1"),
        ([(0.6, 0.6), (0.6, 0.6)], "the sum of S is above 1, most"),
        ([(0.2, 0.3), (0.2, 0.3)], "the sum of T is below 1, least"),
        ([(math.nan, 0.3), (0.2, 0.3)], "no value"),
        ([(0.4, 0.5), (0.5, 0.6)], ""),
    ],
)
def test_an_estimate_that_breaks_a_bound_is_told(pairs: list[tuple[float, float]], what: str) -> None:
    effects = [Effect(str(at), s, s, s, t, t, t) for at, (s, t) in enumerate(pairs)]
    found = _trouble(effects, tolerance=0.02, width=0.1)
    assert found.get("what", "") == what
    wide = [Effect("x", 0.5, 0.2, 0.8, 0.6, 0.6, 0.6), Effect("y", 0.4, 0.4, 0.4, 0.5, 0.5, 0.5)]
    assert _trouble(wide, tolerance=0.02, width=0.1)["what"] == "the interval is too wide"
    assert np.isfinite(float(_trouble(wide, tolerance=0.02, width=0.1)["first"]))


def test_a_small_s_above_t_stands_only_as_an_accident() -> None:
    def told(excess_low: float) -> object:
        pegging = Effect("x", 0.51, 0.5, 0.52, 0.5, 0.49, 0.51, excess_low)
        return _trouble([pegging, Effect("y", 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)], 0.02, 0.1).get("what", "")

    assert told(-0.001) == ""
    assert told(0.001) == "S above T"


def test_inputs_that_act_alone_are_reported_and_named() -> None:
    """All S equal T here; a rule that lets no S above T would refuse most of these sound estimates."""
    weights = np.array([3.0, 2.5, 2.0, 1.5, 1.0])
    shares = weights**2 / (weights**2).sum()
    named = 0
    for seed in range(8):
        found = sobol_indices(
            lambda u: u @ weights, list("abcde"), points=512, most=4096, bootstrap=200, seed=seed
        )
        assert [one.first for one in found.effects] == pytest.approx(shares, abs=0.02)
        for one in found.effects:
            assert (one.name in found.level_pegging) == (one.first > one.total)
            assert one.first <= one.total or one.excess_low <= 0
        named += bool(found.level_pegging)
    assert named > 4


def test_who_stands_before_whom_is_counted_over_the_runs_with_both() -> None:
    rng = np.random.default_rng(4)
    ranks = rng.integers(1, 6, (40, 5)).astype(float)
    ranks[rng.random(ranks.shape) < 0.2] = math.nan
    ranks[:, 4] = math.nan
    found = Robustness(tuple("PQRST"), (), True, 0.9, (), np.zeros((40, 1), dtype=np.int64), ranks)
    for i in range(5):
        for j in range(5):
            both = [
                (row[i] < row[j]) + 0.5 * (row[i] == row[j])
                for row in ranks
                if np.isfinite(row[i]) and np.isfinite(row[j])
            ]
            expected = sum(both) / len(both) if both else math.nan
            assert found.ahead[i, j] == pytest.approx(expected, nan_ok=True)
    assert found.runs == 40


def test_a_large_sample_of_ranks_is_that_of_every_point_alone() -> None:
    """More rows than are ranked at a time, and points that share a row."""
    data = UnitData("PQRS", "ab", [[1, 9], [4, 4], [9, 1], [3, 3]])
    model = Model(TREE, treatment=None, normalisation=Normalisation(scale=(1, 100)))
    choices = [
        choice("mean", "aggregation", {"sum": Aggregation(), "product": Aggregation("geometric")}),
        noisy_weights(TREE, spread=1.0, sets=3000, seed=2),
    ]
    u = np.random.default_rng(8).random((12_000, 2))
    shift, rank = mean_rank_shift(model, data, choices)(u), rank_of(model, data, choices, "Q")(u)
    nominal = build(model, data).ranks[:, -1]
    for at in range(0, 12_000, 997):
        mean = (Aggregation(), Aggregation("geometric"))[int(u[at, 0] * 2)]
        sets = choices[1].options[int(u[at, 1] * 3000)].sets[0][1]
        alone = build(replace(model, aggregation=mean, weights=sets), data).ranks[:, -1]
        assert shift[at] == pytest.approx(np.abs(alone - nominal).mean())
        assert rank[at] == alone[1]
