"""Nominating, answering, arriving, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office
from sapar.accounts.services import make_link, next_number, revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.errors import BadInput
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.directory.models import Enrolment, Person, Unit
from sapar.files.models import StoredFile
from sapar.files.services import store
from sapar.files.states import Visibility
from sapar.mobility.days import refuse_future
from sapar.mobility.errors import AddressMissing, NoHost, NoSeatLeft, NothingChosen, ReasonMissing
from sapar.mobility.facts import NominationAnswered, PersonArrived, PersonLeft, PersonNominated
from sapar.mobility.models import Application, Exchange
from sapar.mobility.policies import may_answer_nomination, may_change_exchange, may_nominate
from sapar.mobility.queries.calls import seats_free
from sapar.mobility.queries.placing import place_held
from sapar.mobility.services.applications.checking import locked
from sapar.mobility.states import APPLICATION_FLOW, EXCHANGE_FLOW, ApplicationState, ExchangeState, Term
from sapar.partners.models import Agreement, Condition
from sapar.partners.states import Direction

MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")

PLAN_MAY_CHANGE = (ExchangeState.NOMINATED, ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY)


@transaction.atomic
def nominate(application: Application, *, by: Actor, at: datetime) -> Exchange:
    """Put somebody who confirmed a place forward to the host."""
    require(may_nominate, by, application.office)
    application = Application.objects.select_for_update().get(pk=application.pk)
    place = place_held(application)
    if application.state != ApplicationState.CONFIRMED:
        APPLICATION_FLOW.after("confirm", application.state)
    if place is None:
        raise NoHost
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
    exchange.save(force_insert=True)
    record("mobility.exchange.nominated", subject=exchange, by=by, at=at, application=application.pk)
    announce(PersonNominated(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


@transaction.atomic
def nominate_together(applications: Sequence[Application], *, by: Actor, at: datetime) -> list[Exchange]:
    """Put several people forward at once: all of them or nobody."""
    if not applications:
        raise NothingChosen
    for application in applications:
        require(may_nominate, by, application.office)
    return [nominate(application, by=by, at=at) for application in locked(applications)]


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
        raise _in_wrong_order("planned_to", *planned)
    letter = "O" if direction == Direction.OUTGOING else "I"
    number = next_number(office, f"exchange {direction}", academic_year)
    return Exchange(
        office=office,
        number=f"{letter}-{academic_year}-{number:04d}",
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


@dataclass(frozen=True)
class Key:
    """A new key and whom it is for; shown or sent once."""

    key: str
    holder: str
    email: str


@transaction.atomic
def invite_to_answer(
    agreement: Agreement,
    *,
    name: str,
    email: str,
    language: str = "en",
    mail: bool = False,
    by: Actor,
    at: datetime,
) -> Key:
    """A key with which the partner answers all nominations under the agreement.

    With `mail` the partner is also sent a letter with a key of its own, made where it is mailed.
    """
    require(may_nominate, by, agreement.office)
    purpose = LinkPurpose.ANSWER_NOMINATION
    key = _new_key(agreement.office, purpose, agreement.pk, name, email, language, days=90, mail=mail, at=at)
    record("mobility.nominations.sent", subject=agreement, by=by, at=at, name=name, mailed=mail)
    return key


@transaction.atomic
def make_exchange_link(
    exchange: Exchange,
    purpose: LinkPurpose,
    *,
    name: str,
    email: str,
    language: str = "en",
    mail: bool = False,
    by: Actor,
    at: datetime,
) -> Key:
    """A key for one thing on one exchange: to sign, to give a transcript, to follow one's own stay.

    Keys given before for the same thing stop working.
    """
    require(may_change_exchange, by, exchange)
    key = _new_key(exchange.office, purpose, exchange.pk, name, email, language, days=400, mail=mail, at=at)
    record(
        "mobility.exchange.link_made",
        subject=exchange,
        by=by,
        at=at,
        purpose=purpose,
        name=name,
        mailed=mail,
    )
    return key


def _new_key(
    office: Office,
    purpose: LinkPurpose,
    subject_id: int,
    name: str,
    email: str,
    language: str,
    *,
    days: int,
    mail: bool,
    at: datetime,
) -> Key:
    if mail and not email:
        raise AddressMissing(name=name)
    revoke_links(purpose, subject_id, at=at)
    key = make_link(
        purpose,
        subject_id,
        office=office,
        holder_name=name,
        holder_email=email,
        language=language,
        days=days,
        at=at,
    )[1]
    if mail:
        MAIL_LINK.enqueue(office.pk, str(purpose), subject_id, name, email, language, days)
    return Key(key, name, email)


@transaction.atomic
def answer_nomination(
    exchange: Exchange, *, accepted: bool, remark: str = "", tell: bool = False, by: Actor, at: datetime
) -> Exchange:
    """The host says yes, or no with a reason.

    With `tell` an accepted student gets a letter with a link: follow the stay, propose what to study.
    """
    require(may_answer_nomination, by, exchange)
    exchange = _locked(exchange)
    exchange.state = EXCHANGE_FLOW.after("accept" if accepted else "decline", exchange.state)
    if not accepted and not remark.strip():
        raise ReasonMissing(what=_("why the nomination is declined"))
    exchange.answered_at, exchange.answered_by, exchange.answer_remark = at, label_of(by), remark.strip()
    exchange.save(update_fields=["state", "answered_at", "answered_by", "answer_remark"])
    record("mobility.exchange.answered", subject=exchange, by=by, at=at, accepted=accepted, remark=remark)
    if accepted and tell and exchange.direction == Direction.OUTGOING and exchange.person.email:
        person = exchange.person
        MAIL_LINK.enqueue(
            exchange.office_id,
            str(LinkPurpose.FOLLOW_STAY),
            exchange.pk,
            person.display_name,
            person.email,
            person.language,
            400,
        )
    announce(NominationAnswered(office_id=exchange.office_id, exchange_id=exchange.pk, accepted=accepted))
    return exchange


@dataclass(frozen=True)
class NominationAnswer:
    exchange: Exchange
    accepted: bool
    remark: str = ""


@transaction.atomic
def answer_nominations(
    answers: Sequence[NominationAnswer], *, tell: bool = False, by: Actor, at: datetime
) -> list[Exchange]:
    """Several answers of one host at once: all of them are kept or none."""
    if not answers:
        raise NothingChosen
    return [
        answer_nomination(one.exchange, accepted=one.accepted, remark=one.remark, tell=tell, by=by, at=at)
        for one in answers
    ]


@transaction.atomic
def change_plan(
    exchange: Exchange,
    *,
    planned_from: date,
    planned_to: date,
    reason: str,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Exchange:
    """Other dates than planned, such as an extended stay; real dates are noted apart.

    Args:
        seen: mark of the stay as the page showed it.

    Raises:
        IllegalMove, BadInput, ReasonMissing, ChangedMeanwhile
    """
    require(may_change_exchange, by, exchange)
    exchange = _locked(exchange)
    refuse_changed(exchange, seen)
    if exchange.state not in PLAN_MAY_CHANGE:
        EXCHANGE_FLOW.after("cancel", exchange.state)
    if planned_to < planned_from:
        raise _in_wrong_order("planned_to", planned_from, planned_to)
    if not reason.strip():
        raise ReasonMissing(what=_("why the dates change"))
    changes = {
        name: [getattr(exchange, name), new]
        for name, new in (("planned_from", planned_from), ("planned_to", planned_to))
        if getattr(exchange, name) != new
    }
    exchange.planned_from, exchange.planned_to = planned_from, planned_to
    exchange.save(update_fields=["planned_from", "planned_to"])
    record("mobility.exchange.replanned", subject=exchange, by=by, at=at, changes=changes, reason=reason)
    return exchange


@transaction.atomic
def add_stay_file(
    exchange: Exchange, content: bytes, name: str, *, involved: bool = False, by: Actor, at: datetime
) -> StoredFile:
    """Keep a file with the stay; with `involved` the student may read it, too."""
    require(may_change_exchange, by, exchange)
    return store(
        content,
        name,
        office=exchange.office,
        subject=exchange,
        purpose="attachment",
        visibility=Visibility.INVOLVED if involved else Visibility.OFFICE,
        by=by,
        at=at,
    )


@transaction.atomic
def note_arrival(exchange: Exchange, *, arrived_on: date, by: Actor, at: datetime) -> Exchange:
    require(may_change_exchange, by, exchange)
    exchange = _locked(exchange)
    exchange.state = EXCHANGE_FLOW.after("arrive", exchange.state)
    refuse_future("arrived_on", arrived_on, at=at)
    exchange.arrived_on = arrived_on
    exchange.save(update_fields=["state", "arrived_on"])
    record("mobility.exchange.arrived", subject=exchange, by=by, at=at, on=arrived_on)
    announce(PersonArrived(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


@transaction.atomic
def note_departure(exchange: Exchange, *, left_on: date, by: Actor, at: datetime) -> Exchange:
    require(may_change_exchange, by, exchange)
    exchange = _locked(exchange)
    exchange.state = EXCHANGE_FLOW.after("leave", exchange.state)
    if exchange.arrived_on and left_on < exchange.arrived_on:
        raise _in_wrong_order("left_on", exchange.arrived_on, left_on)
    refuse_future("left_on", left_on, at=at)
    exchange.left_on = left_on
    exchange.save(update_fields=["state", "left_on"])
    record("mobility.exchange.left", subject=exchange, by=by, at=at, on=left_on)
    announce(PersonLeft(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


def _locked(exchange: Exchange) -> Exchange:
    return Exchange.objects.select_for_update().get(pk=exchange.pk)


def _in_wrong_order(field: str, first: date, last: date) -> BadInput:
    facts = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
    return BadInput(field=field, reason=_("%(last)s is before %(first)s.") % facts)
