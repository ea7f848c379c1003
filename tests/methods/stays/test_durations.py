"""Durations against the formula and example of the European Commission's Beneficiary Module.

https://wikis.ec.europa.eu/display/NAITDOC/Duration+Calculated+%28days%29+field+in+KA131+mobility+activities
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.stays import DurationRule, Period, calendar_months, duration, thirty_day_months


def test_published_example_of_a_long_term_mobility() -> None:
    """Example 1: 1 January to 15 April 2023, three months of 30 days and 15 days."""
    long = duration(Period(date(2023, 1, 1), date(2023, 4, 15)), DurationRule.THIRTY_DAY_MONTHS)
    assert (long.months, long.days, long.total_days) == (3, 15, 105)
    assert long.in_months == Fraction(7, 2)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2024, 2, 1), date(2024, 2, 29), 29),
        (date(2024, 1, 30), date(2024, 1, 31), 1),
        (date(2024, 1, 31), date(2024, 1, 31), 1),
        (date(2024, 9, 1), date(2025, 8, 31), 360),
        (date(2023, 9, 15), date(2024, 1, 14), 120),
    ],
)
def test_thirty_day_months_follow_the_formula(first: date, last: date, days: int) -> None:
    assert thirty_day_months(Period(first, last)) == days


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 9, 15), date(2025, 10, 14), (1, 0)),
        (date(2025, 9, 15), date(2025, 10, 15), (1, 1)),
        (date(2025, 1, 31), date(2025, 2, 27), (1, 0)),
        (date(2025, 1, 31), date(2025, 2, 26), (0, 27)),
        (date(2024, 9, 1), date(2025, 6, 30), (10, 0)),
        (date(2025, 5, 5), date(2025, 5, 5), (0, 1)),
        (date.max, date.max, (0, 1)),
    ],
)
def test_calendar_months_run_from_day_n_to_day_n_minus_1(
    first: date, last: date, expected: tuple[int, int]
) -> None:
    assert calendar_months(Period(first, last)) == expected


def test_days_are_only_days() -> None:
    short = duration(Period(date(2023, 2, 20), date(2023, 3, 5)), DurationRule.DAYS)
    assert (short.months, short.days, short.total_days) == (0, 14, 14)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 900))
def test_a_longer_stay_is_never_shorter(first: date, length: int) -> None:
    stay = Period(first, first + timedelta(days=length))
    longer = Period(first, first + timedelta(days=length + 1))
    assert thirty_day_months(longer) >= thirty_day_months(stay)
    assert calendar_months(longer) > calendar_months(stay)
    assert abs(thirty_day_months(stay) - stay.days) <= 2 + stay.days // 50
