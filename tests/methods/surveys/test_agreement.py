"""Cohen's and Fleiss' kappa and Krippendorff's alpha: published figures, properties, bad input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.agreement import (
    Level,
    cohen_kappa,
    cohen_kappa_of_table,
    fleiss_kappa,
    fleiss_kappa_of_counts,
    krippendorff_alpha,
)

NO = None
# Krippendorff (2011), section C: four observers, twelve units.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3],
    [NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO],
]
# Fleiss (1971), table 1: thirty patients, six psychiatrists; depression, personality disorder, schizophrenia,
# neurosis, other.
FLEISS = [
    *([0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0]),
    *([0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0]),
    *([0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0]),
    *([0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0]),
    *([1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6]),
]
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
LEVELS: list[Level] = ["nominal", "ordinal", "interval", "ratio"]


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(MethodError) as caught:
        action()
    return caught.value.code


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_alpha_of_krippendorffs_example(level: Level, published: float) -> None:
    found = krippendorff_alpha(KRIPPENDORFF, level=level)
    assert round(found.alpha, 6) == published
    assert (found.pairable, found.units, found.dropped) == (40, 11, 1)


def test_nominal_alpha_of_krippendorffs_example_in_full() -> None:
    """The printed .743421 is 113/152."""
    assert krippendorff_alpha(KRIPPENDORFF).alpha == pytest.approx(113 / 152, rel=1e-14)


def test_alpha_of_two_observers_and_two_values() -> None:
    """Krippendorff (2011), section A: ten units, 0.095."""
    jon = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    han = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert round(krippendorff_alpha([jon, han]).alpha, 3) == 0.095


def test_alpha_of_two_observers_and_several_values() -> None:
    """Krippendorff (2011), section B: twelve units, 0.692."""
    ben = list("aabbdcccedda")
    gerry = list("babbbccceddd")
    assert round(krippendorff_alpha([ben, gerry]).alpha, 3) == 0.692


def plain_alpha(ratings: list[list[int | None]], level: Level) -> float:
    """Alpha from pairs of values, with the ordinal difference as Krippendorff writes it."""
    units = [[value for value in unit if value is not None] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [value for unit in units for value in unit]
    count = {value: pooled.count(value) for value in set(pooled)}

    def delta(c: int, k: int) -> float:
        if level == "nominal":
            return float(c != k)
        if level == "interval":
            return float((c - k) ** 2)
        if level == "ratio":
            return ((c - k) / (c + k)) ** 2 if c + k else 0.0
        low, high = min(c, k), max(c, k)
        between = sum(number for value, number in count.items() if low <= value <= high)
        return (between - (count[c] + count[k]) / 2) ** 2

    observed = sum(sum(delta(a, b) for a in unit for b in unit) / (len(unit) - 1) for unit in units)
    expected = sum(delta(a, b) for a in pooled for b in pooled) / (len(pooled) - 1)
    return 1 - observed / expected


ratings_of_coders = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=coders, max_size=coders),
        min_size=1,
        max_size=8,
    ).map(lambda units: [list(row) for row in zip(*units, strict=True)])
)


def usable(ratings: list[list[int | None]]) -> bool:
    units = [[value for value in unit if value is not None] for unit in zip(*ratings, strict=True)]
    return len({value for unit in units if len(unit) > 1 for value in unit}) > 1


@pytest.mark.parametrize("level", LEVELS)
@settings(max_examples=60, deadline=None)
@given(ratings=ratings_of_coders.filter(usable))
def test_alpha_equals_the_definition_over_pairs(level: Level, ratings: list[list[int | None]]) -> None:
    found = krippendorff_alpha(ratings, level=level).alpha
    assert found == pytest.approx(plain_alpha(ratings, level), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("level", LEVELS)
@settings(max_examples=25, deadline=None)
@given(ratings=ratings_of_coders.filter(usable), seed=st.integers(0, 99))
def test_alpha_ignores_the_order_of_coders_and_units(
    level: Level, ratings: list[list[int | None]], seed: int
) -> None:
    chance = np.random.default_rng(seed)
    units = [list(unit) for unit in zip(*ratings, strict=True)]
    shuffled = [
        list(chance.permutation(np.array(units[place], dtype=object)))
        for place in chance.permutation(len(units))
    ]
    turned = [list(row) for row in zip(*shuffled, strict=True)]
    assert krippendorff_alpha(turned, level=level).alpha == pytest.approx(
        krippendorff_alpha(ratings, level=level).alpha, rel=1e-9, abs=1e-12
    )


@settings(max_examples=30, deadline=None)
@given(ratings_of_coders.filter(usable), st.floats(0.1, 10), st.floats(-1e5, 1e5))
def test_interval_alpha_ignores_unit_and_origin(
    ratings: list[list[int | None]], scale: float, shift: float
) -> None:
    moved = [[None if value is None else value * scale + shift for value in row] for row in ratings]
    assert krippendorff_alpha(moved, level="interval").alpha == pytest.approx(
        krippendorff_alpha(ratings, level="interval").alpha, rel=1e-6, abs=1e-6
    )


def test_bootstrap_repeats_with_its_seed_and_holds_the_estimate() -> None:
    one = krippendorff_alpha(KRIPPENDORFF, level="ordinal", bootstrap=500, seed=4)
    assert one == krippendorff_alpha(KRIPPENDORFF, level="ordinal", bootstrap=500, seed=4)
    assert one != krippendorff_alpha(KRIPPENDORFF, level="ordinal", bootstrap=500, seed=5)
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.alpha < one.high


@pytest.mark.parametrize("level", LEVELS)
def test_bootstrap_is_that_of_drawing_units_by_hand(level: Level) -> None:
    """Against a plain bootstrap with other random numbers: standard errors within a few per cent."""
    chance = np.random.default_rng(1)
    truth = chance.integers(1, 5, 150)
    ratings = np.array(
        [np.where(chance.random(150) < 0.7, truth, chance.integers(1, 5, 150)) for _ in range(3)]
    )
    found = krippendorff_alpha(ratings, level=level, bootstrap=2000)
    by_hand = [
        krippendorff_alpha(ratings[:, chance.integers(0, 150, 150)], level=level).alpha for _ in range(300)
    ]
    assert found.se == pytest.approx(np.std(by_hand, ddof=1), rel=0.2)


def test_bootstrap_tells_how_far_it_is() -> None:
    heard: list[tuple[int, int]] = []
    krippendorff_alpha(KRIPPENDORFF, bootstrap=10, progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (10, 10)


def test_samples_without_variation_are_counted_apart() -> None:
    found = krippendorff_alpha([[1, 2], [1, 2]], bootstrap=200, seed=1)
    assert found.alpha == 1.0
    assert 60 < found.undefined < 140


def test_a_million_units_are_a_few_patterns() -> None:
    chance = np.random.default_rng(0)
    first = chance.integers(0, 3, 1_000_000)
    second = np.where(chance.random(1_000_000) < 0.8, first, chance.integers(0, 3, 1_000_000))
    found = krippendorff_alpha(np.array([first, second]), bootstrap=1000)
    assert found.alpha == pytest.approx(0.8, abs=0.005)
    assert found.se is not None
    assert found.se < 0.001


def test_kappa_of_cohens_example() -> None:
    """Cohen (1960), table 2: 200 cases, po = .70, pe = .41, kappa = .492."""
    found = cohen_kappa_of_table(COHEN)
    assert (round(found.observed, 2), round(found.expected, 2), round(found.kappa, 3)) == (0.70, 0.41, 0.492)


def test_weighted_kappa_of_cohens_example() -> None:
    """Cohen (1968), table 1: the same cases with disagreement weights 0 to 6, weighted kappa = .348."""
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert round(cohen_kappa_of_table(COHEN, weights=1 - disagreement / 6).kappa, 3) == 0.348


def test_standard_errors_of_fleiss_cohen_and_everitt() -> None:
    """1969: kappa .429 with variance .002885; weighted kappa .507 with variance .003248."""
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    credits = [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]]
    plain, weighted = cohen_kappa_of_table(table), cohen_kappa_of_table(table, weights=credits)
    assert (round(plain.kappa, 3), round(plain.se**2, 6)) == (0.429, 0.002885)
    assert (round(weighted.kappa, 3), round(weighted.se**2, 6)) == (0.507, 0.003248)


def test_null_standard_error_of_fleiss_textbook() -> None:
    """Fleiss, Levin & Paik (2003), table 18.1: kappa .68, null standard error .076."""
    found = cohen_kappa_of_table([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (round(found.kappa, 2), round(found.se_null, 3)) == (0.68, 0.076)


def test_kappa_of_two_lists_drops_what_one_left_open() -> None:
    found = cohen_kappa(["a", "b", None, "a"], ["a", "b", "b", "b"])
    assert (found.units, found.dropped) == (3, 1)
    assert found.kappa == cohen_kappa_of_table([[1, 1], [0, 1]]).kappa


def test_order_decides_what_is_near() -> None:
    first, second = ["low", "mid", "high", "low"], ["low", "high", "high", "mid"]
    ordered = cohen_kappa(first, second, weights="linear", order=["low", "mid", "high"])
    assert ordered.observed == 0.75
    assert cohen_kappa(first, second, weights="quadratic", order=["low", "mid", "high"]).observed == 0.875


def test_fleiss_kappa_of_fleiss_example() -> None:
    """Fleiss (1971): .430; by diagnosis .245, .245, .520, .471, .566."""
    found = fleiss_kappa_of_counts(FLEISS)
    assert round(found.kappa, 3) == 0.430
    by_value = [round(kappa, 3) for _, _, kappa in found.by_value if kappa is not None]
    assert by_value == [0.245, 0.245, 0.520, 0.471, 0.566]


def test_fleiss_kappa_of_ten_subjects_and_fourteen_raters() -> None:
    """The example of the encyclopaedias: 0.210."""
    rows = """0 0 0 0 14  0 2 6 4 2  0 0 3 5 6  0 3 9 2 0  2 2 8 1 1
              7 7 0 0 0  3 2 6 3 0  2 5 3 2 2  6 5 2 1 0  0 2 2 3 7"""
    counts = np.array(rows.split(), dtype=int).reshape(10, 5)
    assert round(fleiss_kappa_of_counts(counts).kappa, 4) == 0.2099


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_fleiss_kappa_and_nominal_alpha_differ_by_their_sample_correction(seed: int) -> None:
    ratings = np.random.default_rng(seed).integers(0, 3, (4, 12))
    kappa, alpha = fleiss_kappa(ratings).kappa, krippendorff_alpha(ratings).alpha
    assert alpha == pytest.approx(1 - (1 - kappa) * (1 - 1 / 48), rel=1e-12)


ONE = [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("surveys.ratings_shape", lambda: krippendorff_alpha([])),
        ("surveys.ratings_shape", lambda: krippendorff_alpha([[1, 2]])),
        ("surveys.ratings_shape", lambda: krippendorff_alpha([[1, 2], [1]])),
        ("surveys.ratings_shape", lambda: krippendorff_alpha([[], []])),
        ("surveys.ratings_shape", lambda: krippendorff_alpha(np.arange(3))),
        ("surveys.no_units", lambda: krippendorff_alpha([[1, None], [None, 1]])),
        ("surveys.no_units", lambda: krippendorff_alpha([[np.nan, None], [None, np.nan]])),
        *[
            ("surveys.no_variation", lambda level=level: krippendorff_alpha(ONE, level=level))
            for level in LEVELS
        ],
        ("surveys.no_variation", lambda: krippendorff_alpha(np.full((2, 1_000_000), 0.1), level="interval")),
        ("surveys.values_invalid", lambda: krippendorff_alpha([["a", "b"], ["b", "a"]], level="interval")),
        ("surveys.values_invalid", lambda: krippendorff_alpha([[1.0, np.inf], [1.0, 2.0]], level="interval")),
        ("surveys.values_invalid", lambda: krippendorff_alpha([[1, -2], [1, 2]], level="ratio")),
        ("surveys.level_unknown", lambda: krippendorff_alpha(ONE, level="cardinal")),  # type: ignore[arg-type]
        ("surveys.bootstrap_invalid", lambda: krippendorff_alpha(ONE, bootstrap=-1)),
        ("surveys.confidence_invalid", lambda: krippendorff_alpha(ONE, confidence=0)),
        ("surveys.value_unknown", lambda: krippendorff_alpha([[1, 2], [1, 3]], order=[1, 2])),
        ("surveys.order_invalid", lambda: krippendorff_alpha([[1, 2], [1, 1]], order=[1, 2, 2])),
        (
            "surveys.too_many_values",
            lambda: krippendorff_alpha(np.arange(10_000).reshape(2, -1), level="ratio", bootstrap=1),
        ),
        ("surveys.no_units", lambda: cohen_kappa([None], ["a"])),
        ("surveys.ratings_shape", lambda: cohen_kappa(["a"], ["a", "b"])),
        ("surveys.no_variation", lambda: cohen_kappa(["a", "a"], ["a", "a"])),
        ("surveys.credits_invalid", lambda: cohen_kappa(["a", "b"], ["b", "b"], weights=[[1, 2], [2, 1]])),
        ("surveys.credits_invalid", lambda: cohen_kappa(["a", "b"], ["b", "b"], weights="cubic")),
        ("surveys.ratings_shape", lambda: cohen_kappa_of_table([[1, 2]])),
        ("surveys.counts_invalid", lambda: cohen_kappa_of_table([[1, -2], [1, 1]])),
        ("surveys.confidence_invalid", lambda: cohen_kappa_of_table(COHEN, confidence=2)),
        ("surveys.no_units", lambda: fleiss_kappa([[None], ["a"]])),
        ("surveys.no_variation", lambda: fleiss_kappa(ONE)),
        ("surveys.counts_invalid", lambda: fleiss_kappa_of_counts([[1, 2], [2, 2]])),
        ("surveys.counts_invalid", lambda: fleiss_kappa_of_counts([[1.5, 1.5]])),
        ("surveys.no_units", lambda: fleiss_kappa_of_counts([])),
    ],
)
def test_bad_input_is_refused_with_a_code(expected: str, action: Callable[[], object]) -> None:
    assert code_of(action) == expected
