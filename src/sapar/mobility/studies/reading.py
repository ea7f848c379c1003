"""A sheet becomes entries; every row that cannot is kept with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from sapar.accounts.models import Office
from sapar.core.cells import notes_told, why_unreadable
from sapar.directory.models import Enrolment, Unit
from sapar.directory.said import LEVELS, folded
from sapar.directory.services.enrolments import EnrolmentEntry
from sapar.formats.tables import FAILED_FORMULAS, Row, Table, TableError, read_table, write_xlsx
from sapar.mobility.errors import SheetUnreadable
from sapar.mobility.studies.headers import COURSE_HEADERS, STUDENT_HEADERS, columns_of


@dataclass(frozen=True, kw_only=True)
class CourseEntry:
    """A course of a curriculum; found again by programme and code."""

    unit: str
    programme: str
    code: str
    title: str
    credits: Decimal
    year_of_study: int | None = None
    term: int | None = None


@dataclass(frozen=True)
class Refused:
    row: int
    cells: Sequence[str]
    reason: str


@dataclass
class Sheet:
    """What a file holds: students or courses that can be taken, and rows that cannot."""

    kind: str
    columns: Sequence[str]
    mapping: dict[str, str]
    beside: str = ""
    students: list[EnrolmentEntry] = field(default_factory=list)
    courses: list[CourseEntry] = field(default_factory=list)
    new: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return len(self.students) + len(self.courses)


class _Unusable(ValueError):
    """A row with its reason in words."""


def read_sheet(content: bytes, name: str, office: Office) -> Sheet:
    """Students when the sheet has a column of student numbers, else a curriculum.

    Raises:
        SheetUnreadable: no table, or neither kind of columns.
    """
    try:
        table = read_table(content, name=name)
    except TableError as error:
        raise SheetUnreadable(why=why_unreadable(error)) from error
    students = columns_of(table.columns, STUDENT_HEADERS)
    if "student_number" in students and ({"gpa", "year_of_study", "debts", "surname"} & set(students)):
        return _students(table, students, office)
    courses = columns_of(table.columns, COURSE_HEADERS)
    if {"code", "title", "credits"} <= set(courses):
        return _courses(table, courses, office)
    raise SheetUnreadable(
        why=_(
            "it needs columns for the student number and the GPA, or for code, title and credits of courses; "
            "found: %(found)s"
        )
        % {"found": ", ".join(table.columns)[:300]}
    )


def refused_file(sheet: Sheet) -> bytes:
    """The refused rows as they came, with the reason; to be corrected and sent again."""
    rows = [(*one.cells, one.reason, one.row) for one in sheet.refused]
    return write_xlsx({_("refused"): ((*sheet.columns, _("why it was not taken"), _("row")), rows)})


def _students(table: Table, mapping: dict[str, str], office: Office) -> Sheet:
    sheet = Sheet("students", table.columns, mapping, notes_told(table.notes))
    numbers = [row[mapping["student_number"]] for row in table.rows]
    rows = Enrolment.objects.filter(office=office, student_number__in=numbers)
    known = {one.student_number: one for one in rows.select_related("unit")}
    units, seen = _Units(office), set[str]()
    for row in table.rows:
        try:
            _refuse_broken(table, row, mapping)
            entry = _student(row, mapping, known, units)
            if entry.student_number in seen:
                raise _Unusable(_("this student number stands in the sheet before"))
        except _Unusable as unusable:
            sheet.refused.append(_refused(table, row, str(unusable)))
            continue
        seen.add(entry.student_number)
        sheet.new += entry.student_number not in known
        sheet.students.append(entry)
    return sheet


def _refuse_broken(table: Table, row: Row, mapping: dict[str, str]) -> None:
    """A row that a sign too many has moved, or with a formula that failed."""
    if row.beyond and table.delimiter:
        said = _("behind the last column, “%(column)s”, stands “%(value)s”; was a comma not in quotes?")
        raise _Unusable(said % {"column": table.columns[-1], "value": ", ".join(row.beyond)})
    failed = [column for column in mapping.values() if row[column].strip() in FAILED_FORMULAS]
    if failed:
        said = _("the formula in “%(column)s” failed: %(value)s")
        raise _Unusable(said % {"column": failed[0], "value": row[failed[0]].strip()})


def _student(row: Row, mapping: dict[str, str], known: dict[str, Enrolment], units: _Units) -> EnrolmentEntry:
    """What the sheet does not say stays as it is on record; a new student needs all of it."""

    def cell(name: str) -> str:
        return row[mapping[name]].strip() if name in mapping else ""

    number = cell("student_number")
    if not number or len(number) > 40:
        raise _Unusable(_("the student number is missing or too long"))
    before = known.get(number)
    unit = units.code_of(cell("unit")) if cell("unit") else (before.unit.code if before else "")
    level = _level(cell("level")) if cell("level") else (before.level if before else "")
    year = _whole(cell("year_of_study"), 1, 9) if cell("year_of_study") else None
    surname = cell("surname")
    programme = cell("programme") or (before.programme if before else "")
    if before is None:
        missing = [
            word
            for word, value in (
                (_("surname"), surname),
                (_("faculty"), unit),
                (_("level"), level),
                (_("year"), year),
                (_("programme"), programme),
            )
            if not value
        ]
        if missing:
            raise _Unusable(_("a new student also needs: %(what)s") % {"what": ", ".join(missing)})
    elif not unit:
        raise _Unusable(_("the faculty on record has no code"))
    gpa = _decimal(cell("gpa"), 0, 100) if cell("gpa") else (before.gpa if before else None)
    debts = _whole(cell("debts"), 0, 99) if cell("debts") else (before.debts if before else 0)
    return EnrolmentEntry(
        student_number=number,
        passport_surname=surname,
        passport_given=cell("given"),
        email=_email(cell("email")),
        programme=programme,
        unit=unit,
        level=level,
        year_of_study=year if year is not None else (before.year_of_study if before else 1),
        isced_f=cell("isced_f")[:4] or (before.isced_f if before else ""),
        gpa=gpa,
        debts=debts,
    )


def _courses(table: Table, mapping: dict[str, str], office: Office) -> Sheet:
    sheet, units = Sheet("courses", table.columns, mapping, notes_told(table.notes)), _Units(office)
    seen: set[tuple[str, str]] = set()
    for row in table.rows:
        try:
            _refuse_broken(table, row, mapping)
            entry = _course(row, mapping, units)
            if (entry.programme, entry.code) in seen:
                raise _Unusable(_("this course stands in the sheet before"))
        except _Unusable as unusable:
            sheet.refused.append(_refused(table, row, str(unusable)))
            continue
        seen.add((entry.programme, entry.code))
        sheet.courses.append(entry)
    return sheet


def _course(row: Row, mapping: dict[str, str], units: _Units) -> CourseEntry:
    def cell(name: str) -> str:
        return row[mapping[name]].strip() if name in mapping else ""

    if not cell("code") or not cell("title") or not cell("programme"):
        raise _Unusable(_("code, title and programme are needed"))
    return CourseEntry(
        unit=units.code_of(cell("unit")),
        programme=cell("programme")[:200],
        code=cell("code")[:40],
        title=cell("title")[:250],
        credits=_decimal(cell("credits"), Decimal("0.01"), 99),
        year_of_study=_whole(cell("year_of_study"), 1, 9) if cell("year_of_study") else None,
        term=_whole(cell("term"), 1, 20) if cell("term") else None,
    )


class _Units:
    """The office's faculties by code or by name in any of its languages."""

    def __init__(self, office: Office) -> None:
        self.codes: dict[str, str] = {}
        for unit in Unit.objects.filter(office=office).exclude(code=""):
            for name in (unit.code, unit.name, *unit.names.values()):
                self.codes.setdefault(folded(name), unit.code)

    def code_of(self, text: str) -> str:
        code = self.codes.get(folded(text))
        if code is None:
            raise _Unusable(_("there is no faculty “%(name)s”") % {"name": text})
        return code


def _refused(table: Table, row: Row, reason: str) -> Refused:
    return Refused(row.number, [row[column] for column in table.columns], reason)


def _level(text: str) -> str:
    level = LEVELS.get(folded(text))
    if level is None:
        raise _Unusable(_("the level “%(level)s” is not known") % {"level": text})
    return level.value


def _whole(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or len(text) > 3 or not least <= int(text) <= most:
        raise _Unusable(
            _("“%(value)s” is not a whole number from %(least)s to %(most)s")
            % {"value": text, "least": least, "most": most}
        )
    return int(text)


def _decimal(text: str, least: Decimal | int, most: int) -> Decimal:
    try:
        value = Decimal(text.replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        raise _Unusable(_("“%(value)s” is not a number") % {"value": text}) from None
    if not value.is_finite() or not least <= value <= most:
        raise _Unusable(
            _("“%(value)s” is not between %(least)s and %(most)s")
            % {"value": text, "least": least, "most": most}
        )
    return value.quantize(Decimal("0.01"))


def _email(text: str) -> str:
    if text and ("@" not in text or len(text) > 254 or " " in text):
        raise _Unusable(_("“%(value)s” is not an e-mail address") % {"value": text})
    return text.lower()
