"""The places that one row of an office's list promises, year by year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sapar.directory.fields import is_field
from sapar.directory.said import LEVELS, folded
from sapar.partners.rows import RowReader
from sapar.partners.said import DIRECTIONS, MOBILITY_KINDS
from sapar.partners.services.agreements import ConditionEntry
from sapar.partners.signed.agreements import Head, Meant
from sapar.partners.signed.cells import academic_years, months_in, number_in
from sapar.partners.signed.columns import PLACE_FIELDS, SignedField
from sapar.partners.signed.said import directions_in, every_year_said, field_said, language_said
from sapar.partners.states import AgreementState, Direction, MobilityKind

_F = SignedField
USUAL_MONTHS, MOST_YEARS, YEARS_OF_ENDLESS, MOST_PLACES = Decimal(5), 10, 5, 500
_LEVEL_OF_LANGUAGE = re.compile(r"(?<!\w)([ABC][12])(?!\w)", re.IGNORECASE)
_ANY = re.compile(
    r"(?:any|all|все|любой|любая|любое|любые|бардык|барлық|кез келген|barcha|har qanday)(?!\w).*|\W+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Calendar:
    """When academic years begin, and where we stand in them."""

    month: int
    today: date

    def year_of(self, day: date) -> int:
        return day.year - (day.month < self.month)


def has_places(read: RowReader) -> bool:
    return any(read.cells.get(read.mapping.get(each.value, ""), "").strip() for each in PLACE_FIELDS)


def read_places(read: RowReader, head: Head, meant: Meant, calendar: Calendar) -> list[ConditionEntry]:
    """One entry for each year and direction; what cannot be read is in the reader's problems."""
    counts = _counts(read, meant)
    if not counts:
        return []
    years, months = _years(read, head, calendar), _months(read, head)
    level, isced_f = _level(read), _field(read)
    language, language_level = _language(read)
    kind = read.word(_F.MOBILITY, MOBILITY_KINDS, "no_mobility") or MobilityKind.STUDY
    if read.problems:
        return []
    notes = [isced_f[1], level[1]]
    return [
        ConditionEntry(
            academic_year=year, direction=direction, places=places, months=months, kind=kind, isced_f=isced_f[0],
            level=level[0], language=language, language_level=language_level,
            note=" · ".join(filter(None, notes))[:200],
        )
        for year in years
        for direction, places in counts
    ]  # fmt: skip


def _counts(read: RowReader, meant: Meant) -> list[tuple[Direction, int]]:
    found = []
    for each, direction in ((_F.PLACES_OUT, Direction.OUTGOING), (_F.PLACES_IN, Direction.INCOMING)):
        if places := _number(read, each):
            found.append((direction, places))
    places = _number(read, _F.PLACES)
    if not places:
        return found
    text = read.text(_F.DIRECTION)
    usual = list(Direction) if meant.usual_direction == "both" else [Direction(meant.usual_direction)]
    directions = directions_in(text, DIRECTIONS) if text else usual
    if not directions:
        read.refuse(_F.DIRECTION, "no_direction")
    taken = {direction for direction, _places in found}
    return found + [(direction, places) for direction in directions if direction not in taken]


def _number(read: RowReader, each: SignedField) -> int:
    text = read.text(each)
    if not text:
        return 0
    number = number_in(text)
    if number is None or number > MOST_PLACES:
        read.refuse(each, "no_places")
        return 0
    return number


def _years(read: RowReader, head: Head, calendar: Calendar) -> Sequence[int]:
    text = read.text(_F.YEAR)
    if not text or every_year_said(text):
        return _every_year(read, head, calendar)
    try:
        years = academic_years(text)
    except ValueError:
        read.refuse(_F.YEAR, "no_years")
        return []
    first, last = head.starts_on, head.ends_on if not head.renewal_months else None
    if any((first and year + 1 < first.year) or (last and year > last.year) for year in years):
        read.refuse(_F.YEAR, "year_outside")
    return years


def _every_year(read: RowReader, head: Head, calendar: Calendar) -> Sequence[int]:
    """The academic years of the agreement; of one in force only this one and those to come."""
    if head.starts_on is None:
        return []
    first = calendar.year_of(head.starts_on)
    now = calendar.year_of(calendar.today)
    if head.state == AgreementState.IN_FORCE:
        first = max(first, now)
    if head.ends_on is None or head.renewal_months:
        last = max(first, now) + YEARS_OF_ENDLESS - 1
    else:
        last = max(first, calendar.year_of(head.ends_on))
    if "years" not in head.assumed:
        head.assumed.append("years")
    return range(first, min(last, first + MOST_YEARS - 1) + 1)


def _months(read: RowReader, head: Head) -> Decimal:
    text = read.text(_F.MONTHS)
    if not text:
        if "months" not in head.assumed:
            head.assumed.append("months")
        return USUAL_MONTHS
    months = months_in(text)
    if months is None:
        read.refuse(_F.MONTHS, "no_months")
        return USUAL_MONTHS
    return months


def _level(read: RowReader) -> tuple[str, str]:
    """The level, or where several are meant the words of the list."""
    text = " ".join(read.text(_F.LEVEL).split())
    said = {LEVELS[word] for word in re.split(r"[\s,;()/+&–-]+", folded(text)) if word in LEVELS}
    if len(said) == 1:
        return said.pop().value, ""
    if text and not said and not _ANY.fullmatch(text):
        read.refuse(_F.LEVEL, "no_level")
    return "", text if said else ""


def _field(read: RowReader) -> tuple[str, str]:
    """A field of ISCED-F by its code or title; other words stay words."""
    text = " ".join(read.text(_F.FIELD).split())
    found = re.search(r"(?<!\d)\d{4}(?!\d)", text)
    if found and not is_field(found[0]):
        read.refuse(_F.FIELD, "no_field")
    code = found[0] if found else field_said(text)
    return code, "" if code or not text else text


def _language(read: RowReader) -> tuple[str, str]:
    text = read.text(_F.LANGUAGE)
    level = _LEVEL_OF_LANGUAGE.search(text)
    code = language_said(text) if text else ""
    if text and not code and text.strip("-–— "):
        read.refuse(_F.LANGUAGE, "no_language")
    return code, level[1].upper() if level else ""
