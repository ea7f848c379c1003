"""Preparing, opening and closing calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day
from sapar.core.errors import BadInput, DomainError
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.formats.numbers import year_words
from sapar.methods import allocation as method
from sapar.methods.errors import MethodError
from sapar.mobility.errors import CallNotOpen, CallWithoutPlaces, PlaceTaken, PlaceWished
from sapar.mobility.facts import CallOpened
from sapar.mobility.models import Call, CallPlace
from sapar.mobility.policies import may_change_call, may_run_calls
from sapar.mobility.queries.calls import conditions_for, places_of, seats_free
from sapar.mobility.states import CALL_FLOW, CallState, Term
from sapar.partners.models import Condition

Data = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class CallEntry:
    """A call as the office writes it; rules, scoring, documents and questions are data (see `Call`)."""

    title: str
    academic_year: int
    term: Term
    opens_at: datetime
    closes_at: datetime
    stay_from: date
    stay_to: date
    programme: str = ""
    most_wishes: int = 3
    rules: Sequence[Data] = field(default_factory=tuple)
    scoring: Sequence[Data] = field(default_factory=tuple)
    documents: Sequence[Data] = field(default_factory=tuple)
    questions: Sequence[Data] = field(default_factory=tuple)
    mechanism: str = "deferred_acceptance"
    confirm_days: int = 7
    appeal_days: int = 5
    text: str = ""


@transaction.atomic
def prepare_call(entry: CallEntry, *, office: Office, by: Actor, at: datetime) -> Call:
    require(may_run_calls, by, office)
    call = Call(office=office, made_at=at)
    _fill(call, entry)
    call.save(force_insert=True)
    record("mobility.call.prepared", subject=call, by=by, at=at, title=call.title)
    return call


@transaction.atomic
def change_call(call: Call, entry: CallEntry, *, seen: str = "", by: Actor, at: datetime) -> Call:
    """Change a call that is still a draft; while it is open only its end may move, and only later."""
    require(may_change_call, by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    refuse_changed(call, seen)
    if call.state == CallState.DRAFT:
        _fill(call, entry)
    elif call.state == CallState.OPEN and entry.closes_at >= call.closes_at:
        call.closes_at = entry.closes_at
        call.text = entry.text
    else:
        CALL_FLOW.after("open", call.state)
    call.save()
    record("mobility.call.changed", subject=call, by=by, at=at)
    return call


def _fill(call: Call, entry: CallEntry) -> None:
    _check_data(entry.rules, (), 0)
    if entry.closes_at <= entry.opens_at:
        raise BadInput(
            field="closes_at",
            reason=f"{local_day(entry.closes_at):%d.%m.%Y} ≤ {local_day(entry.opens_at):%d.%m.%Y}",
        )
    if entry.stay_to <= entry.stay_from:
        raise BadInput(field="stay_to", reason=f"{entry.stay_to:%d.%m.%Y} ≤ {entry.stay_from:%d.%m.%Y}")
    call.title, call.programme, call.text = entry.title.strip(), entry.programme.strip(), entry.text
    call.academic_year, call.term = entry.academic_year, entry.term
    call.opens_at, call.closes_at = entry.opens_at, entry.closes_at
    call.stay_from, call.stay_to = entry.stay_from, entry.stay_to
    call.most_wishes, call.mechanism = entry.most_wishes, entry.mechanism
    call.confirm_days, call.appeal_days = entry.confirm_days, entry.appeal_days
    call.rules, call.scoring = [dict(rule) for rule in entry.rules], [dict(line) for line in entry.scoring]
    call.documents = [dict(document) for document in entry.documents]
    call.questions = [dict(question) for question in entry.questions]


@transaction.atomic
def take_places(
    call: Call,
    condition: Condition,
    *,
    seats: int,
    rules: Sequence[Data] = (),
    reserves: Sequence[Data] = (),
    note: str = "",
    by: Actor,
    at: datetime,
) -> CallPlace:
    """Offer places of an agreement's row in the call; the row is locked, so no place is offered twice."""
    require(may_change_call, by, call)
    call = _changeable(call)
    _check_data(rules, reserves, seats)
    condition = Condition.objects.select_for_update().get(pk=conditions_for(call).get(pk=condition.pk).pk)
    agreement = condition.version.agreement
    host = agreement.partnership.organisation
    free = seats_free(condition, beside=call)
    if seats < 1 or seats > free:
        raise PlaceTaken(host=host.name, free=free, year=year_words(call.academic_year))
    place, _new = CallPlace.objects.update_or_create(
        call=call,
        condition=condition,
        defaults={
            "office": call.office,
            "agreement": agreement,
            "host": host,
            "seats": seats,
            "level": condition.level,
            "isced_f": condition.isced_f,
            "language": condition.language,
            "language_level": condition.language_level,
            "rules": [dict(rule) for rule in rules],
            "reserves": [dict(reserve) for reserve in reserves],
            "note": note,
        },
    )
    record("mobility.call.places_taken", subject=call, by=by, at=at, host=host.pk, seats=seats)
    return place


