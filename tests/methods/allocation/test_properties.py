"""What must hold for every problem."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sapar.methods.allocation import (
    Allocation,
    Applicant,
    Holding,
    Mechanism,
    Problem,
    Wish,
    allocate,
    compare,
    digest,
    explain,
    from_plain,
    plain,
    refill,
    verify,
)
from tests.methods.allocation.cases import Assignment, all_stable, is_stable, problems, wish_number

SEEDS = st.integers(0, 2**32)


def assignment_of(problem: Problem, allocation: Allocation) -> Assignment:
    return {one.code: allocation.offer_of(one.code) for one in problem.applicants}


@given(problems(), SEEDS)
@settings(max_examples=90, deadline=None)
def test_deferred_acceptance_is_stable(problem: Problem, seed: int) -> None:
    result = allocate(problem, seed=seed)
    assert is_stable(problem, assignment_of(problem, result), seed)
    verdict = verify(problem, result)
    assert verdict.stable
    assert verdict.sound
    assert verdict.reproduced is True


@given(problems(people=4), SEEDS)
@settings(max_examples=50, deadline=None)
def test_nobody_does_better_in_any_stable_assignment(problem: Problem, seed: int) -> None:
    result = assignment_of(problem, allocate(problem, seed=seed))
    stable = all_stable(problem, seed)
    assert result in stable
    for other in stable:
        for person in problem.applicants:
            assert wish_number(person, result[person.code]) <= wish_number(person, other[person.code])


@given(problems(people=4, reserves=False), SEEDS)
@settings(max_examples=50, deadline=None)
def test_without_reserves_every_stable_assignment_places_the_same_people(problem: Problem, seed: int) -> None:
    """Rural hospitals theorem: Roth, Econometrica 54 (1986) 425-427."""
    result = assignment_of(problem, allocate(problem, seed=seed))
    for other in all_stable(problem, seed):
        for offer in problem.offers:
            mine = {code for code, place in result.items() if place == offer.code}
            theirs = {code for code, place in other.items() if place == offer.code}
            assert len(mine) == len(theirs)
            if len(mine) < offer.places:
                assert mine == theirs
        assert {c for c, place in result.items() if place} == {c for c, place in other.items() if place}


@given(problems(reserves=False, common_score=True), SEEDS)
@settings(max_examples=50, deadline=None)
def test_under_one_common_score_deferred_acceptance_is_serial_dictatorship(
    problem: Problem, seed: int
) -> None:
    deferred = allocate(problem, seed=seed)
    serial = allocate(problem, mechanism="serial_dictatorship", seed=seed)
    assert deferred.placements == serial.placements
    assert deferred.cutoffs == serial.cutoffs


@given(problems(), SEEDS, st.sampled_from(list(Mechanism)))
@settings(max_examples=90, deadline=None)
def test_every_mechanism_is_feasible_and_gives_only_to_the_eligible(
    problem: Problem, seed: int, mechanism: Mechanism
) -> None:
    result = allocate(problem, mechanism=mechanism, seed=seed)
    verdict = verify(problem, result)
    assert verdict.sound
    assert not verdict.violations
    reasons = list(explain(problem, result))
    assert [(r.applicant, r.wish) for r in reasons] == [
        (one.code, at) for one in problem.applicants for at in range(1, len(one.wishes) + 1)
    ]
    assert {r.applicant for r in reasons if r.code == "placed"} == set(result.placement_of)
    claimed = {(pair.applicant, pair.offer) for pair in verdict.blocking}
    assert {(r.applicant, r.offer) for r in reasons if r.code == "given_earlier"} == claimed


@given(problems(), SEEDS)
@settings(max_examples=50, deadline=None)
def test_an_applicant_without_a_chance_changes_nobody(problem: Problem, seed: int) -> None:
    outsider = Applicant(
        code="zz", score=100.0, wishes=(Wish(problem.offers[0].code),), facts={"gpa": 2, "group": "law"}
    )
    with_outsider = replace(problem, applicants=(outsider, *problem.applicants))
    assert allocate(with_outsider, seed=seed).placements == allocate(problem, seed=seed).placements


@given(problems(), SEEDS)
@settings(max_examples=50, deadline=None)
def test_an_unplaced_applicant_who_leaves_changes_nobody(problem: Problem, seed: int) -> None:
    result = allocate(problem, seed=seed)
    unplaced = [one for one in problem.applicants if result.offer_of(one.code) is None]
    assume(unplaced and len(problem.applicants) > 1)
    fewer = replace(problem, applicants=tuple(one for one in problem.applicants if one != unplaced[0]))
    assert allocate(fewer, seed=seed).placements == result.placements


@given(problems(), SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_order_of_listing_changes_nothing(problem: Problem, seed: int) -> None:
    turned = replace(problem, applicants=problem.applicants[::-1], offers=problem.offers[::-1])
    assert digest(turned) == digest(problem)
    one, other = allocate(problem, seed=seed), allocate(turned, seed=seed)
    assert one.placements == other.placements
    assert one.lottery == other.lottery


@given(problems(), SEEDS, st.sampled_from([0.5, 4.0, 1024.0]))
@settings(max_examples=40, deadline=None)
def test_the_unit_of_the_scores_changes_nothing(problem: Problem, seed: int, factor: float) -> None:
    scaled = replace(
        problem,
        applicants=tuple(
            replace(
                one,
                score=None if one.score is None else one.score * factor,
                wishes=tuple(
                    Wish(w.offer, None if w.score is None else w.score * factor) for w in one.wishes
                ),
            )
            for one in problem.applicants
        ),
    )
    assert assignment_of(problem, allocate(problem, seed=seed)) == assignment_of(
        scaled, allocate(scaled, seed=seed)
    )


@given(problems(people=4), SEEDS, st.data())
@settings(max_examples=60, deadline=None)
def test_untrue_wishes_never_help(problem: Problem, seed: int, data: st.DataObject) -> None:
    """Strategy-proofness with slot-specific priorities: Kominers & Sönmez (2016)."""
    person = data.draw(st.sampled_from(problem.applicants))
    untrue = data.draw(st.permutations(person.wishes))[: data.draw(st.integers(0, len(person.wishes)))]
    lying = replace(
        problem,
        applicants=tuple(
            replace(one, wishes=tuple(untrue)) if one == person else one for one in problem.applicants
        ),
    )
    honest = allocate(problem, seed=seed).offer_of(person.code)
    assert wish_number(person, honest) <= wish_number(
        person, allocate(lying, seed=seed).offer_of(person.code)
    )


@given(problems(), SEEDS, st.data())
@settings(max_examples=50, deadline=None)
def test_a_better_score_never_hurts(problem: Problem, seed: int, data: st.DataObject) -> None:
    """Respect of unambiguous improvements: Kominers & Sönmez (2016)."""
    person = data.draw(st.sampled_from(problem.applicants))
    assume(person.wishes)
    at = data.draw(st.integers(0, len(person.wishes) - 1))
    wishes = list(person.wishes)
    wishes[at] = Wish(wishes[at].offer, (person.score_at(wishes[at]) or 0.0) + 1.5)
    better = replace(
        problem,
        applicants=tuple(
            replace(one, wishes=tuple(wishes)) if one == person else one for one in problem.applicants
        ),
    )
    before, after = (allocate(one, seed=seed).offer_of(person.code) for one in (problem, better))
    assert wish_number(person, after) <= wish_number(person, before)


@given(problems(), SEEDS, st.data())
@settings(max_examples=80, deadline=None)
def test_refill_takes_nothing_from_anybody(problem: Problem, seed: int, data: st.DataObject) -> None:
    result = allocate(problem, seed=seed)
    fate = {
        one.code: data.draw(st.sampled_from(["gone", "sure", "ready", "open"])) for one in problem.applicants
    }
    gone = {code for code, what in fate.items() if what == "gone"}
    assume(len(gone) < len(fate))
    placed = set(result.placement_of) - gone
    sure = {code for code in placed if fate[code] == "sure"}
    ready = {code for code in placed if fate[code] == "ready"}
    after = refill(problem, result, withdrawn=gone, confirmed=sure | ready, willing=ready)
    for person in after.problem.applicants:
        before, now = result.offer_of(person.code), after.allocation.offer_of(person.code)
        assert wish_number(person, now) <= wish_number(person, before)
        if person.code in sure:
            assert now == before
    verdict = verify(after.problem, after.allocation)
    assert verdict.sound
    assert verdict.stable
    assert {(move.applicant, move.before, move.after) for move in after.moves} == {
        (one.code, result.offer_of(one.code), after.allocation.offer_of(one.code))
        for one in problem.applicants
        if result.offer_of(one.code) != after.allocation.offer_of(one.code)
    }
    list(explain(after.problem, after.allocation))


@given(problems(), SEEDS)
@settings(max_examples=40, deadline=None)
def test_plain_data_survive_json(problem: Problem, seed: int) -> None:
    result = allocate(problem, seed=seed)
    again = from_plain(Problem, json.loads(json.dumps(plain(problem))))
    assert again == problem
    assert digest(again) == digest(problem)
    assert from_plain(Allocation, json.loads(json.dumps(plain(result)))) == result


@given(problems(), SEEDS)
@settings(max_examples=40, deadline=None)
def test_comparison_counts_add_up(problem: Problem, seed: int) -> None:
    for line in compare(problem, seed=seed):
        assert line.placed == sum(line.by_wish)
        assert line.placed + line.unplaced == sum(1 for one in problem.applicants if one.wishes)
        assert line.placed + line.unused == sum(offer.places for offer in problem.offers)
        if line.mechanism is Mechanism.DEFERRED_ACCEPTANCE:
            assert line.envious == line.waste == 0


@given(problems(), SEEDS, st.data())
@settings(max_examples=40, deadline=None)
def test_frozen_places_stay_and_the_others_lose_nothing(
    problem: Problem, seed: int, data: st.DataObject
) -> None:
    result = allocate(problem, seed=seed)
    frozen = tuple(
        Holding(applicant=one.applicant, offer=one.offer, part=one.part)
        for one in result.placements
        if data.draw(st.booleans())
    )
    again = replace(problem, holdings=frozen)
    later = allocate(again, seed=seed)
    verdict = verify(again, later)
    assert verdict.sound
    assert verdict.stable
    for person in problem.applicants:
        before, now = result.offer_of(person.code), later.offer_of(person.code)
        assert wish_number(person, now) <= wish_number(person, before)
        if person.code in {one.applicant for one in frozen}:
            assert now == before
