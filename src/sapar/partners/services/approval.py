"""The route of an agreement: legal → vice-rector → rector → partner → signing → in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, System, label_of
from sapar.accounts.services import make_link, next_number, revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.policy import require
from sapar.files.models import StoredFile
from sapar.files.services import store
from sapar.files.sniffing import JPEG, PDF, PNG
from sapar.partners.errors import ContentChanged, NotYourStep, PlacesMissing, RemarkMissing, SigningIncomplete
from sapar.partners.facts import (
    AgreementApproved,
    AgreementExpired,
    AgreementInForce,
    AgreementRenewed,
    AgreementReturned,
    AgreementSentForApproval,
    AgreementTerminated,
)
from sapar.partners.models import Agreement, AgreementVersion, ApprovalStep, Condition
from sapar.partners.policies import may_answer_step, may_change_agreement, may_sign, may_terminate
from sapar.partners.queries import current_version, digest_of, snapshot_of, waiting_step
from sapar.partners.states import (
    AGREEMENT_FLOW,
    KINDS_WITH_PLACES,
    AgreementKind,
    AgreementState,
    ApprovalRole,
    StepState,
    VersionState,
)

USUAL_ROUTE = (ApprovalRole.LEGAL, ApprovalRole.VICE_RECTOR, ApprovalRole.RECTOR, ApprovalRole.PARTNER)


@transaction.atomic
def send_for_approval(
    agreement: Agreement, *, route: Sequence[ApprovalRole] = USUAL_ROUTE, by: Actor, at: datetime
) -> Agreement:
    """Freeze the version and send it to the first station.

    From here on its content cannot change; what everybody approves is the snapshot with its digest.
    """
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    agreement.state = AGREEMENT_FLOW.after("send_for_approval", agreement.state)
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
        for order, role in enumerate(route, start=1)
    )
    agreement.save(update_fields=["state"])
    record(
        "partners.agreement.sent_for_approval",
        subject=agreement,
        by=by,
        at=at,
        version=version.number,
        digest=version.digest,
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
        revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
        return
    following.waiting_since = at
    following.save(update_fields=["waiting_since"])


def _back_to_draft(agreement: Agreement, version: AgreementVersion, *, at: datetime) -> None:
    """A new draft version with the same content; the frozen one stays as it was."""
    agreement.state = AGREEMENT_FLOW.after(
        "revise" if agreement.state == AgreementState.APPROVED else "return_to_draft", agreement.state
    )
    revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
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
    """The office takes an agreement back to change it: a new version."""
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    _back_to_draft(agreement, current_version(agreement), at=at)
    agreement.save(update_fields=["state"])
    record("partners.agreement.taken_back", subject=agreement, by=by, at=at)
    announce(AgreementReturned(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


@transaction.atomic
def invite_partner(
    agreement: Agreement, *, name: str, email: str, language: str = "en", by: Actor, at: datetime
) -> str:
    """A key with which the partner reads and answers; an earlier one stops working."""
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    if agreement.state != AgreementState.WITH_PARTNER:
        step = waiting_step(current_version(agreement))
        raise NotYourStep(waiting=step.get_role_display() if step else agreement.get_state_display())
    revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
    _link, key = make_link(
        LinkPurpose.ANSWER_AGREEMENT,
        agreement.pk,
        office=agreement.office,
        holder_name=name,
        holder_email=email,
        language=language,
        at=at,
    )
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
    """Put the signing on record: who, on what authority, when; number and scan."""
    require(may_sign, by, agreement)
    agreement = _locked(agreement)
    agreement.state = AGREEMENT_FLOW.after("bring_into_force", agreement.state)
    if not home_signer.strip() or not partner_signer.strip():
        raise SigningIncomplete(missing="home_signer, partner_signer")
    agreement.signed_on, agreement.starts_on = signed_on, starts_on
    agreement.home_signer, agreement.home_signer_post = home_signer.strip(), home_signer_post
    agreement.home_authority, agreement.partner_authority = home_authority, partner_authority
    agreement.partner_signer, agreement.partner_signer_post = partner_signer.strip(), partner_signer_post
    agreement.number = number.strip() or (
        f"{signed_on.year}-{next_number(agreement.office, 'agreement', signed_on.year):03d}"
    )
    agreement.save()
    if scan:
        store(
            scan, scan_name or "scan.pdf", office=agreement.office, subject=agreement, purpose="agreement_scan",
            taken=[PDF, PNG, JPEG], by=by, at=at,
        )  # fmt: skip
    record("partners.agreement.in_force", subject=agreement, by=by, at=at, number=agreement.number)
    announce(AgreementInForce(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


@transaction.atomic
def attach_scan(agreement: Agreement, content: bytes, name: str, *, by: Actor, at: datetime) -> StoredFile:
    require(may_sign, by, agreement)
    return store(
        content, name, office=agreement.office, subject=agreement, purpose="agreement_scan",
        taken=[PDF, PNG, JPEG], by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def terminate(agreement: Agreement, *, reason: str, by: Actor, at: datetime) -> Agreement:
    require(may_terminate, by, agreement)
    agreement = _locked(agreement)
    agreement.state = AGREEMENT_FLOW.after("terminate", agreement.state)
    if not reason.strip():
        raise RemarkMissing
    agreement.termination_reason = reason.strip()
    agreement.save(update_fields=["state", "termination_reason"])
    revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
    record("partners.agreement.terminated", subject=agreement, by=by, at=at, reason=reason)
    announce(AgreementTerminated(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


@transaction.atomic
def pass_end_date(agreement: Agreement, *, on: date, by: System, at: datetime) -> Agreement:
    """What happens on the day after the end: automatic renewal, else expiry."""
    agreement = _locked(agreement)
    if agreement.state != AgreementState.IN_FORCE or agreement.ends_on is None or agreement.ends_on >= on:
        return agreement
    if agreement.renews_automatically and agreement.renewal_months:
        before = agreement.ends_on
        while agreement.ends_on < on:
            agreement.ends_on = add_months(agreement.ends_on, agreement.renewal_months)
        agreement.renewal_alerted_at = None
        agreement.save(update_fields=["ends_on", "renewal_alerted_at"])
        record(
            "partners.agreement.renewed",
            subject=agreement,
            by=by,
            at=at,
            before=before,
            after=agreement.ends_on,
        )
        announce(AgreementRenewed(office_id=agreement.office_id, agreement_id=agreement.pk))
    else:
        agreement.state = AGREEMENT_FLOW.after("expire", agreement.state)
        agreement.save(update_fields=["state"])
        record("partners.agreement.expired", subject=agreement, by=by, at=at, ended=agreement.ends_on)
        announce(AgreementExpired(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last day of the month when that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().get(pk=agreement.pk)
