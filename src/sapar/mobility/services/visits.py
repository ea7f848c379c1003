"""Group visits: members, timetable without collisions, attendance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.services import next_number
from sapar.audit.services import record
from sapar.core.days import refuse_future
from sapar.core.errors import BadInput
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.models import Organisation, Person, Unit
from sapar.directory.services.people import PersonEntry, add_person
from sapar.mobility.errors import (
    OutsideVisit,
    ReasonMissing,
    RoomTaken,
    SessionOutsidePlan,
    VisitorAttended,
    VisitOver,
)
from sapar.mobility.models import Attendance, GroupVisit, Visitor, VisitSession
from sapar.mobility.policies import may_change_visit, may_note_attendance, may_run_visits
from sapar.mobility.queries.visits import hosts_of, noted_in
from sapar.mobility.states import VISIT_FLOW, Presence, VisitState
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
    _check_order(entry)
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


def _check_order(entry: VisitEntry) -> None:
    if entry.ends_on < entry.starts_on:
        facts = {"first": f"{entry.starts_on:%d.%m.%Y}", "last": f"{entry.ends_on:%d.%m.%Y}"}
        raise BadInput(field="ends_on", reason=_("%(last)s is before %(first)s.") % facts)


@transaction.atomic
def change_visit(
    visit: GroupVisit, entry: VisitEntry, *, seen: str = "", by: Actor, at: datetime
) -> GroupVisit:
    """Correct the plan; sessions that would fall outside of it must be moved first."""
    require(may_change_visit, by, visit)
    visit = _open(visit)
    refuse_changed(visit, seen, hosts_of(visit))
    _check_order(entry)
    outside = visit.sessions.filter(Q(held_on__lt=entry.starts_on) | Q(held_on__gt=entry.ends_on)).first()
    if outside is not None:
        raise SessionOutsidePlan(topic=outside.topic, day=f"{outside.held_on:%d.%m.%Y}")
    new = {
        "title": entry.title.strip(),
        "direction": str(entry.direction),
        "partner_id": entry.partner.pk,
        "agreement_id": entry.agreement.pk if entry.agreement else None,
        "purpose": entry.purpose,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "leader_name": entry.leader_name.strip(),
        "leader_email": entry.leader_email,
    }
    changes = {
        name: [getattr(visit, name), value] for name, value in new.items() if getattr(visit, name) != value
    }
    for name, value in new.items():
        setattr(visit, name, value)
    visit.save()
    visit.hosts.set(entry.hosts)
    record("mobility.visit.changed", subject=visit, by=by, at=at, changes=changes)
    return visit


def _open(visit: GroupVisit) -> GroupVisit:
    visit = GroupVisit.objects.select_for_update().get(pk=visit.pk)
    if visit.state in (VisitState.FINISHED, VisitState.CANCELLED):
        raise VisitOver
    return visit


@transaction.atomic
def add_visitors(visit: GroupVisit, people: Sequence[Person], *, year_of_study: int | None = None, by: Actor,
                 at: datetime) -> int:  # fmt: skip
    """Put people on the visit's list; whoever is on it stays once. Answers how many were added."""
    require(may_change_visit, by, visit)
    visit = _open(visit)
    known = set(visit.visitors.values_list("person_id", flat=True))
    new = [person for person in dict.fromkeys(people) if person.pk not in known]
    Visitor.objects.bulk_create(
        Visitor(office_id=visit.office_id, visit=visit, person=person, year_of_study=year_of_study)
        for person in new
    )
    record("mobility.visit.people_added", subject=visit, by=by, at=at, count=len(new))
    return len(new)


@dataclass(frozen=True, kw_only=True)
class VisitorEntry:
    """A line of the partner's list."""

    person: PersonEntry
    year_of_study: int | None = None


@dataclass(frozen=True)
class Taken:
    """How many of a list were new people, were on record, and stood on the visit's list before."""

    new: int
    known: int
    already: int


@transaction.atomic
def take_visitors(visit: GroupVisit, entries: Sequence[VisitorEntry], *, by: Actor, at: datetime) -> Taken:
    """Put a whole list on the visit.

    Somebody is taken for a person on record only with the same passport name and birth date: namesakes are
    many. A line that repeats a name already on this visit's list is left out.
    """
    require(may_change_visit, by, visit)
    visit = _open(visit)
    on_list = {visitor.person.display_name.casefold() for visitor in visit.visitors.select_related("person")}
    new = known = already = 0
    for entry in entries:
        name = " ".join(filter(None, (entry.person.passport_given, entry.person.passport_surname)))
        if name.casefold() in on_list:
            already += 1
            continue
        on_list.add(name.casefold())
        person = _on_record(visit, entry.person)
        if person is None:
            person, new = add_person(entry.person, office=visit.office, by=by, at=at), new + 1
        else:
            known += 1
        Visitor.objects.create(
            office=visit.office, visit=visit, person=person, year_of_study=entry.year_of_study
        )
    record("mobility.visit.people_added", subject=visit, by=by, at=at, count=new + known)
    return Taken(new, known, already)


def _on_record(visit: GroupVisit, entry: PersonEntry) -> Person | None:
    if entry.birth_date is None:
        return None
    found = Person.objects.filter(
        office=visit.office,
        passport_surname__iexact=entry.passport_surname,
        passport_given__iexact=entry.passport_given,
        birth_date=entry.birth_date,
    )[:2]
    return found[0] if len(found) == 1 else None


