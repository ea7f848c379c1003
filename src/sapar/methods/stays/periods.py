"""Periods of days, both ends included, and how stays follow from border crossings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from heapq import heappop, heappush

from sapar.methods.errors import MethodError

DAY = timedelta(days=1)
MOST_OVERLAPS = 100_000


@dataclass(frozen=True, order=True)
class Period:
    """From `first` to `last` day, both included.

    Raises:
        MethodError: `stays.backwards`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise MethodError("stays.backwards", "{first} to {last} runs backwards.",
                              first=self.first.isoformat(), last=self.last.isoformat())  # fmt: skip

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def meets(self, other: Period) -> Period | None:
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Period(first, last) if first <= last else None


@dataclass(frozen=True)
class Stay:
    """Presence in a territory. The day of entry and the day of exit both count; no exit: still there.

    Raises:
        MethodError: `stays.backwards`.
    """

    entry: date
    exit: date | None = None

    def __post_init__(self) -> None:
        if self.exit is not None:
            Period(self.entry, self.exit)

    def until(self, on: date) -> Period | None:
        """The part of the stay up to `on`; None when it starts later."""
        return Period(self.entry, min(self.exit or on, on)) if self.entry <= on else None


class Way(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


@dataclass(frozen=True)
class Crossing:
    on: date
    way: Way


def stays_of(crossings: Sequence[Crossing]) -> tuple[Stay, ...]:
    """Pair the crossings of one person, in the order in which they happened, into stays.

    Raises:
        MethodError: `stays.crossing_missing` when an entry follows an entry or an exit has none before it,
            `stays.crossings_unordered`.
    """
    stays: list[Stay] = []
    entered: date | None = None
    before = date.min
    for crossing in crossings:
        day = crossing.on.isoformat()
        if crossing.on < before:
            raise MethodError("stays.crossings_unordered", "The crossing of {on} stands too late.", on=day)
        before = crossing.on
        if (crossing.way is Way.ENTRY) == (entered is not None):
            raise MethodError("stays.crossing_missing", "Before the {way} of {on} a crossing is missing.",
                              way=str(crossing.way), on=day)  # fmt: skip
        if entered is None:
            entered = crossing.on
        else:
            stays.append(Stay(entered, crossing.on))
            entered = None
    return (*stays, Stay(entered)) if entered is not None else tuple(stays)


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same days in the fewest periods, in order; a day in two periods counts once."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and (period.first - joined[-1].last).days <= 1:
            joined[-1] = Period(joined[-1].first, max(joined[-1].last, period.last))
        else:
            joined.append(period)
    return tuple(joined)


def without(periods: Iterable[Period], exempt: Iterable[Period]) -> tuple[Period, ...]:
    """The days of `periods` that are in none of `exempt`."""
    left: list[Period] = []
    holes = merged(exempt)
    at = 0
    for period in merged(periods):
        while at < len(holes) and holes[at].last < period.first:
            at += 1
        first, hole = period.first, at
        while hole < len(holes) and holes[hole].first <= period.last:
            if first < holes[hole].first:
                left.append(Period(first, holes[hole].first - DAY))
            if holes[hole].last >= period.last:
                break
            first = holes[hole].last + DAY
            hole += 1
        else:
            left.append(Period(first, period.last))
    return tuple(left)


@dataclass(frozen=True)
class Clash:
    """Two periods, by their places in the input, and the days they share."""

    one: int
    other: int
    shared: Period


def overlaps(periods: Sequence[Period], *, most: int = MOST_OVERLAPS) -> tuple[Clash, ...]:
    """Every pair that shares at least one day, ordered by when the overlap begins.

    Raises:
        MethodError: `stays.too_many_overlaps` beyond `most` pairs.
    """
    clashes: list[Clash] = []
    open_periods: list[tuple[date, int]] = []
    for at in sorted(range(len(periods)), key=lambda i: (periods[i].first, i)):
        period = periods[at]
        while open_periods and open_periods[0][0] < period.first:
            heappop(open_periods)
        if len(clashes) + len(open_periods) > most:
            raise MethodError("stays.too_many_overlaps", "More than {most} pairs overlap.", most=most)
        clashes += [
            Clash(min(at, other), max(at, other), Period(period.first, min(period.last, last)))
            for last, other in sorted(open_periods, key=lambda entry: entry[1])
        ]
        heappush(open_periods, (period.last, at))
    return tuple(clashes)
