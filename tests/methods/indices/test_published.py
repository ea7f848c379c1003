"""Published examples of single methods."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.indices import (
    Aggregation,
    Model,
    Node,
    Normalisation,
    Treatment,
    Tree,
    UnitData,
    ahp_weights,
    benefit_of_the_doubt,
    build,
    exact_indices,
    normal_em,
    outranking,
    sobol_indices,
)
from sapar.methods.indices.columns import Floats, shape
from sapar.methods.indices.treatment import treat


def test_human_development_index_of_sudan() -> None:
    """UNDP, Human Development Report 2020, technical note 1: the worked example gives 0.510.

    Life expectancy 65.3, expected schooling 7.9, mean schooling 3.8 years, income 3,829; income by its logarithm.
    """
    tree = Tree(
        [
            Node(code="LE", parent="health", low=20, high=85),
            Node(code="EYS", parent="education", low=0, high=18),
            Node(code="MYS", parent="education", low=0, high=15),
            Node(code="lnGNI", parent="income", low=math.log(100), high=math.log(75_000)),
            *(Node(code=code, parent="HDI") for code in ("health", "education", "income")),
            Node(code="HDI"),
        ]
    )
    model = Model(
        tree,
        treatment=None,
        normalisation=Normalisation("goalposts", (0, 1)),
        aggregation=Aggregation("arithmetic", by_code=(("HDI", "geometric"),)),
    )
    index = build(model, UnitData(["Sudan"], tree.indicators, [[65.3, 7.9, 3.8, math.log(3829)]]))
    assert round(index.score("Sudan"), 3) == 0.510
    assert round(index.score("Sudan", "income"), 4) == 0.5506
    # The note prints .6971 and .3447 from unrounded inputs.
    assert index.score("Sudan", "health") == pytest.approx(0.6971, abs=5e-4)
    assert index.score("Sudan", "education") == pytest.approx(0.3447, abs=2e-3)


def test_human_development_index_from_its_published_dimensions() -> None:
    tree = Tree([Node(code=code, parent="HDI", low=0, high=1) for code in "abc"] + [Node(code="HDI")])
    model = Model(
        tree,
        treatment=None,
        normalisation=Normalisation("goalposts", (0, 1)),
        aggregation=Aggregation("geometric"),
    )
    index = build(model, UnitData(["Sudan"], "abc", [[0.6971, 0.3447, 0.5506]]))
    assert round(index.score("Sudan"), 3) == 0.510


def test_skewness_and_winsorising_of_twelve_numbers() -> None:
    """COINr, vignette "Outlier Treatment": 1…10, 30, 100 with at most two points."""
    x = np.array([*range(1, 11), 30.0, 100.0])[:, None]
    skew, kurtosis = shape(x)
    assert (float(skew[0]), float(kurtosis[0])) == pytest.approx((3.063241, 9.741391), rel=2e-7)
    treated = treat(x, Treatment(max_points=2), ("x",))
    assert treated.points.tolist() == [1.0]
    assert treated.values[-1, 0] == 30
    assert (float(treated.skew_after[0]), float(treated.kurtosis_after[0])) == pytest.approx(
        (1.712038, 1.815781), rel=5e-7
    )


DRINKS: list[list[float]] = [
    [1, 9, 5, 2, 1, 1, 1 / 2],
    [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
    [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [1, 9, 4, 2, 1, 2, 1 / 2],
    [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [2, 9, 9, 3, 2, 3, 1],
]


def test_saatys_drinks() -> None:
    """Saaty, Decision making with the AHP, Int. J. Services Sciences 1 (2008): consumption of drinks in the USA."""
    names = ["coffee", "wine", "tea", "beer", "sodas", "milk", "water"]
    found = ahp_weights(names, DRINKS)
    published = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    assert [round(found.weights[name], 3) for name in names] == published
    assert round(found.ratio, 3) == 0.022
    assert found.consistent


def test_four_options_of_bozoki_and_others() -> None:
    """Bozóki, Fülöp & Rónyai, Math. Comput. Modelling 52 (2010) 318–333, as printed in the manual of AHPy."""
    judgements = np.array([[1, 1, 5, 2], [1, 1, 3, 4], [1 / 5, 1 / 3, 1, 3 / 4], [1 / 2, 1 / 4, 4 / 3, 1]])
    found = ahp_weights("abcd", judgements)
    assert [round(weight, 4) for weight in found.weights.values()] == [0.3742, 0.3917, 0.0991, 0.1349]


SCHOOLS: list[list[float]] = [
    [1, 4, 3, 1, 3, 4],
    [1 / 4, 1, 7, 3, 1 / 5, 1],
    [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
    [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3],
    [1 / 4, 1, 6, 3, 1 / 3, 1],
]


def test_saatys_schools_are_inconsistent() -> None:
    """Saaty, The Analytic Hierarchy Process (1980), choosing a school: priorities .32 .14 .03 .13 .24 .14.

    Quoted from secondary literature; the book itself was not at hand.
    """
    names = ["learning", "friends", "school life", "vocational", "college", "music"]
    found = ahp_weights(names, SCHOOLS, refuse=False)
    assert [round(weight, 2) for weight in found.weights.values()] == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    assert found.ratio > 0.2
    assert not found.consistent
    with pytest.raises(MethodError) as refused:
        ahp_weights(names, SCHOOLS)
    assert refused.value.code == "indices.inconsistent"


def ishigami(u: Floats) -> Floats:
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 on (−π, π)³."""
    x = math.pi * (2 * u - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_ishigami_function() -> None:
    """Analytical: S = (.3139, .4424, 0), T = (.5576, .4424, .2437); Ishigami & Homma 1990."""
    found = sobol_indices(ishigami, ["x1", "x2", "x3"], points=16_384, bootstrap=200, seed=5)
    first, total = (0.313905, 0.442411, 0.0), (0.557589, 0.442411, 0.243684)
    for one, s, t in zip(found.effects, first, total, strict=True):
        assert one.first == pytest.approx(s, abs=0.005)
        assert one.total == pytest.approx(t, abs=0.005)
        assert one.first_low - 0.003 <= s <= one.first_high + 0.003
        assert one.total_low - 0.003 <= t <= one.total_high + 0.003
    assert found.mean == pytest.approx(3.5, abs=1e-3)
    assert found.variance == pytest.approx(13.844588, abs=0.01)


def test_exact_indices_of_a_product_of_two_coins() -> None:
    """y = ab with a, b = 0 or 1: V = 3/16, S = 1/3 each, T = 2/3 each (by hand)."""
    found = exact_indices(np.array([[0.0, 0.0], [0.0, 1.0]]), ["a", "b"])
    assert [one.first for one in found.effects] == pytest.approx([1 / 3, 1 / 3])
    assert [one.total for one in found.effects] == pytest.approx([2 / 3, 2 / 3])
    assert found.exact
    assert found.interactions == pytest.approx(1 / 3)


def test_benefit_of_the_doubt_in_the_plane() -> None:
    """By hand: A (4, 1), B (2, 4), C (2, 2). The frontier from A to B is 3x + 2y = 14, so C gets 10/14."""
    found = benefit_of_the_doubt("ABC", ["x", "y"], np.array([[4.0, 1], [2, 4], [2, 2]]))
    assert [one.score for one in found] == pytest.approx([1, 1, 10 / 14])
    assert found[2].peers == ("A", "B")
    assert found[2].weights["x"] == pytest.approx(3 / 14)
    assert found[2].shares["x"] == pytest.approx(0.6)


def test_benefit_of_the_doubt_with_bounds_on_shares() -> None:
    """By hand: with half of the score from each, C = (2, 2) needs equal weights w; B binds: 6w = 1, C = 4/6."""
    y = np.array([[4.0, 1], [2, 4], [2, 2]])
    found = benefit_of_the_doubt("ABC", ["x", "y"], y, shares={"x": (0.5, 0.5)})
    assert found[2].score == pytest.approx(4 / 6)
    assert found[2].shares == pytest.approx({"x": 0.5, "y": 0.5})


def test_em_reaches_the_closed_form_for_a_monotone_pattern() -> None:
    """Anderson, J. Am. Stat. Assoc. 52 (1957): x complete, y partly missing; the estimates factor by regression."""
    rng = np.random.default_rng(1)
    x = rng.normal(3, 2, 40)
    y = 1 + 0.7 * x + rng.normal(0, 1, 40)
    y[25:] = math.nan
    known = ~np.isnan(y)
    slope = np.cov(x[known], y[known], bias=True)[0, 1] / x[known].var()
    mean = y[known].mean() + slope * (x.mean() - x[known].mean())
    variance = y[known].var() + slope**2 * (x.var() - x[known].var())
    found = normal_em(np.column_stack([x, y]), tolerance=1e-13, steps=10_000)
    assert found.mean == pytest.approx([x.mean(), mean], rel=1e-9)
    assert found.covariance[1, 1] == pytest.approx(variance, rel=1e-9)
    assert found.covariance[0, 1] == pytest.approx(slope * x.var(), rel=1e-9)
    expected = y[known].mean() + slope * (x[~known] - x[known].mean())
    assert found.filled[~known, 1] == pytest.approx(expected, rel=1e-9)


def test_outranking_by_hand() -> None:
    support = outranking(np.array([[1.0, 5, 3], [2, 4, 3]]), np.array([0.5, 0.3, 0.2]))
    assert support == pytest.approx(np.array([[0.5, 0.4], [0.6, 0.5]]))


def chebyshev_nodes(count: int) -> Floats:
    """Nodes in −1…1 whose plain mean of x^k is that of the interval for all k ≤ count; they are real for 9.

    Chebyshev, J. Math. Pures Appl. 19 (1874): the power sums give the polynomial by Newton's identities.
    """
    sums = [0.0] + [count / (k + 1) if k % 2 == 0 else 0.0 for k in range(1, count + 1)]
    elementary = [1.0]
    for k in range(1, count + 1):
        elementary.append(sum((-1) ** (i - 1) * elementary[k - i] * sums[i] for i in range(1, k + 1)) / k)
    roots = np.roots([(-1) ** k * one for k, one in enumerate(elementary)])
    assert np.abs(roots.imag).max() < 1e-12
    return np.sort(roots.real)


def test_ishigami_function_to_the_last_digits() -> None:
    """Ishigami & Homma 1990 in closed form, a = 7, b = 0.1: V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = b²π⁸(1/18 − 1/50).

    Eight equal steps of x1 and x2 and nine Chebyshev nodes of x3 give every moment that the variances need exactly,
    so that the full factorial has the indices of the continuous function.
    """
    x1, x2 = (math.pi * (2 * (np.arange(n) + 0.25) / n - 1) for n in (8, 16))
    x3 = math.pi * chebyshev_nodes(9)
    one, two, three = np.meshgrid(x1, x2, x3, indexing="ij")
    y = np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)
    found = exact_indices(y, ["x1", "x2", "x3"])
    v1 = (1 + 0.1 * math.pi**4 / 5) ** 2 / 2
    v2, v13 = 49 / 8, 0.01 * math.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    assert found.mean == pytest.approx(3.5, rel=1e-9)
    assert found.variance == pytest.approx(v, rel=1e-9)
    assert [one.first for one in found.effects] == pytest.approx([v1 / v, v2 / v, 0], rel=1e-9, abs=1e-12)
    assert [one.total for one in found.effects] == pytest.approx([(v1 + v13) / v, v2 / v, v13 / v], rel=1e-9)
    assert found.interactions == pytest.approx(v13 / v, rel=1e-9)
