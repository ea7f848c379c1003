"""Who may do what with partnerships and agreements."""

from __future__ import annotations

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office
from sapar.accounts.policies import may_work_in
from sapar.accounts.queries import belongs_to, has_role, holds
from sapar.accounts.states import LinkPurpose, Role
from sapar.partners.models import Agreement, ApprovalStep, Partnership
from sapar.partners.states import ApprovalRole, StepState

ROLE_OF_STEP = {
    ApprovalRole.LEGAL: Role.LEGAL,
    ApprovalRole.VICE_RECTOR: Role.VICE_RECTOR,
    ApprovalRole.RECTOR: Role.RECTOR,
}


def may_import_partners(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_view_partners(actor: Actor, office: Office) -> bool:
    """Partners and agreements are no secret inside the house."""
    return belongs_to(actor, office.pk)


def may_change_partnership(actor: Actor, partnership: Partnership) -> bool:
    return isinstance(actor, System) or may_work_in(actor, partnership.office)


def may_view_agreement(actor: Actor, agreement: Agreement) -> bool:
    return belongs_to(actor, agreement.office_id) or holds(actor, LinkPurpose.ANSWER_AGREEMENT, agreement.pk)


def may_draft_agreement(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_change_agreement(actor: Actor, agreement: Agreement) -> bool:
    return may_draft_agreement(actor, agreement.office)


def may_answer_step(actor: Actor, step: ApprovalStep) -> bool:
    """The station's own role; at the partner's station the holder of the agreement's link."""
    if step.state != StepState.WAITING or step.waiting_since is None:
        return False
    if step.role == ApprovalRole.PARTNER:
        return holds(actor, LinkPurpose.ANSWER_AGREEMENT, step.version.agreement_id)
    return has_role(actor, step.office_id, ROLE_OF_STEP[ApprovalRole(step.role)])


def may_sign(actor: Actor, agreement: Agreement) -> bool:
    """Put the signing on record and bring the agreement into force."""
    return isinstance(actor, System) or may_work_in(actor, agreement.office)


def may_terminate(actor: Actor, agreement: Agreement) -> bool:
    return has_role(actor, agreement.office_id, Role.ADMINISTRATOR, Role.VICE_RECTOR, Role.RECTOR)
