"""The list of partners and the record of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from sapar.partners.queries import partners_listed
from sapar.web.access import OfficeRequest, office_view
from sapar.web.partners.lists import PARTNERS
from sapar.web.partners.pages.partner import partner_page
from sapar.web.tables import answer_list


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    return answer_list(request, PARTNERS, partners_listed(request.office, timezone.localdate()))


@require_GET
@office_view
def partner(request: OfficeRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    found = get_object_or_404(partners_listed(request.office, today), pk=pk)
    page = partner_page(found, request.user, today=today)
    return render(request, "partners/partner.html", {"page": page})
