"""Questions about what stays need."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q, QuerySet

from sapar.accounts.models import Office
from sapar.mobility.models import Exchange, StayTask
from sapar.mobility.states import ExchangeState

# Of stays that are over or do not take place nothing is asked any more.
UNDER_WAY = (ExchangeState.NOMINATED, ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY)


def tasks_of(exchange: Exchange) -> QuerySet[StayTask]:
    """Open ones first, by their day."""
    return exchange.tasks.order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")


def tasks_due(office: Office, *, until: date) -> QuerySet[StayTask]:
    """What is still to be done by that day for stays under way, and what was got and ends before the stay does."""
    too_short = Q(done_on__isnull=False, valid_until__lt=F("exchange__planned_to"), valid_until__lte=until)
    return (
        StayTask.objects.filter(Q(done_on=None, due_on__lte=until) | too_short, office=office)
        .filter(exchange__state__in=UNDER_WAY)
        .select_related("exchange__person", "exchange__partner")
        .order_by("due_on", "pk")
    )
