"""Outcome rates, Cronbach's alpha, careless answers, interviewer effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.quality import (
    Dispositions,
    count_dispositions,
    cronbach_alpha,
    interviewer_effect,
    outcome_rates,
    speeding,
    straight_lining,
)

CASES = Dispositions(
    complete=4,
    partial=2,
    refusal=1,
    non_contact=1,
    other=1,
    unknown_household=1,
    unknown_other=1,
    not_eligible=1,
)
# Chatterjee & Price (1977): 30 departments rated by their clerks; rating, complaints, privileges, learning,
# raises, critical, advance. The set `attitude` of R.
DEPARTMENTS = """
    43 51 30 39 61 92 45  63 64 51 54 63 73 47  71 70 68 69 76 86 48  61 63 45 47 54 84 35
    81 78 56 66 71 83 47  43 55 49 44 54 49 34  58 67 42 56 66 68 35  71 75 50 55 70 66 41
    72 82 72 67 71 83 31  67 61 45 47 62 80 41  64 53 53 58 58 67 34  67 60 47 39 59 74 41
    69 62 57 42 55 63 25  68 83 83 45 59 77 35  77 77 54 72 79 77 46  81 90 50 72 60 54 36
    74 85 64 69 79 79 63  65 60 65 75 55 80 60  65 70 46 57 75 85 46  50 58 68 54 64 78 52
    50 40 33 34 43 64 33  64 61 52 62 66 80 41  53 66 52 50 63 80 37  40 37 42 58 50 57 49
    63 54 42 48 66 75 33  66 77 66 63 88 76 72  78 75 58 74 80 78 49  48 57 44 45 51 83 38
    85 85 71 71 77 74 55  82 82 39 59 64 78 39
"""
ATTITUDE = np.array(DEPARTMENTS.split(), dtype=float).reshape(30, 7)
# Shrout & Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(MethodError) as caught:
        action()
    return caught.value.code


def test_outcome_rates_follow_the_standard_definitions() -> None:
    """Each formula of AAPOR's Standard Definitions worked by hand; e = 9/10, so UH + UO count as 1.8."""
    rates = asdict(outcome_rates(CASES))
    expected = {
        "rr1": 4 / 11,
        "rr2": 6 / 11,
        "rr3": 4 / 10.8,
        "rr4": 6 / 10.8,
        "rr5": 4 / 9,
        "rr6": 6 / 9,
        "coop1": 4 / 8,
        "coop2": 6 / 8,
        "coop3": 4 / 7,
        "coop4": 6 / 7,
        "ref1": 1 / 11,
        "ref2": 1 / 10.8,
        "ref3": 1 / 9,
        "con1": 8 / 11,
        "con2": 8 / 10.8,
        "con3": 8 / 9,
    }
    assert rates.pop("e") == 0.9
    assert rates.pop("e_estimated") is True
    assert rates == pytest.approx(expected, rel=1e-15)


def test_outcome_rates_of_a_published_example() -> None:
    """The page of the R package outcomerate 1.0 (https://docs.ropensci.org/outcomerate), as it prints them."""
    rates = outcome_rates(CASES)
    printed = {
        "rr1": 0.364, "rr2": 0.545, "rr3": 0.370, "rr4": 0.556, "rr5": 0.444, "rr6": 0.667,
        "coop1": 0.500, "coop2": 0.750, "coop3": 0.571, "coop4": 0.857, "ref1": 0.091, "ref2": 0.093, "ref3": 0.111,
        "con1": 0.727, "con2": 0.741, "con3": 0.889,
    }  # fmt: skip
    assert {name: round(getattr(rates, name), 3) for name in printed} == printed
    codes = ["1.1", "1.2", "1.1", "3.2", "2.1", "1.1", "2.2", "1.1", "2.3", "1.2", "3.1"]
    weighted = outcome_rates(count_dispositions(codes, [1.3] * 6 + [2.5] * 5), e=1)
    assert weighted.rr2 == pytest.approx(0.50, abs=0.005)
    assert weighted.con1 == pytest.approx(0.69, abs=0.005)


def test_codes_are_counted_by_their_first_digits() -> None:
    codes = ["1.1", "1.10", "1.1", "1.1", "1.2", "1.2", "2.112", "2.20", "2.31", "3.13", "3.21", "4.50"]
    assert count_dispositions(codes) == CASES
    assert count_dispositions(codes, [0.5] * 12).complete == 2.0


counts = st.floats(0, 1e6)


@settings(max_examples=100, deadline=None)
@given(st.builds(Dispositions, **dict.fromkeys(asdict(CASES), counts)), st.floats(0, 1))
def test_rates_are_shares_in_their_known_order(cases: Dispositions, e: float) -> None:
    if cases.eligible + cases.unknown == 0:
        assert code_of(lambda: outcome_rates(cases, e=e)) == "surveys.no_cases"
        return
    rates = outcome_rates(cases, e=e)
    shares = [
        value for name, value in asdict(rates).items() if name[:2] in ("rr", "co", "re") and value is not None
    ]
    assert all(0 <= share <= 1 + 1e-12 for share in shares)
    if rates.rr1 is not None and rates.rr3 is not None and rates.rr5 is not None:
        assert rates.rr1 <= rates.rr3 * (1 + 1e-12)
        assert rates.rr3 <= rates.rr5 * (1 + 1e-12)


