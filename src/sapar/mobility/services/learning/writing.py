"""The student proposes and takes back; the home coordinator drafts, corrects and gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.errors import (
    NothingChanged,
    TooMuchTyped,
)
from sapar.mobility.facts import LearningAgreementProposed
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.policies import (
    may_propose_learning_agreement,
    may_write_learning_agreement,
)
from sapar.mobility.queries.exchanges import signed_learning_agreement
from sapar.mobility.services.learning.rows import (
    LONGEST,
    MOST_ROWS,
    ComponentEntry,
    SketchRow,
    check_balance,
    check_reasons,
)
from sapar.mobility.services.learning.versions import (
    check_not_proposed,
    lock_to_write,
    locked,
    open_version,
    save_with_reason,
    tell_coordinators,
    touch,
    write,
)
from sapar.mobility.states import (
    LEARNING_AGREEMENT_FLOW,
)

MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")


@transaction.atomic
def draft_learning_agreement(
    exchange: Exchange,
    components: Sequence[ComponentEntry],
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
) -> LearningAgreement:
    """Begin a version, or replace the content of the one being drafted or proposed.

    After a version was signed by all three, the next draft is a change of it: what it removes or adds needs
    a coded reason. `revision` is what the writer saw; where somebody went on meanwhile, nothing is overwritten.
    """
    require(may_write_learning_agreement, by, exchange)
    lock_to_write(exchange, revision)
    check_reasons(components, is_change=signed_learning_agreement(exchange) is not None)
    version = open_version(exchange, at)
    write(version, components, at=at)
    record("mobility.learning_agreement.drafted", subject=exchange, by=by, at=at, version=version.number)
    return version


@transaction.atomic
def keep_sketch(
    exchange: Exchange, rows: Sequence[SketchRow], *, revision: int, by: Actor, at: datetime
) -> LearningAgreement:
    """Keep what the student has typed so far, complete or not. Not a deed for the trail: it happens each second."""
    require(may_propose_learning_agreement, by, exchange)
    lock_to_write(exchange, revision)
    check_not_proposed(exchange)
    if len(rows) > MOST_ROWS or any(len(text) > LONGEST for row in rows for text in asdict(row).values()):
        raise TooMuchTyped(most=MOST_ROWS, length=LONGEST)
    version = open_version(exchange, at)
    version.sketch, version.saved_at = [asdict(row) for row in rows], at
    touch(version, "sketch", "saved_at")
    return version


@transaction.atomic
def propose_learning_agreement(
    exchange: Exchange,
    components: Sequence[ComponentEntry],
    *,
    note: str = "",
    revision: int,
    by: Actor,
    at: datetime,
) -> LearningAgreement:
    """The student sends the proposal to the home coordinator, who corrects it, gives it back or sends it on."""
    require(may_propose_learning_agreement, by, exchange)
    lock_to_write(exchange, revision)
    check_not_proposed(exchange)
    is_change = signed_learning_agreement(exchange) is not None
    if is_change and not any(entry.removed or entry.added for entry in components):
        raise NothingChanged
    check_reasons(components, is_change=is_change)
    version = open_version(exchange, at)
    write(version, components, at=at)
    check_balance(list(version.components.all()))
    version.state = LEARNING_AGREEMENT_FLOW.after("propose", version.state)
    version.proposed_at, version.note, version.remark = at, note.strip()[:1000], ""
    touch(version, "state", "proposed_at", "note", "remark")
    tell_coordinators(version)
    record("mobility.learning_agreement.proposed", subject=exchange, by=by, at=at, version=version.number)
    announce(LearningAgreementProposed(office_id=version.office_id, learning_agreement_id=version.pk))
    return version


@transaction.atomic
def take_back_proposal(version: LearningAgreement, *, by: Actor, at: datetime) -> LearningAgreement:
    """The student wants to change the proposal before the coordinator has dealt with it."""
    require(may_propose_learning_agreement, by, version.exchange)
    version = locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("take_back", version.state)
    touch(version, "state")
    record(
        "mobility.learning_agreement.taken_back",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
    )
    return version


@transaction.atomic
def give_back_proposal(
    version: LearningAgreement, *, remark: str, by: Actor, at: datetime
) -> LearningAgreement:
    """The coordinator returns the proposal with a sentence; the student gets a letter with a link to go on."""
    require(may_write_learning_agreement, by, version.exchange)
    version = locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("give_back", version.state)
    save_with_reason(version, remark, what=_("what the student should change"), by=by)
    person = version.exchange.person
    if person.email:
        MAIL_LINK.enqueue(
            version.office_id,
            str(LinkPurpose.FOLLOW_STAY),
            version.exchange_id,
            person.display_name,
            person.email,
            person.language,
            400,
        )
    record(
        "mobility.learning_agreement.given_back",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
        reason=version.remark,
    )
    return version
