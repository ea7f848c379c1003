"""The rows of a list of earlier stays as values; every row that cannot be taken is kept with its reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sapar.accounts.models import Office
from sapar.directory.countries import country_code
from sapar.directory.fields import is_field
from sapar.directory.said import LEVELS, folded, units_by_name
from sapar.formats.tables import Table
from sapar.methods.names import mixed_script, search_key
from sapar.mobility.earlier.columns import TERMS, StayField
from sapar.mobility.states import Term
from sapar.partners.rows import Problem, RowReader
from sapar.partners.said import DIRECTIONS, MOBILITY_KINDS
from sapar.partners.states import Direction, MobilityKind

T = TypeVar("T")
_F = StayField
_ACADEMIC_YEAR = re.compile(r"((?:19|20)\d\d)(?:\s*[-–—/\\]\s*(\d{4}|\d{2}))?\D*")
# Months that a term takes, counted from the first of the academic year: begin, end.
_MONTHS = {Term.AUTUMN: (0, 5), Term.SPRING: (5, 10), Term.YEAR: (0, 10)}
_WHOLE_YEAR_DAYS, NAME_LENGTH, MOST_CREDITS = 240, 120, 400


@dataclass(frozen=True, kw_only=True)
class EarlierStay:
    """One row. `host` is the university as the list writes it; `assumed` when its days are those of the term."""

    row: int
    surname: str
    given: str
    student_number: str
    email: str
    birth_date: date | None
    citizenship: str
    host: str
    country: str
    direction: Direction
    kind: MobilityKind
    academic_year: int
    term: Term
    first: date
    last: date
    assumed: bool
    unit: int | None
    programme: str
    level: str
    isced_f: str
    studied: Decimal | None
    recognised: Decimal | None

    @property
    def name_key(self) -> str:
        """The words of the name in order of the alphabet, so that their order does not matter."""
        return name_key(f"{self.given} {self.surname}")


def name_key(name: str) -> str:
    return " ".join(sorted(search_key(name).split()))


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row; `reason` is a code that the door puts into words."""

    row: int
    column: str
    value: str
    reason: str

    def plain(self) -> dict[str, str | int]:
        return {"row": self.row, "column": self.column, "value": self.value, "reason": self.reason}


def read_stays(
    table: Table,
    mapping: Mapping[str, str],
    *,
    office: Office,
    direction: Direction,
    faculties: Mapping[str, int | None],
    today: date,
) -> tuple[list[EarlierStay], list[RowProblem]]:
    """The stays that can be read, and what is wrong with the other rows.

    Args:
        direction: of rows which do not say it themselves.
        faculties: what names of faculties stand for that the office does not have.
    """
    chosen = {folded(name): pk for name, pk in faculties.items() if pk}
    read = _Reading(mapping, office, direction, units_by_name(office) | chosen, today)
    stays, problems = [], []
    for row in table.rows:
        stay, found = read.row(row.number, row.cells)
        problems += [RowProblem(row.number, each.column, each.value, each.reason) for each in found]
        if stay is not None:
            stays.append(stay)
    return stays, problems