def test_e_of_one_makes_rr3_equal_rr1_and_e_of_zero_rr5() -> None:
    assert outcome_rates(CASES, e=1).rr3 == outcome_rates(CASES).rr1
    assert outcome_rates(CASES, e=0).rr3 == outcome_rates(CASES).rr5


def test_alpha_of_a_published_example() -> None:
    """Three questions, ten customers (Bobbitt, Statology): 0.7734, 95 % interval 0.336 to 0.939."""
    answers = np.array(
        [[1, 2, 2, 3, 2, 2, 3, 3, 2, 3], [1, 1, 1, 2, 3, 3, 2, 3, 3, 3], [1, 1, 2, 1, 2, 3, 3, 3, 2, 3]]
    )
    found = cronbach_alpha(answers.T)
    assert found.alpha == 0.7734375
    assert (round(found.low, 3), round(found.high, 3)) == (0.336, 0.939)


def test_alpha_of_the_attitude_data() -> None:
    """psych's manual prints 0.84 and 0.84; further digits from R's cov() and cor()."""
    found = cronbach_alpha(
        ATTITUDE, names=["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    )
    assert found.alpha == pytest.approx(0.84314276956476, rel=1e-13)
    assert found.standardised == pytest.approx(0.83908380302951, rel=1e-13)
    assert [item.rest_correlation for item in found.items] == pytest.approx(
        [
            0.671262057223664,
            0.742109710222239,
            0.560711111480256,
            0.714445498133676,
            0.7862755938344,
            0.265034339196676,
            0.460810549468496,
        ],
        rel=1e-13,
    )
    assert [item.alpha_without for item in found.items] == pytest.approx(
        [
            0.809760206308921,
            0.79691745727414,
            0.827847765938659,
            0.803030975022574,
            0.795386574198205,
            0.863872311446437,
            0.840464868265457,
        ],
        rel=1e-13,
    )


def test_missing_answers_leave_the_row_out_or_are_refused() -> None:
    answers = ATTITUDE.copy()
    answers[3, 2] = np.nan
    found = cronbach_alpha(answers)
    assert (found.rows, found.incomplete) == (29, 1)
    assert found.alpha == cronbach_alpha(np.delete(ATTITUDE, 3, axis=0)).alpha
    assert code_of(lambda: cronbach_alpha(answers, missing="refuse")) == "surveys.answers_missing"


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 100), st.floats(-100, 100), st.integers(1, 9))
def test_alpha_ignores_scale_origin_and_equal_weights(scale: float, shift: float, weight: int) -> None:
    alpha = cronbach_alpha(ATTITUDE).alpha
    assert cronbach_alpha(ATTITUDE * scale + shift).alpha == pytest.approx(alpha, rel=1e-9)
    assert cronbach_alpha(ATTITUDE, weights=np.full(30, float(weight))).alpha == pytest.approx(
        alpha, rel=1e-12
    )


def test_an_item_that_runs_against_the_scale_is_marked() -> None:
    turned = ATTITUDE.copy()
    turned[:, 0] *= -1
    assert [item.negative for item in cronbach_alpha(turned).items] == [True] + [False] * 6


def test_equal_items_have_alpha_one() -> None:
    assert cronbach_alpha(np.tile([[1.0], [2.0], [5.0]], 4)).alpha == pytest.approx(1.0, rel=1e-15)


def test_straight_lines_and_runs_are_flagged() -> None:
    nan = np.nan
    grid: list[list[float]] = [
        [3, 3, 3, 3, 3],
        [3, 3, nan, 3, 3],
        [1, 2, 2, 2, 5],
        [4, 4, nan, nan, nan],
        [nan] * 5,
        [1, 2, 1, 2, 1],
    ]
    marks = straight_lining(grid)
    assert marks.flagged.tolist() == [True, True, False, False, False, False]
    assert marks.longest_run.tolist() == [5, 4, 3, 2, 0, 1]
    assert marks.sameness[[0, 2, 5]].tolist() == [1.0, 11 / 25, 13 / 25]
    assert marks.deviation[5] == pytest.approx(np.std([1, 2, 1, 2, 1], ddof=1), rel=1e-15)
    assert straight_lining(grid, run=3).flagged.tolist() == [True, True, True, False, False, False]


def test_speeders_are_those_under_a_share_of_their_groups_median() -> None:
    seconds = [600.0, 620, 280, 580, np.nan, 300, 310, 290, 140]
    groups = ["ky"] * 5 + ["en"] * 4
    assert speeding(seconds, groups=groups, smallest_group=4).flagged.nonzero()[0].tolist() == [2, 8]
    # The small group is held against all: the median is 305, half of it 152.5.
    assert speeding(seconds, groups=groups, smallest_group=9).flagged.nonzero()[0].tolist() == [8]


