"""The office checks, asks, admits or not; reviewers give points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, System, label_of
from sapar.accounts.models import User
from sapar.audit.services import record
from sapar.core.errors import BadInput
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.errors import ReasonMissing
from sapar.mobility.models import Application, Message, Review
from sapar.mobility.policies import may_check_application, may_review
from sapar.mobility.queries.calls import review_by
from sapar.mobility.services.applications.scores import score
from sapar.mobility.states import APPLICATION_FLOW, ApplicationState, CallState

NOTIFY = Later("sapar.mobility.tasks.applications.notify")


@transaction.atomic
def accept_papers(application: Application, *, by: Actor, at: datetime) -> Application:
    """The office checked the papers: the application takes part."""
    require(may_check_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    application.state = APPLICATION_FLOW.after("accept_papers", application.state)
    application.asked_for, application.asked_at = "", None
    score(application)
    application.save()
    record("mobility.application.accepted", subject=application, by=by, at=at, score=application.score)
    return application


@transaction.atomic
def accept_many(applications: Iterable[Application], *, by: Actor, at: datetime) -> list[Application]:
    """Accept all of them that wait for their check; answers those that were accepted."""
    chosen = list(applications)
    for application in chosen:
        require(may_check_application, by, application)
    return [
        accept_papers(application, by=by, at=at)
        for application in locked(chosen)
        if application.state == ApplicationState.SUBMITTED
    ]


def locked(applications: Iterable[Application]) -> list[Application]:
    """The applications as they stand now, locked in one order before the first of them reaches the trail:
    two officers with overlapping choices wait for each other and never in a circle."""
    keys = [application.pk for application in applications]
    return list(Application.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


@transaction.atomic
def ask_for_completion(application: Application, *, what: str, by: Actor, at: datetime) -> Application:
    """Return the application: the applicant reads what is missing and answers.

    While the call is open everything may be changed and is submitted again; afterwards only papers may
    be brought later.
    """
    require(may_check_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state == ApplicationState.COMPLETE:
        application.state = APPLICATION_FLOW.after("return_for_completion", application.state)
    call = application.call
    if call.state == CallState.OPEN and at < call.closes_at:
        application.state = APPLICATION_FLOW.after("reopen", application.state)
    elif application.state != ApplicationState.SUBMITTED:
        APPLICATION_FLOW.after("reopen", application.state)
    if not what.strip():
        raise ReasonMissing(what=_("what is missing"))
    application.asked_for, application.asked_at, application.changed_at = what.strip(), at, at
    application.revision += 1
    application.save()
    Message.objects.create(
        office=application.office,
        application=application,
        from_office=True,
        author=label_of(by),
        text=what.strip(),
        sent_at=at,
    )
    NOTIFY.enqueue(application.pk, "asked")
    record("mobility.application.returned", subject=application, by=by, at=at, reason=what.strip()[:200])
    return application


@transaction.atomic
def reject_application(application: Application, *, reason: str, by: Actor, at: datetime) -> Application:
    require(may_check_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    application.state = APPLICATION_FLOW.after("reject", application.state)
    if not reason.strip():
        raise ReasonMissing(what=_("why it is rejected"))
    application.rejection_reason = reason.strip()
    application.asked_for, application.asked_at = "", None
    application.save(update_fields=["state", "rejection_reason", "asked_for", "asked_at"])
    if not isinstance(by, System):
        NOTIFY.enqueue(application.pk, "rejected")
    record("mobility.application.rejected", subject=application, by=by, at=at, reason=reason)
    return application


@transaction.atomic
def review_application(
    application: Application,
    points: Mapping[str, Decimal],
    *,
    remark: str = "",
    seen: str = "",
    by: User,
    at: datetime,
) -> Review:
    """One reviewer's points; given again, they replace the reviewer's earlier ones.

    Args:
        seen: mark of the reviewer's points as the page showed them.

    Raises:
        IllegalMove, BadInput, ChangedMeanwhile
    """
    require(may_review, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state not in (ApplicationState.SUBMITTED, ApplicationState.COMPLETE):
        APPLICATION_FLOW.after("accept_papers", application.state)
    refuse_changed(review_by(by, application), seen)
    _check_points(application, points)
    review, _is_new = Review.objects.update_or_create(
        application=application,
        reviewer=by,
        defaults={
            "office": application.office,
            "points": {code: str(value) for code, value in points.items()},
            "remark": remark,
            "given_at": at,
        },
    )
    score(application)
    application.save(update_fields=["score", "score_parts"])
    record("mobility.application.reviewed", subject=application, by=by, at=at, score=application.score)
    return review


def _check_points(application: Application, points: Mapping[str, Decimal]) -> None:
    sheet = {line["code"]: line for line in application.call.scoring if line["source"] == "review"}
    for code, value in points.items():
        line = sheet.get(code)
        if line is None:
            raise BadInput(field=code, reason="?")
        least, most = Decimal(str(line.get("least", 0))), line.get("most")
        if value < least or (most is not None and value > Decimal(str(most))):
            raise BadInput(field=code, reason=f"{least} … {most if most is not None else '∞'}")