@transaction.atomic
def remove_visitor(visitor: Visitor, *, by: Actor, at: datetime) -> None:
    """Take somebody off the list, unless attendance says that the person was there."""
    require(may_change_visit, by, visitor.visit)
    visit = _open(visitor.visit)
    if visitor.attendance.filter(presence=Presence.PRESENT).exists():
        raise VisitorAttended(name=visitor.person.display_name)
    person = visitor.person_id
    visitor.delete()
    record("mobility.visit.person_removed", subject=visit, by=by, at=at, person=person)


@transaction.atomic
def note_visitor_dates(
    visitor: Visitor,
    *,
    arrived_on: date | None,
    left_on: date | None,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Visitor:
    """When one visitor came later or left earlier than the group.

    Raises:
        BadInput, ChangedMeanwhile
    """
    require(may_change_visit, by, visitor.visit)
    visitor = Visitor.objects.select_for_update(of=("self",)).select_related("visit").get(pk=visitor.pk)
    refuse_changed(visitor, seen)
    if arrived_on and left_on and left_on < arrived_on:
        facts = {"first": f"{arrived_on:%d.%m.%Y}", "last": f"{left_on:%d.%m.%Y}"}
        raise BadInput(field="left_on", reason=_("%(last)s is before %(first)s.") % facts)
    refuse_future("arrived_on", arrived_on, at=at)
    refuse_future("left_on", left_on, at=at)
    visitor.arrived_on, visitor.left_on = arrived_on, left_on
    visitor.save(update_fields=["arrived_on", "left_on"])
    record("mobility.visit.dates_noted", subject=visitor.visit, by=by, at=at, visitor=visitor.pk)
    return visitor


@transaction.atomic
def move_visit(visit: GroupVisit, move: str, *, outcome: str = "", by: Actor, at: datetime) -> GroupVisit:
    """Confirm, begin, finish or cancel, as `VISIT_FLOW` allows."""
    require(may_change_visit, by, visit)
    visit = GroupVisit.objects.select_for_update().get(pk=visit.pk)
    visit.state = VISIT_FLOW.after(move, visit.state)
    if move == "finish" and not outcome.strip():
        raise ReasonMissing(what=_("what the visit gave"))
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
    visit = _open(visit)
    _check_session(visit, entry)
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


@transaction.atomic
def change_session(
    session: VisitSession, entry: SessionEntry, *, seen: str = "", by: Actor, at: datetime
) -> VisitSession:
    """Move or correct a session under the same rules.

    Args:
        seen: mark of the session as the page showed it.

    Raises:
        ChangedMeanwhile
    """
    require(may_change_visit, by, session.visit)
    visit = _open(session.visit)
    session.refresh_from_db()
    refuse_changed(session, seen)
    _check_session(visit, entry, beside=session)
    changes = {
        name: [getattr(session, name), getattr(entry, name)]
        for name in ("topic", "held_on", "begins_at", "ends_at", "room", "teacher")
        if getattr(session, name) != getattr(entry, name)
    }
    session.unit, session.topic, session.held_on = entry.unit, entry.topic.strip(), entry.held_on
    session.begins_at, session.ends_at = entry.begins_at, entry.ends_at
    session.room, session.teacher = entry.room.strip(), entry.teacher.strip()
    session.save()
    visit.hosts.add(entry.unit)
    record(
        "mobility.visit.session_changed", subject=visit, by=by, at=at, topic=session.topic, changes=changes
    )
    return session


@transaction.atomic
def remove_session(session: VisitSession, *, by: Actor, at: datetime) -> None:
    """Take a session out of the timetable, unless attendance was noted for it."""
    require(may_change_visit, by, session.visit)
    visit = _open(session.visit)
    if session.attendance.exists():
        raise VisitorAttended(name=session.topic)
    topic = session.topic
    session.delete()
    record("mobility.visit.session_removed", subject=visit, by=by, at=at, topic=topic)


def _check_session(visit: GroupVisit, entry: SessionEntry, *, beside: VisitSession | None = None) -> None:
    if not visit.starts_on <= entry.held_on <= visit.ends_on:
        raise OutsideVisit(
            day=f"{entry.held_on:%d.%m.%Y}", span=f"{visit.starts_on:%d.%m.%Y}–{visit.ends_on:%d.%m.%Y}"
        )
    if entry.ends_at <= entry.begins_at:
        raise BadInput(field="ends_at", reason=_("The session must end after it begins."))
    _check_free(visit, entry, beside)


def _check_free(visit: GroupVisit, entry: SessionEntry, beside: VisitSession | None) -> None:
    same_time = VisitSession.objects.filter(
        office=visit.office, held_on=entry.held_on, begins_at__lt=entry.ends_at, ends_at__gt=entry.begins_at
    ).exclude(visit__state=VisitState.CANCELLED)
    if beside is not None:
        same_time = same_time.exclude(pk=beside.pk)
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
    session: VisitSession, presence: Mapping[int, Presence], *, seen: str = "", by: Actor, at: datetime
) -> int:
    """Who was there: visitor id → presence. Given again, it replaces what was noted.

    Args:
        seen: mark of the session with its attendance as the page showed it.

    Raises:
        ChangedMeanwhile
    """
    require(may_note_attendance, by, session.visit)
    session = (
        VisitSession.objects.select_for_update(of=("self",))
        .select_related("visit", "office")
        .get(pk=session.pk)
    )
    refuse_changed(session, seen, noted_in(session))
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
