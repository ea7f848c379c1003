from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.stays import (
    CountFrom,
    Period,
    Skip,
    WorkCalendar,
    due_in_days,
    due_in_hours,
    due_in_working_days,
    due_in_working_hours,
    due_many,
)

# An invented calendar: the fair on Thursday 20 March, Friday 21 March free and worked on Saturday 15 March.
CALENDAR = WorkCalendar(
    id="fairland-2025",
    known=Period(date(2025, 1, 1), date(2025, 12, 31)),
    holidays={date(2025, 3, 20): "Fair", date(2025, 3, 21): "Fair", date(2025, 1, 1): "New Year"},
    worked=frozenset({date(2025, 3, 15)}),
)
SIX_DAYS = WorkCalendar(id="six", known=CALENDAR.known, weekend=frozenset({6}))


def test_the_weekend_is_passed_over() -> None:
    due = due_in_working_days(date(2025, 4, 3), 5, count_from=CountFrom.NEXT_DAY, calendar=CALENDAR)
    assert due.on == date(2025, 4, 10)
    assert due.skipped == ((date(2025, 4, 5), Skip.WEEKEND), (date(2025, 4, 6), Skip.WEEKEND))


def test_a_worked_saturday_counts_and_its_holiday_does_not() -> None:
    due = due_in_working_days(date(2025, 3, 14), 4, count_from=CountFrom.NEXT_DAY, calendar=CALENDAR)
    assert due.first_counted == date(2025, 3, 15)
    assert due.on == date(2025, 3, 19)
    due = due_in_working_days(date(2025, 3, 14), 5, count_from=CountFrom.NEXT_DAY, calendar=CALENDAR)
    assert due.on == date(2025, 3, 24)
    assert (date(2025, 3, 20), Skip.HOLIDAY) in due.skipped


def test_the_day_of_the_event_counts_if_the_rule_says_so() -> None:
    monday = date(2025, 4, 7)
    same = due_in_working_days(monday, 3, count_from=CountFrom.SAME_DAY, calendar=CALENDAR)
    after = due_in_working_days(monday, 3, count_from=CountFrom.NEXT_DAY, calendar=CALENDAR)
    assert (same.on, after.on) == (date(2025, 4, 9), date(2025, 4, 10))
    sunday = due_in_working_days(date(2025, 4, 6), 1, count_from=CountFrom.SAME_DAY, calendar=CALENDAR)
    assert sunday.on == monday


def test_a_six_day_week_works_on_saturday() -> None:
    friday = date(2025, 4, 4)
    due = due_in_working_days(friday, 3, count_from=CountFrom.NEXT_DAY, calendar=SIX_DAYS)
    assert due.on == date(2025, 4, 8)


def test_calendar_days_end_on_a_working_day_when_a_calendar_is_given() -> None:
    plain = due_in_days(date(2025, 4, 1), 5, count_from=CountFrom.SAME_DAY)
    assert plain.on == date(2025, 4, 5)
    moved = due_in_days(date(2025, 4, 1), 5, count_from=CountFrom.SAME_DAY, calendar=CALENDAR)
    assert (moved.on, moved.moved_from) == (date(2025, 4, 7), date(2025, 4, 5))
    assert due_in_days(date(2025, 4, 1), 30, count_from=CountFrom.NEXT_DAY).on == date(2025, 5, 1)


def test_hours_run_from_the_event_or_from_the_next_day() -> None:
    arrived = datetime(2025, 4, 1, 22, 30)
    assert due_in_hours(arrived, 72) == datetime(2025, 4, 4, 22, 30)
    next_day = due_in_hours(arrived, 72, count_from=CountFrom.NEXT_DAY, opens=time(0, 1))
    assert next_day == datetime(2025, 4, 5, 0, 1)


