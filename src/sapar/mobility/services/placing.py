"""Giving the places of a call: dry run, adoption, refill, confirmation, appeal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sapar.accounts.actors import Actor, System, label_of
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.policy import require
from sapar.methods import allocation as method
from sapar.mobility.errors import DeadlineOver, NothingToPlace, NotReady, ReasonMissing, RunOutdated
from sapar.mobility.facts import PlaceConfirmed, PlaceGivenBack, PlacesGiven
from sapar.mobility.models import Appeal, Application, Award, Call, CallPlace, PlacingRun
from sapar.mobility.policies import may_check_application, may_give_places, may_write_application
from sapar.mobility.queries.placing import adopted_run
from sapar.mobility.states import (
    APPLICATION_FLOW,
    CALL_FLOW,
    AppealState,
    ApplicationState,
    CallState,
    RunState,
)

_A = ApplicationState
TAKING_PART = (_A.COMPLETE, _A.PLACED, _A.RESERVE, _A.CONFIRMED)


def problem_of(call: Call) -> method.Problem:
    """The call as the allocation sees it. Applicants and places are named by their ids."""
    applications = call.applications.filter(state__in=TAKING_PART).prefetch_related("wishes").order_by("pk")
    applicants = tuple(
        method.Applicant(
            code=str(one.pk),
            score=float(one.score) if one.score is not None else None,
            wishes=tuple(
                method.Wish(str(wish.place_id))
                for wish in sorted(one.wishes.all(), key=lambda wish: wish.rank)
            ),
            facts=_facts(one.facts),
        )
        for one in applications
    )
    offers = tuple(_offer(place) for place in call.places.order_by("pk"))
    return method.Problem(applicants=applicants, offers=offers, rules=_rules(call.rules))


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts in the method's form: numbers as numbers, languages as "en:B2", ISCED-F as "field"."""
    found = {key: value for key, value in facts.items() if value is not None and key != "languages"}
    if "gpa" in found:
        found["gpa"] = float(found["gpa"])
    if facts.get("isced_f"):
        found["field"] = facts["isced_f"]
    found["languages"] = tuple(
        f"{name}:{level}" for name, level in sorted(facts.get("languages", {}).items())
    )
    return found


def _rules(rules: Iterable[dict[str, Any]]) -> tuple[method.Rule, ...]:
    return tuple(method.from_plain(method.Rule, rule) for rule in rules)


def _offer(place: CallPlace) -> method.Offer:
    return method.Offer(
        code=str(place.pk),
        places=place.seats,
        levels=(place.level,) if place.level else (),
        fields=(place.isced_f,) if place.isced_f else (),
        languages=(f"{place.language}:{place.language_level}",) if place.language_level else (),
        rules=_rules(place.rules),
        reserves=tuple(method.from_plain(method.Reserve, reserve) for reserve in place.reserves),
    )


