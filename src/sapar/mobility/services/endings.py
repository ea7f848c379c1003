"""Stays that are cancelled or end before their time, and taking that back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.services import revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day, refuse_future
from sapar.core.errors import BadInput
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.files.queries import papers_of
from sapar.files.services import revoke_paper
from sapar.files.states import PaperState
from sapar.mobility.errors import AddressMissing, NoSeatLeft, ReasonMissing, StayOver
from sapar.mobility.facts import PersonLeft, StayCancelled, StayResumed
from sapar.mobility.models import Application, Call, Exchange
from sapar.mobility.policies import may_change_exchange
from sapar.mobility.queries.calls import seats_free
from sapar.mobility.queries.exchanges import signed_learning_agreement
from sapar.mobility.queries.placing import place_held
from sapar.mobility.services.applications.writing import withdraw_application
from sapar.mobility.services.learning.signing import Recipient
from sapar.mobility.services.learning.versions import touch
from sapar.mobility.states import (
    APPLICATION_FLOW,
    EXCHANGE_FLOW,
    LEARNING_AGREEMENT_FLOW,
    ApplicationState,
    EndReason,
    ExchangeState,
)
from sapar.partners.models import Condition

TELL_END = Later("sapar.mobility.tasks.endings.tell_end")
MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")

ENDING = ("end_reason", "end_words", "ended_on", "place_free")


@transaction.atomic
def cancel_exchange(
    exchange: Exchange,
    *,
    reason: EndReason,
    words: str = "",
    partner: Recipient | None = None,
    tell_person: bool = False,
    by: Actor,
    at: datetime,
) -> Exchange:
    """A stay that will not begin: its place is free, what waited for a signature is void.

    A place that came from a call goes back to the call, where the reserve list is asked.

    Args:
        partner: whom a letter tells that the person does not come; it names no reason.
        tell_person: the person gets a letter, too.

    Raises:
        IllegalMove, ReasonMissing, AddressMissing
    """
    require(may_change_exchange, by, exchange)
    exchange = _locked(exchange)
    exchange.state = EXCHANGE_FLOW.after("cancel", exchange.state)
    _say_why(exchange, reason, words)
    exchange.ended_on = local_day(at)
    exchange.save(update_fields=["state", *ENDING])
    voided = _void_open_agreements(exchange)
    for purpose in (LinkPurpose.SIGN_LEARNING_AGREEMENT, LinkPurpose.GIVE_TRANSCRIPT):
        revoke_links(purpose, exchange.pk, at=at)
    told = _tell(exchange, partner, person=tell_person)
    if exchange.application is not None and exchange.application.state == ApplicationState.CONFIRMED:
        withdraw_application(exchange.application, by=by, at=at)
    record(
        "mobility.exchange.cancelled",
        subject=exchange,
        by=by,
        at=at,
        reason=reason,
        words=exchange.end_words,
        void=voided,
        told=told,
    )
    announce(StayCancelled(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


@transaction.atomic
def end_early(
    exchange: Exchange,
    *,
    left_on: date,
    reason: EndReason,
    words: str = "",
    results: bool = True,
    free_place: bool = False,
    partner: Recipient | None = None,
    tell_person: bool = False,
    by: Actor,
    at: datetime,
) -> Exchange:
    """A stay that began and ends before the planned day.

    It counts as begun, with its real days only. The learning agreement in force stays: what was passed is
    recognised by it. What waited for a signature becomes void.

    Args:
        results: a transcript is still awaited; without it nobody is asked for one.
        free_place: somebody else may take the place for the rest of the time.

    Raises:
        IllegalMove, BadInput, ReasonMissing, AddressMissing
    """
    require(may_change_exchange, by, exchange)
    exchange = _locked(exchange)
    exchange.state = EXCHANGE_FLOW.after("leave" if results else "break_off", exchange.state)
    _check_early(exchange, left_on, at)
    _say_why(exchange, reason, words)
    exchange.left_on = exchange.ended_on = left_on
    exchange.place_free = free_place
    exchange.save(update_fields=["state", "left_on", *ENDING])
    voided = _void_open_agreements(exchange)
    revoke_links(LinkPurpose.SIGN_LEARNING_AGREEMENT, exchange.pk, at=at)
    if not results:
        revoke_links(LinkPurpose.GIVE_TRANSCRIPT, exchange.pk, at=at)
    told = _tell(exchange, partner, person=tell_person)
    record(
        "mobility.exchange.ended_early",
        subject=exchange,
        by=by,
        at=at,
        on=left_on,
        reason=reason,
        words=exchange.end_words,
        results=results,
        place_free=free_place,
        void=voided,
        told=told,
    )
    announce(PersonLeft(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


@transaction.atomic
def resume_exchange(
    exchange: Exchange, *, why: str, partner: Recipient | None = None, by: Actor, at: datetime
) -> Exchange:
    """Take a departure back: the person is still there. Certificates of the days noted before are revoked.

    Raises:
        IllegalMove: as soon as there is a transcript.
        ReasonMissing, NoSeatLeft, AddressMissing
    """
    require(may_change_exchange, by, exchange)
    exchange = _locked_with_place(exchange)
    exchange.state = EXCHANGE_FLOW.after("resume", exchange.state)
    if not why.strip():
        raise ReasonMissing(what=_("why the departure is taken back"))
    if exchange.place_free:
        _require_seat(exchange)
    before = exchange.left_on
    _forget_end(exchange)
    exchange.left_on = None
    exchange.save(update_fields=["state", "left_on", *ENDING])
    for paper in papers_of(exchange).filter(kind="stay_certificate").exclude(state=PaperState.REVOKED):
        revoke_paper(paper, reason=_("The stay goes on."), by=by, at=at)
    told = _tell(exchange, partner)
    record(
        "mobility.exchange.resumed",
        subject=exchange,
        by=by,
        at=at,
        left_on=before,
        reason=why.strip(),
        told=told,
    )
    announce(StayResumed(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


@transaction.atomic
def reinstate_exchange(
    exchange: Exchange,
    *,
    why: str,
    partner: Recipient | None = None,
    tell_person: bool = False,
    by: Actor,
    at: datetime,
) -> Exchange:
    """Take a cancelling back while the place is still free and the planned time is not over.

    The stay stands again where its papers are: a signed learning agreement, the host's yes, or the nomination.

    Raises:
        IllegalMove, ReasonMissing, StayOver, NoSeatLeft, AddressMissing
    """
    require(may_change_exchange, by, exchange)
    exchange = _locked_with_place(exchange)
    exchange.state = EXCHANGE_FLOW.after(f"reinstate_{_stood(exchange)}", exchange.state)
    if not why.strip():
        raise ReasonMissing(what=_("why the stay takes place after all"))
    if exchange.planned_to < local_day(at):
        raise StayOver(day=f"{exchange.planned_to:%d.%m.%Y}")
    if exchange.application is None:
        _require_seat(exchange)
    else:
        _take_place_back(exchange, exchange.application)
    _forget_end(exchange)
    exchange.save(update_fields=["state", *ENDING])
    told = _tell(exchange, partner, person=tell_person)
    record("mobility.exchange.reinstated", subject=exchange, by=by, at=at, reason=why.strip(), told=told)
    announce(StayResumed(office_id=exchange.office_id, exchange_id=exchange.pk))
    return exchange


def _check_early(exchange: Exchange, left_on: date, at: datetime) -> None:
    arrived_on = exchange.arrived_on
    if arrived_on and left_on < arrived_on:
        facts = {"first": f"{arrived_on:%d.%m.%Y}", "last": f"{left_on:%d.%m.%Y}"}
        raise BadInput(field="left_on", reason=_("%(last)s is before %(first)s.") % facts)
    if left_on >= exchange.planned_to:
        facts = {"day": f"{exchange.planned_to:%d.%m.%Y}"}
        reason = _("The stay was planned until %(day)s, so this is no early end. Note the departure instead.")
        raise BadInput(field="left_on", reason=reason % facts)
    refuse_future("left_on", left_on, at=at)


def _say_why(exchange: Exchange, reason: EndReason, words: str) -> None:
    exchange.end_reason, exchange.end_words = EndReason(reason), words.strip()
    if reason == EndReason.OTHER and not exchange.end_words:
        raise ReasonMissing(what=_("which other reason it was"))


def _forget_end(exchange: Exchange) -> None:
    exchange.end_reason, exchange.end_words, exchange.ended_on, exchange.place_free = "", "", None, False


def _void_open_agreements(exchange: Exchange) -> list[int]:
    """Versions that nobody will sign any more; the one in force stays. Answers their numbers."""
    voided = []
    for version in exchange.learning_agreements.select_for_update().order_by("number"):
        if LEARNING_AGREEMENT_FLOW.allows("void", version.state):
            version.state = LEARNING_AGREEMENT_FLOW.after("void", version.state)
            touch(version, "state")
            voided.append(version.number)
    return voided


def _stood(exchange: Exchange) -> ExchangeState:
    """Where the papers of a cancelled stay put it."""
    if signed_learning_agreement(exchange) is not None:
        return ExchangeState.READY
    return ExchangeState.ACCEPTED if exchange.answered_at else ExchangeState.NOMINATED


def _locked_with_place(exchange: Exchange) -> Exchange:
    """The row of the agreement and the call first, in the order of those who give places."""
    if exchange.application is not None:
        Call.objects.select_for_update().get(pk=exchange.application.call_id)
    if exchange.condition_id is not None:
        Condition.objects.select_for_update().get(pk=exchange.condition_id)
    return _locked(exchange)


def _require_seat(exchange: Exchange) -> None:
    condition = exchange.condition
    if condition is not None and seats_free(condition) < 1:
        raise _taken(exchange)


def _take_place_back(exchange: Exchange, application: Application) -> None:
    """The place of a call, if the reserve list has not got it."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state == ApplicationState.CONFIRMED:
        return
    held = place_held(application)
    if held is None or held.condition_id != exchange.condition_id:
        raise _taken(exchange)
    application.state = APPLICATION_FLOW.after("reinstate", application.state)
    application.save(update_fields=["state"])


def _taken(exchange: Exchange) -> NoSeatLeft:
    condition, agreement = exchange.condition, exchange.agreement
    return NoSeatLeft(
        agreement=agreement.title if agreement else exchange.partner.name,
        seats=condition.places if condition else 1,
    )


def _tell(exchange: Exchange, partner: Recipient | None, *, person: bool = False) -> list[str]:
    """Letters to the partner and to the person; answers who gets one."""
    told = []
    if partner is not None:
        if not partner.email:
            raise AddressMissing(name=partner.name)
        TELL_END.enqueue(exchange.pk, partner.name, partner.email, partner.language)
        told.append("partner")
    who = exchange.person
    if person:
        if not who.email:
            raise AddressMissing(name=who.display_name)
        MAIL_LINK.enqueue(
            exchange.office_id,
            str(LinkPurpose.FOLLOW_STAY),
            exchange.pk,
            who.display_name,
            who.email,
            who.language,
            400,
        )
        told.append("person")
    return told


def _locked(exchange: Exchange) -> Exchange:
    return Exchange.objects.select_for_update().get(pk=exchange.pk)