def test_hours_are_real_hours_over_a_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    arrived = datetime(2025, 3, 29, 12, 0, tzinfo=berlin)
    assert due_in_hours(arrived, 24) == datetime(2025, 3, 30, 13, 0, tzinfo=berlin)


def test_a_moment_counts_as_its_day() -> None:
    due = due_in_days(datetime(2025, 4, 1, 23, 0), 1, count_from=CountFrom.NEXT_DAY)
    assert due.on == date(2025, 4, 2)
    assert not isinstance(due.on, datetime)


def test_a_calendar_that_ends_is_not_guessed() -> None:
    for event, days in [(date(2025, 12, 30), 5), (date(2026, 1, 5), 1), (date(2024, 12, 31), 1)]:
        with pytest.raises(MethodError) as refused:
            due_in_working_days(event, days, count_from=CountFrom.SAME_DAY, calendar=CALENDAR)
        assert refused.value.code == "stays.calendar_ends"
    with pytest.raises(MethodError) as refused:
        due_in_days(date(2025, 12, 20), 30, count_from=CountFrom.SAME_DAY, calendar=CALENDAR)
    assert refused.value.code == "stays.calendar_ends"
    with pytest.raises(MethodError) as refused:
        CALENDAR.working_days_within(Period(date(2025, 12, 1), date(2026, 1, 1)))
    assert refused.value.code == "stays.calendar_ends"


@pytest.mark.parametrize("days", [0, -3, 36_526])
def test_impossible_terms_are_refused(days: int) -> None:
    for call in (
        lambda: due_in_days(date(2025, 1, 2), days, count_from=CountFrom.SAME_DAY),
        lambda: due_in_working_days(date(2025, 1, 2), days, count_from=CountFrom.SAME_DAY, calendar=CALENDAR),
        lambda: due_many(
            np.array(["2025-01-02"], "datetime64[D]"), days, count_from=CountFrom.SAME_DAY, calendar=CALENDAR
        ),
        lambda: due_in_hours(datetime(2025, 1, 2), days * 24),
        lambda: due_in_hours(datetime(9999, 12, 31, 23), 48),
        lambda: due_in_days(date.max, 2, count_from=CountFrom.SAME_DAY),
    ):
        with pytest.raises(MethodError) as refused:
            call()
        assert refused.value.code == "stays.bad_term"


@pytest.mark.parametrize(
    "faulty",
    [
        {"holidays": {date(2025, 3, 15): "x"}, "worked": frozenset({date(2025, 3, 15)})},
        {"holidays": {date(2026, 3, 15): "x"}},
        {"weekend": frozenset(range(7))},
        {"weekend": frozenset({9})},
    ],
)
def test_contradictory_calendars_are_refused(faulty: dict[str, object]) -> None:
    with pytest.raises(MethodError) as refused:
        WorkCalendar(id="faulty", known=CALENDAR.known, **faulty)  # type: ignore[arg-type]
    assert refused.value.code == "stays.bad_calendar"


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2025, 10, 1)), st.integers(1, 40), st.sampled_from(CountFrom))
def test_a_column_gives_the_same_days_and_each_is_the_nth(
    event: date, days: int, count_from: CountFrom
) -> None:
    due = due_in_working_days(event, days, count_from=count_from, calendar=CALENDAR)
    column = due_many(np.array([event], "datetime64[D]"), days, count_from=count_from, calendar=CALENDAR)
    assert column.astype(object).tolist() == [due.on]
    first = event + timedelta(days=count_from is CountFrom.NEXT_DAY)
    assert CALENDAR.working_days_within(Period(first, due.on)) == days
    assert CALENDAR.skip(due.on) is None


def test_a_column_without_rows_or_with_a_gap() -> None:
    none = due_many(np.array([], "datetime64[D]"), 3, count_from=CountFrom.NEXT_DAY, calendar=CALENDAR)
    assert none.size == 0
    for events, code in [
        (np.array(["NaT"], "datetime64[D]"), "stays.bad_column"),
        (np.array(["2025-12-31"], "datetime64[D]"), "stays.calendar_ends"),
    ]:
        with pytest.raises(MethodError) as refused:
            due_many(events, 3, count_from=CountFrom.NEXT_DAY, calendar=CALENDAR)
        assert refused.value.code == code


