"""Arrivals and departures of several people at once: what can be noted is, and the rest is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office, User
from sapar.core.errors import BadInput, BadRows, DomainError, IllegalMove, RowFault
from sapar.core.policy import require
from sapar.mobility.errors import NothingChosen
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_change_exchange
from sapar.mobility.queries.exchanges import exchanges_visible_to
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


@dataclass(frozen=True)
class Day:
    """The day on which somebody came or left, as another system knows it."""

    exchange: int
    on: date


@transaction.atomic
def take_arrivals(days: Sequence[Day], *, office: Office, by: User, at: datetime) -> list[Exchange]:
    """Arrivals of many stays, each with its own day: all of them, or none and every fault.

    Raises:
        NothingChosen, BadRows
    """
    return _take(days, lambda one, on: note_arrival(one, arrived_on=on, by=by, at=at), office=office, by=by)


@transaction.atomic
def take_departures(days: Sequence[Day], *, office: Office, by: User, at: datetime) -> list[Exchange]:
    """Departures likewise.

    Raises:
        NothingChosen, BadRows
    """
    return _take(days, lambda one, on: note_departure(one, left_on=on, by=by, at=at), office=office, by=by)


def _take(
    days: Sequence[Day], note: Callable[[Exchange, date], Exchange], *, office: Office, by: User
) -> list[Exchange]:
    if not days:
        raise NothingChosen
    keys, faults, done = Counter(day.exchange for day in days), [], []
    seen = exchanges_visible_to(by, office).filter(pk__in=keys)
    known = {one.pk: one for one in seen.select_related("office", "person", "partner")}
    list(Exchange.objects.select_for_update().filter(pk__in=known).order_by("pk").values_list("pk"))
    for row, day in enumerate(days, start=1):
        found = known.get(day.exchange)
        if found is None:
            faults.append(RowFault(row, "exchange", str(day.exchange), _("there is no such stay")))
        elif keys[day.exchange] > 1:
            faults.append(
                RowFault(row, "exchange", str(day.exchange), _("this stay is named more than once"))
            )
        else:
            try:
                done.append(note(found, day.on))
            except IllegalMove as refused:
                faults.append(RowFault(row, "exchange", str(day.exchange), str(refused)))
            except BadInput as refused:
                faults.append(RowFault(row, "on", day.on.isoformat(), str(refused.facts["reason"])))
    if faults:
        raise BadRows(faults)
    return done


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