@transaction.atomic
def run_placing(
    call: Call, *, seed: int, mechanism: str = "", compare: bool = True, by: Actor, at: datetime
) -> PlacingRun:
    """A dry run: computed, stored with its reasons, without effect on anybody until it is adopted."""
    require(may_give_places, by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state != CallState.CLOSED:
        CALL_FLOW.after("give_places", call.state)
    if waiting := call.applications.filter(state=_A.SUBMITTED).count():
        raise NotReady(count=waiting)
    problem = problem_of(call)
    if not problem.applicants:
        raise NothingToPlace
    result = method.allocate(problem, mechanism=mechanism or call.mechanism, seed=seed)
    comparison = method.compare(problem, seed=seed) if compare and _all_scored(problem) else ()
    run = _store(call, problem, result, comparison=comparison, is_refill=False, by=by, at=at)
    record("mobility.places.tried", subject=call, by=by, at=at, run=run.number, seed=seed, placed=run.placed)
    return run


def _all_scored(problem: method.Problem) -> bool:
    """Only then can a serial dictatorship be compared."""
    return all(one.score is not None for one in problem.applicants)


def _store(
    call: Call,
    problem: method.Problem,
    result: method.Allocation,
    *,
    comparison: Iterable[method.Comparison],
    is_refill: bool,
    by: Actor,
    at: datetime,
) -> PlacingRun:
    last = call.runs.order_by("-number").values_list("number", flat=True).first() or 0
    run = PlacingRun.objects.create(
        office=call.office,
        call=call,
        number=last + 1,
        is_refill=is_refill,
        mechanism=result.mechanism,
        seed=result.seed,
        problem=method.plain(problem),
        result=method.plain(result),
        digest=result.problem,
        comparison=[method.plain(line) for line in comparison],
        applicants=len(problem.applicants),
        placed=len(result.placements),
        made_at=at,
        made_by=label_of(by),
    )
    explanation = method.explain(problem, result)
    Award.objects.bulk_create(
        (
            Award(
                office_id=call.office_id,
                run=run,
                application_id=int(applicant.code),
                place_id=int(placement.offer) if placement else None,
                wish_rank=placement.wish if placement else None,
                reasons=[method.plain(reason) for reason in explanation.of(applicant.code)],
            )
            for applicant in problem.applicants
            for placement in [result.placement_of.get(applicant.code)]
        ),
        batch_size=500,
    )
    return run


@transaction.atomic
def adopt_run(run: PlacingRun, *, by: Actor, at: datetime) -> PlacingRun:
    """Make a dry run count: places are offered, the others go on the reserve list, the clocks start."""
    call = Call.objects.select_for_update().get(pk=run.call_id)
    require(may_give_places, by, call)
    run = PlacingRun.objects.select_for_update().get(pk=run.pk)
    if run.state != RunState.TRIAL or (not run.is_refill and method.digest(problem_of(call)) != run.digest):
        raise RunOutdated
    if call.state == CallState.CLOSED:
        call.state = CALL_FLOW.after("give_places", call.state)
        call.save(update_fields=["state"])
    call.runs.filter(state=RunState.ADOPTED).update(state=RunState.REPLACED)
    run.state, run.adopted_at, run.adopted_by = RunState.ADOPTED, at, label_of(by)
    run.save(update_fields=["state", "adopted_at", "adopted_by"])
    answer_by = at + timedelta(days=call.confirm_days)
    changed = []
    awards = run.awards.select_related("application")
    for award in awards.iterator(chunk_size=1000):
        application = award.application
        if award.place_id is not None and application.state in (_A.COMPLETE, _A.RESERVE):
            application.state, application.answer_by = (
                APPLICATION_FLOW.after("offer_place", application.state),
                answer_by,
            )
            changed.append(application)
        elif award.place_id is None and application.state == _A.COMPLETE:
            application.state = APPLICATION_FLOW.after("put_on_reserve", application.state)
            changed.append(application)
    Application.objects.bulk_update(changed, ["state", "answer_by"], batch_size=500)
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


@transaction.atomic
def run_refill(call: Call, *, by: Actor, at: datetime) -> PlacingRun:
    """Give again what was given back. Whoever confirmed stays; nobody loses a place."""
    require(may_give_places, by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state != CallState.PLACED:
        CALL_FLOW.after("finish", call.state)
    before = adopted_run(call)
    if before is None:
        raise NothingToPlace
    problem = method.from_plain(method.Problem, before.problem)
    result = method.from_plain(method.Allocation, before.result)
    states = dict(call.applications.values_list("pk", "state"))
    codes = [one.code for one in problem.applicants]
    gone = {code for code in codes if states.get(int(code)) not in TAKING_PART}
    confirmed = {code for code in codes if states.get(int(code)) == _A.CONFIRMED and result.offer_of(code)}
    later = method.refill(problem, result, withdrawn=gone, confirmed=confirmed)
    run = _store(call, later.problem, later.allocation, comparison=(), is_refill=True, by=by, at=at)
    record("mobility.places.refill_tried", subject=call, by=by, at=at, run=run.number, gone=len(gone))
    return run


def verify_run(run: PlacingRun) -> method.Verification:
    """Prove or refute a stored run from its stored data alone."""
    problem = method.from_plain(method.Problem, run.problem)
    result = method.from_plain(method.Allocation, run.result)
    return method.verify(problem, result)


@transaction.atomic
def confirm_place(application: Application, *, by: Actor, at: datetime) -> Application:
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    state = APPLICATION_FLOW.after("confirm", application.state)
    if application.answer_by is not None and at > application.answer_by:
        raise DeadlineOver(deadline=f"{application.answer_by:%d.%m.%Y %H:%M}")
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
    """Places that nobody confirmed in time are given back; answers how many."""
    overdue = call.applications.filter(state=_A.PLACED, answer_by__lt=at)
    for application in overdue:
        decline_place(application, by=System("confirmation deadline"), at=at)
    return len(overdue)


@transaction.atomic
def appeal(application: Application, *, text: str, by: Actor, at: datetime) -> Appeal:
    """Object to the decision, while the clock runs."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    run = adopted_run(application.call)
    if run is None or run.adopted_at is None:
        raise NothingToPlace
    deadline = run.adopted_at + timedelta(days=application.call.appeal_days)
    if at > deadline:
        raise DeadlineOver(deadline=f"{deadline:%d.%m.%Y %H:%M}")
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
    if not answer.strip():
        raise ReasonMissing(what="answer")
    made.state = AppealState.UPHELD if upheld else AppealState.REFUSED
    made.answer, made.answered_at, made.answered_by = answer.strip(), at, label_of(by)
    made.save()
    record("mobility.appeal.answered", subject=made.application, by=by, at=at, upheld=upheld)
    return made
