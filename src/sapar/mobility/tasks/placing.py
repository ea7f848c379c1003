"""Places given in the background: long runs, letters with reasons, deadlines."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.actors import System
from sapar.core.queue import AT_ONCE, background
from sapar.mobility.models import Application, Award, Call, PlacingRun
from sapar.mobility.services.placing import answers, papers, runs
from sapar.mobility.states import ApplicationState, RunState
from sapar.mobility.tasks import applications as letters

BATCH = 25
SYSTEM = System("decisions")


def note_failure(run_id: int, _error: str) -> None:
    runs.stop_run(PlacingRun.objects.get(pk=run_id), at=timezone.now())


# Somebody sits before the progress bar; letters may wait.
@background(
    about=PlacingRun,
    priority=50,
    patience=AT_ONCE,
    given_up=note_failure,
    failure=_("Places were not computed."),
)
def compute_run(run_id: int) -> None:
    runs.compute_run(PlacingRun.objects.get(pk=run_id), at=timezone.now())


@background(about=PlacingRun, priority=-10, failure=_("Not all applicants were told what was decided."))
def tell_decisions(run_id: int) -> None:
    """Write the minutes, then to each applicant for whom something changed: a letter, and a mail about it.

    A batch at a time, so that other tasks are not kept waiting; what was told is noted, so that a worker
    that was stopped goes on where it was.
    """
    run = PlacingRun.objects.select_related("call", "office").get(pk=run_id)
    if run.state != RunState.ADOPTED:
        return
    papers.issue_minutes_once(run, by=SYSTEM, at=timezone.now())
    waiting = Award.objects.filter(run=run, told_at=None).select_related("application").order_by("pk")
    batch = list(waiting[:BATCH])
    for award in batch:
        papers.tell(award, by=SYSTEM, at=timezone.now())
    if len(batch) == BATCH:
        tell_decisions.enqueue(run_id)


@background(about=Call, failure=_("Places that nobody confirmed in time were not given back."))
def give_back_overdue(call_id: int) -> None:
    """Planned for the end of each deadline of confirmation."""
    call = Call.objects.get(pk=call_id)
    answers.decline_overdue(call, at=timezone.now())


@background(about=Call, failure=_("Applicants were not reminded to confirm their places."))
def remind_unconfirmed(call_id: int) -> None:
    """Two days before a deadline of confirmation."""
    now = timezone.now()
    soon = Application.objects.filter(
        call_id=call_id,
        state=ApplicationState.PLACED,
        answer_by__gt=now,
        answer_by__lt=now + timedelta(days=2, hours=1),
    )
    for pk in soon.values_list("pk", flat=True):
        letters.notify.enqueue(pk, "reminder")
