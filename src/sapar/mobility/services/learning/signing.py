"""A version is sent, signed by three, refused or declared void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
from sapar.mobility.errors import (
    SignedAlready,
    StudentStillWrites,
)
from sapar.mobility.facts import LearningAgreementSent, LearningAgreementSigned
from sapar.mobility.models import Exchange, LearningAgreement, Signature
from sapar.mobility.policies import (
    may_sign_as,
    may_write_learning_agreement,
)
from sapar.mobility.queries.learning import snapshot_of
from sapar.mobility.services.learning.rows import check_balance
from sapar.mobility.services.learning.versions import (
    check_may_be_agreed,
    locked,
    save_with_reason,
    tell_coordinators,
    touch,
)
from sapar.mobility.states import (
    EXCHANGE_FLOW,
    LEARNING_AGREEMENT_FLOW,
    LearningAgreementState,
    Party,
)
from sapar.partners.queries import digest_of

ISSUE_AGREEMENT_PAPER = Later("sapar.mobility.tasks.exchanges.issue_agreement_paper")
MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")


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
    version = locked(version)
    check_may_be_agreed(version.exchange)
    version.state = LEARNING_AGREEMENT_FLOW.after("send_round", version.state)
    if version.sketch is not None:
        raise StudentStillWrites
    check_balance(list(version.components.all()))
    version.snapshot = snapshot_of(version)
    version.digest, version.sent_at = digest_of(version.snapshot), at
    version.revision += 1
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
    version = locked(version)
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
        touch(version, "state", "signed_at")
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
    """Declare a version void, so that a corrected one can follow under the next number, begun from its rows."""
    require(may_write_learning_agreement, by, version.exchange)
    version = locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("void", version.state)
    save_with_reason(version, reason, what=_("why the version becomes void"), by=by)
    record(
        "mobility.learning_agreement.void",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
        reason=reason,
    )
    return version


@transaction.atomic
def refuse_learning_agreement(
    version: LearningAgreement, party: Party, *, digest: str, reason: str, by: Actor, at: datetime
) -> LearningAgreement:
    """A party does not sign what it read and says why: the version is void, a corrected one follows."""
    require(may_sign_as, by, (version.exchange, party))
    version = locked(version)
    if version.state != LearningAgreementState.TO_SIGN:
        LEARNING_AGREEMENT_FLOW.after("complete", version.state)
    if digest != version.digest:
        raise ChangedMeanwhile
    if version.signatures.filter(party=party).exists():
        raise SignedAlready(party=party.label)
    version.state, version.refused_by = LEARNING_AGREEMENT_FLOW.after("void", version.state), party
    save_with_reason(version, reason, what=_("what should be changed before you sign"), by=by)
    record(
        "mobility.learning_agreement.refused",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
        party=party,
        reason=version.remark,
    )
    tell_coordinators(version)
    return version
