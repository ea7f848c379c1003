"""Single rows of a list: what they may be, and a person's decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.directory.queries import organisation_filter, organisations_seen_by
from sapar.partners.errors import NotACandidate
from sapar.partners.models import PartnerImportRow
from sapar.partners.policies import may_import_partners, may_view_partners
from sapar.partners.queries.imports import import_rows_of, undecided_rows
from sapar.partners.services.imports import deciding
from sapar.partners.states import RowDecision
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.partners.imports import pages
from sapar.web.partners.imports.forms import CountryForm
from sapar.web.tables import ticked_ids

HITS = 12


@require_GET
@office_view
def row(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    text = request.GET.get("look", "").strip()[:200]
    hits = []
    if text:
        seen = organisations_seen_by(request.office)
        seen = seen.filter(organisation_filter(text, office=request.office))
        hits = list(seen.order_by("sort_key")[:HITS])
    page = pages.row_page(found, may_change=may_import_partners(request.user, request.office), found=hits)
    context = {"page": page, "row": found, "text_looked_for": text, "nothing_found": bool(text) and not hits,
               "country_form": CountryForm() if page.needs_country else None}  # fmt: skip
    return render(request, "imports/row.html", context)


@require_POST
@office_view
def choose(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    organisation, number = request.POST.get("organisation", ""), request.POST.get("row", "")
    if organisation.isdecimal():
        deciding.choose_organisation(found, int(organisation), by=request.user, at=timezone.now())
    elif number.isdecimal():
        deciding.join_row(found, int(number), by=request.user, at=timezone.now())
    else:
        raise NotACandidate
    return _on(request, found)


@require_POST
@office_view
def add(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    deciding.add_as_new(found, country=request.POST.get("country", ""), by=request.user, at=timezone.now())
    return _on(request, found)


@require_POST
@office_view
def leave(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    deciding.leave_out(found, by=request.user, at=timezone.now())
    return _on(request, found)


@require_POST
@office_view
def match_many(request: OfficeRequest) -> HttpResponse:
    return _many(request, RowDecision.MATCH)


@require_POST
@office_view
def add_many(request: OfficeRequest) -> HttpResponse:
    return _many(request, RowDecision.NEW)


@require_POST
@office_view
def leave_many(request: OfficeRequest) -> HttpResponse:
    return _many(request, RowDecision.SKIP)


def _many(request: OfficeRequest, how: RowDecision) -> HttpResponse:
    may(may_import_partners, request)
    ids = ticked_ids(request)
    rows = list(import_rows_of(request.office).select_related("office").filter(pk__in=ids).order_by("number"))
    decided, left = deciding.decide_rows(rows, how, by=request.user, at=timezone.now())
    if not rows:
        messages.info(request, _("Tick the rows first."))
    if decided:
        done = ngettext("%(count)d row is decided.", "%(count)d rows are decided.", decided)
        messages.success(request, done % {"count": decided})
    if left:
        kept = ngettext(
            "%(count)d row stays as it was: it has no candidate, no country, or cannot be taken.",
            "%(count)d rows stay as they were: they have no candidate, no country, or cannot be taken.",
            left,
        )
        messages.warning(request, kept % {"count": left})
    back = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return redirect("imports:home", office=request.office.slug)


def _found(request: OfficeRequest, pk: int) -> PartnerImportRow:
    may(may_view_partners, request)
    return get_object_or_404(import_rows_of(request.office).select_related("office", "batch__file"), pk=pk)


def _on(request: OfficeRequest, decided: PartnerImportRow) -> HttpResponse:
    """To the next row that waits for a decision; to the list when none does."""
    waiting = undecided_rows(decided.batch)
    following = waiting.filter(number__gt=decided.number).first() or waiting.first()
    if following is None:
        return redirect("imports:import", office=request.office.slug, pk=decided.batch_id)
    return redirect("imports:row", office=request.office.slug, pk=following.pk)