def test_interviewer_effect_of_shrout_and_fleiss() -> None:
    """Published: ICC(1,1) = .17 from mean squares 11.24 between and 6.26 within."""
    found = interviewer_effect(np.ravel(SHROUT_FLEISS), np.repeat(range(6), 4).tolist())
    assert found.icc == pytest.approx(
        (11.2416666666667 - 6.26388888888889) / (11.2416666666667 + 3 * 6.26388888888889)
    )
    assert (round(found.icc, 2), round(found.low, 2), round(found.high, 2)) == (0.17, -0.13, 0.72)
    assert found.design_effect == pytest.approx(1 + 3 * found.icc, rel=1e-15)


def test_interviewers_who_explain_everything_have_icc_one() -> None:
    found = interviewer_effect([1.0, 1, 2, 2], ["a", "a", "b", "b"])
    assert (found.icc, found.low, found.high, found.p) == (1.0, 1.0, 1.0, 0.0)


def test_unequal_workloads_use_kishs_mean() -> None:
    found = interviewer_effect([1.0, 2, 3, 4, 6, np.nan], list("aaabbb"))
    assert found.workload == pytest.approx(5 - 13 / 5, rel=1e-15)
    assert (found.answers, found.missing) == (5, 1)
    assert found.design_effect == pytest.approx(1 + (13 / 5 - 1) * found.icc, rel=1e-15)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.floats(-1e6, 1e6))
def test_interviewer_effect_ignores_the_level_of_answers(seed: int, level: float) -> None:
    chance = np.random.default_rng(seed)
    answers, who = chance.normal(0, 1, 50), chance.integers(0, 6, 50).tolist()
    one, other = interviewer_effect(answers, who), interviewer_effect(answers + level, who)
    assert other.icc == pytest.approx(one.icc, rel=1e-6, abs=1e-8)
    assert one.low <= one.icc <= one.high


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("surveys.disposition_invalid", lambda: Dispositions(complete=-1)),
        ("surveys.disposition_invalid", lambda: Dispositions(complete=float("nan"))),
        ("surveys.disposition_unknown", lambda: count_dispositions(["1.1", "9.9"])),
        ("surveys.disposition_unknown", lambda: count_dispositions(["44"])),
        ("surveys.disposition_unknown", lambda: count_dispositions([""])),
        ("surveys.weights_shape", lambda: count_dispositions(["1.1"], [])),
        ("surveys.no_cases", lambda: outcome_rates(Dispositions(not_eligible=3))),
        ("surveys.e_unknown", lambda: outcome_rates(Dispositions(unknown_other=3))),
        ("surveys.e_invalid", lambda: outcome_rates(CASES, e=1.5)),
        ("surveys.answers_shape", lambda: cronbach_alpha([1, 2, 3])),
        ("surveys.answers_shape", lambda: cronbach_alpha([[1], [2]])),
        ("surveys.answers_shape", lambda: cronbach_alpha(ATTITUDE, names=["one"])),
        ("surveys.answers_invalid", lambda: cronbach_alpha([[1.0, np.inf], [2.0, 3.0]])),
        ("surveys.too_few_rows", lambda: cronbach_alpha([[1, 2]])),
        ("surveys.no_variation", lambda: cronbach_alpha(np.ones((1_000_000, 2)))),
        ("surveys.no_variation", lambda: cronbach_alpha([[1, 4], [2, 3], [3, 2]])),
        ("surveys.confidence_invalid", lambda: cronbach_alpha(ATTITUDE, confidence=95)),
        ("surveys.answers_shape", lambda: straight_lining([])),
        ("surveys.answers_invalid", lambda: straight_lining([[1, np.inf]])),
        ("surveys.run_invalid", lambda: straight_lining([[1, 2]], run=1)),
        ("surveys.no_rows", lambda: speeding([])),
        ("surveys.seconds_invalid", lambda: speeding([-1.0])),
        ("surveys.seconds_invalid", lambda: speeding([np.nan])),
        ("surveys.fraction_invalid", lambda: speeding([1.0], fraction=0)),
        ("surveys.groups_shape", lambda: speeding([1.0], groups=[])),
        ("surveys.interviewers_shape", lambda: interviewer_effect([1.0], [])),
        ("surveys.answers_invalid", lambda: interviewer_effect([np.inf, 1], ["a", "b"])),
        ("surveys.too_few_interviewers", lambda: interviewer_effect([1.0, 2], ["a", "a"])),
        ("surveys.too_few_interviewers", lambda: interviewer_effect([np.nan], ["a"])),
        ("surveys.too_few_rows", lambda: interviewer_effect([1.0, 2], ["a", "b"])),
        ("surveys.no_variation", lambda: interviewer_effect([0.1] * 3, ["a", "b", "b"])),
        ("surveys.confidence_invalid", lambda: interviewer_effect([1.0, 2, 3], list("aab"), confidence=1)),
    ],
)
def test_bad_input_is_refused_with_a_code(expected: str, action: Callable[[], object]) -> None:
    assert code_of(action) == expected
