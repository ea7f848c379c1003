"""Indicators that are treated and brought to scale in a way of their own."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Model,
    Node,
    Normalisation,
    Treatment,
    Tree,
    UnitData,
    build,
    build_years,
    regenerate,
    what_if,
)
from sapar.methods.indices.columns import Floats

CODES = ("a", "b", "c", "d")
TREE = Tree(
    [
        *(Node(code=code, parent="I", low=-5, high=200, target=3, direction=-1 if code == "c" else 1)
          for code in CODES),
        Node(code="I"),
    ]
)  # fmt: skip
LONG_TAILS = np.exp(np.random.default_rng(3).normal(0, 1.5, (40, 4)))


def data(x: Floats) -> UnitData:
    return UnitData([f"u{row}" for row in range(len(x))], CODES, x)


def alone(code: str, scale: Normalisation, treatment: Treatment | None) -> Floats:
    """The scores of one indicator in a model that does the same to all."""
    index = build(Model(TREE, treatment=treatment, normalisation=scale), data(LONG_TAILS))
    return index.scores[:, TREE.place[code]]


SCALES = (
    ("a", Normalisation("zscore", (50, 10))),
    ("c", Normalisation("goalposts", (1, 7), capped=False)),
    ("d", Normalisation("distance_to_reference", reference="u7")),
)
TREATMENTS = (
    ("a", Treatment(max_points=1, form="log_range")),
    ("b", Treatment(max_points=0, form="box_cox")),
    ("d", Treatment(max_points=0, form="none")),
)


def test_every_indicator_is_scored_as_in_an_index_of_its_own_rule() -> None:
    scale, treatment = Normalisation("minmax", (1, 100)), Treatment(max_points=3)
    mixed = Model(
        TREE,
        treatment=Treatment(max_points=3, by_code=TREATMENTS),
        normalisation=Normalisation("minmax", (1, 100), by_code=SCALES),
    )
    index = build(mixed, data(LONG_TAILS))
    for code in CODES:
        expected = alone(code, dict(SCALES).get(code, scale), dict(TREATMENTS).get(code, treatment))
        np.testing.assert_allclose(index.scores[:, TREE.place[code]], expected, rtol=1e-13)
    assert [one.form for one in index.treated] == ["log_range", "box_cox", "", ""]
    assert (index.treated[3].moved, index.treated[3].passes) == ((), False)
    # The same side by side, and frozen.
    tables = np.stack([LONG_TAILS, LONG_TAILS[::-1], LONG_TAILS * 2])
    found = regenerate(mixed, data(LONG_TAILS), tables, at_once=2)
    for table, scores in zip(tables, found, strict=True):
        np.testing.assert_allclose(scores, build(mixed, data(table)).scores[:, -1], rtol=1e-13)
    years = build_years(mixed, {1: data(LONG_TAILS)}, base=1)
    np.testing.assert_allclose(years.years[1].scores, index.scores, rtol=1e-13)
    same = what_if(index, {("u3", "a"): float(LONG_TAILS[3, 0])})
    assert same.fixed["u3"].score == pytest.approx(index.score("u3"), rel=1e-13)


def test_one_indicator_by_rank_leaves_the_index_without_a_fixed_scale() -> None:
    ranked = Normalisation(by_code=(("b", Normalisation("percentile_rank")),))
    index = build(Model(TREE, treatment=None, normalisation=ranked), data(LONG_TAILS))
    assert index.fitted is None
    np.testing.assert_allclose(np.sort(index.scores[:, 1]), 100 * np.arange(40) / 39, rtol=1e-13, atol=1e-12)
    with pytest.raises(MethodError) as refused:
        what_if(index, {("u3", "a"): 1.0})
    assert refused.value.facts["method"] == "percentile_rank"
    with pytest.raises(MethodError) as refused:
        build_years(index.model, {1: data(LONG_TAILS)})
    assert refused.value.code == "indices.ranks_cannot_be_frozen"


def test_rules_of_nobody_twice_or_within_rules_are_refused() -> None:
    own = ("x", Normalisation())
    with pytest.raises(MethodError) as refused:
        build(Model(TREE, treatment=None, normalisation=Normalisation(by_code=(own,))), data(LONG_TAILS))
    assert (refused.value.code, refused.value.facts["codes"]) == ("indices.unknown_code", ("x",))
    with pytest.raises(MethodError) as refused:
        build(Model(TREE, treatment=Treatment(by_code=(("x", Treatment()),))), data(LONG_TAILS))
    assert (refused.value.code, refused.value.facts["codes"]) == ("indices.unknown_code", ("x",))
    for rule, code in (
        (lambda: Normalisation(by_code=(own, own)), "duplicate_code"),
        (lambda: Treatment(by_code=(("a", Treatment()), ("a", Treatment()))), "duplicate_code"),
        (lambda: Normalisation(by_code=(("a", Normalisation(by_code=(own,))),)), "nested_rules"),
        (lambda: Treatment(by_code=(("a", Treatment(by_code=TREATMENTS)),)), "nested_rules"),
    ):
        with pytest.raises(MethodError) as refused:
            rule()
        assert refused.value.code == f"indices.{code}"


def test_refusals_of_a_part_name_its_own_indicators() -> None:
    x = LONG_TAILS.copy()
    x[:, 1] = -1
    x[3, 3] = math.nan
    bare = Tree([*(Node(code=code, parent="I") for code in CODES), Node(code="I")])
    for rule, code, named in (
        (Normalisation("scaled", by_code=(("b", Normalisation("minmax")),)), "constant_indicator", ("b",)),
        (
            Normalisation("scaled", by_code=(("b", Normalisation("fraction_of_max")),)),
            "not_positive",
            ("b",),
        ),
        (Normalisation("scaled", by_code=(("d", Normalisation("goalposts")),)), "posts_missing", ("d",)),
        (
            Normalisation("scaled", by_code=(("d", Normalisation("distance_to_reference", reference="u3")),)),
            "reference_missing",
            ("d",),
        ),
    ):
        with pytest.raises(MethodError) as refused:
            build(Model(bare, treatment=None, normalisation=rule), data(x))
        assert (refused.value.code, refused.value.facts["codes"]) == (f"indices.{code}", named)
