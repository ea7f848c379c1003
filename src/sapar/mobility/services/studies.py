"""Taking a sheet of the student system: kept as it came, looked at, then taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.errors import BadRows, RowFault
from sapar.core.policy import require
from sapar.directory.models import Course, Unit
from sapar.directory.services.enrolments import take_enrolments
from sapar.files.models import StoredFile
from sapar.files.queries import content_of
from sapar.files.services import store
from sapar.files.sniffing import TABLES
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
    stored = store(content, name, office=office, subject=office, purpose=PURPOSE, taken=TABLES, by=by, at=at)
    read_sheet(content, name, office)
    return stored


@transaction.atomic
def take_sheet(stored: StoredFile, *, by: Actor, at: datetime) -> Sheet:
    """Take all rows that can be taken; the others are in `refused`. Taken twice, nothing changes."""
    require(may_run_calls, by, stored.office)
    sheet = read_sheet(content_of(stored), stored.name, stored.office)
    if sheet.students:
        take_enrolments(sheet.students, office=stored.office, by=by, at=at)
    if sheet.courses:
        _write_courses(sheet.courses, stored.office)
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


@transaction.atomic
def take_courses(entries: Sequence[CourseEntry], *, office: Office, by: Actor, at: datetime) -> int:
    """Curricula as another system feeds them: added, or renewed by programme and code; all rows or none.

    Raises:
        BadRows: a course twice, an unknown faculty, no credits; nothing was taken.
    """
    require(may_run_calls, by, office)
    if faults := _faults_in(entries, office):
        raise BadRows(faults)
    _write_courses(entries, office)
    record("mobility.curricula.taken", subject=office, by=by, at=at, taken=len(entries))
    return len(entries)


def _faults_in(entries: Sequence[CourseEntry], office: Office) -> list[RowFault]:
    units = set(Unit.objects.filter(office=office).exclude(code="").values_list("code", flat=True))
    faults, seen = [], set[tuple[str, str]]()
    for row, entry in enumerate(entries, start=1):
        if (entry.programme, entry.code) in seen:
            faults.append(RowFault(row, "code", entry.code, _("it stands in an earlier row")))
        seen.add((entry.programme, entry.code))
        if entry.unit not in units:
            faults.append(RowFault(row, "unit", entry.unit, _("no faculty has this code")))
        if entry.credits <= 0:
            faults.append(RowFault(row, "credits", str(entry.credits), _("more than 0 credits are needed")))
    return faults


def _write_courses(entries: Sequence[CourseEntry], office: Office) -> None:
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
