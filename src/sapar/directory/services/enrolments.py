"""What the student system says of students: taken row by row, all or none."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.days import local_day
from sapar.core.errors import BadRows, RowFault
from sapar.core.policy import require
from sapar.directory.models import Enrolment, Unit
from sapar.directory.policies import may_add_people
from sapar.directory.services.people import PersonEntry, person_from
from sapar.directory.states import Level


@dataclass(frozen=True, kw_only=True)
class EnrolmentEntry:
    """A student as the student system knows them; found again by `student_number`."""

    student_number: str
    passport_surname: str
    programme: str
    unit: str
    level: str
    year_of_study: int
    passport_given: str = ""
    email: str = ""
    isced_f: str = ""
    gpa: Decimal | None = None
    debts: int = 0


@dataclass(frozen=True)
class Taken:
    added: int
    changed: int


@transaction.atomic
def take_enrolments(entries: Sequence[EnrolmentEntry], *, office: Office, by: Actor, at: datetime) -> Taken:
    """Add students or renew what is known of them. People's names and addresses are never overwritten.

    Raises:
        BadRows: numbers twice, unknown faculties or levels; nothing was taken.
    """
    require(may_add_people, by, office)
    units = {unit.code: unit for unit in Unit.objects.filter(office=office).exclude(code="")}
    numbers = [entry.student_number.strip() for entry in entries]
    if faults := _faults_in(entries, numbers, units):
        raise BadRows(faults)
    known = {
        row.student_number: row
        for row in Enrolment.objects.select_for_update().filter(office=office, student_number__in=numbers)
    }
    added = 0
    for entry, number in zip(entries, numbers, strict=True):
        enrolment = known.get(number)
        if enrolment is None:
            names = PersonEntry(
                passport_surname=entry.passport_surname,
                passport_given=entry.passport_given,
                email=entry.email,
            )
            person = person_from(names, office, at=at)
            person.save(force_insert=True)
            enrolment = Enrolment(office=office, person=person, student_number=number)
            added += 1
        enrolment.unit, enrolment.programme, enrolment.isced_f = (
            units[entry.unit],
            entry.programme,
            entry.isced_f,
        )
        enrolment.level, enrolment.year_of_study = entry.level, entry.year_of_study
        enrolment.gpa, enrolment.debts, enrolment.as_of = entry.gpa, entry.debts, local_day(at)
        enrolment.save()
    record(
        "directory.enrolments.taken", subject=office, by=by, at=at, added=added, changed=len(entries) - added
    )
    return Taken(added, len(entries) - added)


def _faults_in(
    entries: Sequence[EnrolmentEntry], numbers: Sequence[str], units: Container[str]
) -> list[RowFault]:
    faults, seen = [], set[str]()
    for row, (entry, number) in enumerate(zip(entries, numbers, strict=True), start=1):
        if not number:
            faults.append(RowFault(row, "student_number", number, _("a student number is needed")))
        elif number in seen:
            faults.append(RowFault(row, "student_number", number, _("it stands in an earlier row")))
        seen.add(number)
        if entry.unit not in units:
            faults.append(RowFault(row, "unit", entry.unit, _("no faculty has this code")))
        if entry.level not in Level.values:
            levels = _("levels are: %(levels)s") % {"levels": ", ".join(Level.values)}
            faults.append(RowFault(row, "level", entry.level, levels))
    return faults
