"""Dry runs, their result, adoption, refill, verification and minutes."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.policies import may_read_all
from sapar.files.queries import papers_of
from sapar.mobility.models import PlacingRun
from sapar.mobility.policies import may_run_calls
from sapar.mobility.queries.placing import ineligible_in
from sapar.mobility.services import placing as services
from sapar.mobility.services.placing.papers import issue_minutes_once
from sapar.mobility.states import RunState
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.downloads import download_file
from sapar.web.mobility.calls.forms.applications import RunForm
from sapar.web.mobility.calls.lists import AWARDS
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.pages.results import placing_page, run_page, verify_page, work_of
from sapar.web.mobility.calls.views.calls import call_of
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list


def run_of(request: OfficeRequest, pk: int, *heavy: str) -> PlacingRun:
    """A run without its heavy columns, unless they are named."""
    may(may_read_all, request)
    runs = PlacingRun.objects.filter(office=request.office).select_related("call__office", "office")
    return get_object_or_404(runs.defer(*({"problem", "result"} - set(heavy))), pk=pk)


@office_view
def placing(request: OfficeRequest, pk: int) -> HttpResponse:
    """The runs of a call, and the form that starts one. The number drawn is shown before it is used."""
    may(may_read_all, request)
    call = call_of(request, pk)
    initial = {"seed": secrets.randbelow(1_000_000), "mechanism": call.mechanism, "compare": True}
    form = RunForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            run = services.start_placing(call, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to_run(request, run)
    shown = {"page": placing_page(call, request.user), "form": form}
    return render(request, "calls/placing.html", shown, status=422 if form.errors else 200)


@require_POST
@office_view
def refill(request: OfficeRequest, pk: int) -> HttpResponse:
    run = services.start_refill(call_of(request, pk), by=request.user, at=timezone.now())
    return _to_run(request, run)


def _to_run(request: OfficeRequest, run: PlacingRun) -> HttpResponse:
    name = "progress" if run.state in (RunState.RUNNING, RunState.FAILED) else "run"
    return redirect(f"calls:{name}", request.office.slug, run.pk)


@require_GET
@office_view
def run(request: OfficeRequest, pk: int) -> HttpResponse:
    found = run_of(request, pk, "result")
    if found.state in (RunState.RUNNING, RunState.FAILED):
        return redirect("calls:progress", request.office.slug, pk)
    return render(request, "calls/run.html", {"page": run_page(found, request.user)})


@require_GET
@office_view
def progress(request: OfficeRequest, pk: int) -> HttpResponse:
    found = run_of(request, pk)
    work = work_of(found)
    template = "components/work.html" if request.htmx else "calls/progress.html"
    return render(
        request, template, {"work": work, "run": found, "back": to("placing", request.office, found.call_id)}
    )


@require_GET
@office_view
def people(request: OfficeRequest, pk: int) -> HttpResponse:
    found = run_of(request, pk)
    rows = found.awards.select_related("application__person", "place__host")
    return answer_list(request, AWARDS, rows, template="calls/people.html", run=found)


@office_view
def adopt(request: OfficeRequest, pk: int) -> HttpResponse:
    """Says in numbers what will happen, then does it."""
    may(may_run_calls, request)
    found = run_of(request, pk)
    if request.method == "POST":
        services.adopt_run(found, by=request.user, at=timezone.now())
        messages.success(request, _("The places are given. The letters are being written and sent."))
        return redirect("calls:run", request.office.slug, pk)
    outside = len(ineligible_in(found))
    shown = {
        "run": found,
        "call": found.call,
        "offered": found.awards.filter(place__isnull=False).count(),
        "waiting": found.awards.filter(place__isnull=True).count() - outside,
        "ineligible": outside,
        "back": to("run", request.office, pk),
    }
    return render(request, "calls/adopt.html", shown)


@require_GET
@office_view
def verify(request: OfficeRequest, pk: int) -> HttpResponse:
    found = run_of(request, pk, "problem", "result")
    if found.state in (RunState.RUNNING, RunState.FAILED):
        return redirect("calls:progress", request.office.slug, pk)
    page = verify_page(found, services.verify_run(found))
    return render(request, "calls/verify.html", {"page": page, "back": to("run", request.office, pk)})


@office_view
def minutes(request: OfficeRequest, pk: int) -> HttpResponse:
    found = run_of(request, pk)
    if request.method == "POST":
        issue_minutes_once(found, by=request.user, at=timezone.now())
        return redirect("calls:run", request.office.slug, pk)
    issued = papers_of(found).select_related("file").first()
    if issued is None:
        return redirect("calls:run", request.office.slug, pk)
    return download_file(issued.file)