class _Reading:
    def __init__(
        self,
        mapping: Mapping[str, str],
        office: Office,
        direction: Direction,
        units: Mapping[str, int],
        today: date,
    ) -> None:
        self.mapping, self.office, self.direction = mapping, office, direction
        self.units, self.today = units, today

    def row(self, number: int, cells: Mapping[str, str]) -> tuple[EarlierStay | None, Sequence[Problem]]:
        read = RowReader(cells, self.mapping)
        surname, given = _name(read)
        when = self._when(read)
        host = " ".join(read.text(_F.HOST, 300).split())
        if not any(letter.isalpha() for letter in host):
            read.refuse(_F.HOST, "no_host")
        direction = self._direction(read)
        unit, level = self._unit(read), self._level(read)
        studied, recognised = _credits(read, _F.STUDIED), _credits(read, _F.RECOGNISED)
        birth = read.day(_F.BIRTH_DATE)
        known = {
            "student_number": read.text(_F.STUDENT_NUMBER, 40),
            "email": _email(read),
            "citizenship": _country(read, _F.CITIZENSHIP),
            "country": _country(read, _F.COUNTRY),
            "programme": read.text(_F.PROGRAMME),
            "isced_f": _field(read),
        }
        kind = read.word(_F.KIND, MOBILITY_KINDS, "no_kind") or MobilityKind.STUDY
        if read.problems or when is None:
            return None, read.problems
        year, term, first, last, assumed = when
        stay = EarlierStay(
            row=number, surname=surname, given=given, host=host, direction=direction, kind=kind,
            birth_date=date.fromisoformat(birth) if birth and _F.BIRTH_DATE not in read.remarks else None,
            academic_year=year, term=term, first=first, last=last, assumed=assumed, unit=unit, level=level,
            studied=studied, recognised=recognised, **known,
        )  # fmt: skip
        return stay, ()

    def _when(self, read: RowReader) -> tuple[int, Term, date, date, bool] | None:
        """Year, term and days: from the days when they are there, else those of the term; whether they are assumed."""
        exact = tuple(_exact_day(read, field) for field in (_F.FROM, _F.TO))
        year, term = self._year(read), read.word(_F.TERM, TERMS, "no_term")
        if any(problem.reason in ("no_date", "no_term", "no_year") for problem in read.problems):
            return None
        first, last = exact
        if first is None or last is None:
            if year is None or term is None:
                read.refuse(_F.FROM if _F.FROM in self.mapping else _F.YEAR, "no_when")
                return None
            begin, end = (self._month(year, months) for months in _MONTHS[term])
            first, last = first or begin, last or date.fromordinal(end.toordinal() - 1)
            assumed = True
        else:
            assumed = False
        if last < first:
            read.refuse(_F.TO, "wrong_order")
        elif first > self.today:
            read.refuse(_F.FROM if _F.FROM in self.mapping else _F.YEAR, "not_begun")
        month = self.office.year_starts_month
        year = year if year is not None else first.year - (first.month < month)
        if term is None:
            since = (first.month - month) % 12
            days = (last - first).days
            term = Term.YEAR if days >= _WHOLE_YEAR_DAYS else Term.AUTUMN if since < 4 else Term.SPRING
        return year, term, first, last, assumed

    def _month(self, year: int, after: int) -> date:
        """The first day of the month so many months after the academic year began."""
        months = self.office.year_starts_month - 1 + after
        return date(year + months // 12, months % 12 + 1, 1)

    def _year(self, read: RowReader) -> int | None:
        text = read.text(_F.YEAR)
        if not text:
            return None
        found = _ACADEMIC_YEAR.fullmatch(text)
        if not found or (found[2] and int(found[2]) % 100 != (int(found[1]) + 1) % 100):
            read.refuse(_F.YEAR, "no_year")
            return None
        return int(found[1])

    def _direction(self, read: RowReader) -> Direction:
        return read.word(_F.DIRECTION, DIRECTIONS, "no_direction") or self.direction

    def _unit(self, read: RowReader) -> int | None:
        text = read.text(_F.FACULTY)
        unit = self.units.get(folded(text)) if text else None
        if text and unit is None:
            read.refuse(_F.FACULTY, "no_faculty")
        return unit

    def _level(self, read: RowReader) -> str:
        text = read.text(_F.LEVEL)
        level = LEVELS.get(folded(text)) if text else None
        if text and level is None:
            read.refuse(_F.LEVEL, "no_level")
        return level.value if level else ""


def _name(read: RowReader) -> tuple[str, str]:
    """Surname and given names to the letter; of a whole name the first word is the surname."""
    surname, given = read.text(_F.SURNAME, NAME_LENGTH), read.text(_F.GIVEN, NAME_LENGTH)
    column = _F.SURNAME if _F.SURNAME in read.mapping else _F.NAME
    if not surname and not given:
        whole = " ".join(read.text(_F.NAME, 2 * NAME_LENGTH).split())
        surname, comma, given = whole.partition(",")
        if not comma:
            surname, _space, given = whole.partition(" ")
    surname, given = surname.strip(), given.strip()
    if not any(letter.isalpha() for letter in surname + given):
        read.refuse(column, "no_name")
    elif max(len(surname), len(given)) > NAME_LENGTH:
        read.refuse(column, "too_long")
    elif mixed_script(surname) or mixed_script(given):
        read.refuse(column, "mixed")
    return surname, given


def _exact_day(read: RowReader, field: StayField) -> date | None:
    """A whole date; a year or a month alone is not enough to say when a stay was."""
    text = read.day(field)
    if not text:
        return None
    if field in read.remarks:
        read.refuse(field, "no_day")
    return date.fromisoformat(text)


def _credits(read: RowReader, field: StayField) -> Decimal | None:
    text = read.text(field).replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not text or text in ("-", "–", "—"):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= MOST_CREDITS:
        read.refuse(field, "no_credits")
        return None
    return value.quantize(Decimal("0.01"))


def _country(read: RowReader, field: StayField) -> str:
    text = read.text(field)
    code = country_code(text) if text else ""
    if text and not code:
        read.refuse(field, "no_country")
    return code


def _email(read: RowReader) -> str:
    text = read.text(_F.EMAIL, 254).lower()
    if text:
        try:
            validate_email(text)
        except ValidationError:
            read.refuse(_F.EMAIL, "no_email")
    return text


def _field(read: RowReader) -> str:
    text = read.text(_F.FIELD)
    found = re.search(r"(?<!\d)\d{4}(?!\d)", text)
    code = found[0] if found else ""
    if text and not is_field(code):
        read.refuse(_F.FIELD, "no_field")
    return code
