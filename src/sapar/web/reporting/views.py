"""Reports and the records behind their figures."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from sapar.files.models import Paper
from sapar.formats.papers.pdf import draw_pdf
from sapar.formats.papers.word import draw_docx
from sapar.reporting import tasks
from sapar.reporting.definitions import BY_CODE, By
from sapar.reporting.models import Figure, Report
from sapar.reporting.policies import may_make_reports, may_read_reports
from sapar.reporting.queries import reports_of
from sapar.reporting.services import begin_report, check_release, release_report
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Empty, Head
from sapar.web.refusals import refusals_to
from sapar.web.reporting import pages
from sapar.web.reporting.charts import bars
from sapar.web.reporting.exports import paper_of, workbook_of
from sapar.web.reporting.forms import ReportForm
from sapar.web.reporting.labels import row_names
from sapar.web.reporting.records import records_behind
from sapar.web.reporting.years import years_page
from sapar.web.tables import Column, ListSpec, answer_list
from sapar.web.tables.page import build

REPORTS: ListSpec[Report] = ListSpec(
    name="reports",
    title=_l("Reports"),
    default_order="-year",
    columns=[
        Column("year", _l("Academic year"), lambda row: pages.year_words(row.academic_year),
               order=["academic_year", "number"], link="reporting:report"),
        Column("number", _l("Number"), lambda row: row.number, align="end"),
        Column("state", _l("State"), pages.state_of, order=["state"]),
        Column("as_of", _l("Counted"), lambda row: row.as_of, order=["as_of"]),
        Column("by", _l("Counted by"), lambda row: row.made_by),
        Column("released", _l("Released"), lambda row: row.released_at, order=["released_at"]),
    ],
    empty=Empty(_l("No report yet"), _l("A report counts one academic year; every figure opens its records.")),
)  # fmt: skip

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
    years = [(year, pages.year_words(year)) for year in range(latest, latest - 12, -1)]
    form = ReportForm(request.POST or None, years=years, initial={"academic_year": latest - 1})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form), transaction.atomic():
            report = begin_report(
                request.office, form.cleaned_data["academic_year"], by=request.user, at=timezone.now()
            )
            tasks.fill.enqueue(report.pk)
            return redirect("reporting:report", office=request.office.slug, pk=report.pk)
    head = Head(_("New report"), crumbs=[Crumb(_("Reports"), _url(request, "home"))])
    context = {"form": form, "head": head, "cancel": _url(request, "home")}
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
    page = pages.report_page(_found(request, pk), request.user, request.office)
    response = render(request, "components/work.html", {"work": page.work})
    if page.work is None:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@office_view
def release(request: OfficeRequest, pk: int) -> HttpResponse:
    release_report(_found(request, pk), by=request.user, at=timezone.now())
    return redirect("reporting:report", office=request.office.slug, pk=pk)


@require_GET
@office_view
def download(request: OfficeRequest, pk: int, kind: str) -> HttpResponse:
    found = _found(request, pk)
    if kind not in MEDIA or found.state == "running":
        raise Http404
    if kind == "xlsx":
        content = workbook_of(found)
    else:
        chosen = request.GET.getlist("language") or request.office.languages[:1]
        known = [language for language in chosen if translation.check_for_language(language)][:2]
        paper = (
            Paper.objects.filter(subject_type="reporting.report", subject_id=pk)
            .order_by("-issued_at")
            .first()
        )
        spec = paper_of(found, request.office, known or ["en"], paper)
        content = draw_pdf(spec) if kind == "pdf" else draw_docx(spec)
    response = HttpResponse(content, content_type=MEDIA[kind])
    response["Content-Disposition"] = (
        f'attachment; filename="report-{found.academic_year}-{found.number}.{kind}"'
    )
    return response


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
    return HttpResponse(bars(rows, _("people") if "exchanges" in code else ""), content_type="image/svg+xml")


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
            Crumb(pages.year_words(found.report.academic_year), _url(request, "report", pk=found.report_id)),
        ],
    )
    context = {
        "head": head,
        "figure": pages.shown_figure(found, request.office),
        "list": build(request, spec, rows),
    }
    return render(request, "reporting/figure.html", context)


def _found(request: OfficeRequest, pk: int) -> Report:
    may(may_read_reports, request)
    return get_object_or_404(reports_of(request.office), pk=pk)


def _url(request: OfficeRequest, name: str, **more: object) -> str:
    return reverse(f"reporting:{name}", kwargs={"office": request.office.slug, **more})
