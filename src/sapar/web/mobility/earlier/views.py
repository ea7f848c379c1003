"""Lists of stays of earlier years: bring, choose columns and universities, look, take, undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.directory.queries import units_of
from sapar.mobility.models import StayImport
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.earlier import (
    faculties_to_choose,
    hosts_to_choose,
    stay_lists_of,
)
from sapar.mobility.services.earlier import (
    bring_stays,
    choose_names,
    choose_stay_columns,
    discard_stays,
    table_of,
    take_stays,
    undo_stays,
)
from sapar.mobility.states import StayListState
from sapar.partners.queries import partners_to_choose
from sapar.partners.states import Direction
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.brought import bring_page, list_form
from sapar.web.columns import beside_the_table, columns_page, values_of_columns
from sapar.web.components import Action, Empty, Head
from sapar.web.mobility.earlier.forms import (
    NamesForm,
    StayColumnsForm,
    StayListForm,
    host_field,
    unit_field,
    values_of_names,
)
from sapar.web.mobility.earlier.pages import crumbs, earlier_url, list_page, state_of
from sapar.web.mobility.earlier.words import WORDS
from sapar.web.refusals import refusals_to
from sapar.web.rejected import refused_rows
from sapar.web.tables import Choice, Column, ListSpec, answer_list

LISTS: ListSpec[StayImport] = ListSpec(
    name="stay-lists",
    title=_l("Stays of earlier years"),
    default_order="-made",
    columns=[
        Column("file", _l("List"), lambda row: row.file.name, order=["file__name"], link="earlier:list"),
        Column("state", _l("State"), state_of, order=["state"]),
        Column("rows", _l("Rows"), lambda row: row.rows_total, order=["rows_total"], align="end"),
        Column("ready", _l("Stays"), lambda row: row.rows_ready, order=["rows_ready"], align="end"),
        Column("made", _l("Brought"), lambda row: row.made_at, order=["made_at"]),
        Column("by", _l("By"), lambda row: row.made_by.name, order=["made_by__name"]),
    ],
    filters=[Choice("state", _l("State"), StayListState.choices)],
    reads=["office", "state", "rows_total", "rows_ready", "made_at", "file__name", "made_by__name"],
    empty=Empty(
        _l("No list yet"),
        _l("Bring the sheet in which you kept your exchanges until now: reports and balances of earlier "
           "years then stand beside the new ones."),
    ),
)  # fmt: skip


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    may(may_nominate, request)
    add = Action(_("Bring a list"), earlier_url("new", request.office), primary=True)
    return answer_list(request, LISTS, stay_lists_of(request.office), add=add)


@office_view
def bring(request: OfficeRequest) -> HttpResponse:
    may(may_nominate, request)
    head = Head(
        _("Bring stays of earlier years"),
        lead=_("You see what becomes of each row before anything is on record, and you can undo the import."),
        crumbs=crumbs(request.office),
    )
    return bring_page(request, StayListForm, bring_stays, head, names="earlier")


@office_view
def columns(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    table = table_of(found)
    form = StayColumnsForm(
        request.POST or None,
        columns=found.columns,
        mapping=found.mapping,
        rows=(row.cells for row in table.rows),
    )
    form.guard(found, lambda now: {**values_of_columns(now.columns, now.mapping), "way": now.direction})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            direction = Direction(form.cleaned_data["way"])
            found = choose_stay_columns(
                found,
                form.mapping(),
                direction=direction,
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            asked = hosts_to_choose(found) or faculties_to_choose(found)
            return redirect("earlier:names" if asked else "earlier:list", request.office.slug, pk)
    head = Head(
        _("What do the columns mean?"),
        kind=found.file.name,
        lead=_(
            "We guessed from their names, or remember how you answered for a list like this. Please check."
        ),
        crumbs=crumbs(request.office),
    )
    context = columns_page(
        form,
        head,
        beside_the_table(table.notes),
        submit=_("Read the rows"),
        cancel=earlier_url("home", request.office),
        after=_(
            "Names stay as they are written; of a whole name the first word is the surname. "
            "When somebody went is told by both days, or by the academic year and the term."
        ),
    )
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@office_view
def names(request: OfficeRequest, pk: int) -> HttpResponse:
    """The names that were not found for sure; with `?all` those that were, too."""
    found = _found(request, pk)
    everything = bool(request.GET.get("all"))
    hosts = list(found.hosts if everything else hosts_to_choose(found))
    faculties = list(found.faculties if everything else faculties_to_choose(found))
    hosts += [name for name in found.hosts if host_field(found, name) in request.POST and name not in hosts]
    faculties += [
        name for name in found.faculties if unit_field(found, name) in request.POST and name not in faculties
    ]
    also = [one for name in hosts for one in (*found.candidates.get(name, ()), found.hosts[name] or 0) if one]
    form = NamesForm(
        request.POST or None,
        batch=found,
        names=hosts,
        partners=partners_to_choose(request.office, also),
        faculties=faculties,
        units=list(units_of(request.office)),
    )
    form.guard(found, values_of_names)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            choose_names(
                found,
                form.chosen_hosts(),
                form.chosen_faculties(),
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            return _to(request, found)
    head = Head(
        _("What do these names stand for?"),
        kind=found.file.name,
        lead=_(
            "So they stand in your list. A university that is missing here is added under Partners first."
        ),
        crumbs=crumbs(request.office),
    )
    cancel = earlier_url("list", request.office, pk=found.pk)
    return list_form(request, form, head, submit=_("Keep the choice"), cancel=cancel)


@require_GET
@office_view
def batch(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if found.state == StayListState.MAPPED:
        return redirect("earlier:columns", request.office.slug, pk)
    return render(request, "exchanges/earlier.html", {"page": list_page(found)})


@require_POST
@office_view
def take(request: OfficeRequest, pk: int) -> HttpResponse:
    found = take_stays(_found(request, pk), by=request.user, at=timezone.now())
    said = ngettext("%(count)d stay is on record.", "%(count)d stays are on record.", found.rows_ready)
    messages.success(request, said % {"count": found.rows_ready})
    return _to(request, found)


@require_POST
@office_view
def undo(request: OfficeRequest, pk: int) -> HttpResponse:
    return _to(request, undo_stays(_found(request, pk), by=request.user, at=timezone.now()))


@require_POST
@office_view
def discard(request: OfficeRequest, pk: int) -> HttpResponse:
    discard_stays(_found(request, pk), by=request.user, at=timezone.now())
    return redirect("earlier:home", request.office.slug)


@require_GET
@office_view
def rejected(request: OfficeRequest, pk: int) -> HttpResponse:
    """The rows that cannot be taken as they came, to be corrected and brought again, and why."""
    found = _found(request, pk)
    return refused_rows(found, table_of(found), WORDS)


def _found(request: OfficeRequest, pk: int) -> StayImport:
    may(may_nominate, request)
    return get_object_or_404(stay_lists_of(request.office), pk=pk)


def _to(request: OfficeRequest, found: StayImport) -> HttpResponse:
    return redirect("earlier:list", request.office.slug, found.pk)
