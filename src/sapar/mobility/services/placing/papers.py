"""Minutes and letters are issued as papers that can be checked by their code."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.files.services import issue_paper, new_code
from sapar.files.states import Visibility
from sapar.formats.papers.pdf import draw_pdf
from sapar.mobility.errors import NothingToPlace
from sapar.mobility.models import Award, PlacingRun
from sapar.mobility.papers.decisions import decision_letter
from sapar.mobility.papers.minutes import minutes
from sapar.mobility.policies import may_give_places
from sapar.mobility.queries.placing import appeal_until, ineligible_in
from sapar.mobility.services.placing.runs import verify_run
from sapar.mobility.states import RunState

NOTIFY = Later("sapar.mobility.tasks.applications.notify")

MINUTES, DECISION = "placing_minutes", "placing_letter"


def issue_minutes_once(run: PlacingRun, *, by: Actor, at: datetime) -> Paper:
    """The minutes of an adopted run; a second time the same paper."""
    return papers_of(run).filter(kind=MINUTES).first() or issue_minutes(run, by=by, at=at)


def issue_minutes(run: PlacingRun, *, by: Actor, at: datetime) -> Paper:
    """Draw the minutes before anything is locked, then issue them."""
    require(may_give_places, by, run.call)
    run = PlacingRun.objects.select_related("call", "office").get(pk=run.pk)
    if run.state not in (RunState.ADOPTED, RunState.REPLACED):
        raise NothingToPlace
    awards = list(
        run.awards.defer("reasons")
        .select_related("application__person", "place__host")
        .order_by("place__host__sort_key", "application__number")
    )
    code = new_code()
    paper = minutes(
        run, awards, ineligible_in(run), verify_run(run), verify_url=_address(code), on=local_day(at)
    )
    return issue_paper(
        draw_pdf(paper),
        kind=MINUTES,
        number=paper.number,
        code=code,
        subject=run,
        visibility=Visibility.OFFICE,
        by=by,
        at=at,
    )


@transaction.atomic
def tell(award: Award, *, by: Actor, at: datetime) -> None:
    """Issue the applicant's letter and have it mailed; told once, however often this is asked."""
    award = (
        Award.objects.select_for_update(of=("self",))
        .select_related("application__person", "application__call", "application__office", "run")
        .defer("run__problem", "run__result")
        .get(pk=award.pk)
    )
    if award.told_at is not None:
        return
    award.told_at = at
    award.save(update_fields=["told_at"])
    application, code = award.application, new_code()
    hosts = dict(application.wishes.values_list("place_id", "place__host__name"))
    letter = decision_letter(
        award, hosts, verify_url=_address(code), on=local_day(at), appeal_until=appeal_until(application)
    )
    issue_paper(
        draw_pdf(letter),
        kind=DECISION,
        number=application.number,
        code=code,
        subject=application,
        by=by,
        at=at,
    )
    NOTIFY.enqueue(application.pk, "decision")


def _address(code: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}/v/{code}/"
