"""Every reason, and every table of dealt places, against what the definitions say; on small cases, by brute force."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from sapar.methods.allocation import (
    Applicant,
    Claim,
    Holding,
    Offer,
    Problem,
    Rule,
    Test,
    Wish,
    allocate,
    deal,
    explain,
    refill,
    split,
    verify,
)
from sapar.methods.errors import MethodError
from tests.methods.allocation.reasons_reference import expected, told
from tests.methods.allocation.reference import drawn


def held(rng: random.Random, problem: Problem) -> Problem:
    """Some applicants hold a place, wished or not, frozen or not."""
    holdings: list[Holding] = []
    seats: Counter[tuple[str, str]] = Counter()
    for person in problem.applicants:
        offer = rng.choice(problem.offers)
        part = rng.choice(offer.parts)
        if rng.random() < 0.4 and seats[offer.code, part] < offer.places_of(part):
            seats[offer.code, part] += 1
            holdings.append(
                Holding(applicant=person.code, offer=offer.code, part=part, may_rise=rng.random() < 0.6)
            )
    return replace(problem, holdings=tuple(holdings))


@pytest.mark.parametrize("batch", range(4))
def test_every_reason_is_what_the_definitions_say(batch: int) -> None:
    codes: Counter[str] = Counter()
    for at in range(25):
        rng = random.Random(1000 * batch + at)
        problem = drawn(rng, people=9)
        for case in (problem, held(rng, problem)):
            explanation = explain(case, allocate(case, seed=at))
            assert told(explanation) == expected(case, at)
            codes.update(reason.code for reason in explanation)
            codes.update(part.decided_by for reason in explanation for part in reason.parts)
    assert len(codes) > 9  # most codes, and most of what can decide


def test_the_reasons_after_a_refill_are_what_the_definitions_say() -> None:
    for at in range(40):
        rng = random.Random(at)
        problem = drawn(rng)
        first = allocate(problem, seed=at)
        placed = [one.applicant for one in first.placements]
        gone = {code for code in placed if rng.random() < 0.3}
        confirmed = {code for code in placed if code not in gone and rng.random() < 0.5}
        if len(gone) == len(problem.applicants):
            continue
        later = refill(
            problem, first, withdrawn=gone, confirmed=confirmed, willing=sorted(confirmed)[: at % 2]
        )
        assert told(explain(later.problem, later.allocation)) == expected(later.problem, at)
        verdict = verify(later.problem, later.allocation)
        assert (verdict.sound, verdict.stable) == (True, True)


def test_a_wish_behind_the_place_held_says_that_it_was_never_open() -> None:
    gpa = Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=3)
    problem = Problem(
        applicants=(
            Applicant(code="a", score=1.0, wishes=(Wish("A"), Wish("B")), facts={"gpa": 4, "age": 17}),
        ),
        offers=(
            Offer(code="A", places=1),
            Offer(
                code="B",
                places=1,
                rules=(Rule(code="age", fact="age", test=Test.AT_LEAST, required=18),),
            ),
        ),
        rules=(gpa,),
    )
    first = allocate(problem, seed=1)
    again = replace(problem, holdings=(Holding(applicant="a", offer="A", may_rise=True),))
    for case, result, codes in (
        (problem, first, ["placed", "not_eligible"]),
        (again, allocate(again, seed=1), ["kept", "not_eligible"]),
    ):
        assert [reason.code for reason in explain(case, result).of("a")] == codes


def tables(rows: list[int], columns: list[int], allowed: list[list[bool]]) -> list[list[list[int]]]:
    """All tables of whole numbers with these sums."""
    found = []
    lines = [
        [
            line
            for line in product(
                *(range(min(row, c) + 1 if ok else 1) for c, ok in zip(columns, free, strict=True))
            )
            if sum(line) == row
        ]
        for row, free in zip(rows, allowed, strict=True)
    ]
    for table in product(*lines):
        if [sum(column) for column in zip(*table, strict=True)] == columns:
            found.append([list(line) for line in table])
    return found


def far(x: int, ideal: Fraction) -> Fraction:
    """Distance from the proportional number, counted double beyond the whole numbers around it."""
    low = ideal.numerator // ideal.denominator
    if x <= low:
        return ideal - low + 2 * (low - x)
    return low + 1 - ideal + 2 * (x - low - 1)


def test_dealt_tables_are_the_nearest_to_proportional_ones() -> None:
    refused = 0
    for at in range(60):
        rng = random.Random(at)
        claims = [Claim(code=code, weight=rng.randint(1, 5)) for code in "xyz"[: rng.randint(1, 3)]]
        codes = [claim.code for claim in claims]
        offers = [
            Offer(
                code=str(number),
                places=rng.randint(0, 4),
                faculties=tuple(rng.sample(codes, rng.randint(1, len(codes)))) if rng.random() < 0.3 else (),
            )
            for number in range(rng.randint(1, 4))
        ]
        rows = [offer.places for offer in offers]
        wanted = [share.places for share in split(sum(rows), claims)]
        allowed = [[not offer.faculties or code in offer.faculties for code in codes] for offer in offers]
        possible = tables(rows, wanted, allowed)
        ideal = [
            [
                Fraction(c * row, total) if ok and total else Fraction(0)
                for c, ok in zip(wanted, free, strict=True)
            ]
            for row, free in zip(rows, allowed, strict=True)
            for total in [sum(c for c, ok in zip(wanted, free, strict=True) if ok)]
        ]

        def cost(table: list[list[int]], ideal: list[list[Fraction]] = ideal) -> Fraction:
            return sum(
                (
                    far(x, i)
                    for line, by in zip(table, ideal, strict=True)
                    for x, i in zip(line, by, strict=True)
                ),
                Fraction(0),
            )

        if not possible:
            refused += 1
            with pytest.raises(MethodError, match="do not allow") as refusal:
                deal(offers, claims)
            assert refusal.value.code == "allocation.split_impossible"
            continue
        shares, dealt = deal(offers, claims)
        assert [share.places for share in shares] == wanted
        reserved = [{one.code: one.places for one in offer.reserves} for offer in dealt]
        table = [[line.get(code, 0) for code in codes] for line in reserved]
        assert table in possible
        assert cost(table) == min(map(cost, possible))
    assert 0 < refused < 30


def limited_quotas(places: int, claims: list[Claim]) -> list[float]:
    """Shares proportional to weight, each cut at its limits, that add up to `places`: by bisection."""
    low, high = 0.0, 100.0
    for _ in range(60):
        level = (low + high) / 2
        cut = [
            min(max(level * one.weight, one.minimum), places if one.maximum is None else one.maximum)
            for one in claims
        ]
        low, high = (level, high) if sum(cut) < places else (low, level)
    return cut


@pytest.mark.parametrize("rule", ["largest_remainder", "sainte_lague", "d_hondt", "rounds"])
def test_splits_are_the_best_of_all_within_the_limits(rule: str) -> None:
    def strength(weight: float, given: int) -> Fraction:
        if rule == "rounds":
            return Fraction(-given)
        return Fraction(weight) / (2 * given + 1 if rule == "sainte_lague" else given + 1)

    for at in range(60):
        rng = random.Random(at)
        claims = [
            Claim(
                code=str(number), weight=rng.randint(1, 9), minimum=(low := rng.choice([0, 0, 1, 2])),
                maximum=rng.choice([None, None, low, low + 2]),
            )
            for number in range(rng.randint(1, 4))
        ]  # fmt: skip
        places = rng.randint(0, 12)
        lowest = sum(claim.minimum for claim in claims)
        highest = sum(places if claim.maximum is None else claim.maximum for claim in claims)
        if not lowest <= places <= highest:
            with pytest.raises(MethodError):
                split(places, claims, rule=rule)
            continue
        shares = split(places, claims, rule=rule)
        assert sum(share.places for share in shares) == places
        for one, share in zip(claims, shares, strict=True):
            assert one.minimum <= share.places <= (places if one.maximum is None else one.maximum)
        if rule == "largest_remainder":
            for share, quota in zip(shares, limited_quotas(places, claims), strict=True):
                assert abs(share.places - quota) < 1 + 1e-6
            continue
        # No place moved from one to another, within the limits, would go to a stronger claim.
        for one, mine in zip(claims, shares, strict=True):
            for other, theirs in zip(claims, shares, strict=True):
                can_take = one.maximum is None or mine.places < one.maximum
                can_give = theirs.places > other.minimum
                if one is not other and can_take and can_give:
                    assert strength(one.weight, mine.places) <= strength(other.weight, theirs.places - 1)
