"""The route of an agreement: legal → vice-rector → rector → partner → signing → in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.services import make_link, next_number, revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.files.models import StoredFile
from sapar.files.services import store
from sapar.files.sniffing import JPEG, PDF, PNG
from sapar.partners.errors import (
    AlreadyInForce,
    ContentChanged,
    EndsBeforeItBegins,
    NotYourStep,
    NumberTaken,
    PlacesMissing,
    RemarkMissing,
    RouteEmpty,
    SigningIncomplete,
)
from sapar.partners.facts import (
    AgreementApproved,
    AgreementInForce,
    AgreementReturned,
    AgreementSentForApproval,
)
from sapar.partners.models import Agreement, AgreementVersion, ApprovalStep, Condition
from sapar.partners.policies import may_answer_step, may_change_agreement, may_sign
from sapar.partners.queries import current_version, digest_of, snapshot_of, waiting_step
from sapar.partners.services.ending import revoke_papers, succeed
from sapar.partners.states import (
    AGREEMENT_FLOW,
    KINDS_WITH_PLACES,
    AgreementKind,
    AgreementState,
    ApprovalRole,
    StepState,
    VersionState,
)

INVITE = Later("sapar.partners.tasks.invite")

USUAL_ROUTE = (ApprovalRole.LEGAL, ApprovalRole.VICE_RECTOR, ApprovalRole.RECTOR, ApprovalRole.PARTNER)


@transaction.atomic
def send_for_approval(
    agreement: Agreement, *, route: Collection[ApprovalRole] = USUAL_ROUTE, by: Actor, at: datetime
) -> Agreement:
    """Freeze the version and send it to the first station.

    From here on its content cannot change; what everybody approves is the snapshot with its digest. A route
    may be shorter than the usual one; its stations always come in the usual order.
    """
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    stations = [role for role in USUAL_ROUTE if role in route]
    if not stations:
        raise RouteEmpty
    to_partner = stations[0] == ApprovalRole.PARTNER
    agreement.state = AGREEMENT_FLOW.after(
        "send_to_partner" if to_partner else "send_for_approval", agreement.state
    )
    version = current_version(agreement)
    if AgreementKind(agreement.kind) in KINDS_WITH_PLACES and not version.conditions.exists():
        raise PlacesMissing(kind=agreement.get_kind_display())
    version.snapshot = snapshot_of(version)
    version.digest, version.frozen_at, version.state = digest_of(version.snapshot), at, VersionState.FROZEN
    version.save()
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            office_id=agreement.office_id,
            version=version,
            order=order,
            role=role,
            waiting_since=at if order == 1 else None,
        )
        for order, role in enumerate(stations, start=1)
    )
    agreement.save(update_fields=["state"])
    record(
        "partners.agreement.sent_for_approval",
        subject=agreement,
        by=by,
        at=at,
        version=version.number,
        digest=version.digest,
        route=stations,
    )
    announce(AgreementSentForApproval(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


@transaction.atomic
def answer_step(
    agreement: Agreement, *, approved: bool, remark: str = "", digest: str, by: Actor, at: datetime
) -> Agreement:
    """Answer at the station that the agreement waits for.

    `digest` is that of the version the answerer read. A yes passes it on; a no, with a remark, returns it
    to draft as a new version.
    """
    agreement = _locked(agreement)
    version = current_version(agreement)
    step = waiting_step(version)
    if step is None or not may_answer_step(by, step):
        raise NotYourStep(waiting=step.get_role_display() if step else agreement.get_state_display())
    if digest != version.digest:
        raise ContentChanged(number=version.number)
    if not approved and not remark.strip():
        raise RemarkMissing
    step.state = StepState.APPROVED if approved else StepState.RETURNED
    step.answered_at, step.answered_by, step.remark, step.digest = at, label_of(by), remark.strip(), digest
    step.save()
    if approved:
        _pass_on(agreement, version, step, at=at)
    else:
        _back_to_draft(agreement, version, at=at)
    agreement.save(update_fields=["state"])
    record(
        "partners.agreement.answered",
        subject=agreement,
        by=by,
        at=at,
        station=step.role,
        approved=approved,
        remark=step.remark,
        version=version.number,
        digest=digest,
    )
    if not approved:
        announce(AgreementReturned(office_id=agreement.office_id, agreement_id=agreement.pk))
    elif agreement.state == AgreementState.APPROVED:
        announce(AgreementApproved(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


def _pass_on(agreement: Agreement, version: AgreementVersion, step: ApprovalStep, *, at: datetime) -> None:
    following = version.steps.filter(order__gt=step.order).order_by("order").first()
    if following is None or following.role == ApprovalRole.PARTNER:
        agreement.state = (
            AGREEMENT_FLOW.after("send_to_partner", agreement.state)
            if agreement.state == AgreementState.IN_APPROVAL
            else agreement.state
        )
    if following is None:
        agreement.state = AGREEMENT_FLOW.after("approve", agreement.state)
        return
    following.waiting_since = at
    following.save(update_fields=["waiting_since"])


def _back_to_draft(agreement: Agreement, version: AgreementVersion, *, at: datetime) -> None:
    """A new draft version with the same content; the frozen one stays as it was."""
    agreement.state = AGREEMENT_FLOW.after(
        "revise" if agreement.state == AgreementState.APPROVED else "return_to_draft", agreement.state
    )
    rows = list(version.conditions.all())
    version.state = VersionState.SUPERSEDED
    version.save(update_fields=["state"])
    version.steps.filter(state=StepState.WAITING).update(waiting_since=None)
    following = AgreementVersion.objects.create(
        office_id=version.office_id,
        agreement=agreement,
        number=version.number + 1,
        texts=version.texts,
        made_at=at,
    )
    for row in rows:
        row.pk, row.version = None, following
    Condition.objects.bulk_create(rows)


@transaction.atomic
def return_to_draft(agreement: Agreement, *, by: Actor, at: datetime) -> Agreement:
    """The office takes an agreement back to change it: a new version; links and papers of the old one end."""
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    version = current_version(agreement)
    _back_to_draft(agreement, version, at=at)
    agreement.save(update_fields=["state"])
    revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
    revoke_papers(agreement, reason=f"version {version.number} was taken back", by=by, at=at)
    record("partners.agreement.taken_back", subject=agreement, by=by, at=at, version=version.number)
    announce(AgreementReturned(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


@transaction.atomic
def invite_partner(
    agreement: Agreement, *, name: str, email: str, language: str = "en", by: Actor, at: datetime
) -> str:
    """A key with which the partner reads and answers; earlier ones stop working.

    With an address the same person also gets a letter. It carries a key of its own, made while it is sent,
    since a key is stored nowhere.
    """
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    if agreement.state != AgreementState.WITH_PARTNER:
        step = waiting_step(current_version(agreement))
        raise NotYourStep(waiting=step.get_role_display() if step else agreement.get_state_display())
    revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
    link, key = make_link(
        LinkPurpose.ANSWER_AGREEMENT,
        agreement.pk,
        office=agreement.office,
        holder_name=name,
        holder_email=email,
        language=language,
        at=at,
    )
    if email:
        INVITE.enqueue(link.pk)
    record("partners.agreement.partner_invited", subject=agreement, by=by, at=at, name=name)
    return key


@transaction.atomic
def bring_into_force(
    agreement: Agreement,
    *,
    signed_on: date,
    starts_on: date,
    home_signer: str,
    home_signer_post: str,
    home_authority: str,
    partner_signer: str,
    partner_signer_post: str,
    partner_authority: str = "",
    number: str = "",
    scan: bytes = b"",
    scan_name: str = "",
    by: Actor,
    at: datetime,
) -> Agreement:
    """Put the signing on record: who, on what authority, when; number and scan.

    An agreement that this one replaces ends the day before.
    """
    require(may_sign, by, agreement)
    agreement = _locked(agreement)
    if agreement.state == AgreementState.IN_FORCE:
        raise AlreadyInForce(number=agreement.number)
    agreement.state = AGREEMENT_FLOW.after("bring_into_force", agreement.state)
    if not home_signer.strip() or not partner_signer.strip():
        raise SigningIncomplete(missing="home_signer, partner_signer")
    if agreement.ends_on is not None and agreement.ends_on < starts_on:
        raise EndsBeforeItBegins(ends=f"{agreement.ends_on:%d.%m.%Y}", starts=f"{starts_on:%d.%m.%Y}")
    agreement.signed_on, agreement.starts_on = signed_on, starts_on
    agreement.home_signer, agreement.home_signer_post = home_signer.strip(), home_signer_post
    agreement.home_authority, agreement.partner_authority = home_authority, partner_authority
    agreement.partner_signer, agreement.partner_signer_post = partner_signer.strip(), partner_signer_post
    agreement.number = number_for(agreement, number, year=signed_on.year)
    agreement.save()
    if scan:
        _store_scan(agreement, scan, scan_name, by=by, at=at)
    succeed(agreement, by=by, at=at)
    record("partners.agreement.in_force", subject=agreement, by=by, at=at, number=agreement.number)
    announce(AgreementInForce(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


def number_for(agreement: Agreement, wanted: str, *, year: int) -> str:
    """The number asked for, the one it has, or the next of the year's register.

    Raises:
        NumberTaken
    """
    others = Agreement.objects.filter(office=agreement.office_id).exclude(pk=agreement.pk)
    number = wanted.strip() or agreement.number
    if number:
        taken = others.filter(number=number).first()
        if taken is not None:
            raise NumberTaken(number=number, title=taken.title)
        return number
    while True:
        number = f"{year}-{next_number(agreement.office, 'agreement', year):03d}"
        # Somebody may have given this number by hand.
        if not others.filter(number=number).exists():
            return number


@transaction.atomic
def attach_scan(agreement: Agreement, content: bytes, name: str, *, by: Actor, at: datetime) -> StoredFile:
    require(may_sign, by, agreement)
    return _store_scan(agreement, content, name, by=by, at=at)


def _store_scan(agreement: Agreement, content: bytes, name: str, *, by: Actor, at: datetime) -> StoredFile:
    return store(
        content, name or "scan.pdf", office=agreement.office, subject=agreement, purpose="agreement_scan",
        taken=[PDF, PNG, JPEG], by=by, at=at,
    )  # fmt: skip


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().get(pk=agreement.pk)
