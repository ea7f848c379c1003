"""A sheet of the student system: choose, look, take; refused rows come back as a file."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from sapar.files.models import StoredFile
from sapar.files.queries import content_of
from sapar.mobility.policies import may_run_calls
from sapar.mobility.services.studies import PURPOSE, keep_sheet, take_sheet
from sapar.mobility.studies.reading import Sheet, read_sheet, refused_file
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.downloads import download
from sapar.web.forms import ListFile, SaparForm
from sapar.web.refusals import refusals_to

SHOWN = 100


class SheetForm(SaparForm):
    file = ListFile(
        label=_l("Sheet of the student system"),
        help_text=_l(
            "CSV, XLSX, XLS or ODS. Columns are found by their names in Russian, Kyrgyz, Kazakh, Uzbek or English."
        ),
    )


@office_view
def studies(request: OfficeRequest) -> HttpResponse:
    may(may_run_calls, request)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["file"]
        with refusals_to(form):
            content = uploaded.read(settings.MAX_UPLOAD_BYTES + 1)
            kept = keep_sheet(
                content, uploaded.name, office=request.office, by=request.user, at=timezone.now()
            )
            return redirect("calls:sheet", request.office.slug, kept.pk)
    return render(request, "calls/studies.html", {"form": form}, status=422 if form.errors else 200)


@office_view
def sheet(request: OfficeRequest, pk: int) -> HttpResponse:
    """What will be taken and what not; then it is taken."""
    kept, found = _read(request, pk)
    if request.method == "POST":
        found = take_sheet(kept, by=request.user, at=timezone.now())
        said = ngettext("%(count)s row is taken.", "%(count)s rows are taken.", found.taken)
        messages.success(request, said % {"count": found.taken})
        if not found.refused:
            return redirect("calls:studies", request.office.slug)
    shown = {
        "kept": kept,
        "sheet": found,
        "refused": found.refused[:SHOWN],
        "students": found.students[:SHOWN],
        "courses": found.courses[:SHOWN],
        "done": request.method == "POST",
    }
    return render(request, "calls/sheet.html", shown)


@require_GET
@office_view
def refused(request: OfficeRequest, pk: int) -> HttpResponse:
    _kept, found = _read(request, pk)
    return download(refused_file(found), f"{_('refused')}.xlsx")


def _read(request: OfficeRequest, pk: int) -> tuple[StoredFile, Sheet]:
    may(may_run_calls, request)
    kept = get_object_or_404(StoredFile, pk=pk, office=request.office, purpose=PURPOSE)
    return kept, read_sheet(content_of(kept), kept.name, request.office)
