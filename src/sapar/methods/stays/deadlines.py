"""Deadlines in calendar days, working days and hours, from holiday calendars given as data.

Holidays move by decree and Saturdays are worked in exchange, so that a calendar says which years it knows;
a deadline that runs out of them is refused and not guessed. Whether the day of the event is the first day is
part of the rule: registration in Uzbekistan is counted from 00:01 of the day after entry
(https://kun.uz/en/news/2022/10/09/authorities-in-uzbekistan-remind-visitors-about-simplified-rules-of-temporary-registration).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError, brief
from sapar.methods.stays import given
from sapar.methods.stays.periods import Period

MOST_DAYS = 36_525
SATURDAY, SUNDAY = 5, 6


class CountFrom(StrEnum):
    """Whether the day of the event is day 1 (if it is a day that counts), or the day after it."""

    SAME_DAY = "same_day"
    NEXT_DAY = "next_day"


class Skip(StrEnum):
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """Which days of `known` are worked.

    Attributes:
        holidays: day and name; a holiday on a weekend changes nothing.
        worked: weekend days that are worked in exchange for another day.
        weekend: 0 is Monday; six-day weeks have only Sunday.

    Raises:
        MethodError: `stays.bad_calendar` when a day is both or lies outside `known`, or no weekday is left; with
            all faults.
    """

    id: str
    known: Period
    holidays: Mapping[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    source: str = ""

    def __post_init__(self) -> None:
        named = {*self.holidays, *self.worked}
        days = sorted(day for day in named if given.is_day(day))
        faults = [f"“{brief(one)}” is no day" for one in named if not given.is_day(one)]
        faults += [
            f"{day.isoformat()} is a holiday and a working day"
            for day in days
            if day in self.holidays and day in self.worked
        ]
        faults += [f"{day.isoformat()} is outside the known days" for day in days if not self._knows(day)]
        if not self.weekend <= set(range(7)) or len(self.weekend) == 7:
            faults.append("no working weekday")
        if faults:
            raise MethodError("stays.bad_calendar", "The calendar {calendar}: {faults}.",
                              calendar=self.id, faults=tuple(faults))  # fmt: skip

    def _knows(self, day: date) -> bool:
        return self.known.first <= day <= self.known.last

    def skip(self, day: date) -> Skip | None:
        """Why the day is not worked; None when it is.

        Raises:
            MethodError: `stays.calendar_ends`, `stays.not_a_day`.
        """
        given.day(day, "day")
        if not self._knows(day):
            raise self.ends(day)
        if day in self.holidays:
            return Skip.HOLIDAY
        return Skip.WEEKEND if day.weekday() in self.weekend and day not in self.worked else None

    def ends(self, day: date) -> MethodError:
        return MethodError(
            "stays.calendar_ends", "{calendar} knows {first} to {last}, not {day}.",
            calendar=self.id, first=self.known.first.isoformat(), last=self.known.last.isoformat(),
            day=day.isoformat(),
        )  # fmt: skip

    @cached_property
    def working_days(self) -> NDArray[np.int64]:
        """All working days as ordinals (`date.toordinal`), rising."""
        first = self.known.first.toordinal()
        days = np.arange(first, self.known.last.toordinal() + 1, dtype=np.int64)
        free = np.isin((days + 6) % 7, list(self.weekend))
        for day in self.worked:
            free[day.toordinal() - first] = False
        for day in self.holidays:
            free[day.toordinal() - first] = True
        return days[~free]

    def working_days_within(self, period: Period) -> int:
        """How many days of the period are worked.

        Raises:
            MethodError: `stays.calendar_ends`.
        """
        for day in (period.first, period.last):
            if not self._knows(day):
                raise self.ends(day)
        low, high = np.searchsorted(
            self.working_days, [period.first.toordinal(), period.last.toordinal() + 1]
        )
        return int(high - low)


@dataclass(frozen=True, kw_only=True)
class Due:
    """The last day on which the duty can be done, and the days passed over on the way with their reason."""

    on: date
    first_counted: date
    skipped: tuple[tuple[date, Skip], ...] = ()
    moved_from: date | None = None


def due_in_days(
    event: date, days: int, *, count_from: CountFrom | str, calendar: WorkCalendar | None = None
) -> Due:
    """Calendar days; with a `calendar`, a last day that is not worked moves to the next working day.

    Raises:
        MethodError: `stays.bad_term` outside 1 to 36,525 whole days, `stays.calendar_ends`, `stays.not_a_day`,
            `stays.bad_rule` for another way to count than those of `CountFrom`.
    """
    days = _term(days, MOST_DAYS)
    first = _first(event, count_from)
    last = _later(first, days - 1)
    if calendar is None or calendar.skip(last) is None:
        return Due(on=last, first_counted=first)
    skipped: list[tuple[date, Skip]] = []
    day = last
    while (why := calendar.skip(day)) is not None:
        skipped.append((day, why))
        day = _later(day, 1)
    return Due(on=day, first_counted=first, skipped=tuple(skipped), moved_from=last)


def due_in_working_days(
    event: date, days: int, *, count_from: CountFrom | str, calendar: WorkCalendar
) -> Due:
    """The day that is the `days`-th working day.

    Raises:
        MethodError: `stays.bad_term`, `stays.calendar_ends`, `stays.not_a_day`, `stays.bad_rule`.
    """
    days = _term(days, MOST_DAYS)
    first = _first(event, count_from)
    if not calendar.known.first <= first <= calendar.known.last:
        raise calendar.ends(first)
    worked = calendar.working_days
    at = int(np.searchsorted(worked, first.toordinal()))
    if at + days > worked.size:
        raise calendar.ends(_later(calendar.known.last, 1))
    last = date.fromordinal(int(worked[at + days - 1]))
    skipped = tuple(
        (day, why)
        for day in (_later(first, ahead) for ahead in range((last - first).days))
        if (why := calendar.skip(day)) is not None
    )
    return Due(on=last, first_counted=date.fromordinal(int(worked[at])), skipped=skipped)


def due_in_hours(
    event: datetime, hours: int, *, count_from: CountFrom | str = CountFrom.SAME_DAY, opens: time = time(0)
) -> datetime:
    """The moment when `hours` have passed since the event, or since `opens` of the next day.

    An event with a time zone is counted in real hours over a change of clocks.

    Raises:
        MethodError: `stays.bad_term`, `stays.not_a_moment`, `stays.bad_hours` for an opening that is no time of a
            day or has a time zone of its own, `stays.bad_rule`.
    """
    hours = _term(hours, MOST_DAYS * 24)
    _check_moment(event, opens, None)
    start = event
    if _from_next_day(count_from):
        start = datetime.combine(_later(event.date(), 1), opens, tzinfo=event.tzinfo)
    try:
        if start.tzinfo is None:
            return start + timedelta(hours=hours)
        return (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(start.tzinfo)
    except OverflowError as error:
        raise MethodError("stays.bad_term", "A term of {length}.", length=hours) from error


@dataclass(frozen=True, kw_only=True)
class DueAt:
    """The moment by which the duty must be done, and the days passed over on the way with their reason."""

    at: datetime
    starts: datetime
    skipped: tuple[tuple[date, Skip], ...] = ()


def due_in_working_hours(
    event: datetime, hours: int, *, calendar: WorkCalendar, opens: time = time(0), closes: time | None = None
) -> DueAt:
    """The moment when `hours` have run, counting only working days, from `opens` to `closes` of each.

    An event outside these hours starts to count at the next opening. With a time zone the hours are real ones: a day
    on which clocks change has one more or one less. `closes` None: the end of the day.

    Raises:
        MethodError: `stays.bad_term`, `stays.calendar_ends`, `stays.not_a_moment`, `stays.bad_hours` unless `opens`
            is before `closes`.
    """
    hours = _term(hours, MOST_DAYS * 24)
    _check_moment(event, opens, closes)
    left = timedelta(hours=hours)
    starts: datetime | None = None
    skipped: list[tuple[date, Skip]] = []
    day = event.date()
    while True:
        why = calendar.skip(day)
        if why is None:
            begin = max(_moment(day, opens, event), _real(event))
            end = _moment(_later(day, 1), time(0), event) if closes is None else _moment(day, closes, event)
            if begin < end:
                starts = starts or _shown(begin, event)
                if begin + left <= end:
                    return DueAt(at=_shown(begin + left, event), starts=starts, skipped=tuple(skipped))
                left -= end - begin
        else:
            skipped.append((day, why))
        day = _later(day, 1)


def _moment(day: date, clock: time, like: datetime) -> datetime:
    return _real(datetime.combine(day, clock, tzinfo=like.tzinfo))


def _real(moment: datetime) -> datetime:
    """In UTC if there is a time zone, so that differences are hours that pass."""
    try:
        return moment if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise MethodError("stays.bad_term", "A term of {length}.", length=str(moment)) from error


def _shown(moment: datetime, like: datetime) -> datetime:
    return moment if like.tzinfo is None else moment.astimezone(like.tzinfo)


def due_many(
    events: ArrayLike, days: int, *, count_from: CountFrom | str, calendar: WorkCalendar
) -> NDArray[np.datetime64]:
    """`due_in_working_days` for a column of dates, shape (rows,) datetime64[D].

    Raises:
        MethodError: `stays.bad_term`, `stays.bad_rule`, `stays.bad_column` with all rows without a date,
            `stays.calendar_ends` with all rows whose days are not all known. Rows count from 0.
    """
    days = _term(days, MOST_DAYS)
    column = given.dates(events, "events")
    if gaps := tuple(np.flatnonzero(np.isnat(column)).tolist()):
        raise MethodError("stays.bad_column", "Events without a date in the rows {rows}.", rows=gaps)
    epoch = date(1970, 1, 1).toordinal()
    firsts = column.astype(np.int64) + epoch + _from_next_day(count_from)
    low, high = calendar.known.first.toordinal(), calendar.known.last.toordinal()
    worked = calendar.working_days
    at = np.searchsorted(worked, firsts) + days - 1
    unknown = np.flatnonzero((firsts < low) | (firsts > high) | (at >= worked.size))
    if unknown.size:
        raise MethodError(
            "stays.calendar_ends", "{calendar} knows {first} to {last}, not all days of {events}.",
            calendar=calendar.id, first=calendar.known.first.isoformat(), last=calendar.known.last.isoformat(),
            events=tuple(f"row {row}: {column[row]}" for row in unknown.tolist()),
        )  # fmt: skip
    return (worked[at] - epoch).astype("datetime64[D]")


def _term(length: int, most: int) -> int:
    number = given.whole(length)
    if number is None or not 1 <= number <= most:
        shown = length if number is not None else brief(length)
        raise MethodError(
            "stays.bad_term",
            "A term of {length}, not of 1 to {most} whole days or hours.",
            length=shown,
            most=most,
        )
    return number


def _from_next_day(count_from: CountFrom | str) -> bool:
    if count_from not in list(CountFrom):
        raise MethodError("stays.bad_rule", "There is no rule “{rule}”.", rule=brief(count_from))
    return count_from == CountFrom.NEXT_DAY


def _check_moment(event: object, opens: object, closes: object) -> None:
    # A missing moment (NaT) calls itself a datetime, and is unequal to itself.
    if not isinstance(event, datetime) or event != event:
        raise MethodError("stays.not_a_moment", "“{value}” is no moment.", value=brief(event))
    if not (_clock(opens) and (closes is None or (_clock(closes) and opens < closes))):
        raise MethodError("stays.bad_hours", "The hours from {opens} to {closes} are none.",
                          opens=brief(opens), closes=brief(closes))  # fmt: skip


def _clock(value: object) -> TypeGuard[time]:
    return isinstance(value, time) and value.tzinfo is None


def _first(event: date, count_from: CountFrom | str) -> date:
    # A moment is a date too, and would carry its hour into the answer.
    day = event.date() if isinstance(event, datetime) and event == event else given.day(event, "event")
    return _later(day, 1) if _from_next_day(count_from) else day


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise MethodError("stays.bad_term", "A term of {length}.", length=days) from error
