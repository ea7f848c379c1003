"""The record of a visit, its timetable by weeks and its attendance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, User
from sapar.audit.queries import timeline
from sapar.files.models import Paper
from sapar.mobility.models import GroupVisit, Visitor, VisitSession
from sapar.mobility.policies import may_change_visit, may_note_attendance
from sapar.mobility.queries.visits import sessions_of
from sapar.mobility.states import VisitState
from sapar.reporting.labels import country_name
from sapar.web.components import (
    Action,
    Cell,
    Crumb,
    Fact,
    FactGroup,
    Head,
    Link,
    Moment,
    Related,
    RelatedRow,
)
from sapar.web.mobility.visits.words import ACTS, LABELS, page_url, visit_state
from sapar.web.moments import moments
from sapar.web.numbers import span

V = VisitState


@dataclass(frozen=True)
class VisitPage:
    head: Head
    facts: Sequence[FactGroup]
    related: Sequence[Related]
    moments: Sequence[Moment]


def visit_page(visit: GroupVisit, user: User, office: Office) -> VisitPage:
    people = list(visit.visitors.select_related("person").order_by("person__sort_key", "pk"))
    sessions = list(sessions_of(visit))
    changes = may_change_visit(user, visit)
    notes = may_note_attendance(user, visit)
    return VisitPage(
        head=_head(visit, people, sessions, office, changes=changes),
        facts=_facts(visit, office),
        related=[
            _sessions(visit, sessions, office, changes=changes, notes=notes),
            _people(visit, people, office, changes=changes),
        ],
        moments=moments(timeline(visit)[:200], ACTS, LABELS),
    )


def _head(
    visit: GroupVisit,
    people: Sequence[Visitor],
    sessions: Sequence[VisitSession],
    office: Office,
    *,
    changes: bool,
) -> Head:

    def url(name: str) -> str:
        return page_url(name, office, visit.pk)

    next_action = None
    others = [Action(_("Timetable"), url("timetable")), Action(_("Attendance"), url("attendance"))]
    if changes:
        match visit.state:
            case V.PLANNED if not people:
                next_action = Action(_("Add the list of people"), url("people"))
            case V.PLANNED if not sessions:
                next_action = Action(_("Add the first session"), url("new_session"))
            case V.PLANNED:
                next_action = Action(
                    _("Confirm the visit"), url("move"), post=True, fields={"move": "confirm"}
                )
            case V.CONFIRMED:
                next_action = Action(
                    _("The group has arrived"), url("move"), post=True, fields={"move": "begin"}
                )
            case V.RUNNING:
                next_action = Action(_("Finish with a note"), url("finish"))
            case V.FINISHED:
                next_action = Action(
                    _("Issue the certificates"),
                    url("certificates"),
                    post=True,
                    asks=ngettext(
                        "%(count)s certificate with a QR code is made; one issued before is replaced.",
                        "%(count)s certificates with QR codes are made; those issued before are replaced.",
                        len(people),
                    )
                    % {"count": len(people)},
                )
        if visit.state not in (V.FINISHED, V.CANCELLED):
            others.append(Action(_("Change the plan"), url("edit")))
        if visit.state == V.PLANNED and (next_action is None or not next_action.post):
            others.append(Action(_("Confirm the visit"), url("move"), post=True, fields={"move": "confirm"}))
        if visit.state in (V.RUNNING, V.FINISHED):
            others.append(Action(_("All certificates (ZIP)"), url("bundle"), icon="download"))
        if visit.state in (V.PLANNED, V.CONFIRMED):
            others.append(
                Action(
                    _("Cancel the visit"),
                    url("move"),
                    post=True,
                    danger=True,
                    asks=_("The record stays; rooms and teachers become free."),
                    fields={"move": "cancel"},
                )
            )
    return Head(
        visit.title,
        kind=_("Group from %(partner)s") % {"partner": visit.partner.name}
        if visit.direction == "in"
        else _("Group to %(partner)s") % {"partner": visit.partner.name},
        number=visit.number,
        state=visit_state(visit),
        crumbs=[Crumb(_("Group visits"), page_url("home", office))],
        next=next_action,
        others=others,
    )


def _facts(visit: GroupVisit, office: Office) -> list[FactGroup]:
    agreement: Cell = None
    if visit.agreement is not None:
        url = reverse("partners:agreement", kwargs={"office": office.slug, "pk": visit.agreement_id})
        agreement = Link(visit.agreement.title, url)
    return [
        FactGroup(
            _("Visit"),
            [
                Fact(_("Days"), span(visit.starts_on, visit.ends_on)),
                Fact(_("Partner"), visit.partner.name, country_name(visit.partner.country_code)),
                Fact(_("Agreement"), agreement),
                Fact(_("Leader"), visit.leader_name, visit.leader_email),
            ],
        ),
        FactGroup(
            _("What for"),
            [
                Fact(_("Purpose"), visit.purpose),
                Fact(_("Host departments"), ", ".join(unit.said for unit in visit.hosts.order_by("name"))),
                Fact(_("Outcome"), visit.outcome),
            ],
        ),
    ]


def _sessions(
    visit: GroupVisit, sessions: Sequence[VisitSession], office: Office, *, changes: bool, notes: bool
) -> Related:
    closed = visit.state in (V.FINISHED, V.CANCELLED)
    page = "sheet" if notes else "timetable"
    rows = [
        RelatedRow(
            one.topic,
            page_url("sheet", office, visit.pk, session=one.pk)
            if page == "sheet"
            else page_url("timetable", office, visit.pk),
            session_words(one),
        )
        for one in sessions
    ]
    add = None
    if changes and not closed:
        add = Action(_("Add a session"), page_url("new_session", office, visit.pk), icon="plus")
    return Related(
        _("Timetable"), rows[:12], count=len(rows), url=page_url("timetable", office, visit.pk),
        empty=_("No sessions yet."), add=add,
    )  # fmt: skip


def session_words(session: VisitSession) -> str:
    return ", ".join(
        filter(
            None,
            (
                span(session.held_on, session.held_on),
                f"{session.begins_at:%H:%M}–{session.ends_at:%H:%M}",
                session.unit.said,
                session.room,
                session.teacher,
            ),
        )
    )


def _people(visit: GroupVisit, people: Sequence[Visitor], office: Office, *, changes: bool) -> Related:
    papers = {
        paper.subject_id: paper
        for paper in Paper.objects.filter(
            office=office,
            kind="visit_certificate",
            state="valid",
            subject_type=Visitor._meta.label_lower,
            subject_id__in=[one.pk for one in people],
        )
    }
    rows = [
        RelatedRow(
            one.person.display_name,
            page_url("visitor", office, visit.pk, visitor=one.pk) if changes else "",
            ", ".join(
                filter(
                    None,
                    (
                        _("year %(number)s") % {"number": one.year_of_study} if one.year_of_study else "",
                        _("certificate %(number)s") % {"number": papers[one.pk].number}
                        if one.pk in papers
                        else "",
                    ),
                )
            ),
        )
        for one in people
    ]
    add = None
    if changes and visit.state not in (V.FINISHED, V.CANCELLED):
        add = Action(_("Add people"), page_url("people", office, visit.pk), icon="plus")
    return Related(_("People"), rows, count=len(rows), empty=_("Nobody on the list yet."), add=add)


@dataclass(frozen=True)
class Day:
    day: date
    sessions: Sequence[VisitSession]


@dataclass(frozen=True)
class Week:
    days: Sequence[Day]


def weeks_of(visit: GroupVisit, sessions: Sequence[VisitSession]) -> list[Week]:
    """The visit's days in calendar weeks from Monday; days outside of the visit are left out."""
    by_day: dict[date, list[VisitSession]] = {}
    for session in sessions:
        by_day.setdefault(session.held_on, []).append(session)
    weeks: list[list[Day]] = []
    day = visit.starts_on
    while day <= visit.ends_on:
        if not weeks or day.weekday() == 0:
            weeks.append([])
        weeks[-1].append(Day(day, by_day.get(day, [])))
        day += timedelta(days=1)
    return [Week(days) for days in weeks]
