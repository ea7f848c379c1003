"""The last bit of a sum or a quotient decides nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sapar.methods.indices import (
    Aggregation,
    Imputation,
    Model,
    Node,
    Normalisation,
    Treatment,
    Tree,
    UnitData,
    build,
)
from sapar.methods.indices.columns import ranks_up, shape

LONE = Tree([Node(code="a", parent="I"), Node(code="I")])


@pytest.mark.parametrize("method", ["rank", "borda", "percentile_rank"])
def test_a_hole_filled_with_the_mean_of_equal_values_ties_with_them(method: str) -> None:
    x = np.array([0.1, 0.1, 0.1, math.nan, 0.3, 0.0])
    groups = {"group": ("A", "A", "A", "A", "B", "C")}
    assert np.mean([0.1, 0.1, 0.1]) != 0.1
    data = UnitData("PQRSTU", "a", x[:, None], groups=groups)
    rule = Normalisation(method, (0.0, 5.0))
    index = build(
        Model(LONE, treatment=None, imputation=Imputation("group_mean", "group"), normalisation=rule), data
    )
    assert index.score("S") == index.score("P") == index.score("R")
    assert index.score("T") - index.score("S") == 4
    assert index.score("S") - index.score("U") == 1


def test_equal_quotients_tie_by_rank() -> None:
    tree = Tree([Node(code="a", parent="I", denominator="size"), Node(code="I")])
    assert 0.3 / 0.1 != 3.0
    data = UnitData("PQR", "a", [[0.3], [3.0], [2.0]], denominators={"size": [0.1, 1.0, 1.0]})
    index = build(Model(tree, treatment=None, normalisation=Normalisation("rank")), data)
    assert list(index.of("a").values()) == [2, 2, 1]


def test_small_values_beside_a_giant_are_still_told_apart() -> None:
    x = np.array([[1.0], [2.0], [2.0], [3.0], [1e13], [math.nan]])
    assert ranks_up(x)[:, 0] == pytest.approx([1, 2, 2, 4, 5, math.nan], nan_ok=True)
    assert ranks_up(np.array([[4.0]])).tolist() == [[1]]
    assert np.isnan(ranks_up(np.array([[math.nan]]))).all()


def test_the_worst_share_of_the_maximum_is_exactly_nothing() -> None:
    """Else a geometric mean would lift it: (10⁻¹⁴)^(1/3) is 0.00002, or refuse it as negative."""
    tree = Tree([*(Node(code=code, parent="I", direction=-1) for code in "abc"), Node(code="I")])
    for seed in range(30):
        x = np.random.default_rng(seed).lognormal(size=(6, 3))
        model = Model(
            tree,
            treatment=None,
            normalisation=Normalisation("fraction_of_max", (0.0, 100.0)),
            aggregation=Aggregation("geometric"),
        )
        index = build(model, UnitData("PQRSTU", "abc", x))
        assert (index.scores[x.argmax(axis=0), [0, 1, 2]] == 0).all()
        assert (index.scores[x.argmax(axis=0), -1] == 0).all()
        np.testing.assert_allclose(index.scores[:, :3], 100 * (x.max(axis=0) - x) / x.max(axis=0), rtol=1e-12)


def test_the_unit_of_measurement_does_not_decide_whether_an_indicator_is_treated() -> None:
    """These six have a kurtosis of 2.5 exactly, in whatever unit they are counted."""
    x = np.array([1.0, 1.04, 1.01, 0.99, 1.01, 1.01])
    assert shape(x[:, None])[1][0] == pytest.approx(2.5, rel=1e-12)
    rule = Treatment(skew_limit=0.8, kurtosis_limit=2.5, max_points=2, form="none")
    for factor in (1.0, 3.0, 7.0, 1 / 3, 1e-9, 1e9, 123.456):
        data = UnitData("PQRSTU", "a", factor * x[:, None])
        (treated,) = build(Model(LONE, treatment=rule), data).treated
        assert [moved.unit for moved in treated.moved] == ["Q"]
