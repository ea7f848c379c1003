"""Tables, groups and differences of columns equal those of R's `svyby`, `svymean` and `p.adjust`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.cells import Banner, Share
from sapar.methods.surveys.columns import Factor, factor
from sapar.methods.surveys.comparisons import Adjustment, adjusted, column_letters, compare_groups
from sapar.methods.surveys.estimates import mean
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.tables import crosstab, crosstabs
from tests.methods.surveys.reference_designs import (
    EVERY,
    LINEAR,
    REWEIGHTED,
    SAMPLES,
    coded,
    design,
    near,
    number,
    reference,
    sample,
)

SHARES: tuple[Share, ...] = ("count", "cell", "row", "column")
ORDERS: tuple[tuple[Share, Literal["C", "F"]], ...] = (
    ("count", "F"),
    ("cell", "F"),
    ("row", "F"),
    ("column", "C"),
)


@pytest.mark.parametrize("name", [*LINEAR, *REWEIGHTED])
def test_shares_and_their_errors_equal_those_of_r(name: str) -> None:
    found, at = reference()[name]["tables"], SAMPLES[name]
    table = crosstab(design(name), coded(at, "q"), coded(at, "country"), shares=SHARES)
    # R's interaction changes the first factor fastest.
    for share, order in ORDERS:
        ours = table.shares[share]
        near(ours.values.ravel(order), found[share])
        near(ours.se.ravel(order), found[f"{share}_se"])


@pytest.mark.parametrize("name", EVERY)
def test_groups_have_the_joint_covariance_of_r(name: str) -> None:
    found, at, d = reference()[name]["groups"], SAMPLES[name], design(name)
    for statistic in ("mean", "total"):
        ours = group_estimates(d, number(at, "y"), coded(at, "country"), statistic=statistic)
        near(ours.values, found[statistic]["value"])
        near(ours.covariance, found[statistic]["covariance"])


@pytest.mark.parametrize("name", EVERY)
def test_column_differences_equal_those_of_r(name: str) -> None:
    found, at, d = reference()[name]["groups"], SAMPLES[name], design(name)
    q, country = coded(at, "q"), coded(at, "country")
    kinds: dict[Adjustment, str] = {"none": "p", "holm": "holm", "fdr": "fdr", "bonferroni": "bonferroni"}
    for kind, key in kinds.items():
        table = crosstab(d, q, country, compare=kind)
        assert table.differences is not None
        near(table.differences.p[0], found[key])


@pytest.mark.parametrize("lonely", ["remove", "adjust", "average"])
def test_a_column_is_a_domain_also_for_lonely_units(lonely: Any) -> None:
    data = sample("elements")
    d = sampling_design(weights=data["w"], strata=data["lonely"], lonely=lonely)
    table = crosstab(d, coded("elements", "q"), coded("elements", "country"))
    for at, country in enumerate(table.columns):
        alone = mean(d, coded("elements", "q"), domain=np.equal(data["country"], country))
        near(table.shares["column"].se[:, at], alone.se)
    found = reference()[f"lonely_{lonely}_FALSE"]["groups"]
    each = [mean(d, number("elements", "y"), domain=np.equal(data["country"], c)) for c in table.columns]
    near([float(one.se[0]) for one in each], found)


@pytest.mark.parametrize("name", ["plain", "strata_fpc", "stages_fpc"])
def test_the_sparse_way_gives_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    q, country = coded(SAMPLES[name], "q"), coded(SAMPLES[name], "country")
    dense = crosstab(design(name), q, country, shares=SHARES, compare="none")
    monkeypatch.setattr("sapar.methods.surveys.cells.DENSE", 0)
    monkeypatch.setattr("sapar.methods.surveys.cells.ROWS_A_CELL", 0)
    thin = crosstab(design(name), q, country, shares=SHARES, compare="none")
    for share in SHARES:
        near(thin.shares[share].se, dense.shares[share].se)
    assert thin.differences is not None
    assert dense.differences is not None
    near(thin.differences.p, dense.differences.p)


def test_means_of_groups_are_compared_like_shares() -> None:
    d, country = design("stages_fpc"), coded("stages", "country")
    agree = np.equal(sample("stages")["q"], "agree").astype(float)
    means = compare_groups(group_estimates(d, agree, country), adjustment="fdr")
    shares = crosstab(d, coded("stages", "q"), country, compare="fdr", smallest=0).differences
    assert shares is not None
    near(means.p[0], shares.p[0])
    assert means.letters[0] == shares.letters[0]
    with pytest.raises(MethodError):
        compare_groups(group_estimates(d, agree, country), level=1.5)


def test_letters_name_the_columns_that_are_lower() -> None:
    answers = ["yes"] * 45 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 40 + ["yes"] * 2 + ["no"]
    groups = ["a"] * 50 + ["b"] * 50 + ["c"] * 3
    d = sampling_design(weights=[1.0] * 103)
    table = crosstab(d, factor(answers, ["yes", "no"]), factor(groups), compare="holm", smallest=10)
    assert table.differences is not None
    assert table.differences.letters == (("B", "", ""), ("", "A", ""))
    assert table.differences.column_letters == ("A", "B", "")
    assert np.isnan(table.differences.p[:, 1:]).all()


def test_many_columns_have_a_letter_each() -> None:
    letters = column_letters(80)
    assert letters[:2] == ("A", "B")
    assert letters[26] == "a1"
    assert len(set(letters)) == 80


def test_answers_without_a_column_are_counted_as_missing() -> None:
    d = sampling_design(weights=[1.0] * 6)
    table = crosstab(d, factor(["a", "b", "", "a", "b", "a"]), factor(["x", "x", "x", None, "y", "y"]))
    assert (table.missing, table.n.tolist()) == (2, [[1, 1], [1, 1]])
    assert table.plain()[0]["row"] == "a"


def test_a_test_that_is_not_defined_says_why() -> None:
    d = sampling_design(weights=[1.0] * 4)
    table = crosstabs(d, {"q": factor(["a"] * 4)}, factor(["x", "y"] * 2))["q"]
    assert (table.test, table.untested) == (None, "surveys.one_level")


def test_an_empty_column_has_no_share() -> None:
    d = sampling_design(weights=[1.0] * 4)
    table = crosstab(
        d, factor(["a", "b"] * 2), Factor(np.array([0, 0, 2, 2]), ("x", "y", "z")), compare="fdr"
    )
    assert np.isnan(table.shares["column"].values[:, 1]).all()
    assert table.differences is not None
    assert table.differences.column_letters == ("A", "", "C")


def test_a_banner_of_another_length_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        Banner(sampling_design(weights=[1.0, 1.0]), factor(["x"]))
    assert refused.value.code == "surveys.lengths_differ"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1000))
def test_shares_do_not_depend_on_the_scale_of_the_weights(seed: int, scale: float) -> None:
    chance = np.random.default_rng(seed)
    n = 60
    q, g = Factor(chance.integers(-1, 3, n), ("a", "b", "c")), Factor(chance.integers(0, 2, n), ("x", "y"))
    w, psu = chance.uniform(0.5, 3, n), np.arange(n) // 4
    one = crosstab(sampling_design(weights=w, clusters=psu), q, g, shares=SHARES, test="F")
    two = crosstab(sampling_design(weights=w * scale, clusters=psu), q, g, shares=SHARES, test="F")
    for share in ("cell", "row", "column"):
        np.testing.assert_allclose(one.shares[share].values, two.shares[share].values, rtol=1e-9)
        np.testing.assert_allclose(one.shares[share].se, two.shares[share].se, rtol=1e-7, atol=1e-12)
    assert one.test is not None
    assert two.test is not None
    assert one.test.p == pytest.approx(two.test.p, rel=1e-6)
    np.testing.assert_allclose(np.nansum(one.shares["column"].values, axis=0), 1.0)
    np.testing.assert_allclose(two.totals.sum(), scale * w[(q.codes >= 0)].sum())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjustments_are_ordered(p: list[float]) -> None:
    kinds: tuple[Adjustment, ...] = ("none", "fdr", "holm", "bonferroni")
    none, fdr, holm, bonferroni = (adjusted(p, kind) for kind in kinds)
    assert (none <= fdr + 1e-15).all()
    assert (fdr <= holm + 1e-12).all()
    assert (holm <= bonferroni + 1e-12).all()


def test_p_values_outside_0_and_1_are_refused() -> None:
    with pytest.raises(MethodError):
        adjusted([0.1, 1.2], "holm")
