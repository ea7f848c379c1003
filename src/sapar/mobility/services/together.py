"""Arrivals and departures of several people at once: what can be noted is, and the rest is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.core.errors import BadInput, DomainError, IllegalMove
from sapar.core.policy import require
from sapar.mobility.errors import NothingChosen
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_change_exchange
from sapar.mobility.services.exchanges import note_arrival, note_departure


@dataclass(frozen=True)
class Left:
    """A stay that was left as it is, and the sentence that says why."""

    exchange: Exchange
    reason: DomainError


@dataclass(frozen=True)
class Noted:
    """What became of the chosen stays; together they are all of them."""

    done: tuple[Exchange, ...]
    left: tuple[Left, ...]


@transaction.atomic
def note_arrivals(exchanges: Iterable[Exchange], *, arrived_on: date, by: Actor, at: datetime) -> Noted:
    """Note that all of them arrived that day; whose state does not allow it is left as it is and named."""
    return _each(exchanges, lambda one: note_arrival(one, arrived_on=arrived_on, by=by, at=at), by=by)


@transaction.atomic
def note_departures(exchanges: Iterable[Exchange], *, left_on: date, by: Actor, at: datetime) -> Noted:
    """Note that all of them left that day; who is not away, or came later, is left as it is and named."""
    return _each(exchanges, lambda one: note_departure(one, left_on=left_on, by=by, at=at), by=by)


def _each(exchanges: Iterable[Exchange], note: Callable[[Exchange], Exchange], *, by: Actor) -> Noted:
    """All are locked first and in one order, so that two officers with overlapping choices wait, not collide."""
    chosen = list(exchanges)
    if not chosen:
        raise NothingChosen
    for one in chosen:
        require(may_change_exchange, by, one)
    keys = [one.pk for one in chosen]
    list(Exchange.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    done: list[Exchange] = []
    left: list[Left] = []
    for one in chosen:
        try:
            done.append(note(one))
        except (IllegalMove, BadInput) as refused:
            left.append(Left(one, refused))
    return Noted(tuple(done), tuple(left))
