"""A call as the allocation sees it. Applicants and places are named by their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sapar.methods import allocation as method
from sapar.mobility.eligibility import facts_for, rules_for
from sapar.mobility.errors import NothingToPlace
from sapar.mobility.models import Call, CallPlace, PlacingRun, Wish
from sapar.mobility.states import ApplicationState

_A = ApplicationState
TAKING_PART = (_A.COMPLETE, _A.PLACED, _A.RESERVE, _A.INELIGIBLE, _A.CONFIRMED)


def problem_of(call: Call) -> method.Problem:
    """Those who take part with their frozen facts, and the places with their rules; three queries."""
    wishes: defaultdict[int, list[method.Wish]] = defaultdict(list)
    named: dict[int, method.Wish] = {}
    rows = Wish.objects.filter(application__call=call, application__state__in=TAKING_PART)
    for application, place in rows.order_by("rank").values_list("application_id", "place_id").iterator(5000):
        wish = named.get(place) or named.setdefault(place, method.Wish(str(place)))
        wishes[application].append(wish)
    people = call.applications.filter(state__in=TAKING_PART).order_by("pk")
    applicants = tuple(
        method.Applicant(
            code=str(pk),
            score=float(score) if score is not None else None,
            wishes=tuple(wishes[pk]),
            facts=facts_for(facts),
        )
        for pk, score, facts in people.values_list("pk", "score", "facts").iterator(5000)
    )
    return method.Problem(
        applicants=applicants, offers=offers_of(call.places.order_by("pk")), rules=rules_for(call.rules)
    )


def offers_of(places: Iterable[CallPlace]) -> tuple[method.Offer, ...]:
    return tuple(_offer(place) for place in places)


def _offer(place: CallPlace) -> method.Offer:
    return method.Offer(
        code=str(place.pk),
        places=place.seats,
        levels=(place.level,) if place.level else (),
        fields=(place.isced_f,) if place.isced_f else (),
        languages=(f"{place.language}:{place.language_level}",) if place.language_level else (),
        rules=rules_for(place.rules),
        reserves=tuple(method.from_plain(method.Reserve, reserve) for reserve in place.reserves),
    )


def refill_of(before: PlacingRun) -> method.Refill:
    """What becomes free is given again. Whoever confirmed stays; nobody loses a place."""
    problem = method.from_plain(method.Problem, before.problem)
    result = method.from_plain(method.Allocation, before.result)
    states = dict(before.call.applications.values_list("pk", "state"))
    codes = [one.code for one in problem.applicants]
    gone = {code for code in codes if states.get(int(code)) not in TAKING_PART}
    if len(gone) == len(codes):
        raise NothingToPlace
    confirmed = {code for code in codes if states.get(int(code)) == _A.CONFIRMED and result.offer_of(code)}
    return method.refill(problem, result, withdrawn=gone, confirmed=confirmed)
