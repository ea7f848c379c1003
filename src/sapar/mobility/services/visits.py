"""Group visits: members, timetable without collisions, attendance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.services import next_number
from sapar.audit.services import record
from sapar.core.errors import BadInput
from sapar.core.policy import require
from sapar.directory.models import Organisation, Person, Unit
from sapar.mobility.errors import OutsideVisit, RoomTaken
from sapar.mobility.models import Attendance, GroupVisit, Visitor, VisitSession
from sapar.mobility.policies import may_change_visit, may_note_attendance, may_run_visits
from sapar.mobility.states import VISIT_FLOW, Presence
from sapar.partners.models import Agreement
from sapar.partners.states import Direction


@dataclass(frozen=True, kw_only=True)
class VisitEntry:
    title: str
    partner: Organisation
    starts_on: date
    ends_on: date
    leader_name: str
    leader_email: str = ""
    direction: Direction = Direction.INCOMING
    agreement: Agreement | None = None
    purpose: str = ""
    hosts: Sequence[Unit] = ()


@transaction.atomic
def plan_visit(entry: VisitEntry, *, office: Office, by: Actor, at: datetime) -> GroupVisit:
    require(may_run_visits, by, office)
    if entry.ends_on < entry.starts_on:
        raise BadInput(field="ends_on", reason=f"{entry.ends_on:%d.%m.%Y} < {entry.starts_on:%d.%m.%Y}")
    year = entry.starts_on.year
    visit = GroupVisit.objects.create(
        office=office,
        number=f"V-{year}-{next_number(office, 'visit', year):03d}",
        title=entry.title.strip(),
        direction=entry.direction,
        partner=entry.partner,
        agreement=entry.agreement,
        purpose=entry.purpose,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        leader_name=entry.leader_name.strip(),
        leader_email=entry.leader_email,
    )
    visit.hosts.set(entry.hosts)
    record("mobility.visit.planned", subject=visit, by=by, at=at, number=visit.number)
    return visit


@transaction.atomic
def add_visitors(visit: GroupVisit, people: Sequence[Person], *, year_of_study: int | None = None, by: Actor,
                 at: datetime) -> int:  # fmt: skip
    """Put people on the visit's list; whoever is on it stays once. Answers how many were added."""
    require(may_change_visit, by, visit)
    visit = GroupVisit.objects.select_for_update().get(pk=visit.pk)
    known = set(visit.visitors.values_list("person_id", flat=True))
    new = [person for person in dict.fromkeys(people) if person.pk not in known]
    Visitor.objects.bulk_create(
        Visitor(office_id=visit.office_id, visit=visit, person=person, year_of_study=year_of_study)
        for person in new
    )
    record("mobility.visit.people_added", subject=visit, by=by, at=at, count=len(new))
    return len(new)


@transaction.atomic
def move_visit(visit: GroupVisit, move: str, *, outcome: str = "", by: Actor, at: datetime) -> GroupVisit:
    """Confirm, begin, finish or cancel, as `VISIT_FLOW` allows."""
    require(may_change_visit, by, visit)
    visit = GroupVisit.objects.select_for_update().get(pk=visit.pk)
    visit.state = VISIT_FLOW.after(move, visit.state)
    if outcome.strip():
        visit.outcome = outcome.strip()
    visit.save(update_fields=["state", "outcome"])
    record("mobility.visit.moved", subject=visit, by=by, at=at, move=move)
    return visit


@dataclass(frozen=True, kw_only=True)
class SessionEntry:
    unit: Unit
    topic: str
    held_on: date
    begins_at: time
    ends_at: time
    room: str = ""
    teacher: str = ""


@transaction.atomic
def add_session(visit: GroupVisit, entry: SessionEntry, *, by: Actor, at: datetime) -> VisitSession:
    """Add a session to the timetable; the group, a room and a teacher are in one place at a time."""
    require(may_change_visit, by, visit)
    visit = GroupVisit.objects.select_for_update().get(pk=visit.pk)
    if not visit.starts_on <= entry.held_on <= visit.ends_on:
        raise OutsideVisit(
            day=f"{entry.held_on:%d.%m.%Y}", span=f"{visit.starts_on:%d.%m.%Y}–{visit.ends_on:%d.%m.%Y}"
        )
    if entry.ends_at <= entry.begins_at:
        raise BadInput(field="ends_at", reason=f"{entry.ends_at:%H:%M} ≤ {entry.begins_at:%H:%M}")
    _check_free(visit, entry)
    session = VisitSession.objects.create(
        office=visit.office,
        visit=visit,
        unit=entry.unit,
        topic=entry.topic.strip(),
        held_on=entry.held_on,
        begins_at=entry.begins_at,
        ends_at=entry.ends_at,
        room=entry.room.strip(),
        teacher=entry.teacher.strip(),
    )
    visit.hosts.add(entry.unit)
    record(
        "mobility.visit.session_added", subject=visit, by=by, at=at, topic=session.topic, on=session.held_on
    )
    return session


def _check_free(visit: GroupVisit, entry: SessionEntry) -> None:
    same_time = VisitSession.objects.filter(
        office=visit.office, held_on=entry.held_on, begins_at__lt=entry.ends_at, ends_at__gt=entry.begins_at
    )
    busy = Q(visit=visit)
    if entry.room.strip():
        busy |= Q(room__iexact=entry.room.strip())
    if entry.teacher.strip():
        busy |= Q(teacher__iexact=entry.teacher.strip())
    taken = same_time.filter(busy).first()
    if taken is None:
        return
    if taken.visit_id == visit.pk:
        what = visit.title
    else:
        what = (
            entry.room if taken.room and taken.room.lower() == entry.room.strip().lower() else entry.teacher
        )
    raise RoomTaken(what=what, topic=taken.topic)


@transaction.atomic
def note_attendance(
    session: VisitSession, presence: Mapping[int, Presence], *, by: Actor, at: datetime
) -> int:
    """Who was there: visitor id → presence. Given again, it replaces what was noted."""
    require(may_note_attendance, by, session.visit)
    visitors = {visitor.pk: visitor for visitor in session.visit.visitors.filter(pk__in=presence)}
    for pk, visitor in visitors.items():
        Attendance.objects.update_or_create(
            session=session,
            visitor=visitor,
            defaults={"office": session.office, "presence": presence[pk]},
        )
    record(
        "mobility.visit.attendance",
        subject=session.visit,
        by=by,
        at=at,
        session=session.pk,
        count=len(visitors),
    )
    return len(visitors)