@transaction.atomic
def take_table(
    call: Call, wanted: Mapping[int, int], *, seen: str = "", by: Actor, at: datetime
) -> dict[int, DomainError]:
    """Take, change or give up places of many rows at once: row of the agreement → seats, 0 gives it up.

    Args:
        seen: mark of the call with its places as the page showed them.

    Returns:
        What was refused, row by row; the other rows are taken.

    Raises:
        IllegalMove, ChangedMeanwhile
    """
    require(may_change_call, by, call)
    call = _changeable(call)
    refuse_changed(call, seen, places_of(call))
    held = {place.condition_id: place for place in places_of(call)}
    refused: dict[int, DomainError] = {}
    for condition in conditions_for(call).filter(pk__in=wanted):
        place, seats = held.get(condition.pk), wanted[condition.pk]
        if seats == (place.seats if place else 0):
            continue
        try:
            if seats:
                rules, reserves, note = (place.rules, place.reserves, place.note) if place else ((), (), "")
                take_places(
                    call, condition, seats=seats, rules=rules, reserves=reserves, note=note, by=by, at=at
                )
            elif place:
                give_up_place(place, by=by, at=at)
        except DomainError as error:
            refused[condition.pk] = error
    return refused


@transaction.atomic
def change_place(
    place: CallPlace,
    *,
    rules: Sequence[Data],
    reserves: Sequence[Data],
    note: str = "",
    seen: str = "",
    by: Actor,
    at: datetime,
) -> CallPlace:
    """Conditions and reserved places of one host; while nobody was promised anything."""
    require(may_change_call, by, place.call)
    _changeable(place.call)
    place = CallPlace.objects.select_for_update().get(pk=place.pk)
    refuse_changed(place, seen)
    _check_data(rules, reserves, place.seats)
    place.rules, place.reserves = [dict(rule) for rule in rules], [dict(one) for one in reserves]
    place.note = note
    place.save(update_fields=["rules", "reserves", "note"])
    record("mobility.call.place_changed", subject=place.call, by=by, at=at, host=place.host_id)
    return place


@transaction.atomic
def give_up_place(place: CallPlace, *, by: Actor, at: datetime) -> None:
    """Take a host out of the call, as long as nobody wishes to go there."""
    require(may_change_call, by, place.call)
    call = _changeable(place.call)
    place = CallPlace.objects.select_for_update().select_related("host").get(pk=place.pk)
    if count := place.wishes.count():
        raise PlaceWished(host=place.host.name, count=count)
    host = place.host_id
    place.delete()
    record("mobility.call.place_given_up", subject=call, by=by, at=at, host=host)


def _changeable(call: Call) -> Call:
    """The call, locked; its places may change until they are given."""
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state not in (CallState.DRAFT, CallState.OPEN, CallState.CLOSED):
        CALL_FLOW.after("open", call.state)
    return call


def _check_data(rules: Sequence[Data], reserves: Sequence[Data], seats: int) -> None:
    """Rules and reserves as the allocation will read them."""
    nobody = method.Applicant(code="nobody", wishes=())
    for field_name, some_rules, some_reserves in (("rules", rules, ()), ("reserves", (), reserves)):
        try:
            offer = method.Offer(
                code="place",
                places=seats,
                rules=tuple(method.from_plain(method.Rule, dict(rule)) for rule in some_rules),
                reserves=tuple(method.from_plain(method.Reserve, dict(one)) for one in some_reserves),
            )
            method.check(method.Problem(applicants=(nobody,), offers=(offer,)))
        except MethodError as error:
            raise BadInput(field=field_name, reason=str(error)) from error


@transaction.atomic
def open_call(call: Call, *, by: Actor, at: datetime) -> Call:
    require(may_change_call, by, call)
    call = _move(call, "open")
    if not call.places.exists():
        raise CallWithoutPlaces
    record("mobility.call.opened", subject=call, by=by, at=at)
    announce(CallOpened(office_id=call.office_id, call_id=call.pk))
    return call


@transaction.atomic
def close_call(call: Call, *, by: Actor, at: datetime) -> Call:
    """No more applications; drafts stay drafts and take no part."""
    require(may_change_call, by, call)
    call = _move(call, "close")
    record("mobility.call.closed", subject=call, by=by, at=at)
    return call


@transaction.atomic
def reopen_call(call: Call, *, closes_at: datetime, by: Actor, at: datetime) -> Call:
    """Take applications again until a new day; places must not have been given."""
    require(may_change_call, by, call)
    if closes_at <= at:
        raise CallNotOpen.of(call)
    call = _move(call, "reopen")
    call.closes_at = closes_at
    call.save(update_fields=["closes_at"])
    record("mobility.call.reopened", subject=call, by=by, at=at, closes_at=closes_at.isoformat())
    return call


@transaction.atomic
def finish_call(call: Call, *, by: Actor, at: datetime) -> Call:
    """Nobody moves up any more; the reserve lists end."""
    require(may_change_call, by, call)
    call = _move(call, "finish")
    record("mobility.call.finished", subject=call, by=by, at=at)
    return call


def _move(call: Call, name: str) -> Call:
    call = Call.objects.select_for_update().get(pk=call.pk)
    call.state = CALL_FLOW.after(name, call.state)
    call.save(update_fields=["state"])
    return call
