"""Who may do what in mobility."""

from __future__ import annotations

from django.db.models import Q

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office
from sapar.accounts.policies import may_administer, may_read_all, may_work_in
from sapar.accounts.queries import has_role, holds, scopes_of
from sapar.accounts.states import LinkPurpose, Role, ScopeKind
from sapar.directory.models import Person
from sapar.mobility.models import Application, Call, Erasure, Exchange, GroupVisit
from sapar.mobility.states import Party


def coordinates(actor: Actor, office_id: int, unit_id: int | None) -> bool:
    """Is the coordinator of that faculty or of the whole office."""
    if has_role(actor, office_id, Role.COORDINATOR):
        return True
    return unit_id is not None and unit_id in scopes_of(actor, office_id, ScopeKind.UNIT, Role.COORDINATOR)


def may_run_calls(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_change_call(actor: Actor, call: Call) -> bool:
    return may_run_calls(actor, call.office)


def may_view_application(actor: Actor, application: Application) -> bool:
    if may_read_all(actor, application.office) or holds(actor, LinkPurpose.APPLY, application.pk):
        return True
    if has_role(actor, application.office_id, Role.REVIEWER):
        return True
    enrolment = application.enrolment
    return coordinates(actor, application.office_id, enrolment.unit_id if enrolment else None)


def may_write_application(actor: Actor, application: Application) -> bool:
    """The applicant, or the office on the applicant's behalf."""
    return (
        isinstance(actor, System)
        or holds(actor, LinkPurpose.APPLY, application.pk)
        or may_work_in(actor, application.office)
    )


def may_check_application(actor: Actor, application: Application) -> bool:
    return isinstance(actor, System) or may_work_in(actor, application.office)


def may_review(actor: Actor, application: Application) -> bool:
    if has_role(actor, application.office_id, Role.REVIEWER, Role.OFFICER, Role.ADMINISTRATOR):
        return True
    enrolment = application.enrolment
    return coordinates(actor, application.office_id, enrolment.unit_id if enrolment else None)


def may_give_places(actor: Actor, call: Call) -> bool:
    return may_change_call(actor, call)


def may_view_exchange(actor: Actor, exchange: Exchange) -> bool:
    if may_read_all(actor, exchange.office) or coordinates(actor, exchange.office_id, exchange.unit_id):
        return True
    if holds(actor, LinkPurpose.FOLLOW_STAY, exchange.pk):
        return True
    by_partner = (LinkPurpose.SIGN_LEARNING_AGREEMENT, LinkPurpose.GIVE_TRANSCRIPT)
    if any(holds(actor, purpose, exchange.pk) for purpose in by_partner):
        return True
    return exchange.agreement_id is not None and holds(
        actor, LinkPurpose.ANSWER_NOMINATION, exchange.agreement_id
    )


def may_nominate(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_change_exchange(actor: Actor, exchange: Exchange) -> bool:
    return isinstance(actor, System) or may_work_in(actor, exchange.office)


def may_write_about_stay(actor: Actor, exchange: Exchange) -> bool:
    """The person on the stay, or the office."""
    return may_change_exchange(actor, exchange) or holds(actor, LinkPurpose.FOLLOW_STAY, exchange.pk)


def may_keep_letters(actor: Actor, office: Office) -> bool:
    return may_work_in(actor, office)


def may_answer_nomination(actor: Actor, exchange: Exchange) -> bool:
    """The partner through its link, or the office that has the answer on paper."""
    if may_change_exchange(actor, exchange):
        return True
    return exchange.agreement_id is not None and holds(
        actor, LinkPurpose.ANSWER_NOMINATION, exchange.agreement_id
    )


def may_write_learning_agreement(actor: Actor, exchange: Exchange) -> bool:
    """The faculty's coordinator or the office; the student proposes."""
    return may_change_exchange(actor, exchange) or coordinates(actor, exchange.office_id, exchange.unit_id)


def may_propose_learning_agreement(actor: Actor, exchange: Exchange) -> bool:
    """The student, through the link to the own stay."""
    return holds(actor, LinkPurpose.FOLLOW_STAY, exchange.pk)


def may_sign_as(actor: Actor, signing: tuple[Exchange, Party]) -> bool:
    """Each party signs for itself; the office may put a signature on paper on record for the host."""
    exchange, party = signing
    if party == Party.STUDENT:
        return holds(actor, LinkPurpose.FOLLOW_STAY, exchange.pk) or isinstance(actor, System)
    home_signs = (exchange.direction == "out") == (party == Party.SENDING)
    if home_signs:
        return may_change_exchange(actor, exchange) or coordinates(
            actor, exchange.office_id, exchange.unit_id
        )
    return holds(actor, LinkPurpose.SIGN_LEARNING_AGREEMENT, exchange.pk) or may_change_exchange(
        actor, exchange
    )


def may_give_transcript(actor: Actor, exchange: Exchange) -> bool:
    return may_change_exchange(actor, exchange) or holds(actor, LinkPurpose.GIVE_TRANSCRIPT, exchange.pk)


def may_decide_recognition(actor: Actor, exchange: Exchange) -> bool:
    """The faculty decides on its own curriculum; the office may, too."""
    return may_change_exchange(actor, exchange) or coordinates(actor, exchange.office_id, exchange.unit_id)


def may_run_visits(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_change_visit(actor: Actor, visit: GroupVisit) -> bool:
    return may_run_visits(actor, visit.office)


def may_note_attendance(actor: Actor, visit: GroupVisit) -> bool:
    """The office, or a coordinator of a host department or of its faculty."""
    if may_change_visit(actor, visit):
        return True
    units = scopes_of(actor, visit.office_id, ScopeKind.UNIT, Role.COORDINATOR)
    return bool(units) and visit.hosts.filter(Q(pk__in=units) | Q(parent_id__in=units)).exists()


def may_copy_person(actor: Actor, person: Person) -> bool:
    """The office, or the person through a link to an own application or stay."""
    if may_work_in(actor, person.office):
        return True
    return any(
        holds(actor, LinkPurpose.FOLLOW_STAY, pk) for pk in person.exchanges.values_list("pk", flat=True)
    ) or any(holds(actor, LinkPurpose.APPLY, pk) for pk in person.applications.values_list("pk", flat=True))


def may_ask_erasure(actor: Actor, person: Person) -> bool:
    return may_work_in(actor, person.office)


def may_confirm_erasure(actor: Actor, erasure: Erasure) -> bool:
    """An administrator who is not the one who asked."""
    return may_administer(actor, erasure.office) and actor != erasure.asked_by


def may_withdraw_erasure(actor: Actor, erasure: Erasure) -> bool:
    return may_work_in(actor, erasure.office)
