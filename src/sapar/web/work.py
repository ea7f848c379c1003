"""How far long work is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sapar.web.access import OfficeRequest
from sapar.web.components import Work


def work_page(request: OfficeRequest, work: Work | None) -> HttpResponse:
    """What a page asks while work is under way; when there is none any more, the page is read anew."""
    if work is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "components/work.html", {"work": work})
