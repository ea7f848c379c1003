"""Academic years and terms of a stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sapar.methods.errors import MethodError
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
        MethodError: `stays.bad_year_start` for a day that not every year has.
    """
    first_year = day.year if day >= _start(day.year, starts) else day.year - 1
    if not date.min.year <= first_year < date.max.year:
        raise MethodError("stays.bad_year_start", "No academic year starts on {month}-{day}.",
                          month=starts[0], day=starts[1])  # fmt: skip
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
        MethodError: `stays.terms_overlap`.
    """
    if clash := overlaps([term.period for term in terms], most=len(terms) ** 2):
        one, other = terms[clash[0].one].name, terms[clash[0].other].name
        raise MethodError("stays.terms_overlap", "{one} and {other} overlap.", one=one, other=other)
    parts = [Part(term.name, shared) for term in terms if (shared := stay.meets(term.period))]
    gaps = [Part("", gap) for gap in without([stay], [part.period for part in parts])]
    return tuple(sorted(parts + gaps, key=lambda part: part.period))


def _start(year: int, starts: tuple[int, int]) -> date:
    month, day = starts
    if (month, day) == (2, 29):
        raise MethodError("stays.bad_year_start", "No academic year starts on {month}-{day}.",
                          month=month, day=day)  # fmt: skip
    try:
        return date(year, month, day)
    except ValueError as error:
        raise MethodError("stays.bad_year_start", "No academic year starts on {month}-{day}.",
                          month=month, day=day) from error  # fmt: skip
