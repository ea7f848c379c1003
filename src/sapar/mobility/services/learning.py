"""Learning agreements: components n to m, three signatures, changes as numbered versions.

The student proposes (`sketch`, `propose`, `take_back`); the home coordinator corrects, gives back or sends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
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
    LiesWithCoordinator,
    NoComponents,
    NothingChanged,
    NothingToAgree,
    OtherVersionOpen,
    ReasonDoesNotFit,
    ReasonMissing,
    SignedAlready,
    StudentStillWrites,
    TooMuchTyped,
)
from sapar.mobility.facts import LearningAgreementProposed, LearningAgreementSent, LearningAgreementSigned
from sapar.mobility.models import Component, Exchange, LearningAgreement, Signature
from sapar.mobility.policies import (
    may_propose_learning_agreement,
    may_sign_as,
    may_write_learning_agreement,
)
from sapar.mobility.queries.exchanges import latest_learning_agreement, signed_learning_agreement
from sapar.mobility.queries.learning import coordinators_of, revision_of, snapshot_of
from sapar.mobility.states import (
    EXCHANGE_FLOW,
    LEARNING_AGREEMENT_FLOW,
    REASONS_TO_ADD,
    REASONS_TO_REMOVE,
    ChangeReason,
    ExchangeState,
    LearningAgreementState,
    Party,
    Side,
)
from sapar.partners.queries import digest_of

ISSUE_AGREEMENT_PAPER = Later("sapar.mobility.tasks.exchanges.issue_agreement_paper")
MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")
TELL_COORDINATOR = Later("sapar.mobility.tasks.exchanges.tell_coordinator")

MOST_ROWS = 120
LONGEST = 300


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


@dataclass(frozen=True, kw_only=True)
class SketchRow:
    """A row as somebody types it: nothing is complete or checked yet, nothing is lost."""

    side: str
    group: str
    original: str = ""
    code: str = ""
    title: str = ""
    credits: str = ""
    credit_unit: str = ""
    term: str = ""
    course: str = ""
    removed: str = ""
    reason: str = ""
    reason_text: str = ""

    @classmethod
    def of(cls, row: Mapping[str, str]) -> SketchRow:
        return cls(**{field.name: row.get(field.name, "") for field in fields(cls)})


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
    _lock_to_write(exchange, revision)
    _check_reasons(components, is_change=signed_learning_agreement(exchange) is not None)
    version = _open_version(exchange, at)
    _write(version, components, at=at)
    record("mobility.learning_agreement.drafted", subject=exchange, by=by, at=at, version=version.number)
    return version


@transaction.atomic
def keep_sketch(
    exchange: Exchange, rows: Sequence[SketchRow], *, revision: int, by: Actor, at: datetime
) -> LearningAgreement:
    """Keep what the student has typed so far, complete or not. Not a deed for the trail: it happens each second."""
    require(may_propose_learning_agreement, by, exchange)
    _lock_to_write(exchange, revision)
    _check_not_proposed(exchange)
    if len(rows) > MOST_ROWS or any(len(text) > LONGEST for row in rows for text in asdict(row).values()):
        raise TooMuchTyped(most=MOST_ROWS, length=LONGEST)
    version = _open_version(exchange, at)
    version.sketch, version.saved_at = [asdict(row) for row in rows], at
    _touch(version, "sketch", "saved_at")
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
    _lock_to_write(exchange, revision)
    _check_not_proposed(exchange)
    is_change = signed_learning_agreement(exchange) is not None
    if is_change and not any(entry.removed or entry.added for entry in components):
        raise NothingChanged
    _check_reasons(components, is_change=is_change)
    version = _open_version(exchange, at)
    _write(version, components, at=at)
    _check_balance(list(version.components.all()))
    version.state = LEARNING_AGREEMENT_FLOW.after("propose", version.state)
    version.proposed_at, version.note, version.remark = at, note.strip()[:1000], ""
    _touch(version, "state", "proposed_at", "note", "remark")
    _tell_coordinators(version)
    record("mobility.learning_agreement.proposed", subject=exchange, by=by, at=at, version=version.number)
    announce(LearningAgreementProposed(office_id=version.office_id, learning_agreement_id=version.pk))
    return version


@transaction.atomic
def take_back_proposal(version: LearningAgreement, *, by: Actor, at: datetime) -> LearningAgreement:
    """The student wants to change the proposal before the coordinator has dealt with it."""
    require(may_propose_learning_agreement, by, version.exchange)
    version = _locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("take_back", version.state)
    _touch(version, "state")
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
    version = _locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("give_back", version.state)
    if not remark.strip():
        raise ReasonMissing(what=_("what the student should change"))
    version.remark, version.remark_by = remark.strip()[:1000], label_of(by)
    _touch(version, "state", "remark", "remark_by")
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


def _tell_coordinators(version: LearningAgreement) -> None:
    for user_id in coordinators_of(version.exchange).values_list("pk", flat=True):
        TELL_COORDINATOR.enqueue(version.pk, user_id)


def _lock_to_write(exchange: Exchange, revision: int | None) -> None:
    """Raises:
    ChangedMeanwhile, NothingToAgree, OtherVersionOpen
    """
    check_may_be_agreed(Exchange.objects.select_for_update().get(pk=exchange.pk))
    latest = latest_learning_agreement(exchange)
    if latest is not None and latest.state == LearningAgreementState.TO_SIGN:
        raise OtherVersionOpen(number=latest.number)
    if revision is not None and revision != revision_of(exchange):
        raise ChangedMeanwhile


def _check_not_proposed(exchange: Exchange) -> None:
    latest = latest_learning_agreement(exchange)
    if latest is not None and latest.state == LearningAgreementState.PROPOSED:
        raise LiesWithCoordinator


def _open_version(exchange: Exchange, at: datetime) -> LearningAgreement:
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


def _write(version: LearningAgreement, components: Sequence[ComponentEntry], *, at: datetime) -> None:
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
    _touch(version, "sketch", "saved_at")


def _touch(version: LearningAgreement, *changed: str) -> None:
    version.revision += 1
    version.save(update_fields=[*changed, "revision"])


def check_may_be_agreed(exchange: Exchange) -> None:
    """Between acceptance and departure there is something to agree on; before and after there is not.

    Raises:
        NothingToAgree
    """
    if exchange.state not in (ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY):
        raise NothingToAgree


def _check_reasons(components: Sequence[ComponentEntry], *, is_change: bool) -> None:
    for entry in components:
        if not is_change or not (entry.removed or entry.added):
            continue
        if entry.reason == ChangeReason.NONE or (entry.reason.needs_words and not entry.reason_text.strip()):
            raise ReasonMissing(what=entry.title)
        if entry.reason not in (REASONS_TO_REMOVE if entry.removed else REASONS_TO_ADD):
            raise ReasonDoesNotFit(what=entry.title)


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
    if version.sketch is not None:
        raise StudentStillWrites
    _check_balance(list(version.components.all()))
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
        _touch(version, "state", "signed_at")
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
    version = _locked(version)
    version.state = LEARNING_AGREEMENT_FLOW.after("void", version.state)
    _end_unsigned(version, reason, what=_("why the version becomes void"), by=by)
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
    version = _locked(version)
    if version.state != LearningAgreementState.TO_SIGN:
        LEARNING_AGREEMENT_FLOW.after("complete", version.state)
    if digest != version.digest:
        raise ChangedMeanwhile
    if version.signatures.filter(party=party).exists():
        raise SignedAlready(party=party.label)
    version.state, version.refused_by = LEARNING_AGREEMENT_FLOW.after("void", version.state), party
    _end_unsigned(version, reason, what=_("what should be changed before you sign"), by=by)
    record(
        "mobility.learning_agreement.refused",
        subject=version.exchange,
        by=by,
        at=at,
        version=version.number,
        party=party,
        reason=version.remark,
    )
    _tell_coordinators(version)
    return version


def _end_unsigned(version: LearningAgreement, reason: str, *, what: str, by: Actor) -> None:
    if not reason.strip():
        raise ReasonMissing(what=what)
    version.remark, version.remark_by = reason.strip()[:1000], label_of(by)
    _touch(version, "state", "remark", "remark_by", "refused_by")


def _locked(version: LearningAgreement) -> LearningAgreement:
    """The stay first and then its version, as everybody who writes does: two ways round would wait for each other."""
    exchange = Exchange.objects.select_for_update().get(pk=version.exchange_id)
    version = LearningAgreement.objects.select_for_update().get(pk=version.pk)
    version.exchange = exchange
    return version
