"""Dry runs: computed, stored with their reasons, without effect on anybody until one is adopted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor, System, label_of
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.methods import allocation as method
from sapar.methods.errors import MethodError
from sapar.mobility.errors import NothingToPlace, NotReady, RunInProgress
from sapar.mobility.models import Award, Call, PlacingRun
from sapar.mobility.policies import may_give_places
from sapar.mobility.queries.placing import adopted_run
from sapar.mobility.services.placing.problems import TAKING_PART, problem_of, refill_of
from sapar.mobility.states import CALL_FLOW, ApplicationState, CallState, RunState

COMPUTE_RUN = Later("sapar.mobility.tasks.placing.compute_run")

SAPAR = System("places")

# So many applicants are placed within a second; more are placed in the background.
AT_ONCE = 400


@transaction.atomic
def run_placing(
    call: Call, *, seed: int, mechanism: str = "", compare: bool = True, by: Actor, at: datetime
) -> PlacingRun:
    """Compute a dry run now.

    Raises:
        NotReady, NothingToPlace; MethodError when the rules of the call contradict themselves.
    """
    run = _begin(call, seed=seed, mechanism=mechanism, compare=compare, by=by, at=at)
    return _add_comparison(_compute(run, at=at))


@transaction.atomic
def run_refill(call: Call, *, by: Actor, at: datetime) -> PlacingRun:
    """Compute now what a refill would give."""
    return _compute(_begin_refill(call, by=by, at=at), at=at)


def start_placing(
    call: Call, *, seed: int, mechanism: str = "", compare: bool = True, by: Actor, at: datetime
) -> PlacingRun:
    """A dry run at once where that takes a moment, else in the background; a run that fails says why."""
    with transaction.atomic():
        run = _begin(call, seed=seed, mechanism=mechanism, compare=compare, by=by, at=at)
        if call.applications.filter(state__in=TAKING_PART).count() > AT_ONCE:
            COMPUTE_RUN.enqueue(run.pk)
            return run
    return compute_run(run, at=at)


def start_refill(call: Call, *, by: Actor, at: datetime) -> PlacingRun:
    with transaction.atomic():
        run = _begin_refill(call, by=by, at=at)
        if call.applications.filter(state__in=TAKING_PART).count() > AT_ONCE:
            COMPUTE_RUN.enqueue(run.pk)
            return run
    return compute_run(run, at=at)


def compute_run(run: PlacingRun, *, at: datetime) -> PlacingRun:
    """Compute a begun run, or what is left of it. Only storing the result locks anything.

    What is there is not done again, so it may be called any number of times.
    """
    run = PlacingRun.objects.select_related("call", "office").get(pk=run.pk)
    if run.state == RunState.RUNNING:
        try:
            run = _compute(run, at=at)
        except (MethodError, NothingToPlace) as refused:
            return stop_run(run, at=at, reason=str(refused))
    return _add_comparison(run)


@transaction.atomic
def stop_run(run: PlacingRun, *, at: datetime, reason: str = "") -> PlacingRun:
    """Note that a run will not get a result, so that another can be begun; without a reason it was interrupted."""
    run = PlacingRun.objects.select_for_update(of=("self",)).select_related("call", "office").get(pk=run.pk)
    if run.state == RunState.RUNNING:
        run.state, run.failure, run.computed_at = RunState.FAILED, reason[:300], at
        run.save(update_fields=["state", "failure", "computed_at"])
        record(
            "mobility.places.stopped", subject=run.call, by=SAPAR, at=at, run=run.number, reason=run.failure
        )
    return run


def _begin(call: Call, *, seed: int, mechanism: str, compare: bool, by: Actor, at: datetime) -> PlacingRun:
    require(may_give_places, by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state != CallState.CLOSED:
        CALL_FLOW.after("give_places", call.state)
    if waiting := call.applications.filter(state=ApplicationState.SUBMITTED).count():
        raise NotReady(count=waiting)
    if not call.applications.filter(state__in=TAKING_PART).exists():
        raise NothingToPlace
    run = _new(call, mechanism=mechanism or call.mechanism, seed=seed, is_refill=False, by=by, at=at)
    if not compare:
        run.with_comparison = False
        run.save(update_fields=["with_comparison"])
    record("mobility.places.tried", subject=call, by=by, at=at, run=run.number, seed=seed)
    return run


def _begin_refill(call: Call, *, by: Actor, at: datetime) -> PlacingRun:
    require(may_give_places, by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state != CallState.PLACED:
        CALL_FLOW.after("finish", call.state)
    before = adopted_run(call)
    if before is None:
        raise NothingToPlace
    run = _new(call, mechanism="deferred_acceptance", seed=before.seed, is_refill=True, by=by, at=at)
    record("mobility.places.refill_tried", subject=call, by=by, at=at, run=run.number)
    return run


def _new(call: Call, *, mechanism: str, seed: int, is_refill: bool, by: Actor, at: datetime) -> PlacingRun:
    if call.runs.filter(state=RunState.RUNNING).exists():
        raise RunInProgress
    last = call.runs.order_by("-number").values_list("number", flat=True).first() or 0
    return PlacingRun.objects.create(
        office=call.office,
        call=call,
        number=last + 1,
        state=RunState.RUNNING,
        is_refill=is_refill,
        with_comparison=not is_refill,
        mechanism=mechanism,
        seed=seed,
        made_at=at,
        made_by=label_of(by),
    )


def _compute(run: PlacingRun, *, at: datetime) -> PlacingRun:
    """The result with its reasons is stored first; `_add_comparison` adds what others would have done."""
    if run.is_refill:
        before = adopted_run(run.call)
        if before is None:
            raise NothingToPlace
        again = refill_of(before)
        problem, result = again.problem, again.allocation
    else:
        problem = problem_of(run.call)
        _note(run, 15)
        result = method.allocate(problem, mechanism=run.mechanism, seed=run.seed)
    _note(run, 45)
    run.mechanism = str(result.mechanism)
    run.problem, run.result, run.digest = method.plain(problem), method.plain(result), result.problem
    run.applicants, run.placed = len(problem.applicants), len(result.placements)
    awards = list(_awards(run, problem, result))
    _note(run, 80)
    return _store(run, awards, at=at)


def _add_comparison(run: PlacingRun) -> PlacingRun:
    if run.state != RunState.FAILED and run.with_comparison and not run.comparison:
        problem = method.from_plain(method.Problem, run.problem)
        if all(one.score is not None for one in problem.applicants):
            run.comparison = [method.plain(line) for line in method.compare(problem, seed=run.seed)]
            PlacingRun.objects.filter(pk=run.pk).update(comparison=run.comparison)
    return run


def _note(run: PlacingRun, percent: int) -> None:
    PlacingRun.objects.filter(pk=run.pk).update(done=percent)


def _awards(run: PlacingRun, problem: method.Problem, result: method.Allocation) -> Iterator[Award]:
    explanation = method.explain(problem, result)
    for applicant in problem.applicants:
        placement = result.placement_of.get(applicant.code)
        yield Award(
            office_id=run.office_id,
            run=run,
            application_id=int(applicant.code),
            place_id=int(placement.offer) if placement else None,
            wish_rank=placement.wish if placement else None,
            reasons=[method.plain(reason) for reason in explanation.of(applicant.code)],
        )


@transaction.atomic
def _store(run: PlacingRun, awards: list[Award], *, at: datetime) -> PlacingRun:
    still = PlacingRun.objects.select_for_update().only("state").get(pk=run.pk)
    if still.state != RunState.RUNNING:
        return PlacingRun.objects.get(pk=run.pk)
    run.state, run.done, run.computed_at = RunState.TRIAL, 100, at
    run.save()
    Award.objects.bulk_create(awards, batch_size=2000)
    return run


def verify_run(run: PlacingRun) -> method.Verification:
    """Prove or refute a stored run from its stored data alone."""
    problem = method.from_plain(method.Problem, run.problem)
    result = method.from_plain(method.Allocation, run.result)
    return method.verify(problem, result)
