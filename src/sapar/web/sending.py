"""A form that is sent twice is taken once, on every page below the doors of `web.access`."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.accounts.sendings import mark_of_form, take_once


def sent_once(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """What `answer` makes of the form; when it came before, what was made of it then.

    What htmx sends while somebody writes is no decision: it may come again and again.
    """
    htmx = bool(getattr(request, "htmx", False))
    mark = mark_of_form(request) if request.method == "POST" and not htmx else ""
    if not mark:
        return answer()
    response, again = take_once(mark, answer, at=timezone.now())
    if again and response.has_header("Location"):
        messages.info(request, _("This form came a second time. It was taken once."))
    return response
