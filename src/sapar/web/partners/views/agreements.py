"""The list of agreements and the record of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from sapar.partners.queries import agreements_of
from sapar.web.access import OfficeRequest, office_view
from sapar.web.partners.lists import AGREEMENTS
from sapar.web.partners.pages.agreement import agreement_page
from sapar.web.tables import answer_list


@require_GET
@office_view
def agreements(request: OfficeRequest) -> HttpResponse:
    return answer_list(request, AGREEMENTS, agreements_of(request.office).select_related("responsible"))


@require_GET
@office_view
def agreement(request: OfficeRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(agreements_of(request.office).select_related("responsible"), pk=pk)
    page = agreement_page(found, request.user, now=timezone.now())
    return render(request, "partners/agreement.html", {"page": page})
