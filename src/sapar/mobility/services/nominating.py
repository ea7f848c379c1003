"""Putting people forward to their hosts: those who confirmed a place, and others outside any call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.services import next_numbers
from sapar.audit.services import record, record_acts
from sapar.core.announce import announce, announce_each
from sapar.core.days import in_wrong_order
from sapar.core.policy import require
from sapar.directory.models import Enrolment, Person, Unit
from sapar.mobility.errors import AlreadyNominated, NoHost, NoSeatLeft, NothingChosen
from sapar.mobility.facts import PersonNominated
from sapar.mobility.models import Application, CallPlace, Exchange
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.calls import seats_free
from sapar.mobility.queries.placing import places_held
from sapar.mobility.services.applications.checking import locked
from sapar.mobility.states import APPLICATION_FLOW, ApplicationState, Term
from sapar.partners.models import Agreement, Condition
from sapar.partners.states import Direction


def nominate(application: Application, *, by: Actor, at: datetime) -> Exchange:
    """Put somebody who confirmed a place forward to the host."""
    return nominate_together([application], by=by, at=at)[0]


@transaction.atomic
def nominate_together(applications: Sequence[Application], *, by: Actor, at: datetime) -> list[Exchange]:
    """Put several people forward at once: all of them or nobody.

    Raises:
        NothingChosen, NoHost, AlreadyNominated, IllegalMove
    """
    if not applications:
        raise NothingChosen
    # One row stands for its office: who may nominate is asked once for each.
    for application in {one.office_id: one for one in applications}.values():
        require(may_nominate, by, application.office)
    locked(applications)
    chosen = list(
        Application.objects.filter(pk__in=[one.pk for one in applications])
        .select_related("office", "person", "call", "enrolment__unit")
        .order_by("pk")
    )
    places = places_held(chosen)
    nominated = set(Exchange.objects.filter(application__in=chosen).values_list("application_id", flat=True))
    for application in chosen:
        if application.state != ApplicationState.CONFIRMED:
            APPLICATION_FLOW.after("confirm", application.state)
        if application.pk not in places:
            raise NoHost
        if application.pk in nominated:
            raise AlreadyNominated(name=application.person.display_name)
    made = [_of_place(application, places[application.pk], at=at) for application in chosen]
    _give_numbers(made)
    Exchange.objects.bulk_create(made, batch_size=200)
    for _office, own in groupby(sorted(made, key=_office_of), key=_office_of):
        said = [(one, {"application": one.application_id}) for one in own]
        record_acts("mobility.exchange.nominated", said, by=by, at=at)
    announce_each([PersonNominated(office_id=one.office_id, exchange_id=one.pk) for one in made])
    return made


def _office_of(exchange: Exchange) -> int:
    return exchange.office_id


def _of_place(application: Application, place: CallPlace, *, at: datetime) -> Exchange:
    call, enrolment = application.call, application.enrolment
    exchange = _new_exchange(
        office=application.office,
        person=application.person,
        direction=Direction.OUTGOING,
        condition=place.condition,
        agreement=place.agreement,
        academic_year=call.academic_year,
        term=Term(call.term),
        planned=(call.stay_from, call.stay_to),
        enrolment=enrolment,
        unit=enrolment.unit if enrolment else None,
        at=at,
    )
    exchange.application = application
    return exchange


def _give_numbers(exchanges: Sequence[Exchange]) -> None:
    """The next numbers of their registers, in the order of the list; each register is asked once."""
    registers: dict[tuple[int, str, int], list[Exchange]] = {}
    for one in exchanges:
        registers.setdefault((one.office_id, one.direction, one.academic_year), []).append(one)
    for (_office, direction, year), members in sorted(registers.items(), key=lambda item: item[0]):
        letter = "O" if direction == Direction.OUTGOING else "I"
        numbers = next_numbers(members[0].office, f"exchange {direction}", year, count=len(members))
        for one, number in zip(members, numbers, strict=True):
            one.number = f"{letter}-{year}-{number:04d}"


@transaction.atomic
def nominate_directly(
    person: Person,
    condition: Condition,
    *,
    term: Term,
    planned_from: date,
    planned_to: date,
    enrolment: Enrolment | None = None,
    unit: Unit | None = None,
    by: Actor,
    at: datetime,
) -> Exchange:
    """A stay outside any call: an incoming student named by the partner, or a teacher going out.

    The row of the agreement is locked first, so that two officers cannot give its last place twice.
    """
    require(may_nominate, by, person.office)
    condition = Condition.objects.select_for_update().get(pk=condition.pk)
    agreement = condition.version.agreement
    if agreement.office_id != person.office_id or seats_free(condition) < 1:
        raise NoSeatLeft(agreement=agreement.title, seats=condition.places)
    exchange = _new_exchange(
        office=person.office,
        person=person,
        direction=Direction(condition.direction),
        condition=condition,
        agreement=agreement,
        academic_year=condition.academic_year,
        term=term,
        planned=(planned_from, planned_to),
        enrolment=enrolment,
        unit=unit or (enrolment.unit if enrolment else condition.unit),
        at=at,
    )
    _give_numbers([exchange])
    exchange.save(force_insert=True)
    record("mobility.exchange.nominated", subject=exchange, by=by, at=at, directly=True)
    announce(PersonNominated(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


def _new_exchange(
    *,
    office: Office,
    person: Person,
    direction: Direction,
    condition: Condition,
    agreement: Agreement,
    academic_year: int,
    term: Term,
    planned: tuple[date, date],
    enrolment: Enrolment | None,
    unit: Unit | None,
    at: datetime,
) -> Exchange:
    if planned[1] < planned[0]:
        raise in_wrong_order("planned_to", *planned)
    return Exchange(
        office=office,
        direction=direction,
        kind=condition.kind,
        person=person,
        enrolment=enrolment,
        partner=agreement.partnership.organisation,
        agreement=agreement,
        condition=condition,
        unit=unit,
        academic_year=academic_year,
        term=term,
        level=enrolment.level if enrolment else condition.level,
        isced_f=(enrolment.isced_f if enrolment else "") or condition.isced_f,
        programme=enrolment.programme if enrolment else "",
        planned_from=planned[0],
        planned_to=planned[1],
        nominated_at=at,
        person_sort_key=person.sort_key,
        person_search=person.search[:300],
    )
