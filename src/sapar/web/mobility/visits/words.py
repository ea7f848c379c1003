"""How visits are said, and where their pages are."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from sapar.accounts.models import Office
from sapar.mobility.models import GroupVisit
from sapar.mobility.states import VisitState
from sapar.web.components import State, Text, Tone

TONES: Mapping[str, Tone] = {
    VisitState.PLANNED: "draft",
    VisitState.CONFIRMED: "waiting",
    VisitState.RUNNING: "active",
    VisitState.FINISHED: "done",
    VisitState.CANCELLED: "ended",
}
ACTS: Mapping[str, Text] = {
    "mobility.visit.planned": _l("planned the visit"),
    "mobility.visit.changed": _l("changed the plan"),
    "mobility.visit.people_added": _l("added people"),
    "mobility.visit.person_removed": _l("took somebody off the list"),
    "mobility.visit.dates_noted": _l("noted a visitor's own dates"),
    "mobility.visit.moved": _l("moved the visit on"),
    "mobility.visit.moved.confirm": _l("confirmed the visit"),
    "mobility.visit.moved.begin": _l("noted that the visit began"),
    "mobility.visit.moved.finish": _l("noted that the visit ended"),
    "mobility.visit.moved.cancel": _l("called the visit off"),
    "mobility.visit.session_added": _l("added a session"),
    "mobility.visit.session_changed": _l("changed a session"),
    "mobility.visit.session_removed": _l("took a session out"),
    "mobility.visit.attendance": _l("noted attendance"),
}
LABELS: Mapping[str, Text] = {
    "title": _l("title"),
    "starts_on": _l("from"),
    "ends_on": _l("until"),
    "leader_name": _l("leader"),
    "topic": _l("topic"),
    "held_on": _l("day"),
    "begins_at": _l("begins"),
    "ends_at": _l("ends"),
    "room": _l("room"),
    "teacher": _l("teacher"),
}


def visit_state(visit: GroupVisit) -> State:
    return State(VisitState(visit.state).label, TONES[visit.state])


def page_url(name: str, office: Office, pk: int | None = None, **more: object) -> str:
    kwargs = {"office": office.slug, **({} if pk is None else {"pk": pk}), **more}
    return reverse(f"visits:{name}", kwargs=kwargs)
