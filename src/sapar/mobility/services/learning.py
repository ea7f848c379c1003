"""Learning agreements: components n to m, three signatures, changes as numbered versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.services import revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.errors import ChangedMeanwhile
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.directory.models import Course
from sapar.mobility.errors import (
    ComponentsUnbalanced,
    NoComponents,
    NothingToAgree,
    OtherVersionOpen,
    ReasonMissing,
    SignedAlready,
)
from sapar.mobility.facts import LearningAgreementSent, LearningAgreementSigned
from sapar.mobility.models import Component, Exchange, LearningAgreement, Signature
from sapar.mobility.policies import may_sign_as, may_write_learning_agreement
from sapar.mobility.queries.exchanges import latest_learning_agreement, signed_learning_agreement
from sapar.mobility.queries.learning import snapshot_of
from sapar.mobility.states import (
    EXCHANGE_FLOW,
    LEARNING_AGREEMENT_FLOW,
    ChangeReason,
    ExchangeState,
    LearningAgreementState,
    Party,
    Side,
)
from sapar.partners.queries import digest_of

ISSUE_AGREEMENT_PAPER = Later("sapar.mobility.tasks.exchanges.issue_agreement_paper")
MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")


@dataclass(frozen=True, kw_only=True)
class ComponentEntry:
    """A course on one side; those with the same `group` stand for each other.

    In a change, `removed` and `added` mark what is different, with the coded reason.
    """

    side: Side
    group: int
    title: str
    credits: Decimal
    code: str = ""
    credit_unit: str = "ECTS"
    term: str = ""
    course: Course | None = None
    removed: bool = False
    added: bool = False
    reason: ChangeReason = ChangeReason.NONE
    reason_text: str = ""


@transaction.atomic
def draft_learning_agreement(
    exchange: Exchange, components: Sequence[ComponentEntry], *, by: Actor, at: datetime
) -> LearningAgreement:
    """Begin a version, or replace the content of the one being drafted.

    After a version was signed by all three, the next draft is a change of it: what it removes or adds needs
    a coded reason.
    """
    require(may_write_learning_agreement, by, exchange)
    check_may_be_agreed(Exchange.objects.select_for_update().get(pk=exchange.pk))
    latest = latest_learning_agreement(exchange)
    if latest is not None and latest.state == LearningAgreementState.TO_SIGN:
        raise OtherVersionOpen(number=latest.number)
    if latest is not None and latest.state == LearningAgreementState.DRAFT:
        version = latest
        version.components.all().delete()
    else:
        last = exchange.learning_agreements.order_by("-number").values_list("number", flat=True).first() or 0
        version = LearningAgreement.objects.create(
            office=exchange.office, exchange=exchange, number=last + 1, made_at=at
        )
    _check_reasons(components, is_change=signed_learning_agreement(exchange) is not None)
    Component.objects.bulk_create(
        Component(
            office_id=exchange.office_id,
            learning_agreement=version,
            **{**asdict(entry), "course": entry.course},
        )
        for entry in (replace(entry, title=entry.title.strip()) for entry in components)
    )
    record("mobility.learning_agreement.drafted", subject=exchange, by=by, at=at, version=version.number)
    return version


def check_may_be_agreed(exchange: Exchange) -> None:
    """Between acceptance and departure there is something to agree on; before and after there is not.

    Raises:
        NothingToAgree
    """
    if exchange.state not in (ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY):
        raise NothingToAgree


def _check_reasons(components: Sequence[ComponentEntry], *, is_change: bool) -> None:
    for entry in components:
        if is_change and (entry.removed or entry.added) and entry.reason == ChangeReason.NONE:
            raise ReasonMissing(what=entry.title)


def _check_balance(components: Sequence[Component]) -> None:
    """Every group says what is studied; one without a home side is additional and recognised as elective."""
    kept = [component for component in components if not component.removed]
    if not kept:
        raise NoComponents
    sides = defaultdict(set)
    for component in kept:
        sides[component.group].add(component.side)
    for group, found in sides.items():
        if Side.STUDIED not in found:
            raise ComponentsUnbalanced(group=group, side=Side.STUDIED.label)


@dataclass(frozen=True)
class Recipient:
    """To whom a link is mailed."""

    name: str
    email: str
    language: str = "en"


@transaction.atomic
def send_learning_agreement(
    version: LearningAgreement,
    *,
    student: Recipient | None = None,
    partner: Recipient | None = None,
    by: Actor,
    at: datetime,
) -> LearningAgreement:
    """Freeze the version and ask all three to sign; whom an address is given for gets a letter with a link."""
    require(may_write_learning_agreement, by, version.exchange)
    version = _locked(version)
    check_may_be_agreed(version.exchange)
    version.state = LEARNING_AGREEMENT_FLOW.after("send_round", version.state)
    _check_balance(list(version.components.all()))
    version.snapshot = snapshot_of(version)
    version.digest, version.sent_at = digest_of(version.snapshot), at
    version.save()
    for purpose, to in (
        (LinkPurpose.FOLLOW_STAY, student),
        (LinkPurpose.SIGN_LEARNING_AGREEMENT, partner),
    ):
        if to is not None:
            revoke_links(purpose, version.exchange_id, at=at)
            MAIL_LINK.enqueue(
                version.office_id, str(purpose), version.exchange_id, to.name, to.email, to.language, 400
            )
    record(
        "mobility.learning_agreement.sent",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
        digest=version.digest,
    )
    announce(LearningAgreementSent(office_id=version.office_id, learning_agreement_id=version.pk))
    return version


@transaction.atomic
def sign_learning_agreement(
    version: LearningAgreement, party: Party, *, digest: str, name: str = "", by: Actor, at: datetime
) -> LearningAgreement:
    """One party's signature on what it read; the third one completes the version and replaces the one before."""
    require(may_sign_as, by, (version.exchange, party))
    exchange = Exchange.objects.select_for_update().get(pk=version.exchange_id)
    version = _locked(version)
    if version.state != LearningAgreementState.TO_SIGN:
        LEARNING_AGREEMENT_FLOW.after("complete", version.state)
    if digest != version.digest:
        raise ChangedMeanwhile
    if version.signatures.filter(party=party).exists():
        raise SignedAlready(party=party.label)
    Signature.objects.create(
        office_id=version.office_id,
        learning_agreement=version,
        party=party,
        name=name.strip() or label_of(by),
        digest=digest,
        signed_at=at,
    )
    complete = version.signatures.count() == len(Party)
    if complete:
        earlier = exchange.learning_agreements.select_for_update().filter(state=LearningAgreementState.SIGNED)
        for before in earlier:
            before.state = LEARNING_AGREEMENT_FLOW.after("supersede", before.state)
            before.save(update_fields=["state"])
        version.state, version.signed_at = LEARNING_AGREEMENT_FLOW.after("complete", version.state), at
        version.save(update_fields=["state", "signed_at"])
        if EXCHANGE_FLOW.allows("make_ready", exchange.state):
            exchange.state = EXCHANGE_FLOW.after("make_ready", exchange.state)
            exchange.save(update_fields=["state"])
    record(
        "mobility.learning_agreement.signed",
        subject=exchange,
        by=by,
        at=at,
        version=version.number,
        party=party,
    )
    if complete:
        ISSUE_AGREEMENT_PAPER.enqueue(version.pk)
        announce(LearningAgreementSigned(office_id=version.office_id, learning_agreement_id=version.pk))
    return version


@transaction.atomic
def void_learning_agreement(
    version: LearningAgreement, *, reason: str, by: Actor, at: datetime
) -> LearningAgreement:
    """Declare a version under signature void, so that a corrected one can follow under the next number."""
    require(may_write_learning_agreement, by, version.exchange)
    version = _locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("void", version.state)
    if not reason.strip():
        raise ReasonMissing(what=_("why the version becomes void"))
    version.save(update_fields=["state"])
    record(
        "mobility.learning_agreement.void",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
        reason=reason,
    )
    return version


def _locked(version: LearningAgreement) -> LearningAgreement:
    return LearningAgreement.objects.select_for_update().select_related("exchange").get(pk=version.pk)