# Hours that run on working days only. 20 and 21 March 2025 are free in YEAR_2025, 22 and 23 a weekend.
YEAR_2025 = WorkCalendar(
    id="2025",
    known=Period(date(2025, 1, 1), date(2025, 12, 31)),
    holidays={date(2025, 3, 20): "Fair", date(2025, 3, 21): "Fair"},
)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("event", "hours", "due"),
    [
        # Counted on paper: two hours until 18:00 on Wednesday, two from 9:00 on Monday.
        (datetime(2025, 3, 19, 16), 4, datetime(2025, 3, 24, 11)),
        (datetime(2025, 3, 19, 16), 2, datetime(2025, 3, 19, 18)),
        (datetime(2025, 3, 19, 7), 1, datetime(2025, 3, 19, 10)),
        (datetime(2025, 3, 19, 18), 9, datetime(2025, 3, 24, 18)),
        (datetime(2025, 3, 20, 12), 10, datetime(2025, 3, 25, 10)),
        (datetime(2025, 3, 22, 23, 59), 1, datetime(2025, 3, 24, 10)),
    ],
)
def test_hours_run_while_the_office_is_open(event: datetime, hours: int, due: datetime) -> None:
    found = due_in_working_hours(event, hours, calendar=YEAR_2025, opens=time(9), closes=time(18))
    assert found.at == due
    assert found.starts >= event


def test_a_day_without_opening_hours_has_as_many_hours_as_it_really_has() -> None:
    sundays = replace(YEAR_2025, weekend=frozenset())
    for day, length in ((date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 1), 24)):
        start = datetime.combine(day, time(0), tzinfo=BERLIN)
        assert due_in_working_hours(start, length, calendar=sundays).at == datetime.combine(
            day + timedelta(days=1), time(0), tzinfo=BERLIN
        )


def test_without_free_days_working_hours_are_hours() -> None:
    always = WorkCalendar(id="all", known=Period(date(2024, 1, 1), date(2026, 12, 31)), weekend=frozenset())
    for zone in (None, BERLIN, ZoneInfo("Asia/Bishkek")):
        for hours in (1, 23, 24, 25, 100, 2000):
            event = datetime(2025, 3, 29, 22, 15, tzinfo=zone)
            assert due_in_working_hours(event, hours, calendar=always).at == due_in_hours(event, hours)


@given(st.datetimes(datetime(2025, 1, 2), datetime(2025, 6, 1)), st.integers(1, 200), st.integers(1, 200))
@settings(max_examples=80, deadline=None)
def test_hours_add_up(event: datetime, first: int, second: int) -> None:
    def due(moment: datetime, hours: int) -> datetime:
        return due_in_working_hours(
            moment, hours, calendar=YEAR_2025, opens=time(8, 30), closes=time(17, 30)
        ).at

    assert due(due(event, first), second) == due(event, first + second)


def test_hours_that_end_nowhere_are_refused() -> None:
    def code(*arguments: object, **named: object) -> str:
        with pytest.raises(MethodError) as refused:
            due_in_working_hours(*arguments, calendar=YEAR_2025, **named)  # type: ignore[arg-type]
        return refused.value.code

    event = datetime(2025, 12, 31, 12)
    assert code(event, 0) == code(event, 10**9) == "stays.bad_term"
    assert code(event, 13) == code(datetime(2030, 1, 1), 1) == "stays.calendar_ends"
    assert code(event, 1, opens=time(9), closes=time(9)) == "stays.bad_hours"
    assert code(datetime(2025, 6, 1), 8000, opens=time(9), closes=time(9, 1)) == "stays.calendar_ends"
