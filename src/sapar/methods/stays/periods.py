"""Periods of days, both ends included, and how stays follow from border crossings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise

from sapar.methods.errors import MethodError, brief
from sapar.methods.stays.given import day, is_day

DAY = timedelta(days=1)
MOST_OVERLAPS = 100_000


@dataclass(frozen=True, order=True)
class Period:
    """From `first` to `last` day, both included.

    Raises:
        MethodError: `stays.backwards`, `stays.not_a_day`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        day(self.first, "first")
        day(self.last, "last")
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
        MethodError: `stays.backwards`, `stays.not_a_day`.
    """

    entry: date
    exit: date | None = None

    def __post_init__(self) -> None:
        day(self.entry, "entry")
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
        MethodError: `stays.bad_crossing` for those without a day, or neither entry nor exit;
            `stays.crossings_unordered` for those with an earlier day than the one before;
            `stays.crossing_missing` when an entry follows an entry or an exit has none before it. Each names
            all crossings at fault, and their `rows` from 0.
    """
    listed = list(crossings)
    _refuse(listed, [at for at, one in enumerate(listed) if not (is_day(one.on) and one.way in list(Way))],
            "stays.bad_crossing", "These have no day, or are neither entry nor exit: {crossings}.")  # fmt: skip
    _refuse(listed, [at for at, (one, after) in enumerate(pairwise(listed), start=1) if after.on < one.on],
            "stays.crossings_unordered", "These stand after a later day: {crossings}.")  # fmt: skip
    stays: list[Stay] = []
    missing: list[int] = []
    entered: date | None = None
    for at, crossing in enumerate(listed):
        if (crossing.way == Way.ENTRY) == (entered is not None):
            missing.append(at)
        elif entered is not None:
            stays.append(Stay(entered, crossing.on))
        entered = crossing.on if crossing.way == Way.ENTRY else None
    _refuse(
        listed, missing, "stays.crossing_missing", "Before each of these a crossing is missing: {crossings}."
    )
    return (*stays, Stay(entered)) if entered is not None else tuple(stays)


def _refuse(crossings: Sequence[Crossing], rows: Sequence[int], code: str, message: str) -> None:
    if rows:
        named = tuple(f"{brief(crossings[at].way)} {brief(crossings[at].on)}" for at in rows)
        raise MethodError(code, message, crossings=named, rows=tuple(rows))


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
