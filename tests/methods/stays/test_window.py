"""Rolling windows: published examples, a day-by-day count beside the fast one, and bad input.

Published examples 1, 2, 4, 5 and 6: State Secretariat for Migration, Switzerland, use of the European short-stay
calculator, https://www.sem.admin.ch/sem/de/home/themen/einreise/aufenthaltsrechner/bsp-1.html to bsp-6.html
(example 3 contradicts itself in print and is left out).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.stays import (
    Limit,
    Period,
    Stay,
    count_days,
    count_many,
    day_reaching,
    earliest_entry,
    last_lawful_day,
    overstays,
)

SCHENGEN = Limit(days=90, per=180)
EXAMPLE_5 = [
    Stay(date(2013, 9, 1), date(2013, 9, 30)),
    Stay(date(2014, 2, 21), date(2014, 4, 20)),
    Stay(date(2014, 5, 1), date(2014, 6, 9)),
]


def test_example_1_forty_seven_days_and_ninety_on_return() -> None:
    stays = [Stay(date(2014, 8, 15), date(2014, 9, 30))]
    assert count_days(stays, SCHENGEN, on=date(2014, 9, 30)).used == 47
    last = last_lawful_day(stays, SCHENGEN, on=date(2015, 1, 1))
    assert last is not None
    assert (last - date(2015, 1, 1)).days + 1 == 90


def test_example_2_could_have_stayed_to_13_december() -> None:
    stays = [Stay(date(2014, 8, 15), date(2014, 9, 30)), Stay(date(2014, 11, 1), date(2014, 11, 30))]
    assert overstays(stays, SCHENGEN, on=date(2014, 11, 30)) == ()
    assert last_lawful_day(stays, SCHENGEN, on=date(2014, 11, 30)) == date(2014, 12, 13)


def test_example_4_old_days_fall_out_until_31_march() -> None:
    stays = [
        Stay(date(2013, 6, 1), date(2013, 7, 13)),
        Stay(date(2013, 8, 15), date(2013, 9, 30)),
        Stay(date(2014, 1, 1), date(2014, 1, 30)),
    ]
    assert last_lawful_day(stays, SCHENGEN, on=date(2014, 1, 30)) == date(2014, 3, 31)


def test_example_5_overstay_of_nine_days_and_fifty_on_return() -> None:
    assert count_days(EXAMPLE_5, SCHENGEN, on=date(2014, 6, 9)).over == 9
    assert overstays(EXAMPLE_5, SCHENGEN, on=date(2014, 6, 9)) == (
        Period(date(2014, 6, 1), date(2014, 6, 9)),
    )
    back = count_days(EXAMPLE_5, SCHENGEN, on=date(2014, 8, 30))
    assert back.window.first == date(2014, 3, 4)
    last = last_lawful_day(EXAMPLE_5, SCHENGEN, on=date(2014, 8, 30))
    assert last is not None
    assert (last - date(2014, 8, 30)).days + 1 == 50


def test_example_6_overstay_of_seventy_four_days() -> None:
    """The first stay of the example is misprinted; it ended on 9 August 2013, before the window."""
    stays = [Stay(date(2013, 8, 1), date(2013, 8, 9)), Stay(date(2013, 9, 19))]
    count = count_days(stays, SCHENGEN, on=date(2014, 3, 1))
    assert count.window == Period(date(2013, 9, 3), date(2014, 3, 1))
    assert count.over == 74


def test_days_over_the_limit_look_back_from_each_day() -> None:
    stays = [Stay(date(2013, 8, 1), date(2013, 8, 9)), Stay(date(2013, 9, 19))]
    over = overstays(stays, SCHENGEN, on=date(2014, 3, 1))
    assert over == (Period(date(2013, 12, 9), date(2014, 3, 1)),)


def test_absence_of_ninety_days_allows_ninety_more() -> None:
    """User manual of the short-stay calculator, introduction."""
    stays = [Stay(date(2025, 1, 1), date(2025, 3, 31))]
    assert earliest_entry(stays, SCHENGEN, after=date(2025, 4, 1), days=90) == date(2025, 6, 30)


def test_entry_and_exit_on_one_day_count_once() -> None:
    stays = [Stay(date(2025, 3, 1), date(2025, 3, 10)), Stay(date(2025, 3, 10), date(2025, 3, 12))]
    count = count_days(stays, Limit(days=60, per=120), on=date(2025, 3, 20))
    assert (count.used, count.remaining) == (12, 48)
    assert count.spent == (Period(date(2025, 3, 1), date(2025, 3, 12)),)


def test_exempt_days_do_not_count() -> None:
    stays = [Stay(date(2025, 1, 1), date(2025, 4, 30))]
    study_visa = [Period(date(2025, 2, 1), date(2025, 4, 30))]
    assert count_days(stays, SCHENGEN, on=date(2025, 4, 30)).over == 30
    assert count_days(stays, SCHENGEN, on=date(2025, 4, 30), exempt=study_visa).used == 31


def test_exemption_without_end_never_reaches_the_limit() -> None:
    stays = [Stay(date(2025, 1, 1))]
    forever = [Period(date(2025, 1, 10), date.max)]
    assert last_lawful_day(stays, SCHENGEN, on=date(2025, 2, 1), exempt=forever) == date.max
    assert day_reaching(stays, SCHENGEN, 60, on=date(2025, 2, 1), exempt=forever) is None


def test_presence_already_unlawful_has_no_last_day() -> None:
    assert last_lawful_day([Stay(date(2025, 1, 1))], SCHENGEN, on=date(2025, 6, 1)) is None


def test_warnings_come_before_the_limit() -> None:
    stays = [Stay(date(2025, 1, 1))]
    reached = [day_reaching(stays, SCHENGEN, used, on=date(2025, 1, 20)) for used in (60, 75, 90)]
    assert reached == [date(2025, 3, 1), date(2025, 3, 16), date(2025, 3, 31)]


def test_days_before_the_limit_began_do_not_count() -> None:
    since = Limit(days=90, per=180, since=date(2024, 9, 5))
    stays = [Stay(date(2024, 7, 1), date(2024, 9, 10))]
    assert count_days(stays, since, on=date(2024, 9, 10)).used == 6
    assert count_days(stays, since, on=date(2024, 8, 1)).used == 0
    assert last_lawful_day(stays, since, on=date(2024, 8, 1)) == date(2024, 12, 3)
    assert earliest_entry(stays, since, after=date(2024, 8, 1), days=90) == date(2024, 8, 1)


def test_a_limit_as_long_as_its_window_is_never_passed() -> None:
    assert last_lawful_day([], Limit(days=60, per=60), on=date(2026, 1, 1)) == date.max


def test_nobody_present_uses_nothing() -> None:
    assert count_days([], SCHENGEN, on=date(2026, 1, 1)).used == 0
    assert overstays([], SCHENGEN, on=date(2026, 1, 1)) == ()
    assert earliest_entry([], SCHENGEN, after=date(2026, 1, 1), days=90) == date(2026, 1, 1)


def test_the_ends_of_the_calendar_do_not_break_the_count() -> None:
    stays = [Stay(date.min, date.max)]
    assert count_days(stays, SCHENGEN, on=date.max).used == 180
    assert overstays(stays, SCHENGEN, on=date.max) == (Period(date(1, 4, 1), date.max),)
    assert count_days(stays, SCHENGEN, on=date(1, 1, 5)).used == 5
    assert last_lawful_day([], SCHENGEN, on=date.max) == date.max


@pytest.mark.parametrize(("days", "per"), [(0, 180), (181, 180), (1, 3661), (-1, -1)])
def test_impossible_limits_are_refused(days: int, per: int) -> None:
    with pytest.raises(MethodError) as refused:
        Limit(days=days, per=per)
    assert refused.value.code == "stays.bad_limit"


def test_stay_longer_than_the_limit_is_never_possible() -> None:
    with pytest.raises(MethodError) as refused:
        earliest_entry([], SCHENGEN, after=date(2026, 1, 1), days=91)
    assert refused.value.code == "stays.never_enough"
    with pytest.raises(MethodError) as nothing:
        earliest_entry([], SCHENGEN, after=date(2026, 1, 1), days=0)
    assert nothing.value.code == "stays.bad_limit"


def test_backward_stay_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        Stay(date(2025, 2, 1), date(2025, 1, 1))
    assert refused.value.code == "stays.backwards"


BASE = date(2024, 1, 1)
days = st.integers(0, 400).map(lambda ahead: BASE + timedelta(days=ahead))
stays_strategy = st.lists(
    st.tuples(days, st.integers(0, 120)).map(lambda p: Stay(p[0], p[0] + timedelta(days=p[1]))), max_size=6
)
limits = st.sampled_from([Limit(days=90, per=180), Limit(days=60, per=120), Limit(days=30, per=60)])
holes = st.lists(
    st.tuples(days, st.integers(0, 60)).map(lambda p: Period(p[0], p[0] + timedelta(days=p[1]))), max_size=2
)


def by_hand(stays: list[Stay], limit: Limit, on: date, exempt: list[Period]) -> int:
    used = 0
    for back in range(limit.per):
        day = on - timedelta(days=back)
        there = any(stay.entry <= day <= (stay.exit or day) for stay in stays)
        used += there and not any(hole.first <= day <= hole.last for hole in exempt)
    return used


@settings(max_examples=60, deadline=None)
@given(stays_strategy, limits, days, holes)
def test_count_equals_a_day_by_day_count(
    stays: list[Stay], limit: Limit, on: date, exempt: list[Period]
) -> None:
    assert count_days(stays, limit, on=on, exempt=exempt).used == by_hand(stays, limit, on, exempt)


@settings(max_examples=40, deadline=None)
@given(stays_strategy, limits, days, holes)
def test_last_lawful_day_is_lawful_and_the_next_is_not(
    stays: list[Stay], limit: Limit, on: date, exempt: list[Period]
) -> None:
    past = [Stay(part.first, part.last) for stay in stays if (part := stay.until(on))]
    last = last_lawful_day(stays, limit, on=on, exempt=exempt)
    if last is None:
        assert by_hand([*past, Stay(on, on)], limit, on, exempt) > limit.days
        return
    after = last + timedelta(days=1)
    assert by_hand([*past, Stay(on, last)], limit, last, exempt) <= limit.days
    assert by_hand([*past, Stay(on, after)], limit, after, exempt) > limit.days


@settings(max_examples=25, deadline=None)
@given(stays_strategy, limits, days, st.integers(1, 30), holes)
def test_earliest_entry_is_the_first_that_keeps_the_limit(
    stays: list[Stay], limit: Limit, after: date, length: int, exempt: list[Period]
) -> None:
    past = [Stay(p.first, p.last) for stay in stays if (p := stay.until(after - timedelta(days=1)))]

    def lawful(entry: date) -> bool:
        planned = [*past, Stay(entry, entry + timedelta(days=length - 1))]
        return all(
            by_hand(planned, limit, entry + timedelta(days=ahead), exempt) <= limit.days
            for ahead in range(length)
        )

    entry = earliest_entry(stays, limit, after=after, days=length, exempt=exempt)
    assert lawful(entry)
    if entry > after:
        assert not lawful(entry - timedelta(days=1))


@settings(max_examples=40, deadline=None)
@given(st.lists(stays_strategy, min_size=1, max_size=5), limits, days)
def test_counting_everyone_at_once_equals_counting_each(
    everyone: list[list[Stay]], limit: Limit, on: date
) -> None:
    rows = [(at, stay) for at, stays in enumerate(everyone) for stay in stays]
    person = np.array([at for at, _ in rows], dtype=np.int64)
    entry = np.array([stay.entry for _, stay in rows], dtype="datetime64[D]")
    exit = np.array([stay.exit for _, stay in rows], dtype="datetime64[D]")
    order = np.random.default_rng(1).permutation(len(rows))
    used = count_many(person[order], entry[order], exit[order], limit, on=on, people=len(everyone))
    assert used.tolist() == [count_days(stays, limit, on=on).used for stays in everyone]


def test_open_stays_and_a_late_limit_in_a_column() -> None:
    entry = np.array(["2025-01-01", "2025-03-01"], dtype="datetime64[D]")
    exit = np.array(["NaT", "NaT"], dtype="datetime64[D]")
    since = Limit(days=90, per=180, since=date(2025, 1, 21))
    used = count_many(np.array([0, 1]), entry, exit, since, on=date(2025, 1, 30), people=3)
    assert used.tolist() == [10, 0, 0]


def test_a_million_equal_rows_are_one_stay() -> None:
    many = 1_000_000
    used = count_many(
        np.zeros(many, np.int32),
        np.full(many, "2025-01-01", "datetime64[D]"),
        np.full(many, "2025-01-10", "datetime64[D]"),
        SCHENGEN,
        on=date(2025, 2, 1),
        people=1,
    )
    assert used.tolist() == [10]


def test_broken_columns_are_refused() -> None:
    entry = np.array(["2025-01-02"], dtype="datetime64[D]")
    exit = np.array(["2025-01-01"], dtype="datetime64[D]")
    one = np.array([0])
    for person, first, last, code in [
        (one, entry, exit, "stays.backwards"),
        (np.array([5]), entry, entry, "stays.bad_column"),
        (np.array([0.5]), entry, entry, "stays.bad_column"),
        (np.array([0, 0]), entry, entry, "stays.bad_column"),
        (one, np.array(["NaT"], dtype="datetime64[D]"), entry, "stays.bad_column"),
    ]:
        with pytest.raises(MethodError) as refused:
            count_many(person, first, last, SCHENGEN, on=date(2025, 1, 1), people=1)
        assert refused.value.code == code
