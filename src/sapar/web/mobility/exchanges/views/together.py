"""What is done with the ticked stays of the list: one day of arrival or departure for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sapar.core.errors import BadInput
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.mobility.services.together import Left, Noted, note_arrivals, note_departures
from sapar.mobility.states import EXCHANGE_FLOW, ExchangeState
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Head
from sapar.web.mobility.exchanges.forms.nominations import DayForm
from sapar.web.mobility.exchanges.views.nominations import crumbs
from sapar.web.mobility.exchanges.words import page_url, stay_state
from sapar.web.tables import ticked_ids


def ticked(request: OfficeRequest) -> QuerySet[Exchange]:
    """The ticked stays that one may see, by name."""
    visible = exchanges_visible_to(request.user, request.office).filter(pk__in=ticked_ids(request))
    return visible.select_related("office", "person", "partner").order_by("person_sort_key", "pk")


def _line(exchange: Exchange, why: str) -> tuple[Exchange, str, str]:
    return exchange, page_url("exchange", exchange.office, exchange.pk), why


def _why(left: Left) -> str:
    if isinstance(left.reason, BadInput):
        return str(left.reason.facts["reason"])
    return _unfit(left.exchange)


def _unfit(exchange: Exchange) -> str:
    return _("The state is “%(state)s”.") % {"state": ExchangeState(exchange.state).label}


def _noting(
    request: OfficeRequest,
    move: str,
    title: str,
    note: Callable[[list[Exchange], date], Noted],
    said: Callable[[int], str],
) -> HttpResponse:
    """The day is asked for; done, the list again, or a page that names those who were left as they are."""
    may(may_nominate, request)
    back = page_url("home", request.office)
    chosen = list(ticked(request))
    if not chosen:
        messages.warning(request, _("Tick at least one stay first."))
        return HttpResponseRedirect(back)
    begun = "day" in request.POST
    form = DayForm(request.POST if begun else None, initial={"day": timezone.localdate()})
    noted: Noted | None = None
    if begun and form.is_valid():
        noted = note(chosen, form.cleaned_data["day"])
        if noted.done:
            messages.success(request, said(len(noted.done)))
        if not noted.left:
            return HttpResponseRedirect(back)
        left = [_line(one.exchange, _why(one)) for one in noted.left]
        fit: list[Exchange] = []
    else:
        left = [_line(one, _unfit(one)) for one in chosen if not EXCHANGE_FLOW.allows(move, one.state)]
        fit = [one for one in chosen if EXCHANGE_FLOW.allows(move, one.state)]
    shown = {
        "head": Head(title, crumbs=crumbs(request)),
        "form": form,
        "fit": [(one, stay_state(one)) for one in fit],
        "rows": [one.pk for one in chosen],
        "left": left,
        "noted": noted is not None,
        "submit": title,
        "back": back,
    }
    return render(request, "exchanges/together.html", shown, status=422 if begun and form.errors else 200)


@require_POST
@office_view
def arrive_together(request: OfficeRequest) -> HttpResponse:
    return _noting(
        request,
        "arrive",
        _("Record arrivals"),
        lambda chosen, day: note_arrivals(chosen, arrived_on=day, by=request.user, at=timezone.now()),
        lambda count: (
            ngettext("%(count)s arrival is noted.", "%(count)s arrivals are noted.", count) % {"count": count}
        ),
    )


@require_POST
@office_view
def leave_together(request: OfficeRequest) -> HttpResponse:
    return _noting(
        request,
        "leave",
        _("Record departures"),
        lambda chosen, day: note_departures(chosen, left_on=day, by=request.user, at=timezone.now()),
        lambda count: (
            ngettext("%(count)s departure is noted.", "%(count)s departures are noted.", count)
            % {"count": count}
        ),
    )
