"""Taking a sheet of the student system: kept as it came, looked at, then taken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.directory.models import Course, Unit
from sapar.directory.services.enrolments import take_enrolments
from sapar.files.models import StoredFile
from sapar.files.services import store
from sapar.files.sniffing import TEXT, XLSX
from sapar.mobility.policies import may_run_calls
from sapar.mobility.studies.reading import CourseEntry, Sheet, read_sheet

PURPOSE = "studies"


@transaction.atomic
def keep_sheet(content: bytes, name: str, *, office: Office, by: Actor, at: datetime) -> StoredFile:
    """Keep the file and see that it can be read at all.

    Raises:
        SheetUnreadable, FileTypeRefused, FileTooLarge
    """
    require(may_run_calls, by, office)
    stored = store(
        content, name, office=office, subject=office, purpose=PURPOSE, taken=(XLSX, TEXT), by=by, at=at
    )
    read_sheet(content, name, office)
    return stored


@transaction.atomic
def take_sheet(stored: StoredFile, *, by: Actor, at: datetime) -> Sheet:
    """Take all rows that can be taken; the others are in `refused`. Taken twice, nothing changes."""
    require(may_run_calls, by, stored.office)
    with stored.content.open("rb") as content:
        sheet = read_sheet(content.read(), stored.name, stored.office)
    if sheet.students:
        take_enrolments(sheet.students, office=stored.office, by=by, at=at)
    if sheet.courses:
        _take_courses(sheet.courses, stored.office)
    record(
        "mobility.studies.taken",
        subject=stored.office,
        by=by,
        at=at,
        kind=sheet.kind,
        taken=sheet.taken,
        refused=len(sheet.refused),
        sha256=stored.sha256,
    )
    return sheet


def _take_courses(entries: list[CourseEntry], office: Office) -> None:
    units = {unit.code: unit for unit in Unit.objects.filter(office=office).exclude(code="")}
    Course.objects.bulk_create(
        [
            Course(
                office=office,
                unit=units[entry.unit],
                programme=entry.programme,
                code=entry.code,
                title=entry.title,
                credits=entry.credits,
                year_of_study=entry.year_of_study,
                term=entry.term,
            )
            for entry in entries
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["office", "programme", "code"],
        update_fields=["unit", "title", "credits", "year_of_study", "term"],
    )
