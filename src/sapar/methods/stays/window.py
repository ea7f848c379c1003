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
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.stays.periods import DAY, Period, Stay, merged, without

LONGEST_WINDOW = 3_660


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `days` within any `per` days; days before `since` are not counted.

    Raises:
        MethodError: `stays.bad_limit`.
    """

    days: int
    per: int
    since: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.days <= self.per <= LONGEST_WINDOW:
            raise MethodError("stays.bad_limit", "{days} days in {per}.", days=self.days, per=self.per)


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
    """Days of presence up to `on` that count, merged; an open stay lasts until `on`."""
    parts = [part for stay in stays if (part := stay.until(on)) is not None]
    return without(parts, exempt)


def count_days(stays: Iterable[Stay], limit: Limit, *, on: date, exempt: Iterable[Period] = ()) -> Count:
    """Count the days of the window that ends on `on`."""
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
    """
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
        MethodError: `stays.never_enough` when `days` is more than the limit allows, `stays.bad_limit` below 1.
    """
    if days < 1:
        raise MethodError("stays.bad_limit", "{days} days in {per}.", days=days, per=limit.per)
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
    person: NDArray[np.integer],
    entry: NDArray[np.datetime64],
    exit: NDArray[np.datetime64],
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
        MethodError: `stays.bad_column`, `stays.backwards`.
    """
    who = np.asarray(person)
    if not (who.shape == entry.shape == exit.shape and who.ndim == 1) or who.dtype.kind not in "iu":
        raise MethodError("stays.bad_column", "Columns of different length or kind.")
    if who.size and (who.min() < 0 or who.max() >= people):
        raise MethodError("stays.bad_column", "A person outside the list of {people}.", people=people)
    first, last = entry.astype("datetime64[D]"), exit.astype("datetime64[D]")
    if np.isnat(first).any():
        raise MethodError("stays.bad_column", "An entry without a date.")
    day = np.datetime64(on, "D")
    if (wrong := np.flatnonzero(last < first)).size:
        raise MethodError("stays.backwards", "{first} to {last} runs backwards.",
                          first=str(first[wrong[0]]), last=str(last[wrong[0]]))  # fmt: skip
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
