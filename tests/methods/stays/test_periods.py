from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.stays import (
    Clash,
    Crossing,
    Part,
    Period,
    Stay,
    Term,
    Way,
    academic_year,
    by_academic_year,
    by_term,
    merged,
    overlaps,
    stays_of,
    without,
)

BASE = date(2025, 1, 1)
periods_strategy = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 15)).map(
        lambda p: Period(BASE + timedelta(days=p[0]), BASE + timedelta(days=p[0] + p[1]))
    ),
    max_size=8,
)


def days_of(periods: list[Period] | tuple[Period, ...]) -> set[date]:
    return {period.first + timedelta(days=ahead) for period in periods for ahead in range(period.days)}


def test_crossings_become_stays() -> None:
    crossings = [
        Crossing(date(2025, 1, 3), Way.ENTRY),
        Crossing(date(2025, 1, 3), Way.EXIT),
        Crossing(date(2025, 1, 3), Way.ENTRY),
    ]
    assert stays_of(crossings) == (
        Stay(date(2025, 1, 3), date(2025, 1, 3)),
        Stay(date(2025, 1, 3)),
    )
    assert stays_of([]) == ()


@pytest.mark.parametrize(
    ("ways", "code"),
    [
        ([(1, Way.EXIT)], "stays.crossing_missing"),
        ([(1, Way.ENTRY), (2, Way.ENTRY)], "stays.crossing_missing"),
        ([(2, Way.ENTRY), (1, Way.EXIT)], "stays.crossings_unordered"),
    ],
)
def test_broken_crossings_are_refused(ways: list[tuple[int, Way]], code: str) -> None:
    with pytest.raises(MethodError) as refused:
        stays_of([Crossing(date(2025, 1, day), way) for day, way in ways])
    assert refused.value.code == code


@settings(max_examples=60, deadline=None)
@given(periods_strategy, periods_strategy)
def test_merging_and_removing_keep_exactly_the_right_days(one: list[Period], other: list[Period]) -> None:
    joined = merged(one)
    assert days_of(joined) == days_of(one)
    assert sum(period.days for period in joined) == len(days_of(one))
    left = without(one, other)
    assert days_of(left) == days_of(one) - days_of(other)
    assert sum(period.days for period in left) == len(days_of(left))


@settings(max_examples=60, deadline=None)
@given(periods_strategy)
def test_overlaps_are_all_pairs_that_share_a_day(periods: list[Period]) -> None:
    expected = {
        Clash(one, other, shared)
        for one in range(len(periods))
        for other in range(one + 1, len(periods))
        if (shared := periods[one].meets(periods[other]))
    }
    found = overlaps(periods)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_everything_overlapping_everything_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        overlaps([Period(BASE, BASE)] * 100_000)
    assert refused.value.code == "stays.too_many_overlaps"


def test_the_end_of_the_calendar_is_a_period_too() -> None:
    assert merged([Period(BASE, date.max), Period(date.max, date.max)]) == (Period(BASE, date.max),)
    assert without([Period(BASE, date.max)], [Period(BASE, date.max)]) == ()


def test_academic_years_split_a_stay() -> None:
    stay = Period(date(2025, 2, 10), date(2026, 1, 20))
    assert by_academic_year(stay) == (
        Part("2024/2025", Period(date(2025, 2, 10), date(2025, 8, 31))),
        Part("2025/2026", Period(date(2025, 9, 1), date(2026, 1, 20))),
    )
    assert academic_year(date(2025, 9, 1)).name == "2025/2026"
    assert academic_year(date(2025, 9, 1), starts=(10, 1)).name == "2024/2025"


@pytest.mark.parametrize("starts", [(2, 29), (13, 1), (6, 31)])
def test_impossible_year_starts_are_refused(starts: tuple[int, int]) -> None:
    with pytest.raises(MethodError) as refused:
        academic_year(date(2025, 5, 5), starts=starts)
    assert refused.value.code == "stays.bad_year_start"


def test_terms_and_the_days_between_them_add_up() -> None:
    autumn = Term(Period(date(2025, 9, 1), date(2025, 12, 27)), "autumn")
    spring = Term(Period(date(2026, 1, 19), date(2026, 5, 30)), "spring")
    stay = Period(date(2025, 9, 15), date(2026, 2, 1))
    parts = by_term(stay, [spring, autumn])
    assert [(part.name, part.days) for part in parts] == [("autumn", 104), ("", 22), ("spring", 14)]
    assert sum(part.days for part in parts) == stay.days


def test_overlapping_terms_are_refused() -> None:
    term = Period(date(2025, 9, 1), date(2025, 12, 27))
    with pytest.raises(MethodError) as refused:
        by_term(term, [Term(term, "a"), Term(term, "b")])
    assert refused.value.code == "stays.terms_overlap"
