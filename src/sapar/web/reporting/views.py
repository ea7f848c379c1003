"""Reports and the records behind their figures."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from sapar.core.policy import require
from sapar.files.bilingual import languages_of
from sapar.files.queries import papers_of
from sapar.formats.numbers import year_words
from sapar.reporting import tasks
from sapar.reporting.definitions import BY_CODE, By
from sapar.reporting.labels import row_names
from sapar.reporting.models import Figure, Report
from sapar.reporting.papers import number_of, report_paper
from sapar.reporting.policies import may_make_reports, may_read_reports, may_release_reports
from sapar.reporting.queries import reports_of
from sapar.reporting.services import (
    begin_report,
    check_release,
    issue_report_paper,
    release_report,
    withdraw_report,
)
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Empty, Head
from sapar.web.downloads import download as download_of
from sapar.web.downloads import download_file, download_paper
from sapar.web.refusals import refusals_to
from sapar.web.reporting import pages
from sapar.web.reporting.charts import bars
from sapar.web.reporting.exports import workbook_of
from sapar.web.reporting.forms import ReportForm, WithdrawForm
from sapar.web.reporting.records import records_behind
from sapar.web.reporting.years import years_page
from sapar.web.tables import Column, ListSpec, answer_list
from sapar.web.tables.page import build
from sapar.web.work import work_page

REPORTS: ListSpec[Report] = ListSpec(
    name="reports",
    title=_l("Reports"),
    default_order="-year",
    columns=[
        Column("year", _l("Academic year"), lambda row: year_words(row.academic_year),
               order=["academic_year", "number"], link="reporting:report"),
        Column("number", _l("Number"), lambda row: row.number, align="end"),
        Column("state", _l("State"), pages.state_of, order=["state"]),
        Column("as_of", _l("Counted"), lambda row: row.as_of, order=["as_of"]),
        Column("by", _l("Counted by"), lambda row: row.made_by),
        Column("released", _l("Released"), lambda row: row.released_at, order=["released_at"]),
    ],
    empty=Empty(_l("No report yet"), _l("A report counts one academic year; every figure opens its records.")),
)  # fmt: skip


@require_GET
@office_view
def years(request: OfficeRequest) -> HttpResponse:
    may(may_read_reports, request)
    return render(request, "reporting/years.html", {"page": years_page(request.user, request.office)})


@require_GET
@office_view
def reports(request: OfficeRequest) -> HttpResponse:
    may(may_read_reports, request)
    add = None
    if may_make_reports(request.user, request.office):
        add = Action(_("New report"), _url(request, "new"), primary=True)
    return answer_list(request, REPORTS, reports_of(request.office), add=add)


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_make_reports, request)
    today = timezone.localdate()
    latest = today.year if today.month >= request.office.year_starts_month else today.year - 1
    years = [(year, year_words(year)) for year in range(latest, latest - 12, -1)]
    form = ReportForm(request.POST or None, years=years, initial={"academic_year": latest - 1})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form), transaction.atomic():
            report = begin_report(
                request.office, form.cleaned_data["academic_year"], by=request.user, at=timezone.now()
            )
            tasks.fill.enqueue(report.pk)
            return redirect("reporting:report", office=request.office.slug, pk=report.pk)
    head = Head(_("New report"), crumbs=[Crumb(_("Reports"), _url(request, "home"))])
    context = {
        "form": form,
        "head": head,
        "submit": _("Count the year"),
        "cancel": _url(request, "home"),
    }
    return render(request, "reporting/new.html", context, status=422 if form.errors else 200)


@require_GET
@office_view
def report(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    check_release(found)
    page = pages.report_page(found, request.user, request.office)
    return render(request, "reporting/report.html", {"page": page})


@require_GET
@office_view
def progress(request: OfficeRequest, pk: int) -> HttpResponse:
    return work_page(request, pages.report_page(_found(request, pk), request.user, request.office).work)


@require_POST
@office_view
def release(request: OfficeRequest, pk: int) -> HttpResponse:
    release_report(_found(request, pk), by=request.user, at=timezone.now())
    return redirect("reporting:report", office=request.office.slug, pk=pk)


@require_POST
@office_view
def issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """The paper of a report that was released before papers were issued with the release."""
    issue_report_paper(_found(request, pk), by=request.user, at=timezone.now())
    return redirect("reporting:report", office=request.office.slug, pk=pk)


@office_view
def withdraw(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    require(may_release_reports, request.user, request.office)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            withdraw_report(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            return redirect("reporting:report", office=request.office.slug, pk=pk)
    head = Head(
        _("Withdraw the report"),
        kind=_("Annual report %(year)s") % {"year": year_words(found.academic_year)},
        lead=_("The page behind the QR code of the paper says revoked from then on."),
        crumbs=[Crumb(_("Reports"), _url(request, "home"))],
    )
    context = {
        "form": form,
        "head": head,
        "submit": _("Withdraw"),
        "cancel": _url(request, "report", pk=pk),
    }
    return render(request, "reporting/new.html", context, status=422 if form.errors else 200)


@require_GET
@office_view
def download(request: OfficeRequest, pk: int, kind: str) -> HttpResponse:
    """The issued paper as PDF where there is one; else, and as Word or workbook, drawn from the figures."""
    found = _found(request, pk)
    if kind not in ("pdf", "docx", "xlsx") or found.state == "running":
        raise Http404
    name = f"report-{number_of(found)}"
    paper = papers_of(found).select_related("file").first()
    if kind == "pdf" and paper is not None:
        return download_file(paper.file)
    if kind == "xlsx":
        return download_of(workbook_of(found), f"{name}.xlsx")
    chosen = request.GET.getlist("language")
    known = [language for language in chosen if translation.check_for_language(language)][:2]
    spec = report_paper(
        found,
        request.office,
        known or languages_of(request.office)[:1],
        code=paper.code if paper is not None else "",
    )
    return download_paper(spec, kind, name, request.office)


@require_GET
@office_view
def chart(request: OfficeRequest, pk: int, code: str) -> HttpResponse:
    found = _found(request, pk)
    definition = BY_CODE.get(code.replace("-", "."))
    if definition is None or definition.by == By.NOTHING:
        raise Http404
    figures = list(found.figures.filter(code=definition.code).order_by("order")[:15])
    names = row_names(figures)
    rows = tuple((names[one.code, one.row], float(one.value or 0)) for one in figures)
    unit = _("people") if "exchanges" in code else ""
    drawn = bars(rows, unit, narrow="narrow" in request.GET)
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_GET
@office_view
def figure(request: OfficeRequest, pk: int) -> HttpResponse:
    may(may_read_reports, request)
    found = get_object_or_404(Figure.objects.select_related("report"), pk=pk, office=request.office)
    definition = pages.definition_of(found)
    spec, rows = records_behind(found, found.record_ids)
    row = row_names([found]).get((found.code, found.row), "")
    head = Head(
        title=f"{definition.title}: {row}" if row else definition.title,
        kind=_("Figure"),
        lead=definition.meaning,
        crumbs=[
            Crumb(_("Reports"), _url(request, "home")),
            Crumb(year_words(found.report.academic_year), _url(request, "report", pk=found.report_id)),
        ],
    )
    context = {
        "head": head,
        "figure": replace(pages.shown_figure(found, request.office), url=""),
        "list": build(request, spec, rows),
    }
    return render(request, "reporting/figure.html", context)


def _found(request: OfficeRequest, pk: int) -> Report:
    may(may_read_reports, request)
    return get_object_or_404(reports_of(request.office), pk=pk)


def _url(request: OfficeRequest, name: str, **more: object) -> str:
    return reverse(f"reporting:{name}", kwargs={"office": request.office.slug, **more})
