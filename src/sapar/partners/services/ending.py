"""How agreements end: expiry, automatic renewal, termination, a successor; and the warning ahead of the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.services import revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.files.queries import papers_of
from sapar.files.services import revoke_paper
from sapar.files.states import PaperState
from sapar.partners.errors import HasSuccessor, RemarkMissing
from sapar.partners.facts import AgreementExpired, AgreementRenewed, AgreementTerminated
from sapar.partners.models import Agreement, AgreementVersion, Condition
from sapar.partners.policies import may_change_agreement, may_terminate
from sapar.partners.queries import current_version
from sapar.partners.queries.ending import add_months, past_their_end, to_be_warned_of
from sapar.partners.services.agreements import templates_for
from sapar.partners.states import AGREEMENT_FLOW, AgreementState

WARN = Later("sapar.partners.tasks.warn")


@transaction.atomic
def terminate(agreement: Agreement, *, reason: str, by: Actor, at: datetime) -> Agreement:
    require(may_terminate, by, agreement)
    return _stop(agreement, "terminate", reason, by=by, at=at)


@transaction.atomic
def give_up(agreement: Agreement, *, reason: str, by: Actor, at: datetime) -> Agreement:
    """Give up a draft; it stays to be read."""
    require(may_change_agreement, by, agreement)
    return _stop(agreement, "give_up", reason, by=by, at=at)


def _stop(agreement: Agreement, move: str, reason: str, *, by: Actor, at: datetime) -> Agreement:
    agreement = _locked(agreement)
    agreement.state = AGREEMENT_FLOW.after(move, agreement.state)
    if not reason.strip():
        raise RemarkMissing
    agreement.termination_reason = reason.strip()
    agreement.save(update_fields=["state", "termination_reason"])
    revoke_links(LinkPurpose.ANSWER_AGREEMENT, agreement.pk, at=at)
    revoke_papers(agreement, reason=reason.strip()[:300], by=by, at=at)
    record("partners.agreement.terminated", subject=agreement, by=by, at=at, reason=reason.strip())
    announce(AgreementTerminated(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


def revoke_papers(agreement: Agreement, *, reason: str, by: Actor, at: datetime) -> None:
    """The agreement's own papers are void from now on; memos about it stay."""
    for paper in papers_of(agreement).filter(kind="agreement", state=PaperState.VALID):
        revoke_paper(paper, reason=reason, by=by, at=at)


@transaction.atomic
def draft_successor(agreement: Agreement, *, by: Actor, at: datetime) -> Agreement:
    """A new agreement that continues this one: same content, dates and years moved on by its length.

    It replaces this one on the day it comes into force.
    """
    require(may_change_agreement, by, agreement)
    agreement = _locked(agreement)
    going = agreement.successors.exclude(state=AgreementState.TERMINATED).first()
    if going is not None:
        raise HasSuccessor(title=going.title)
    version = current_version(agreement)
    rows = list(version.conditions.all())
    years = _years_between(agreement)
    successor = Agreement.objects.create(
        office=agreement.office,
        partnership=agreement.partnership,
        kind=agreement.kind,
        title=agreement.title,
        starts_on=agreement.ends_on + timedelta(days=1) if agreement.ends_on else None,
        ends_on=add_months(agreement.ends_on, 12 * years) if agreement.ends_on else None,
        renews_automatically=agreement.renews_automatically,
        renewal_months=agreement.renewal_months,
        notice_months=agreement.notice_months,
        unit=agreement.unit,
        responsible=agreement.responsible,
        languages=agreement.languages,
        replaces=agreement,
        made_at=at,
    )
    # An agreement of the office's list has its text on paper only.
    texts = version.texts or templates_for(successor)
    following = AgreementVersion.objects.create(
        office=agreement.office, agreement=successor, number=1, texts=texts, made_at=at
    )
    for row in rows:
        row.pk, row.version, row.academic_year = None, following, row.academic_year + years
    Condition.objects.bulk_create(rows)
    record("partners.agreement.drafted", subject=successor, by=by, at=at, kind=agreement.kind)
    record("partners.agreement.continued", subject=agreement, by=by, at=at, successor=successor.pk)
    return successor


