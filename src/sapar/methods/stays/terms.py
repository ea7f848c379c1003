"""Academic years and terms of a stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sapar.methods.errors import MethodError, brief
from sapar.methods.stays import given
from sapar.methods.stays.periods import DAY, Period, overlaps, without


@dataclass(frozen=True, order=True)
class Term:
    """A named stretch of an academic calendar."""

    period: Period
    name: str


@dataclass(frozen=True)
class Part:
    """Days of a stay in one term; outside all terms `name` is empty."""

    name: str
    period: Period

    @property
    def days(self) -> int:
        return self.period.days


def academic_year(day: date, *, starts: tuple[int, int] = (9, 1)) -> Part:
    """The academic year of a day, named like 2025/2026; `starts` is (month, day) of its first day.

    Raises:
        MethodError: `stays.bad_year_start` for a day that not every year has, or a year without beginning or end;
            `stays.not_a_day`.
    """
    given.day(day, "day")
    first_year = day.year if day >= _start(day.year, starts) else day.year - 1
    if not date.min.year <= first_year < date.max.year:
        raise _bad_start(starts)
    period = Period(_start(first_year, starts), _start(first_year + 1, starts) - DAY)
    return Part(f"{first_year}/{first_year + 1}", period)


def by_academic_year(stay: Period, *, starts: tuple[int, int] = (9, 1)) -> tuple[Part, ...]:
    """The stay cut at the beginnings of academic years."""
    parts: list[Part] = []
    first = stay.first
    while first <= stay.last:
        year = academic_year(first, starts=starts)
        last = min(stay.last, year.period.last)
        parts.append(Part(year.name, Period(first, last)))
        if last == stay.last:
            break
        first = last + DAY
    return tuple(parts)


def by_term(stay: Period, terms: Sequence[Term]) -> tuple[Part, ...]:
    """The stay cut into terms and what lies between them, in order; the days add up to the stay.

    Raises:
        MethodError: `stays.terms_overlap` with all pairs that do, `stays.too_many_overlaps` beyond 100,000.
    """
    if clashes := overlaps([term.period for term in terms]):
        pairs = tuple(f"{terms[clash.one].name} and {terms[clash.other].name}" for clash in clashes)
        raise MethodError("stays.terms_overlap", "These terms overlap: {pairs}.", pairs=pairs)
    parts = [Part(term.name, shared) for term in terms if (shared := stay.meets(term.period))]
    gaps = [Part("", gap) for gap in without([stay], [part.period for part in parts])]
    return tuple(sorted(parts + gaps, key=lambda part: part.period))


def _start(year: int, starts: tuple[int, int]) -> date:
    try:
        month, first = starts
        if (month, first) != (2, 29):
            return date(year, month, first)
    except (ValueError, TypeError, OverflowError) as error:
        raise _bad_start(starts) from error
    raise _bad_start(starts)


def _bad_start(starts: object) -> MethodError:
    return MethodError(
        "stays.bad_year_start",
        "No academic year starts on (month, day) {starts}.",
        starts=brief(starts),
    )
