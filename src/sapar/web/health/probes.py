"""Monitors and load balancers ask by the machine's address, which is none of the site's names."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sapar.web.health import views

ANSWERS = {"/health/live": views.live, "/health/ready": views.ready, "/metrics": views.metrics}


class Probes:
    """Middleware that stands first: these three answer before sessions and the site's names are asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = ANSWERS.get(request.path_info)
        return view(request) if view else self.get_response(request)
