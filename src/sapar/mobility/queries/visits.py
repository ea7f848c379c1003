"""Questions about group visits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.policies import may_read_all
from sapar.accounts.queries import has_role, scopes_of
from sapar.accounts.states import Role, ScopeKind
from sapar.mobility.models import Attendance, GroupVisit, Visitor, VisitSession
from sapar.mobility.states import Presence, VisitState


def visits_visible_to(actor: Actor, office: Office) -> QuerySet[GroupVisit]:
    """All to the office; to a coordinator those which a department of the own faculty hosts."""
    visits = GroupVisit.objects.filter(office=office).select_related("partner")
    if may_read_all(actor, office) or has_role(actor, office.pk, Role.COORDINATOR):
        return visits
    units = scopes_of(actor, office.pk, ScopeKind.UNIT, Role.COORDINATOR)
    if not units:
        return visits.none()
    hosted = GroupVisit.hosts.through.objects.filter(Q(unit_id__in=units) | Q(unit__parent_id__in=units))
    return visits.filter(pk__in=hosted.values("groupvisit_id"))


def with_counts(visits: QuerySet[GroupVisit]) -> QuerySet[GroupVisit]:
    """Each visit with `people` and `meetings`."""
    return visits.annotate(people=Count("visitors", distinct=True), meetings=Count("sessions", distinct=True))


def visits_soon(office: Office, *, today: date, days: int = 14) -> QuerySet[GroupVisit]:
    return (
        GroupVisit.objects.filter(
            office=office,
            state__in=[VisitState.PLANNED, VisitState.CONFIRMED],
            starts_on__gte=today,
            starts_on__lte=today + timedelta(days=days),
        )
        .select_related("partner")
        .order_by("starts_on", "pk")
    )


def sessions_of(visit: GroupVisit) -> QuerySet[VisitSession]:
    return visit.sessions.select_related("unit").order_by("held_on", "begins_at", "pk")


@dataclass(frozen=True)
class VisitorAttendance:
    """One visitor's row: what was noted for each session, in the sessions' order."""

    visitor: Visitor
    marks: tuple[Presence | None, ...]
    present: int
    noted: int


def attendance_of(visit: GroupVisit, sessions: list[VisitSession]) -> list[VisitorAttendance]:
    """Two queries, however many people and sessions."""
    noted = Prefetch("attendance", queryset=Attendance.objects.order_by())
    visitors = (
        visit.visitors.select_related("person").prefetch_related(noted).order_by("person__sort_key", "pk")
    )
    found = []
    for visitor in visitors:
        known = {one.session_id: Presence(one.presence) for one in visitor.attendance.all()}
        marks = tuple(known.get(session.pk) for session in sessions)
        counted = Counter(marks)
        found.append(VisitorAttendance(visitor, marks, counted[Presence.PRESENT], len(marks) - counted[None]))
    return found


def hosts_of(visit: GroupVisit) -> QuerySet[Any]:
    """Which departments host it; marked together with the plan."""
    return GroupVisit.hosts.through.objects.filter(groupvisit=visit).order_by("unit_id")


def noted_in(session: VisitSession) -> QuerySet[Attendance]:
    """The attendance sheet of a session; marked together with it."""
    return session.attendance.order_by("visitor_id")
