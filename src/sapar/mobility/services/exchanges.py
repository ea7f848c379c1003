"""Nominating, answering, arriving, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office
from sapar.accounts.services import make_link, revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import in_wrong_order, refuse_future
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.files.models import StoredFile
from sapar.files.services import store
from sapar.files.states import Visibility
from sapar.mobility.errors import AddressMissing, NothingChosen, ReasonMissing
from sapar.mobility.facts import NominationAnswered, PersonArrived, PersonLeft
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_answer_nomination, may_change_exchange, may_nominate
from sapar.mobility.states import EXCHANGE_FLOW, ExchangeState
from sapar.partners.models import Agreement
from sapar.partners.states import Direction

MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")

PLAN_MAY_CHANGE = (ExchangeState.NOMINATED, ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY)


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
        raise in_wrong_order("planned_to", planned_from, planned_to)
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
        raise in_wrong_order("left_on", exchange.arrived_on, left_on)
    refuse_future("left_on", left_on, at=at)
    exchange.left_on = left_on
    exchange.save(update_fields=["state", "left_on"])
    record("mobility.exchange.left", subject=exchange, by=by, at=at, on=left_on)
    announce(PersonLeft(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


def _locked(exchange: Exchange) -> Exchange:
    return Exchange.objects.select_for_update().get(pk=exchange.pk)
