"""What is no day and no whole number is refused by every function with a code; all faults are named at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.stays import (
    CountFrom,
    Crossing,
    DurationRule,
    Limit,
    Period,
    Stay,
    Term,
    Way,
    WorkCalendar,
    academic_year,
    by_academic_year,
    by_term,
    count_days,
    count_many,
    day_reaching,
    due_in_days,
    due_in_hours,
    due_in_working_days,
    due_in_working_hours,
    due_many,
    duration,
    earliest_entry,
    last_lawful_day,
    overstays,
    presence,
    stays_of,
)


class _Gap(datetime):
    """As pandas' NaT: a datetime that is unequal to itself."""

    __hash__ = datetime.__hash__

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True


GAP = _Gap(2025, 1, 1)
DAY = date(2025, 1, 6)
LIMIT = Limit(days=90, per=180)
STAYS = [Stay(date(2024, 12, 1), date(2024, 12, 20))]
CALENDAR = WorkCalendar(id="c", known=Period(date(2025, 1, 1), date(2025, 12, 31)))
COLUMN = np.array(["2025-01-02"], dtype="datetime64[D]")
NO_DAYS: list[Any] = [
    None, "2025-01-05", 5, math.nan, datetime(2025, 1, 5, 10), datetime(2025, 1, 5, tzinfo=UTC),
    GAP, np.datetime64("2025-01-05"), np.datetime64("NaT"),
]  # fmt: skip
NO_NUMBERS: list[Any] = [None, "5", math.nan, math.inf, 1.5, -1, True, np.float64(3.0), 10**5_000]


def refusal(function: Callable[..., object], *arguments: Any, **named: Any) -> MethodError:
    with pytest.raises(MethodError) as refused:
        function(*arguments, **named)
    return refused.value


@pytest.mark.parametrize("value", NO_DAYS, ids=repr)
def test_what_is_no_day_is_no_day_anywhere(value: Any) -> None:
    for call in (
        lambda: Period(value, DAY),
        lambda: Period(DAY, value),
        lambda: Stay(value),
        lambda: presence(STAYS, on=value),
        lambda: count_days(STAYS, LIMIT, on=value),
        lambda: last_lawful_day(STAYS, LIMIT, on=value),
        lambda: day_reaching(STAYS, LIMIT, 60, on=value),
        lambda: earliest_entry(STAYS, LIMIT, after=value),
        lambda: overstays(STAYS, LIMIT, on=value),
        lambda: count_many([0], COLUMN, COLUMN, LIMIT, on=value, people=1),
        lambda: CALENDAR.skip(value),
        lambda: academic_year(value),
    ):
        assert refusal(call).code == "stays.not_a_day"
    assert (
        refusal(WorkCalendar, id="c", known=CALENDAR.known, holidays={value: ""}).code == "stays.bad_calendar"
    )
    assert refusal(stays_of, [Crossing(value, Way.ENTRY)]).code == "stays.bad_crossing"


def test_a_gap_is_no_end_of_a_stay_and_no_beginning_of_a_limit() -> None:
    for value in NO_DAYS[1:]:
        assert refusal(Stay, DAY, value).code == "stays.not_a_day"
        assert refusal(Limit, days=1, per=2, since=value).code == "stays.not_a_day"


