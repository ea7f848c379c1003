"""Partners and stays on the map of the world."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sapar.web.access import OfficeRequest, office_view
from sapar.web.partners.pages.map import MEASURES, map_page


@require_GET
@office_view
def world(request: OfficeRequest) -> HttpResponse:
    """`?by=` chooses what is coloured; anything else is the number of partners."""
    asked = request.GET.get("by", "")
    measure = asked if asked in MEASURES else MEASURES[0]
    return render(request, "partners/map.html", {"page": map_page(request.user, request.office, measure)})
