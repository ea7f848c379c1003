"""Formulas and tables against numbers that universities publish."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.recognition import (
    Conversion,
    Kind,
    Rounding,
    TableRow,
    Ties,
    convert_column,
    linear,
    modified_bavarian,
    nearest,
    number,
    pass_or_fail,
    shipped_scale,
    shipped_tables,
)
from sapar.methods.recognition.conversion import GERMAN_MARKS

INEU = shipped_tables()[0]


def code_of(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(MethodError) as refused:
        call(*arguments, **named)
    return refused.value.code


def test_dutch_eight_is_two_and_a_half() -> None:
    """Humboldt-Universität zu Berlin, MSc Statistics: Nmax 10, Nmin 6, Nd 8 give 2.5.

    https://www.stat.de/archives/ufaqs/how-is-the-grade-of-the-previous-first-degree-calculated-if-no-german-grading-system-is-used
    """
    converted = modified_bavarian("8", best="10", lowest_pass="6")
    assert (converted.result, converted.exact) == ("2.5", Fraction(5, 2))


@pytest.mark.parametrize(
    ("mark", "best", "lowest_pass", "exact"),
    [
        # https://calculator.academy/bavarian-formula-calculator/, example 1: 82 of 100, pass 50.
        ("82", "100", "50", "2.08"),
        # https://revisiontown.com/bavarian-formula-converter, example 1: 75 of 100, pass 40.
        ("75", "100", "40", "2.25"),
        # https://www.yescalculator.com/en/tool/bavarian-formula-calculator.html, example 1: 2.5, best 1, pass 4.
        ("2.5", "1", "4", "2.5"),
    ],
)
def test_published_examples_of_the_formula(mark: str, best: str, lowest_pass: str, exact: str) -> None:
    converted = modified_bavarian(mark, best=best, lowest_pass=lowest_pass, rounding=None)
    assert converted.exact == Fraction(exact)


@pytest.mark.parametrize(
    ("exact", "mark"),
    [
        ("1.6", "1.7"),
        ("2.4", "2.3"),
        ("2.6", "2.7"),
        ("2.5", "2.3"),
        ("1.15", "1.0"),
        ("3.85", "3.7"),
    ],
)
def test_cologne_goes_to_the_nearest_mark_and_between_two_to_the_better(exact: str, mark: str) -> None:
    """English Department I, University of Cologne: http://anglistik1.phil-fak.uni-koeln.de/30149.html"""
    assert nearest(Decimal(exact), GERMAN_MARKS, better_is_less=True) == Decimal(mark)


def test_passau_cuts_after_the_first_digit() -> None:
    """https://www.sobi.uni-passau.de/en/study/examinations/grade-conversion: digits are dropped, not rounded."""
    converted = modified_bavarian("82", best="100", lowest_pass="50")
    assert (converted.result, converted.exact) == ("2.0", Fraction(208, 100))
    whole = modified_bavarian("82", best="100", lowest_pass="50", rounding=Rounding(step=Decimal("0.1")))
    assert whole.result == "2.1"
    german = modified_bavarian("82", best="100", lowest_pass="50", to_german_marks=True)
    assert german.result == "2.0"


def test_a_scale_on_which_less_is_better() -> None:
    converted = modified_bavarian("2.5", best="1", lowest_pass="4", rounding=None)
    assert (converted.result, converted.exact) == ("2.5", Fraction(5, 2))


def test_marks_outside_the_formula_are_refused() -> None:
    assert code_of(modified_bavarian, "49", best="100", lowest_pass="50") == "recognition.failing_mark"
    assert code_of(modified_bavarian, "101", best="100", lowest_pass="50") == "recognition.mark_outside"
    assert code_of(modified_bavarian, "5", best="5", lowest_pass="5") == "recognition.flat_scale"
    for mark in ("A", "", "nan", "-inf", "1e400", None, 0.1):
        assert code_of(modified_bavarian, mark, best="100", lowest_pass="50") == "recognition.not_a_number"


def test_linear_lays_one_passing_range_over_another() -> None:
    converted = linear("75", best="100", lowest_pass="50", to_best="30", to_lowest_pass="18",
                       rounding=Rounding())  # fmt: skip
    assert (converted.result, converted.exact) == ("24", Fraction(24))
    assert code_of(linear, "75", best="100", lowest_pass="50", to_best="3", to_lowest_pass="3") == (
        "recognition.flat_scale"
    )
    assert code_of(
        linear, "50", best="100", lowest_pass="50", to_best="3", to_lowest_pass="-3", rounding=Rounding()
    ) == ("recognition.negative")


@settings(max_examples=100, deadline=None)
@given(
    st.decimals(50, 100, places=2), st.decimals(50, 100, places=2), st.decimals("0.01", 50, places=2),
    st.booleans(),
)  # fmt: skip
def test_bavarian_keeps_order_and_does_not_mind_the_unit(
    one: Decimal, other: Decimal, unit: Decimal, to_german: bool
) -> None:
    low, high = sorted((one, other))
    marks = [
        modified_bavarian(mark, best="100", lowest_pass="50", to_german_marks=to_german)
        for mark in (high, low)
    ]
    assert marks[0].points is not None
    assert marks[1].points is not None
    assert 1 <= marks[0].points <= marks[1].points <= 4
    scaled = modified_bavarian(one * unit, best=100 * unit, lowest_pass=50 * unit, rounding=None)
    assert scaled.exact == modified_bavarian(one, best="100", lowest_pass="50", rounding=None).exact


