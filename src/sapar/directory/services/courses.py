"""Courses of a programme, taken from a list: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.audit.services import record
from sapar.core.cells import notes_told, reader_words, why_unreadable
from sapar.core.policy import require
from sapar.directory.errors import CoursesUnreadable
from sapar.directory.models import Course, Unit
from sapar.directory.policies import may_change_units
from sapar.formats.tables import CellProblem, Reader, Row, Table, TableError, read_table
from sapar.methods.names import search_key

# What the columns may be called; the first is ours.
COLUMNS: Mapping[str, str] = {
    "code": "code; course code; код; шифр; коду; kod; код дисциплины",
    "title": "title; course; name; course title; название; дисциплина; наименование; наименование дисциплины; предмет;"
    " сабак; сабактын аталышы; пән; пән атауы; fan; fan nomi",
    "credits": "credits; ects; credit; кредиты; кредит; кредиттер; количество кредитов; kredit; kreditlar",
    "year": "year; year of study; курс; курсу; kurs",
    "term": "term; semester; семестр; семестри",
}
REQUIRED = ("code", "title", "credits")
MOST_CREDITS = 120


@dataclass(frozen=True)
class CourseEntry:
    code: str
    title: str
    credits: Decimal
    year_of_study: int | None = None
    term: int | None = None


@dataclass(frozen=True)
class CourseList:
    """The courses of a file, and everything wrong with it; with problems the courses are not to be taken.

    Attributes:
        beside: what stands beside the table and is not read, as a sentence.
    """

    entries: list[CourseEntry]
    problems: tuple[CellProblem, ...]
    beside: str = ""


def read_courses(content: bytes, name: str) -> CourseList:
    """The courses that a file holds.

    Raises:
        CoursesUnreadable: no table, or a column is missing.
    """
    try:
        table = read_table(content, name=name)
    except TableError as error:
        raise CoursesUnreadable(reason=why_unreadable(error)) from error
    columns = _columns(table)
    if missing := [column for column in REQUIRED if column not in columns]:
        reason = _("the columns %(missing)s are missing; it has %(found)s.")
        raise CoursesUnreadable(
            reason=reason % {"missing": ", ".join(missing), "found": ", ".join(table.columns)}
        )
    reader = Reader(table, words=reader_words())
    entries: list[CourseEntry] = []
    seen: set[str] = set()
    for row in table.rows:
        entry = _entry(reader, row, columns)
        if entry.code in seen:
            reader.refuse(row, columns["code"], _("stands twice in the list"))
        seen.add(entry.code)
        entries.append(entry)
    return CourseList(entries, tuple(reader.problems), notes_told(table.notes))


def _columns(table: Table) -> dict[str, str]:
    known = {search_key(name): field for field, names in COLUMNS.items() for name in names.split(";")}
    found: dict[str, str] = {}
    for column in table.columns:
        field = known.get(search_key(column))
        if field is not None:
            found.setdefault(field, column)
    return found


def _entry(reader: Reader, row: Row, columns: Mapping[str, str]) -> CourseEntry:
    code, title = reader.text(row, columns["code"])[:40], reader.text(row, columns["title"])[:250]
    credits = reader.number(row, columns["credits"], least=0.01, most=MOST_CREDITS)
    year = reader.whole(row, columns["year"], least=0, most=8, default=0) if "year" in columns else 0
    term = reader.whole(row, columns["term"], least=0, most=16, default=0) if "term" in columns else 0
    return CourseEntry(code, title, Decimal(str(round(credits, 2))), year or None, term or None)


@transaction.atomic
def take_courses(
    entries: Sequence[CourseEntry], *, unit: Unit, programme: str, by: Actor, at: datetime
) -> tuple[int, int]:
    """Add the courses of a programme, or renew those whose code is known. How many were added and renewed.

    Courses that the list does not have stay: recognised results may stand on them.
    """
    require(may_change_units, by, unit.office)
    programme = programme.strip()
    Unit.objects.select_for_update().get(pk=unit.pk)
    known = {course.code: course for course in Course.objects.filter(office=unit.office, programme=programme)}
    fresh: list[Course] = []
    renewed: list[Course] = []
    for entry in entries:
        course = known.get(entry.code)
        (fresh if course is None else renewed).append(
            course := course or Course(office=unit.office, programme=programme, code=entry.code)
        )
        course.unit, course.title, course.credits = unit, entry.title, entry.credits
        course.year_of_study, course.term = entry.year_of_study, entry.term
    Course.objects.bulk_create(fresh)
    Course.objects.bulk_update(renewed, ["unit", "title", "credits", "year_of_study", "term"], batch_size=200)
    record(
        "directory.courses.taken", subject=unit, by=by, at=at, programme=programme, added=len(fresh),
        renewed=len(renewed),
    )  # fmt: skip
    return len(fresh), len(renewed)
