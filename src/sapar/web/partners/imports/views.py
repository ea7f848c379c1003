"""Lists brought by the office: bring, choose columns, look, take, undo."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.policies import may_import_partners, may_view_partners
from sapar.partners.queries.imports import import_rows_of, imports_of
from sapar.partners.services.imports.bringing import bring_list, choose_columns, discard_list
from sapar.partners.services.imports.taking import take_list
from sapar.partners.services.imports.undoing import undo_list
from sapar.partners.states import ImportState, RowDecision
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.brought import bring_page
from sapar.web.columns import values_of_columns
from sapar.web.components import Action, Crumb, Head
from sapar.web.partners.imports import pages
from sapar.web.partners.imports.forms import ColumnsForm, PartnerListForm
from sapar.web.partners.imports.lists import IMPORTS, READ_ONLY_ROWS, ROWS
from sapar.web.partners.imports.words import WORDS
from sapar.web.refusals import refusals_to
from sapar.web.rejected import rejected_rows
from sapar.web.tables import answer_list
from sapar.web.work import work_page


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    may(may_view_partners, request)
    add = None
    if may_import_partners(request.user, request.office):
        add = Action(_("Bring a list"), pages.import_url("new", request.office), primary=True)
    return answer_list(request, IMPORTS, imports_of(request.office), add=add)


@office_view
def bring(request: OfficeRequest) -> HttpResponse:
    may(may_import_partners, request)
    head = Head(
        _("Bring a list of partners"),
        lead=_("You see what becomes of each row before anything is imported, and you can undo the import."),
        crumbs=[Crumb(_("Imported lists"), pages.import_url("home", request.office))],
    )
    return bring_page(request, PartnerListForm, bring_list, head, names="imports")


@office_view
def columns(request: OfficeRequest, pk: int) -> HttpResponse:
    may(may_import_partners, request)
    found = get_object_or_404(imports_of(request.office), pk=pk)
    cells = PartnerImportRow.objects.filter(batch=found).order_by("number").values_list("cells", flat=True)
    form = ColumnsForm(request.POST or None, columns=found.columns, mapping=found.mapping, rows=cells)
    form.guard(found, lambda now: values_of_columns(now.columns, now.mapping))
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            choose_columns(found, form.mapping(), seen=form.mark, by=request.user, at=timezone.now())
            return _to(request, found)
    context = pages.columns_page(found, form)
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@require_GET
@office_view
def batch(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    may_change = may_import_partners(request.user, request.office)
    if found.state == ImportState.MAPPED and may_change and not found.problem:
        return redirect("imports:columns", office=request.office.slug, pk=pk)
    page = pages.import_page(found, decision=request.GET.get("decision", ""), may_change=may_change)
    rows = import_rows_of(request.office).filter(batch=found)
    spec = ROWS if may_change and found.state == ImportState.PREVIEWED else READ_ONLY_ROWS
    return answer_list(request, spec, rows, template="imports/import.html", page=page)


@require_GET
@office_view
def progress(request: OfficeRequest, pk: int) -> HttpResponse:
    return work_page(request, pages.work_of(_found(request, pk)))


@require_POST
@office_view
def take(request: OfficeRequest, pk: int) -> HttpResponse:
    return _to(request, take_list(_found(request, pk), by=request.user, at=timezone.now()))


@require_POST
@office_view
def undo(request: OfficeRequest, pk: int) -> HttpResponse:
    return _to(request, undo_list(_found(request, pk), by=request.user, at=timezone.now()))


@require_POST
@office_view
def discard(request: OfficeRequest, pk: int) -> HttpResponse:
    return _to(request, discard_list(_found(request, pk), by=request.user, at=timezone.now()))


@require_GET
@office_view
def rejected(request: OfficeRequest, pk: int) -> HttpResponse:
    """What cannot be taken and why, and the same rows as they came, to be corrected and brought again."""
    found = _found(request, pk)
    rows = import_rows_of(request.office).filter(batch=found, decision=RowDecision.REJECT).order_by("number")
    problems = [{**problem, "row": row.number} for row in rows for problem in row.problems]
    cells = [[row.cells.get(column, "") for column in found.columns] for row in rows]
    return rejected_rows(found.file.name, found.columns, cells, problems, WORDS)


def _found(request: OfficeRequest, pk: int) -> PartnerImport:
    may(may_view_partners, request)
    return get_object_or_404(imports_of(request.office), pk=pk)


def _to(request: OfficeRequest, found: PartnerImport) -> HttpResponse:
    return redirect("imports:import", office=request.office.slug, pk=found.pk)
