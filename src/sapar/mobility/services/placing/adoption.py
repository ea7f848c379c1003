"""A dry run becomes the decision: places are offered, the clocks start."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, label_of
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.methods import allocation as method
from sapar.mobility.errors import RunOutdated
from sapar.mobility.facts import PlacesGiven
from sapar.mobility.models import Application, Award, Call, PlacingRun
from sapar.mobility.policies import may_give_places
from sapar.mobility.queries.placing import adopted_run, ineligible_in
from sapar.mobility.services.placing.problems import problem_of, refill_of
from sapar.mobility.states import APPLICATION_FLOW, CALL_FLOW, ApplicationState, CallState, RunState

GIVE_BACK_OVERDUE = Later("sapar.mobility.tasks.placing.give_back_overdue")
REMIND_UNCONFIRMED = Later("sapar.mobility.tasks.placing.remind_unconfirmed")
TELL_DECISIONS = Later("sapar.mobility.tasks.placing.tell_decisions")

_A = ApplicationState
REMIND_BEFORE = timedelta(days=2)


@transaction.atomic
def adopt_run(run: PlacingRun, *, by: Actor, at: datetime) -> PlacingRun:
    """Make a dry run count: places are offered, the others go on the reserve list, the clocks start.

    Who meets the conditions of none of their wishes waits on no list.

    Raises:
        RunOutdated: somebody withdrew, confirmed, or was changed since the run was computed.
    """
    call = Call.objects.select_for_update().get(pk=run.call_id)
    require(may_give_places, by, call)
    run = PlacingRun.objects.select_for_update().get(pk=run.pk)
    people = {one.pk: one for one in call.applications.select_for_update().order_by("pk")}
    before = adopted_run(call)
    _require_current(run, call, before)
    if call.state == CallState.CLOSED:
        call.state = CALL_FLOW.after("give_places", call.state)
        call.save(update_fields=["state"])
    call.runs.filter(state=RunState.ADOPTED).update(state=RunState.REPLACED)
    run.state, run.adopted_at, run.adopted_by = RunState.ADOPTED, at, label_of(by)
    run.save(update_fields=["state", "adopted_at", "adopted_by"])
    _offer(run, call, people, before, at=at)
    record(
        "mobility.places.given",
        subject=call,
        by=by,
        at=at,
        run=run.number,
        seed=run.seed,
        digest=run.digest,
        placed=run.placed,
    )
    announce(PlacesGiven(office_id=call.office_id, call_id=call.pk, run_id=run.pk))
    return run


def _require_current(run: PlacingRun, call: Call, before: PlacingRun | None) -> None:
    if run.state != RunState.TRIAL:
        raise RunOutdated
    if run.is_refill:
        now = method.digest(refill_of(before).problem) if before is not None else ""
    elif call.state == CallState.CLOSED:
        now = method.digest(problem_of(call))
    else:
        now = ""
    if now != run.digest:
        raise RunOutdated


def _offer(
    run: PlacingRun,
    call: Call,
    people: dict[int, Application],
    before: PlacingRun | None,
    *,
    at: datetime,
) -> None:
    """Move the applications, and have everybody told for whom something changed."""
    earlier = {one.application_id: one for one in before.awards.defer("reasons")} if before else {}
    answer_by = at + timedelta(days=call.confirm_days)
    ineligible = ineligible_in(run)
    moved, known = [], []
    for award in run.awards.defer("reasons"):
        application, former = people[award.application_id], earlier.get(award.application_id)
        if former is not None and former.place_id == award.place_id:
            # Whoever was not told yet is told by the letters of this run.
            award.told_at = former.told_at
            known.append(award)
        elif award.place_id is not None:
            if application.state != _A.PLACED:
                application.state = APPLICATION_FLOW.after("offer_place", application.state)
            application.answer_by = answer_by
            moved.append(application)
        elif application.state == _A.COMPLETE:
            move = "find_ineligible" if application.pk in ineligible else "put_on_reserve"
            application.state = APPLICATION_FLOW.after(move, application.state)
            moved.append(application)
    Application.objects.bulk_update(moved, ["state", "answer_by"], batch_size=500)
    Award.objects.bulk_update(known, ["told_at"], batch_size=500)
    TELL_DECISIONS.enqueue(run.pk)
    GIVE_BACK_OVERDUE.enqueue(call.pk, run_after=answer_by + timedelta(minutes=1))
    if call.confirm_days > REMIND_BEFORE.days:
        REMIND_UNCONFIRMED.enqueue(call.pk, run_after=answer_by - REMIND_BEFORE)