def _years_between(agreement: Agreement) -> int:
    """The agreement's length in whole years, at least one."""
    if agreement.starts_on is None or agreement.ends_on is None:
        return 1
    return max(1, round((agreement.ends_on - agreement.starts_on).days / 365.25))


def succeed(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """End the agreement that this one replaces on the day before this one begins."""
    if agreement.replaces_id is None or agreement.starts_on is None:
        return
    before = Agreement.objects.select_for_update().get(pk=agreement.replaces_id)
    if before.state != AgreementState.IN_FORCE:
        return
    last = max(agreement.starts_on - timedelta(days=1), before.starts_on or agreement.starts_on)
    before.ends_on = min(before.ends_on or last, last)
    before.renews_automatically = False
    if before.ends_on < local_day(at):
        before.state = AGREEMENT_FLOW.after("expire", before.state)
    before.save(update_fields=["ends_on", "renews_automatically", "state"])
    record("partners.agreement.replaced", subject=before, by=by, at=at, by_number=agreement.number)


@transaction.atomic
def pass_end_date(agreement: Agreement, *, on: date, by: System, at: datetime) -> Agreement:
    """What happens on the day after the end: automatic renewal, else expiry. A second time it does nothing."""
    agreement = _locked(agreement)
    if agreement.state != AgreementState.IN_FORCE or agreement.ends_on is None or agreement.ends_on >= on:
        return agreement
    if agreement.renews_automatically and agreement.renewal_months:
        before = first = agreement.ends_on
        times = 0
        while agreement.ends_on < on:
            # Counted from the first end, so that a 31st is not lost in a short month.
            times += 1
            agreement.ends_on = add_months(first, times * agreement.renewal_months)
        agreement.renewal_alerted_at = None
        agreement.save(update_fields=["ends_on", "renewal_alerted_at"])
        record(
            "partners.agreement.renewed",
            subject=agreement,
            by=by,
            at=at,
            changes={"ends_on": [before.isoformat(), agreement.ends_on.isoformat()]},
        )
        announce(AgreementRenewed(office_id=agreement.office_id, agreement_id=agreement.pk))
    else:
        agreement.state = AGREEMENT_FLOW.after("expire", agreement.state)
        agreement.save(update_fields=["state"])
        record("partners.agreement.expired", subject=agreement, by=by, at=at, ended=agreement.ends_on)
        announce(AgreementExpired(office_id=agreement.office_id, agreement_id=agreement.pk))
    return agreement


def pass_end_dates(*, on: date, by: System, at: datetime) -> int:
    """All agreements whose last day is over, each in a transaction of its own; answers how many."""
    done = 0
    for agreement in past_their_end(on):
        pass_end_date(agreement, on=on, by=by, at=at)
        done += 1
    return done


@transaction.atomic
def warn_of_end(agreement: Agreement, *, by: System, at: datetime) -> bool:
    """Write once to those responsible that the agreement is about to end."""
    agreement = _locked(agreement)
    if agreement.renewal_alerted_at is not None or agreement.state != AgreementState.IN_FORCE:
        return False
    agreement.renewal_alerted_at = at
    agreement.save(update_fields=["renewal_alerted_at"])
    WARN.enqueue(agreement.pk)
    record("partners.agreement.end_announced", subject=agreement, by=by, at=at, ends_on=agreement.ends_on)
    return True


def warn_of_ends(*, on: date, by: System, at: datetime) -> int:
    """Warn of all agreements whose notice period has begun; answers how many."""
    return sum(warn_of_end(agreement, by=by, at=at) for agreement in to_be_warned_of(on))


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().get(pk=agreement.pk)