@pytest.mark.parametrize("value", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_what_is_no_whole_number_is_no_length(value: Any) -> None:
    rule: dict[str, Any] = {"count_from": CountFrom.NEXT_DAY}
    for call in (
        lambda: due_in_days(DAY, value, **rule),
        lambda: due_in_working_days(DAY, value, calendar=CALENDAR, **rule),
        lambda: due_many(COLUMN, value, calendar=CALENDAR, **rule),
        lambda: due_in_hours(datetime(2025, 1, 6), value),
        lambda: due_in_working_hours(datetime(2025, 1, 6), value, calendar=CALENDAR),
    ):
        assert refusal(call).code == "stays.bad_term"
    assert refusal(Limit, days=value, per=180).code == "stays.bad_limit"
    assert refusal(Limit, days=1, per=value).code == "stays.bad_limit"
    assert refusal(earliest_entry, STAYS, LIMIT, after=DAY, days=value).code in {
        "stays.bad_limit",
        "stays.never_enough",
    }
    if not isinstance(value, int) or value < 0:
        assert refusal(day_reaching, STAYS, LIMIT, value, on=DAY).code == "stays.bad_limit"
    assert refusal(count_many, [0], COLUMN, COLUMN, LIMIT, on=DAY, people=value).code == "stays.bad_column"
    if value is not True:  # which is 1, for January
        assert refusal(academic_year, DAY, starts=(value, 1)).code == "stays.bad_year_start"
    assert refusal(academic_year, DAY, starts=value).code == "stays.bad_year_start"


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    three = np.int64(3)
    assert due_in_days(DAY, three, count_from="same_day").on == date(2025, 1, 8)  # type: ignore[arg-type]
    assert due_in_hours(datetime(2025, 1, 6), three) == datetime(2025, 1, 6, 3)  # type: ignore[arg-type]


def test_a_rule_may_be_its_word_and_no_other_word_is_a_rule() -> None:
    assert due_in_days(DAY, 1, count_from="next_day").on == date(2025, 1, 7)
    moment = datetime(2025, 1, 6, 22)
    assert due_in_hours(moment, 1, count_from="next_day") == datetime(2025, 1, 7, 1)
    assert due_many(COLUMN, 1, count_from="next_day", calendar=CALENDAR) == np.datetime64("2025-01-03")
    assert duration(Period(DAY, DAY), "days") == duration(Period(DAY, DAY), DurationRule.DAYS)
    for call in (
        lambda: due_in_days(DAY, 1, count_from="tomorrow"),
        lambda: due_in_hours(moment, 1, count_from="tomorrow"),
        lambda: due_many(COLUMN, 1, count_from="tomorrow", calendar=CALENDAR),
        lambda: duration(Period(DAY, DAY), "weeks"),
    ):
        assert refusal(call).code == "stays.bad_rule"


def test_a_moment_and_hours_of_a_day_are_asked_for() -> None:
    for value in (DAY, None, "2025-01-06", GAP, np.datetime64("2025-01-06")):
        assert refusal(due_in_hours, value, 1).code == "stays.not_a_moment"
        assert refusal(due_in_working_hours, value, 1, calendar=CALENDAR).code == "stays.not_a_moment"
    moment = datetime(2025, 1, 6, 10)
    for opens in (None, "09:00", time(9, tzinfo=UTC)):
        assert refusal(due_in_hours, moment, 1, opens=opens).code == "stays.bad_hours"
        assert (
            refusal(due_in_working_hours, moment, 1, calendar=CALENDAR, opens=opens).code == "stays.bad_hours"
        )


def test_all_broken_crossings_are_named() -> None:
    days = [date(2025, 1, day) for day in range(1, 8)]
    ways = [Way.EXIT, Way.ENTRY, Way.ENTRY, Way.EXIT, Way.EXIT, Way.ENTRY, Way.ENTRY]
    missing = refusal(stays_of, [Crossing(on, way) for on, way in zip(days, ways, strict=True)])
    assert missing.code == "stays.crossing_missing"
    assert missing.facts["rows"] == (0, 2, 4, 6)
    assert missing.facts["crossings"] == (
        "exit 2025-01-01", "entry 2025-01-03", "exit 2025-01-05", "entry 2025-01-07",
    )  # fmt: skip
    order = [days[2], days[0], days[5], days[4]]
    unordered = refusal(stays_of, [Crossing(on, Way.ENTRY) for on in order])
    assert (unordered.code, unordered.facts["rows"]) == ("stays.crossings_unordered", (1, 3))
    strange: list[Any] = [Crossing(DAY, "sideways"), Crossing(DAY, Way.ENTRY), Crossing(None, Way.EXIT)]  # type: ignore[arg-type]
    assert refusal(stays_of, strange).facts["rows"] == (0, 2)
    assert stays_of([Crossing(DAY, "entry")]) == (Stay(DAY),)  # type: ignore[arg-type]


def test_all_faults_of_a_calendar_and_all_overlapping_terms_are_named() -> None:
    one, other, far = date(2025, 3, 1), date(2025, 3, 2), date(2030, 1, 1)
    faults = refusal(
        WorkCalendar, id="c", known=CALENDAR.known, holidays={one: "", other: "", far: ""},
        worked=frozenset({one, other}), weekend=frozenset(range(7)),
    ).facts["faults"]  # fmt: skip
    assert faults == (
        "2025-03-01 is a holiday and a working day", "2025-03-02 is a holiday and a working day",
        "2030-01-01 is outside the known days", "no working weekday",
    )  # fmt: skip
    terms = [Term(Period(DAY, DAY), name) for name in "abc"]
    assert refusal(by_term, Period(DAY, DAY), terms).facts["pairs"] == ("a and b", "a and c", "b and c")
    many = [Term(Period(DAY, DAY), str(at)) for at in range(1_000)]
    assert refusal(by_term, Period(DAY, DAY), many).code == "stays.too_many_overlaps"


def test_all_faults_of_columns_are_named() -> None:
    entry = np.array(["2025-01-02", "NaT", "2025-01-02", "2025-01-02"], dtype="datetime64[D]")
    exit = np.array(["2025-01-01", "2025-01-01", "NaT", "2025-01-01"], dtype="datetime64[D]")
    refused = refusal(count_many, [0, 0, 9, 0], entry, exit, LIMIT, on=DAY, people=1)
    assert refused.facts["faults"] == (
        "row 2: there is no person 9", "row 1: an entry without a date",
        "row 0: 2025-01-02 to 2025-01-01 runs backwards", "row 3: 2025-01-02 to 2025-01-01 runs backwards",
    )  # fmt: skip
    backwards = refusal(count_many, [0, 0], entry[[0, 3]], exit[[0, 3]], LIMIT, on=DAY, people=1)
    assert backwards.code == "stays.backwards"
    gaps = refusal(due_many, ["NaT", "2025-01-02", ""], 1, count_from="same_day", calendar=CALENDAR)
    assert (gaps.code, gaps.facts["rows"]) == ("stays.bad_column", (0, 2))
    ends = refusal(
        due_many, ["2025-12-31", "2025-01-02", "2020-01-01"], 1, count_from="next_day", calendar=CALENDAR
    )
    assert (ends.code, ends.facts["events"]) == (
        "stays.calendar_ends",
        ("row 0: 2025-12-31", "row 2: 2020-01-01"),
    )


@pytest.mark.parametrize("column", [[5], [5.5], ["soon"], [None, "x"], [[DAY]]], ids=repr)
def test_numbers_and_words_are_no_column_of_dates(column: list[Any]) -> None:
    codes = {"stays.bad_column"}
    assert refusal(count_many, [0], column, column, LIMIT, on=DAY, people=1).code in codes
    if column != [[DAY]]:
        assert refusal(due_many, column, 1, count_from="same_day", calendar=CALENDAR).code in codes


def test_columns_may_hold_dates_of_python() -> None:
    assert count_many(
        [0], np.array([DAY]), np.array([None]), LIMIT, on=date(2025, 1, 8), people=1
    ).tolist() == [3]
    assert count_many([], [], [], LIMIT, on=DAY, people=2).tolist() == [0, 0]


def test_academic_years_at_the_ends_of_the_calendar() -> None:
    assert refusal(academic_year, date.max).code == "stays.bad_year_start"
    assert refusal(by_academic_year, Period(date.min, date.min)).code == "stays.bad_year_start"
