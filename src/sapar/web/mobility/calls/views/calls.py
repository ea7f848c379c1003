"""The list of calls, their record, and how they are written, opened and closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from sapar.formats.numbers import year_words
from sapar.mobility.models import Call, CallPlace
from sapar.mobility.policies import may_change_call, may_run_calls
from sapar.mobility.queries.calls import calls_of, conditions_for, places_of, seats_free
from sapar.mobility.services import calls as services
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Text
from sapar.web.forms import SaparForm
from sapar.web.mobility.calls.forms.calls import (
    CallForm,
    CallTables,
    PlaceForm,
    PlaceTables,
    ReopenForm,
    end_of,
    entry_from,
    initial_call,
)
from sapar.web.mobility.calls.forms.rows import Rows, asks_for_rows, unvalidated
from sapar.web.mobility.calls.forms.rules import RuleForm
from sapar.web.mobility.calls.lists import CALLS, counted
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.pages.calls import call_page
from sapar.web.mobility.calls.pages.places import conditions_table, seats_differ, seats_in
from sapar.web.mobility.calls.pages.reach import reach_block
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list


def call_of(request: OfficeRequest, pk: int) -> Call:
    return get_object_or_404(calls_of(request.office).select_related("office"), pk=pk)


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    add = (
        Action(_("New call"), to("new", request.office))
        if may_run_calls(request.user, request.office)
        else None
    )
    return answer_list(request, CALLS, counted(calls_of(request.office)), add=add)


@require_GET
@office_view
def call(request: OfficeRequest, pk: int) -> HttpResponse:
    found = call_of(request, pk)
    public = reverse("calls:public", args=[request.office.slug, found.pk])
    page = call_page(found, request.user, public_url=public, now=timezone.now())
    return render(request, "calls/call.html", {"page": page})


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_run_calls, request)
    form, tables = CallForm(request.POST or None), CallTables(request.POST or None)
    if asks_for_reach(request):
        return _reach(request, tables.rules, None)
    if request.method == "POST":
        if asks_for_rows(request.POST):
            unvalidated(tables.all, form)
        elif form.is_valid() & tables.is_valid():
            with refusals_to(form):
                made = services.prepare_call(
                    entry_from(form, tables), office=request.office, by=request.user, at=timezone.now()
                )
                messages.success(request, _("The call is prepared. Take places for it, then open it."))
                return redirect("calls:places", request.office.slug, made.pk)
    return _answer_form(
        request, form, tables, _("New call"), _("Prepare the call"), to("home", request.office)
    )


@office_view
def change(request: OfficeRequest, pk: int) -> HttpResponse:
    found = call_of(request, pk)
    if not may_change_call(request.user, found):
        may(may_run_calls, request)
    form, tables = CallForm(request.POST or None), CallTables(request.POST or None, found)
    form.guard(found, initial_call, beside=tables.differences)
    if asks_for_reach(request):
        return _reach(request, tables.rules, found)
    if request.method == "POST":
        if asks_for_rows(request.POST):
            unvalidated(tables.all, form)
        elif form.is_valid() & tables.is_valid():
            with refusals_to(form):
                services.change_call(
                    found, entry_from(form, tables), seen=form.mark, by=request.user, at=timezone.now()
                )
                messages.success(request, _("The call is changed."))
                return redirect("calls:call", request.office.slug, found.pk)
    back = to("call", request.office, found.pk)
    return _answer_form(request, form, tables, _("Change the call"), _("Save"), back, found)


def _answer_form(
    request: OfficeRequest,
    form: CallForm,
    tables: CallTables,
    title: str,
    submit: str,
    back: str,
    found: Call | None = None,
) -> HttpResponse:
    wrong = bool(form.errors) or any(one.errors for rows in tables.all for one in rows.forms)
    shown = {
        "form": form,
        "tables": tables.all,
        "title": title,
        "submit": submit,
        "back": back,
        "call": found,
        "here": request.path,
        "reach": reach_block(request.office, tables.rules, found),
    }
    return render(
        request, "calls/form.html", shown, status=422 if wrong and request.method == "POST" else 200
    )


def asks_for_reach(request: OfficeRequest) -> bool:
    """A condition was changed on the page; the form itself is not sent yet."""
    return request.method == "POST" and request.POST.get("do") == "reach"


def _reach(
    request: OfficeRequest,
    rules: Rows[RuleForm],
    found: Call | None,
    beside: Sequence[Mapping[str, Any]] = (),
) -> HttpResponse:
    block = reach_block(request.office, rules, found, beside)
    return render(request, "calls/reach.html", {"reach": block})


@office_view
def places(request: OfficeRequest, pk: int) -> HttpResponse:
    """All rows of agreements in force; a number of seats is written beside each."""
    found = call_of(request, pk)
    may(may_run_calls, request)
    form, problems = SaparForm(request.POST or None), dict[int, str]()
    form.guard(
        found,
        lambda _call: {},
        parts=places_of,
        beside=lambda now: seats_differ(conditions_table(now, None, {}), request.POST),
    )
    if request.method == "POST" and form.is_valid():
        wanted, problems = seats_in(request.POST, conditions_for(found))
        with refusals_to(form):
            refused = services.take_table(found, wanted, seen=form.mark, by=request.user, at=timezone.now())
            problems |= {pk: str(error) for pk, error in refused.items()}
            if not problems:
                messages.success(request, _("The places of the call are saved."))
                return redirect("calls:call", request.office.slug, found.pk)
            form.see_again(told=False)
    wrong = bool(problems or form.errors)
    table = conditions_table(found, request.POST if wrong else None, problems)
    context = {
        "call": found,
        "form": form,
        "year": year_words(found.academic_year),
        "table": table,
        "problems": problems,
    }
    return render(request, "calls/places.html", context, status=422 if wrong else 200)


@office_view
def place(request: OfficeRequest, pk: int, place_pk: int) -> HttpResponse:
    """Conditions and reserved places of one host."""
    found = call_of(request, pk)
    may(may_run_calls, request)
    held: CallPlace = get_object_or_404(
        found.places.select_related("host", "call__office", "condition"), pk=place_pk
    )
    data = request.POST or None
    form, tables = PlaceForm(data), PlaceTables(data, held)
    form.guard(held, lambda row: {"note": row.note}, beside=tables.differences)
    rules, reserves = tables.all
    if asks_for_reach(request):
        return _reach(request, rules, found, found.rules)
    if request.method == "POST":
        if asks_for_rows(request.POST):
            unvalidated(tables.all, form)
        elif form.is_valid() & rules.is_valid() & reserves.is_valid():
            with refusals_to(form):
                services.change_place(
                    held,
                    rules=[row["rule"] for row in rules.cleaned],
                    reserves=[row["reserve"] for row in reserves.cleaned],
                    note=form.cleaned_data["note"],
                    seen=form.mark,
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(
                    request, _("The conditions of %(host)s are saved.") % {"host": held.host.name}
                )
                return redirect("calls:call", request.office.slug, found.pk)
    wrong = bool(form.errors) or any(one.errors for rows in tables.all for one in rows.forms)
    shown = {
        "form": form,
        "tables": tables.all,
        "place": held,
        "call": found,
        "free": seats_free(held.condition, beside=found),
        "here": request.path,
        "reach": reach_block(request.office, rules, found, found.rules),
    }
    return render(request, "calls/place.html", shown, status=422 if wrong else 200)


def _step(service: Callable[..., Call], said: Text) -> Callable[..., HttpResponse]:
    @require_POST
    @office_view
    def view(request: OfficeRequest, pk: int) -> HttpResponse:
        service(call_of(request, pk), by=request.user, at=timezone.now())
        messages.success(request, str(said))
        return redirect("calls:call", request.office.slug, pk)

    return view


open_ = _step(services.open_call, _l("The call is open."))
close = _step(services.close_call, _l("The call is closed."))
finish = _step(services.finish_call, _l("The call is finished."))


@office_view
def reopen(request: OfficeRequest, pk: int) -> HttpResponse:
    found = call_of(request, pk)
    may(may_run_calls, request)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            until = end_of(form.cleaned_data["closes_on"])
            services.reopen_call(found, closes_at=until, by=request.user, at=timezone.now())
            messages.success(request, _("The call is open again."))
            return redirect("calls:call", request.office.slug, pk)
    shown = {"form": form, "call": found, "back": to("call", request.office, pk)}
    return render(request, "calls/reopen.html", shown, status=422 if form.errors else 200)
