"""The applicant's answers to a decision: confirm, decline, appeal; and what happens without an answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from sapar.accounts.actors import Actor, System, label_of
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.errors import AppealAnswered, AppealOpen, DeadlineOver, NothingToPlace, ReasonMissing
from sapar.mobility.facts import PlaceConfirmed, PlaceGivenBack
from sapar.mobility.models import Appeal, Application, Call
from sapar.mobility.policies import may_check_application, may_write_application
from sapar.mobility.queries.placing import appeal_until
from sapar.mobility.states import APPLICATION_FLOW, AppealState, ApplicationState

NOTIFY = Later("sapar.mobility.tasks.applications.notify")


@transaction.atomic
def confirm_place(application: Application, *, by: Actor, at: datetime) -> Application:
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    state = APPLICATION_FLOW.after("confirm", application.state)
    if application.answer_by is not None and at > application.answer_by:
        raise DeadlineOver(deadline=_said(application.answer_by))
    application.state = state
    application.save(update_fields=["state"])
    record("mobility.place.confirmed", subject=application, by=by, at=at)
    announce(PlaceConfirmed(office_id=application.office_id, application_id=application.pk))
    return application


@transaction.atomic
def decline_place(application: Application, *, by: Actor, at: datetime) -> Application:
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    application.state = APPLICATION_FLOW.after("decline", application.state)
    application.save(update_fields=["state"])
    record("mobility.place.declined", subject=application, by=by, at=at)
    announce(
        PlaceGivenBack(
            office_id=application.office_id, application_id=application.pk, call_id=application.call_id
        )
    )
    return application


def decline_overdue(call: Call, *, at: datetime) -> int:
    """Places that nobody confirmed in time are given back, one by one; answers how many."""
    count = 0
    for pk in call.applications.filter(state=ApplicationState.PLACED, answer_by__lt=at).values_list(
        "pk", flat=True
    ):
        count += _decline_one(pk, at=at)
    return count


@transaction.atomic
def _decline_one(pk: int, *, at: datetime) -> bool:
    """Once more asked under the lock: a confirmation of the last minute counts."""
    application = Application.objects.select_for_update().get(pk=pk)
    until = application.answer_by
    if application.state != ApplicationState.PLACED or until is None or until >= at:
        return False
    decline_place(application, by=System("confirmation deadline"), at=at)
    NOTIFY.enqueue(application.pk, "given_back")
    return True


@transaction.atomic
def appeal(application: Application, *, text: str, by: Actor, at: datetime) -> Appeal:
    """Object to the decision, while the clock runs."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    deadline = appeal_until(application)
    if deadline is None:
        raise NothingToPlace
    if at > deadline:
        raise DeadlineOver(deadline=_said(deadline))
    if application.appeals.filter(state=AppealState.OPEN).exists():
        raise AppealOpen
    if not text.strip():
        raise ReasonMissing(what="appeal")
    made = Appeal.objects.create(
        office=application.office, application=application, text=text.strip(), made_at=at
    )
    record("mobility.appeal.made", subject=application, by=by, at=at)
    return made


@transaction.atomic
def answer_appeal(made: Appeal, *, upheld: bool, answer: str, by: Actor, at: datetime) -> Appeal:
    require(may_check_application, by, made.application)
    made = Appeal.objects.select_for_update().get(pk=made.pk)
    if made.state != AppealState.OPEN:
        raise AppealAnswered
    if not answer.strip():
        raise ReasonMissing(what="answer")
    made.state = AppealState.UPHELD if upheld else AppealState.REFUSED
    made.answer, made.answered_at, made.answered_by = answer.strip(), at, label_of(by)
    made.save()
    NOTIFY.enqueue(made.application_id, "appeal")
    record("mobility.appeal.answered", subject=made.application, by=by, at=at, upheld=upheld)
    return made


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"
