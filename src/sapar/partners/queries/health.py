"""How well an agreement or a partnership lives, in words and by facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

QUIET_DAYS = 365
DORMANT_YEARS = 2


@dataclass(frozen=True)
class YearUse:
    """One academic year: places agreed and how many people held them; who came is told by the stays.

    `went_out` and `came_in` count people whose stay began.
    """

    academic_year: int
    places_out: int = 0
    held_out: int = 0
    went_out: int = 0
    places_in: int = 0
    held_in: int = 0
    came_in: int = 0

    @property
    def balance(self) -> int:
        """Above nothing when more came than went."""
        return self.came_in - self.went_out


def share_used(years: Iterable[YearUse], *, until: int) -> int | None:
    """Percent of the places of the years up to `until` that people held; None when there were no places."""
    begun = [year for year in years if year.academic_year <= until]
    places = sum(year.places_out + year.places_in for year in begun)
    held = sum(year.held_out + year.held_in for year in begun)
    return round(100 * held / places) if places else None


def is_dormant(years: Iterable[YearUse], *, this_year: int) -> bool:
    """Places were agreed, but in this and the year before nobody came or went."""
    recent = [y for y in years if this_year - DORMANT_YEARS < y.academic_year <= this_year]
    return any(y.places_out + y.places_in for y in recent) and not any(y.went_out + y.came_in for y in recent)


class Advice(StrEnum):
    LET_END = "let_end"
    FEWER_PLACES = "fewer_places"
    RENEW = "renew"
    RENEW_AFTER_TALK = "renew_after_talk"


class Ground(StrEnum):
    NOBODY = "nobody"
    LITTLE_USED = "little_used"
    WELL_USED = "well_used"
    ONE_SIDED = "one_sided"
    OBLIGATIONS_LATE = "obligations_late"
    NO_CONTACT = "no_contact"
    NO_PLACES = "no_places"


@dataclass(frozen=True)
class Recommendation:
    advice: Advice
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class RenewalFacts:
    """What the memo on renewal rests on."""

    years: Sequence[YearUse]
    this_year: int
    used: int | None
    balance: int
    people: int
    obligations_done: int
    obligations_late: int
    last_contact_on: date | None


def renewal_facts(
    years: Sequence[YearUse],
    *,
    this_year: int,
    obligations_done: int,
    obligations_late: int,
    last_contact_on: date | None,
) -> RenewalFacts:
    return RenewalFacts(
        years=years,
        this_year=this_year,
        used=share_used(years, until=this_year),
        balance=sum(year.balance for year in years),
        people=sum(year.went_out + year.came_in for year in years),
        obligations_done=obligations_done,
        obligations_late=obligations_late,
        last_contact_on=last_contact_on,
    )


def recommendation(facts: RenewalFacts, *, on: date) -> Recommendation:
    """The advice that follows from the facts: declared thresholds, no judgement.

    Nobody used the places: let it end. Less than a quarter used: renew with fewer places. More than half of all
    people on one side, obligations late, or no contact for a year: talk first. Else renew.
    """
    grounds: list[Ground] = []
    if facts.used is None:
        grounds.append(Ground.NO_PLACES)
    elif facts.people == 0 and facts.used == 0:
        grounds.append(Ground.NOBODY)
    elif facts.used < 25:
        grounds.append(Ground.LITTLE_USED)
    else:
        grounds.append(Ground.WELL_USED)
    if facts.people >= 4 and 2 * abs(facts.balance) > facts.people:
        grounds.append(Ground.ONE_SIDED)
    if facts.obligations_late:
        grounds.append(Ground.OBLIGATIONS_LATE)
    if facts.last_contact_on is not None and (on - facts.last_contact_on).days > QUIET_DAYS:
        grounds.append(Ground.NO_CONTACT)
    return Recommendation(_advice(grounds), tuple(grounds))


def _advice(grounds: Sequence[Ground]) -> Advice:
    if Ground.NOBODY in grounds:
        return Advice.LET_END
    if Ground.LITTLE_USED in grounds:
        return Advice.FEWER_PLACES
    if {Ground.ONE_SIDED, Ground.OBLIGATIONS_LATE, Ground.NO_CONTACT} & set(grounds):
        return Advice.RENEW_AFTER_TALK
    return Advice.RENEW
