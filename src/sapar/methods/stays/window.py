"""How many days of a rolling window were spent in a territory: 90 in any 180, 60 in 120, 30 in 60.

Source of the counting: Regulation (EU) No 610/2013, as explained in the user manual of the European
Commission's short-stay calculator: the window looks back from each day of the stay, the day of entry is the
first and the day of exit the last day of stay, days under a residence permit or long-stay visa do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError, brief
from sapar.methods.stays import given
from sapar.methods.stays.periods import DAY, Period, Stay, merged, without

LONGEST_WINDOW = 3_660
MOST_PEOPLE = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `days` within any `per` days; days before `since` are not counted.

    Raises:
        MethodError: `stays.bad_limit` unless both are whole numbers, the window at most 3,660 days;
            `stays.not_a_day`.
    """

    days: int
    per: int
    since: date | None = None

    def __post_init__(self) -> None:
        days, per = given.whole(self.days), given.whole(self.per)
        if days is None or per is None or not 1 <= days <= per <= LONGEST_WINDOW:
            raise _bad_limit(self.days, self.per)
        if self.since is not None:
            given.day(self.since, "since")


def _bad_limit(days: object, per: object) -> MethodError:
    return MethodError("stays.bad_limit", "{days} days in {per}.", days=_number(days), per=_number(per))


def _number(value: object) -> int | str:
    return brief(value) if (number := given.whole(value)) is None else number


@dataclass(frozen=True, kw_only=True)
class Count:
    """The state of a person on one day.

    Attributes:
        window: the days looked at, ending on `on`.
        used: days of presence in the window, `on` included if present; `remaining`: limit minus used, not
            below 0; `over`: used minus limit, not below 0.
        spent: the counted days as periods, so that anyone can add them up.
    """

    on: date
    limit: Limit
    window: Period
    used: int
    remaining: int
    over: int
    spent: tuple[Period, ...]


def presence(stays: Iterable[Stay], *, on: date, exempt: Iterable[Period] = ()) -> tuple[Period, ...]:
    """Days of presence up to `on` that count, merged; an open stay lasts until `on`.

    Raises:
        MethodError: `stays.not_a_day`, as all that count by a day.
    """
    given.day(on, "on")
    parts = [part for stay in stays if (part := stay.until(on)) is not None]
    return without(parts, exempt)


def count_days(stays: Iterable[Stay], limit: Limit, *, on: date, exempt: Iterable[Period] = ()) -> Count:
    """Count the days of the window that ends on `on`."""
    given.day(on, "on")
    first = _back(on, limit.per - 1)
    if limit.since is not None:
        first = min(max(first, limit.since), on)
    window = Period(first, on)
    counted = limit.since is None or limit.since <= on
    spent = tuple(
        part for period in presence(stays, on=on, exempt=exempt) if counted and (part := period.meets(window))
    )
    used = sum(period.days for period in spent)
    return Count(
        on=on, limit=limit, window=window, used=used, remaining=max(0, limit.days - used),
        over=max(0, used - limit.days), spent=spent,
    )  # fmt: skip


def last_lawful_day(
    stays: Iterable[Stay], limit: Limit, *, on: date, exempt: Iterable[Period] = ()
) -> date | None:
    """The last day of an unbroken presence from `on` that keeps the limit, earlier days falling out as time goes.

    None when not even `on` keeps it; `date.max` when the limit can never be reached (as many days as the
    window has, or an exemption without end). Stays after `on` are part of the unbroken presence.
    """
    over = np.flatnonzero(_ahead(stays, limit, on, exempt) > limit.days)
    if not over.size:
        return date.max
    return on + timedelta(days=int(over[0]) - 1) if over[0] else None


def day_reaching(
    stays: Iterable[Stay], limit: Limit, used: int, *, on: date, exempt: Iterable[Period] = ()
) -> date | None:
    """The first day from `on` on which `used` days are spent if the person stays without a break.

    For warnings before the limit, say at 60, 75 and 85 of 90. None when it is never reached.

    Raises:
        MethodError: `stays.bad_limit` unless `used` is a whole number from 0.
    """
    asked = given.whole(used)
    if asked is None or asked < 0:
        raise _bad_limit(used, limit.per)
    reached = np.flatnonzero(_ahead(stays, limit, on, exempt) >= used)
    return on + timedelta(days=int(reached[0])) if reached.size else None


