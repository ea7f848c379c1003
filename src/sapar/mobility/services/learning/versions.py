"""One version at a time is written, under the lock of its stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sapar.accounts.actors import Actor, label_of
from sapar.core.errors import ChangedMeanwhile
from sapar.core.queue import Later
from sapar.mobility.errors import (
    LiesWithCoordinator,
    NothingToAgree,
    OtherVersionOpen,
    ReasonMissing,
)
from sapar.mobility.models import Component, Exchange, LearningAgreement
from sapar.mobility.queries.exchanges import latest_learning_agreement
from sapar.mobility.queries.learning import coordinators_of, revision_of
from sapar.mobility.services.learning.rows import ComponentEntry
from sapar.mobility.states import (
    ExchangeState,
    LearningAgreementState,
)

TELL_COORDINATOR = Later("sapar.mobility.tasks.exchanges.tell_coordinator")


def check_may_be_agreed(exchange: Exchange) -> None:
    """Between acceptance and departure there is something to agree on; before and after there is not.

    Raises:
        NothingToAgree
    """
    if exchange.state not in (ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY):
        raise NothingToAgree


def lock_to_write(exchange: Exchange, revision: int | None) -> None:
    """Raises:
    ChangedMeanwhile, NothingToAgree, OtherVersionOpen
    """
    check_may_be_agreed(Exchange.objects.select_for_update().get(pk=exchange.pk))
    latest = latest_learning_agreement(exchange)
    if latest is not None and latest.state == LearningAgreementState.TO_SIGN:
        raise OtherVersionOpen(number=latest.number)
    if revision is not None and revision != revision_of(exchange):
        raise ChangedMeanwhile


def check_not_proposed(exchange: Exchange) -> None:
    latest = latest_learning_agreement(exchange)
    if latest is not None and latest.state == LearningAgreementState.PROPOSED:
        raise LiesWithCoordinator


def open_version(exchange: Exchange, at: datetime) -> LearningAgreement:
    """The version being written, or the next one."""
    latest = latest_learning_agreement(exchange)
    writing = (LearningAgreementState.DRAFT, LearningAgreementState.PROPOSED)
    if latest is not None and latest.state in writing:
        return latest
    last = exchange.learning_agreements.order_by("-number").first()
    return LearningAgreement.objects.create(
        office_id=exchange.office_id,
        exchange=exchange,
        number=last.number + 1 if last else 1,
        revision=last.revision if last else 0,
        made_at=at,
    )


def write(version: LearningAgreement, components: Sequence[ComponentEntry], *, at: datetime) -> None:
    version.components.all().delete()
    Component.objects.bulk_create(
        Component(
            office_id=version.office_id,
            learning_agreement=version,
            **{**asdict(entry), "course": entry.course},
        )
        for entry in (replace(entry, title=entry.title.strip()) for entry in components)
    )
    version.sketch, version.saved_at = None, at
    touch(version, "sketch", "saved_at")


def touch(version: LearningAgreement, *changed: str) -> None:
    version.revision += 1
    version.save(update_fields=[*changed, "revision"])


def save_with_reason(version: LearningAgreement, reason: str, *, what: str, by: Actor) -> None:
    """Store the new state of a version that somebody did not take, with their reason."""
    if not reason.strip():
        raise ReasonMissing(what=what)
    version.remark, version.remark_by = reason.strip()[:1000], label_of(by)
    touch(version, "state", "remark", "remark_by", "refused_by")


def locked(version: LearningAgreement) -> LearningAgreement:
    """The stay first and then its version, as everybody who writes does: two ways round would wait for each other."""
    exchange = Exchange.objects.select_for_update().get(pk=version.exchange_id)
    version = LearningAgreement.objects.select_for_update().get(pk=version.pk)
    version.exchange = exchange
    return version


def tell_coordinators(version: LearningAgreement) -> None:
    for user_id in coordinators_of(version.exchange).values_list("pk", flat=True):
        TELL_COORDINATOR.enqueue(version.pk, user_id)