@pytest.mark.parametrize(
    ("mark", "result", "points", "passing"),
    [
        ("A", "A", "4.0", True),
        ("B", "B+", "3.33", True),
        ("C", "B", "3.0", True),
        ("D", "C", "2.0", True),
        ("E", "D", "1.0", True),
        ("FX", "F", "0", False),
        ("F", "F", "0", False),
    ],
)
def test_table_of_the_innovative_university_of_eurasia(
    mark: str, result: str, points: str, passing: bool
) -> None:
    """Table 2 of http://ineu.edu.kz/en/current-students/academic-mobility/general-information"""
    converted = INEU.convert(mark)
    assert (converted.result, converted.points, converted.passing) == (result, Decimal(points), passing)
    assert converted.mark == mark
    assert shipped_scale(INEU.target_scale).band(converted.result).passing is passing


def test_tables_have_a_time_and_do_not_guess() -> None:
    dated = replace(INEU, valid_from=date(2015, 1, 1), valid_to=date(2019, 1, 1))
    assert dated.convert("A", on=date(2019, 1, 1)).result == "A"
    assert code_of(dated.convert, "A", on=date(2019, 1, 2)) == "recognition.table_not_in_force"
    assert code_of(dated.convert, "A", on=date(2014, 1, 2)) == "recognition.table_not_in_force"
    assert code_of(INEU.convert, "a") == "recognition.unknown_mark"
    row = TableRow(mark="A", result="5", passing=True)
    for broken in ({"rows": ()}, {"rows": (row, row)}, {"source": "hearsay"}):
        assert code_of(replace, INEU, **broken) == "recognition.bad_table"
    assert code_of(replace, dated, valid_to=date(2000, 1, 1)) == "recognition.bad_table"


def test_pass_or_fail_reads_the_marks_own_scale() -> None:
    kz = shipped_scale("kz-12")
    assert pass_or_fail("D-", kz).result == "P"
    assert pass_or_fail("FX", kz, failed="not passed").result == "not passed"
    assert pass_or_fail("49", kz, kind=Kind.PERCENT).passing is False


def test_the_original_is_kept_as_it_was_written_and_all_is_plain() -> None:
    converted = modified_bavarian(" 8,50 ", best="10", lowest_pass="6", rounding=None)
    assert converted.mark == " 8,50 "
    stored = json.loads(json.dumps(converted.plain()))
    assert (stored["mark"], stored["exact"], stored["method"]) == (" 8,50 ", "17/8", "modified_bavarian")


def test_a_column_converts_each_distinct_mark_once_and_keeps_refusals() -> None:
    asked: list[str] = []

    def convert(mark: str) -> Conversion:
        asked.append(mark)
        return INEU.convert(mark)

    column = convert_column(["B", "A", "B", "??", "A"], convert)
    assert asked == ["B", "A", "??"]
    assert column.results().tolist() == ["B+", "A", "B+", None, "A"]
    assert column.counts().tolist() == [2, 2, 1]
    refusal = column[3]
    assert isinstance(refusal, MethodError)
    assert refusal.code == "recognition.unknown_mark"
    assert convert_column([], convert).results().size == 0


def test_a_million_equal_marks_are_one_question() -> None:
    column = convert_column(["C"] * 1_000_000, INEU.convert)
    assert len(column.outcomes) == 1
    assert np.count_nonzero(column.index) == 0


@pytest.mark.parametrize(
    ("ties", "values"),
    [
        (Ties.HALF_UP, ["2", "3", "3", "4"]),
        (Ties.HALF_EVEN, ["2", "2", "3", "4"]),
        (Ties.DOWN, ["2", "2", "2", "3"]),
        (Ties.UP, ["2", "3", "3", "4"]),
    ],
)
def test_rounding_says_what_happens_between(ties: Ties, values: list[str]) -> None:
    rounding = Rounding(ties=ties)
    given_values = [Decimal("2"), Decimal("2.5"), Decimal("2.6"), Decimal("3.5")]
    assert [str(rounding.apply(value)) for value in given_values] == values


@pytest.mark.parametrize("step", ["0", "-1", "NaN", "Infinity", "1e-999"])
def test_impossible_steps_are_refused(step: str) -> None:
    assert code_of(Rounding, step=Decimal(step)) == "recognition.bad_step"


def test_numbers_keep_their_digits() -> None:
    assert str(number("3,30")) == "3.30"
    for text in (True, "1_000", "１２", "0x10", "1e3", "--1", ".", "1.2.3", "1" * 21, Decimal("1e300")):
        assert code_of(number, text) == "recognition.not_a_number"
    assert code_of(nearest, Decimal(1), [], better_is_less=True) == "recognition.no_allowed_marks"