def earliest_entry(
    stays: Iterable[Stay],
    limit: Limit,
    *,
    after: date,
    days: int = 1,
    exempt: Iterable[Period] = (),
) -> date:
    """The first day from `after` on which a new stay of `days` days in a row keeps the limit throughout.

    An open stay is taken to end the day before `after`. Later stays in the list are left out.

    Raises:
        MethodError: `stays.never_enough` when `days` is more than the limit allows, `stays.bad_limit` below 1 or
            for what is no whole number.
    """
    given.day(after, "after")
    length = given.whole(days)
    if length is None or length < 1:
        raise _bad_limit(days, limit.per)
    if days > limit.days:
        raise MethodError("stays.never_enough", "{days} days are never possible with {most} in {per}.",
                          days=days, most=limit.days, per=limit.per)  # fmt: skip
    exempt = tuple(exempt)
    if after == date.min:
        return after
    past = presence(stays, on=after - DAY, exempt=exempt)
    start = _back(after, limit.per - 1)
    # An absence of a whole window clears the account, so the answer lies within it.
    horizon = min(limit.per + days, (date.max - after).days + 1)
    before = (after - start).days
    planned = before + horizon
    there = np.zeros(planned, dtype=np.int64)
    counts = np.ones(planned, dtype=np.int64)
    _mark(there, past, start)
    _mark(counts, merged(exempt), start, value=0)
    _forget(there, limit, start)
    _forget(counts, limit, start)
    spent = np.concatenate(([0], np.cumsum(there)))
    fresh = np.concatenate(([0], np.cumsum(counts)))
    for entry in range(before, planned - days + 1):
        ends = np.arange(entry, entry + days)
        starts = np.maximum(ends - limit.per + 1, 0)
        used = spent[ends + 1] - spent[starts] + fresh[ends + 1] - fresh[np.maximum(starts, entry)]
        if used.max() <= limit.days:
            return start + timedelta(days=entry)
    raise MethodError("stays.never_enough", "{days} days are never possible with {most} in {per}.",
                      days=days, most=limit.days, per=limit.per)  # fmt: skip


def overstays(
    stays: Iterable[Stay], limit: Limit, *, on: date, exempt: Iterable[Period] = ()
) -> tuple[Period, ...]:
    """The days up to `on` on which the person was present and the limit exceeded, as periods.

    Each day looks back over its own window, so that these can be more days than `Count.over`, which looks back
    once, from the day of the check, as an officer at the border does.
    """
    spent = presence(stays, on=on, exempt=exempt)
    if limit.since is not None:
        if limit.since > on:
            return ()
        spent = tuple(part for period in spent if (part := period.meets(Period(limit.since, on))))
    if not spent:
        return ()
    start = spent[0].first
    there = np.zeros((spent[-1].last - start).days + 1, dtype=np.int64)
    _mark(there, spent, start)
    total = np.concatenate(([0], np.cumsum(there)))
    days = np.arange(there.size)
    used = total[1:] - total[np.maximum(days - limit.per + 1, 0)]
    over = ((used > limit.days) & (there > 0)).astype(np.int8)
    edges = np.diff(over, prepend=0, append=0)
    firsts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return tuple(
        Period(start + timedelta(days=int(first)), start + timedelta(days=int(end) - 1))
        for first, end in zip(firsts, ends, strict=True)
    )


def _ahead(stays: Iterable[Stay], limit: Limit, on: date, exempt: Iterable[Period]) -> NDArray[np.int64]:
    """Days used on `on` and each later day of an unbroken presence, until nothing can change any more."""
    given.day(on, "on")
    holes = merged(exempt)
    past = presence(stays, on=on, exempt=holes)
    # One window after the last exemption every day looks like the next.
    settled = max(on, holes[-1].last if holes else on, limit.since or on)
    horizon = min((settled - on).days + limit.per + 1, (date.max - on).days + 1)
    start = _back(on, limit.per - 1)
    before = (on - start).days
    there = np.zeros(before + horizon, dtype=np.int64)
    there[before:] = 1
    _mark(there, past, start)
    _mark(there, holes, start, value=0)
    _forget(there, limit, start)
    total = np.concatenate(([0], np.cumsum(there)))
    days = np.arange(before, before + horizon)
    used: NDArray[np.int64] = total[days + 1] - total[np.maximum(days - limit.per + 1, 0)]
    return used


