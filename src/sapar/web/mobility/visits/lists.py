"""The list of group visits."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET

from sapar.accounts.models import Office
from sapar.directory.models import Organisation
from sapar.directory.queries import organisation_filter
from sapar.mobility.models import GroupVisit
from sapar.mobility.policies import may_run_visits
from sapar.mobility.queries.visits import visits_visible_to, with_counts
from sapar.mobility.states import VisitState
from sapar.partners.states import Direction
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Empty
from sapar.web.mobility.visits.words import page_url, visit_state
from sapar.web.tables import Choice, Column, Dates, ListSpec, answer_list
from sapar.web.tables.filters import Options, Rows


def partners_of(office: Office) -> Options:
    known = GroupVisit.objects.filter(office=office).order_by().values("partner_id").distinct()
    found = Organisation.objects.filter(pk__in=known).order_by("sort_key", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


def visits_named(rows: Rows, text: str) -> Rows:
    return rows.filter(
        organisation_filter(text, "partner__")
        | Q(title__icontains=text)
        | Q(number__icontains=text)
        | Q(leader_name__icontains=text)
    )


VISITS: ListSpec[GroupVisit] = ListSpec(
    name="visits",
    title=_l("Group visits"),
    default_order="-from",
    columns=[
        Column("title", _l("Visit"), lambda row: row.title, order=["title"], link="visits:visit"),
        Column("number", _l("Number"), lambda row: row.number, order=["number"], shown=False),
        Column("state", _l("State"), visit_state, order=["state"]),
        Column("partner", _l("Partner"), lambda row: row.partner.name, order=["partner__sort_key"]),
        Column("direction", _l("Direction"), lambda row: Direction(row.direction).label, order=["direction"]),
        Column("from", _l("From"), lambda row: row.starts_on, order=["starts_on"]),
        Column("to", _l("Until"), lambda row: row.ends_on, order=["ends_on"]),
        Column("leader", _l("Leader"), lambda row: row.leader_name, order=["leader_name"], shown=False),
        Column("people", _l("People"), lambda row: row.people, order=["people"], align="end"),  # type: ignore[attr-defined]
        Column("sessions", _l("Sessions"), lambda row: row.meetings, order=["meetings"], align="end"),  # type: ignore[attr-defined]
    ],
    filters=[
        Choice("state", _l("State"), VisitState.choices),
        Choice("direction", _l("Direction"), Direction.choices),
        Choice("partner", _l("Partner"), partners_of, field="partner_id", sentence=_l("partner: %s")),
        Dates("from", _l("beginning"), "starts_on"),
    ],
    search=["title"],
    searching=visits_named,
    search_hint=_l("Title, university or leader"),
    empty=Empty(
        _l("No group visits yet"),
        _l("A group comes with a leader to several departments; plan its days, list its people, note who came."),
    ),
)  # fmt: skip


@require_GET
@office_view
def visits(request: OfficeRequest) -> HttpResponse:
    add = None
    if may_run_visits(request.user, request.office):
        add = Action(_("Plan a visit"), page_url("new", request.office), icon="plus")
    rows = with_counts(visits_visible_to(request.user, request.office))
    return answer_list(request, VISITS, rows, add=add)
