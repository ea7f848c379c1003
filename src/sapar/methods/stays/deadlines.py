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

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
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
        MethodError: `stays.bad_calendar` when a day is both or lies outside `known`.
    """

    id: str
    known: Period
    holidays: Mapping[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    source: str = ""

    def __post_init__(self) -> None:
        fault = ""
        if both := set(self.holidays) & self.worked:
            fault = f"{min(both).isoformat()} is a holiday and a working day"
        elif outside := [day for day in (*self.holidays, *self.worked) if not self._knows(day)]:
            fault = f"{min(outside).isoformat()} is outside the known days"
        elif not self.weekend <= set(range(7)) or len(self.weekend) == 7:
            fault = "no working weekday"
        if fault:
            raise MethodError("stays.bad_calendar", "The calendar {calendar}: {fault}.",
                              calendar=self.id, fault=fault)  # fmt: skip

    def _knows(self, day: date) -> bool:
        return self.known.first <= day <= self.known.last

    def skip(self, day: date) -> Skip | None:
        """Why the day is not worked; None when it is.

        Raises:
            MethodError: `stays.calendar_ends`.
        """
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
    event: date, days: int, *, count_from: CountFrom, calendar: WorkCalendar | None = None
) -> Due:
    """Calendar days; with a `calendar`, a last day that is not worked moves to the next working day.

    Raises:
        MethodError: `stays.bad_term` outside 1 to 36,525 days, `stays.calendar_ends`.
    """
    first = _first(event, days, count_from)
    last = _later(first, days - 1)
    if calendar is None or calendar.skip(last) is None:
        return Due(on=last, first_counted=first)
    skipped: list[tuple[date, Skip]] = []
    day = last
    while (why := calendar.skip(day)) is not None:
        skipped.append((day, why))
        day = _later(day, 1)
    return Due(on=day, first_counted=first, skipped=tuple(skipped), moved_from=last)


def due_in_working_days(event: date, days: int, *, count_from: CountFrom, calendar: WorkCalendar) -> Due:
    """The day that is the `days`-th working day.

    Raises:
        MethodError: `stays.bad_term`, `stays.calendar_ends`.
    """
    first = _first(event, days, count_from)
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
    event: datetime, hours: int, *, count_from: CountFrom = CountFrom.SAME_DAY, opens: time = time(0)
) -> datetime:
    """The moment when `hours` have passed since the event, or since `opens` of the next day.

    An event with a time zone is counted in real hours over a change of clocks.

    Raises:
        MethodError: `stays.bad_term`.
    """
    if not 1 <= hours <= MOST_DAYS * 24:
        raise MethodError("stays.bad_term", "A term of {length}.", length=hours)
    start = event
    if count_from is CountFrom.NEXT_DAY:
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
        MethodError: `stays.bad_term`, `stays.calendar_ends`, `stays.bad_hours` unless `opens` is before `closes`.
    """
    if not 1 <= hours <= MOST_DAYS * 24:
        raise MethodError("stays.bad_term", "A term of {length}.", length=hours)
    if opens.tzinfo or (closes is not None and (closes.tzinfo or closes <= opens)):
        raise MethodError("stays.bad_hours", "The hours from {opens} to {closes} are none.",
                          opens=str(opens), closes=str(closes))  # fmt: skip
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
    events: NDArray[np.datetime64], days: int, *, count_from: CountFrom, calendar: WorkCalendar
) -> NDArray[np.datetime64]:
    """`due_in_working_days` for a column of dates, shape (rows,) datetime64[D].

    Raises:
        MethodError: `stays.bad_term`, `stays.bad_column`, `stays.calendar_ends`.
    """
    if not 1 <= days <= MOST_DAYS:
        raise MethodError("stays.bad_term", "A term of {length}.", length=days)
    column = events.astype("datetime64[D]")
    if np.isnat(column).any():
        raise MethodError("stays.bad_column", "An event without a date.")
    epoch = date(1970, 1, 1).toordinal()
    firsts = column.astype(np.int64) + epoch + (count_from is CountFrom.NEXT_DAY)
    low, high = calendar.known.first.toordinal(), calendar.known.last.toordinal()
    worked = calendar.working_days
    at = np.searchsorted(worked, firsts) + days - 1
    if firsts.size and (firsts.min() < low or firsts.max() > high or at.max() >= worked.size):
        raise MethodError(
            "stays.calendar_ends", "{calendar} knows {first} to {last}, not {day}.",
            calendar=calendar.id, first=calendar.known.first.isoformat(), last=calendar.known.last.isoformat(),
            day="all days of the column",
        )  # fmt: skip
    return (worked[at] - epoch).astype("datetime64[D]")


def _first(event: date, days: int, count_from: CountFrom) -> date:
    if not 1 <= days <= MOST_DAYS:
        raise MethodError("stays.bad_term", "A term of {length}.", length=days)
    # A moment is a date too, and would carry its hour into the answer.
    day = event.date() if isinstance(event, datetime) else event
    return _later(day, 1) if count_from is CountFrom.NEXT_DAY else day


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise MethodError("stays.bad_term", "A term of {length}.", length=days) from error
