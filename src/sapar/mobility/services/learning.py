"""Learning agreements: components n to m, three signatures, changes as numbered versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from sapar.accounts.actors import Actor, label_of
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.errors import ChangedMeanwhile
from sapar.core.policy import require
from sapar.directory.models import Course
from sapar.mobility.errors import (
    ComponentsUnbalanced,
    NoComponents,
    OtherVersionOpen,
    ReasonMissing,
    SignedAlready,
)
from sapar.mobility.facts import LearningAgreementSent, LearningAgreementSigned
from sapar.mobility.models import Component, Exchange, LearningAgreement, Signature
from sapar.mobility.policies import may_sign_as, may_write_learning_agreement
from sapar.mobility.queries.exchanges import latest_learning_agreement, signed_learning_agreement
from sapar.mobility.states import (
    EXCHANGE_FLOW,
    LEARNING_AGREEMENT_FLOW,
    ChangeReason,
    LearningAgreementState,
    Party,
    Side,
)
from sapar.partners.queries import digest_of


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
    Exchange.objects.select_for_update().get(pk=exchange.pk)
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


def snapshot_of(version: LearningAgreement) -> dict[str, object]:
    """What the three parties sign, as plain data in a fixed order."""
    exchange = version.exchange
    rows = version.components.order_by("side", "group", "code", "title", "pk")
    return {
        "exchange": exchange.number,
        "person": exchange.person.display_name,
        "partner": exchange.partner.name,
        "planned": [exchange.planned_from.isoformat(), exchange.planned_to.isoformat()],
        "version": version.number,
        "components": [
            {
                "side": row.side,
                "group": row.group,
                "code": row.code,
                "title": row.title,
                "credits": str(row.credits),
                "credit_unit": row.credit_unit,
                "term": row.term,
                "removed": row.removed,
                "added": row.added,
                "reason": row.reason,
                "reason_text": row.reason_text,
            }
            for row in rows
        ],
    }


@transaction.atomic
def send_learning_agreement(version: LearningAgreement, *, by: Actor, at: datetime) -> LearningAgreement:
    """Freeze the version and ask all three to sign."""
    require(may_write_learning_agreement, by, version.exchange)
    version = _locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("send_round", version.state)
    _check_balance(list(version.components.all()))
    version.snapshot = snapshot_of(version)
    version.digest, version.sent_at = digest_of(version.snapshot), at
    version.save()
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
        raise ReasonMissing(what="void")
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
