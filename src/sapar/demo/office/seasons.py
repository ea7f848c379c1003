"""Which term the story is told of and when its call was open, so that each stage is the present of its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from sapar.demo.stages import Stage
from sapar.mobility.states import Term

# Days between the parts of the story.
OPENS_BEFORE, CLOSES_BEFORE = timedelta(days=123), timedelta(days=99)
TO_PREPARE, SETTLED_IN = timedelta(days=45), timedelta(days=8)


@dataclass(frozen=True)
class Season:
    """A term abroad and the call for it."""

    academic_year: int
    term: Term
    stay_from: date
    stay_to: date
    opens: date
    closes: date

    @property
    def title(self) -> str:
        return f"Exchange places, {self.term} term {self.stay_from.year}"


def season_of(stage: Stage, today: date) -> Season:
    """The season of the story: over at the last stages, the present one before."""
    if stage in (Stage.APPLICATIONS, Stage.PLACED):
        closes = today + timedelta(days=6) if stage == Stage.APPLICATIONS else today - timedelta(days=20)
        return _season(_coming(today), opens=closes - timedelta(days=32), closes=closes)
    if stage == Stage.AWAY:
        return _season([start for start in _starts(today) if start <= today - SETTLED_IN][-1], still=today)
    return _season(date(first_year(today) + 1, 2, 1))


def next_season(today: date) -> Season:
    """The term to come; its call is open now."""
    return _season(_coming(today), opens=today - timedelta(days=12), closes=today + timedelta(days=9))


def first_year(today: date) -> int:
    """The academic year before the present one."""
    return (today.year if today.month >= 9 else today.year - 1) - 1


def _starts(today: date) -> list[date]:
    """First days of terms around the day, in order."""
    years = range(today.year - 1, today.year + 2)
    return list(chain.from_iterable((date(year, 2, 1), date(year, 9, 1)) for year in years))


def _coming(today: date) -> date:
    return next(start for start in _starts(today) if start >= today + TO_PREPARE)


def _season(
    start: date, *, opens: date | None = None, closes: date | None = None, still: date | None = None
) -> Season:
    """
    Args:
        still: a day on which nobody has come back yet.
    """
    spring = start.month == 2
    ends = date(start.year, 6, 25) if spring else date(start.year + 1, 1, 25)
    return Season(
        academic_year=start.year - 1 if spring else start.year,
        term=Term.SPRING if spring else Term.AUTUMN,
        stay_from=start,
        stay_to=max(ends, still + timedelta(days=14)) if still else ends,
        opens=opens or start - OPENS_BEFORE,
        closes=closes or start - CLOSES_BEFORE,
    )
