"""Thousands of small markets, each against the plain reference and against what theory promises."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest

from sapar.methods.allocation import (
    Applicant,
    Holding,
    Offer,
    Problem,
    Wish,
    allocate,
    lottery_number,
    refill,
    verify,
)
from tests.methods.allocation.cases import wish_number
from tests.methods.allocation.reference import drawn, lot, places_of_everyone

BATCHES = range(8)
MARKETS = 250


def placed(problem: Problem, seed: int) -> dict[str, tuple[str, str]]:
    return {one.applicant: (one.offer, one.part) for one in allocate(problem, seed=seed).placements}


def test_the_lottery_is_the_published_hash() -> None:
    """`printf '2026:aibek' | sha256sum`: the first 13 hexadecimal digits are the first 52 bits."""
    for seed, code in ((2026, "aibek"), (-1, "Ө"), (10**30, "a b")):
        assert lottery_number(seed, code) == lot(seed, code)


@pytest.mark.parametrize("batch", BATCHES)
def test_the_result_is_that_of_the_plain_reference(batch: int) -> None:
    rng = random.Random(batch)
    for seed in range(MARKETS):
        problem = drawn(rng)
        assert placed(problem, seed) == places_of_everyone(problem, seed), problem


@pytest.mark.parametrize("batch", BATCHES)
def test_with_places_kept_and_frozen_the_result_is_that_of_the_plain_reference(batch: int) -> None:
    rng = random.Random(1_000 + batch)
    for seed in range(MARKETS // 2):
        problem = drawn(rng)
        earlier = placed(problem, seed)
        kept = tuple(
            Holding(applicant=code, offer=offer, part=part, may_rise=rng.random() < 0.6)
            for code, (offer, part) in sorted(earlier.items())
            if rng.random() < 0.7
        )
        later = replace(drawn_again(rng, problem), holdings=kept)
        assert placed(later, seed + 1) == places_of_everyone(later, seed + 1), later


def drawn_again(rng: random.Random, problem: Problem) -> Problem:
    """The same offers and people with other wishes and scores, so that places held are no longer what one wishes."""
    codes = [offer.code for offer in problem.offers]
    return replace(
        problem,
        applicants=tuple(
            replace(
                one,
                score=None if rng.random() < 0.2 else float(rng.randint(0, 2)),
                wishes=tuple(Wish(code) for code in rng.sample(codes, rng.randint(0, len(codes)))),
            )
            for one in problem.applicants
        ),
    )


@pytest.mark.parametrize("batch", range(3))
def test_no_list_of_wishes_serves_better_than_the_true_one(batch: int) -> None:
    """Strategy-proofness by brute force: every applicant tries every order of every subset of the offers."""
    rng = random.Random(2_000 + batch)
    for seed in range(12):
        problem = drawn(rng, people=4, offers=3)
        codes = [offer.code for offer in problem.offers]
        lists = [some for size in range(len(codes) + 1) for some in permutations(codes, size)]
        honest = placed(problem, seed)
        for person in problem.applicants:
            own = {wish.offer: wish for wish in person.wishes}
            truth = wish_number(person, honest.get(person.code, (None,))[0])
            for untrue in lists:
                lie = replace(person, wishes=tuple(own.get(code, Wish(code)) for code in untrue))
                people = tuple(lie if one == person else one for one in problem.applicants)
                got = placed(replace(problem, applicants=people), seed).get(person.code, (None,))[0]
                assert truth <= wish_number(person, got)


def test_immediate_acceptance_can_be_played() -> None:
    """The brute force finds a useful lie where there is one."""
    useful = 0
    rng = random.Random(5)
    for seed in range(30):
        problem = drawn(rng, people=5, offers=3)
        for person in problem.applicants:
            for untrue in permutations(person.wishes):
                lie = replace(person, wishes=untrue)
                people = tuple(lie if one == person else one for one in problem.applicants)
                results = [
                    allocate(one, mechanism="immediate_acceptance", seed=seed).offer_of(person.code)
                    for one in (problem, replace(problem, applicants=people))
                ]
                useful += wish_number(person, results[1]) < wish_number(person, results[0])
    assert useful


def numbers(problem: Problem, seed: int) -> dict[str, int]:
    got = placed(problem, seed)
    return {one.code: wish_number(one, got.get(one.code, (None,))[0]) for one in problem.applicants}


def test_one_more_open_place_hurts_nobody() -> None:
    rng = random.Random(6)
    for seed in range(200):
        problem = drawn(rng)
        chosen = rng.choice(problem.offers)
        more = replace(
            problem,
            offers=tuple(replace(o, places=o.places + 1) if o is chosen else o for o in problem.offers),
        )
        before, after = numbers(problem, seed), numbers(more, seed)
        assert all(after[code] <= before[code] for code in before)


def test_one_applicant_less_hurts_nobody_and_an_irrelevant_one_changes_nobody() -> None:
    rng = random.Random(7)
    irrelevant = 0
    for seed in range(200):
        problem = drawn(rng)
        if len(problem.applicants) == 1:
            continue
        gone = rng.choice(problem.applicants)
        fewer = replace(problem, applicants=tuple(one for one in problem.applicants if one is not gone))
        before, after = numbers(problem, seed), numbers(fewer, seed)
        assert all(after[code] <= before[code] for code in after)
        if gone.code not in placed(problem, seed):
            irrelevant += 1
            assert placed(fewer, seed) == placed(problem, seed)
    assert irrelevant > 50


def test_the_order_of_rows_changes_nothing_at_all() -> None:
    rng = random.Random(8)
    for seed in range(100):
        problem = drawn(rng)
        turned = replace(
            problem,
            applicants=tuple(rng.sample(problem.applicants, len(problem.applicants))),
            offers=tuple(rng.sample(problem.offers, len(problem.offers))),
        )
        one, other = allocate(problem, seed=seed), allocate(turned, seed=seed)
        assert one.problem == other.problem
        assert one.placements == other.placements
        assert {(c.offer, c.part): c for c in one.cutoffs} == {(c.offer, c.part): c for c in other.cutoffs}
        assert sorted(one.reserve_lists, key=str) == sorted(other.reserve_lists, key=str)


def test_refill_moves_confirmed_people_only_upwards_and_only_if_they_agreed() -> None:
    rng = random.Random(9)
    moved = stayed = 0
    for seed in range(300):
        problem = drawn(rng)
        result = allocate(problem, seed=seed)
        people = [one.applicant for one in result.placements]
        gone = {code for code in people if rng.random() < 0.3}
        if len(gone) == len(problem.applicants):
            continue
        confirmed = {code for code in people if code not in gone and rng.random() < 0.7}
        willing = {code for code in confirmed if rng.random() < 0.5}
        after = refill(problem, result, withdrawn=gone, confirmed=confirmed, willing=willing)
        assert verify(after.problem, after.allocation).sound
        by_code = {one.code: one for one in problem.applicants}
        for code in confirmed:
            before, now = result.offer_of(code), after.allocation.offer_of(code)
            if code in willing:
                moved += before != now
                assert wish_number(by_code[code], now) <= wish_number(by_code[code], before)
            else:
                stayed += 1
                assert now == before
                assert after.allocation.placement_of[code].part == result.placement_of[code].part
    assert moved
    assert stayed > 100


def test_thirty_thousand_equal_lists_are_drawn_by_lot() -> None:
    """Everybody wishes the same with the same score: whoever has the lowest numbers goes, and everyone is told."""
    n = 30_000
    problem = Problem(
        applicants=tuple(
            Applicant(code=f"{at}", score=5.0, wishes=(Wish("a"), Wish("b"))) for at in range(n)
        ),
        offers=(Offer(code="a", places=7), Offer(code="b", places=5)),
    )
    result = allocate(problem, seed=1)
    order = sorted(range(n), key=lambda at: lot(1, f"{at}"))
    assert {one.applicant for one in result.placements if one.offer == "a"} == {f"{at}" for at in order[:7]}
    assert {one.applicant for one in result.placements if one.offer == "b"} == {f"{at}" for at in order[7:12]}
    assert [one.applicants[:2] for one in result.reserve_lists] == [
        (f"{order[7]}", f"{order[8]}"), (f"{order[12]}", f"{order[13]}")
    ]  # fmt: skip