def _forget(days: NDArray[np.int64], limit: Limit, start: date) -> None:
    """Days before the limit began do not count."""
    if limit.since is not None:
        days[: max((limit.since - start).days, 0)] = 0


def _mark(days: NDArray[np.int64], periods: Iterable[Period], start: date, *, value: int = 1) -> None:
    for period in periods:
        first = max((period.first - start).days, 0)
        days[first : max((period.last - start).days + 1, 0)] = value


def _back(on: date, days: int) -> date:
    return date.fromordinal(max(on.toordinal() - days, 1))


def count_many(
    person: ArrayLike,
    entry: ArrayLike,
    exit: ArrayLike,
    limit: Limit,
    *,
    on: date,
    people: int,
) -> NDArray[np.int64]:
    """Days used on `on` by everyone, for the daily list of those near their limit.

    Args:
        person: shape (rows,), 0 to people - 1. Rows may stand in any order and overlap.
        entry, exit: shape (rows,), datetime64[D]; an exit of NaT means still there.

    Returns:
        Shape (people,): the `used` of `count_days`.

    Raises:
        MethodError: `stays.bad_column`, `stays.backwards`, with all rows at fault, from 0; `stays.not_a_day`.
    """
    who, first, last = _columns(person, entry, exit, people)
    day = np.datetime64(given.day(on, "on"), "D")
    begin = day - np.timedelta64(limit.per - 1, "D")
    if limit.since is not None:
        begin = max(begin, np.datetime64(limit.since, "D"))
    # Days of the window, numbered from 0; every person gets a stretch of the line of their own.
    low = np.maximum((first - begin).astype(np.int64), 0)
    high = np.minimum(
        (np.where(np.isnat(last), day, last) - begin).astype(np.int64), (day - begin).astype(int)
    )
    kept = np.flatnonzero(low <= high)
    stretch = who[kept].astype(np.int64) * (limit.per + 1)
    low, high = low[kept] + stretch, high[kept] + stretch
    order = np.argsort(low, kind="stable")
    low, high, owner = low[order], high[order], who[kept][order]
    covered = np.concatenate(([-1], np.maximum.accumulate(high)[:-1])) if high.size else high
    fresh = np.maximum(high - np.maximum(low, covered + 1) + 1, 0)
    return np.bincount(owner, weights=fresh, minlength=people).astype(np.int64)


def _columns(
    person: ArrayLike, entry: ArrayLike, exit: ArrayLike, people: int
) -> tuple[NDArray[np.int64], given.Dates, given.Dates]:
    """The columns of `count_many`; refused with every row at fault."""
    who, first, last = np.asarray(person), given.dates(entry, "entry"), given.dates(exit, "exit")
    if not (who.shape == first.shape == last.shape and who.ndim == 1):
        raise MethodError("stays.bad_column", "Columns of different length.")
    if who.size and who.dtype.kind not in "iu":
        raise MethodError("stays.bad_column", "The column {what} holds no whole numbers.", what="person")
    most = given.whole(people)
    if most is None or not 0 <= most <= MOST_PEOPLE:
        raise MethodError("stays.bad_column", "A list of {people} people.", people=_number(people))
    strangers, gaps = (
        np.flatnonzero((who < 0) | (who >= most)).tolist(),
        np.flatnonzero(np.isnat(first)).tolist(),
    )
    backwards = np.flatnonzero(last < first).tolist()
    faults = (
        *(f"row {row}: there is no person {who[row]}" for row in strangers),
        *(f"row {row}: an entry without a date" for row in gaps),
        *(f"row {row}: {first[row]} to {last[row]} runs backwards" for row in backwards),
    )
    if faults:
        code = "stays.bad_column" if strangers or gaps else "stays.backwards"
        raise MethodError(code, "Wrong in the columns: {faults}.", faults=faults)
    return who.astype(np.int64), first, last
