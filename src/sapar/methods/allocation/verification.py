"""Prove or refute a result, on another way than the one on which it was found.

Here everybody's precedence is a plain tuple, compared one by one; no arrays, no keys, no mechanism.
Sources: blocking pairs: Gale & Shapley (1962); claims to a part of an offer: Kominers & Sönmez (2016).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sapar.methods.allocation.codec import digest
from sapar.methods.allocation.outcome import Allocation, Placement, allocate
from sapar.methods.allocation.problem import Applicant, Problem, Wish, check
from sapar.methods.allocation.ranking import Eligibility, check_seed, lottery_number, ranked_wishes
from sapar.methods.allocation.rules import failure
from sapar.methods.errors import MethodError

Precedence = tuple[float | str, ...]
PartName = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Something that may not be. `code`: `unknown_place`, `placed_twice`, `too_many`, `not_eligible`,
    `not_entitled` (a reserved place given to somebody it is not for), `held_place_lost`, `lottery`."""

    code: str
    applicant: str
    offer: str = ""
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class BlockingPair:
    """An applicant who prefers the offer to what they got, and whom it ought to have taken.

    `over`: who sits there with less precedence (justified envy); None: the place is empty (waste).
    """

    applicant: str
    offer: str
    part: str
    over: str | None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was found. `reproduced` is None when the mechanism was not run again."""

    problem_matches: bool
    lottery_matches: bool
    feasible: bool
    eligible: bool
    non_wasteful: bool
    envy_free: bool
    reproduced: bool | None
    violations: tuple[Violation, ...]
    blocking: tuple[BlockingPair, ...]

    @property
    def sound(self) -> bool:
        """The result belongs to the problem and breaks no rule; it may still be wasteful or envied."""
        return (
            self.problem_matches
            and self.lottery_matches
            and self.feasible
            and self.eligible
            and self.reproduced is not False
        )

    @property
    def stable(self) -> bool:
        return self.feasible and self.eligible and self.non_wasteful and self.envy_free


def verify(problem: Problem, allocation: Allocation, *, rerun: bool = True) -> Verification:
    """Check a result against its problem.

    Args:
        rerun: also run the mechanism again with the stored seed and compare everything.
    """
    check(problem)
    check_seed(allocation.seed)
    matches = digest(problem) == allocation.problem
    numbers = {one.code: lottery_number(allocation.seed, one.code) for one in problem.applicants}
    case = _Case(problem, allocation, numbers)
    violations = case.violations()
    lottery_matches = dict(allocation.lottery) == numbers
    blocking = case.blocking()
    faults = {violation.code for violation in violations}
    return Verification(
        problem_matches=matches,
        lottery_matches=lottery_matches,
        feasible=not faults & {"unknown_place", "placed_twice", "too_many", "held_place_lost"},
        eligible=not faults & {"not_eligible", "not_entitled"},
        non_wasteful=all(pair.over is not None for pair in blocking),
        envy_free=all(pair.over is None for pair in blocking),
        reproduced=_reproduced(problem, allocation) if rerun else None,
        violations=tuple(violations),
        blocking=tuple(blocking),
    )


def _reproduced(problem: Problem, allocation: Allocation) -> bool:
    try:
        return allocate(problem, mechanism=allocation.mechanism, seed=allocation.seed) == allocation
    except MethodError:
        return False


class _Case:
    def __init__(self, problem: Problem, allocation: Allocation, lottery: dict[str, int]) -> None:
        self.problem = problem
        self.allocation = allocation
        self.lottery = lottery
        eligibility = Eligibility(problem)
        self.failing: dict[tuple[str, str], bool] = {}
        for person in problem.applicants:
            wishes = ranked_wishes(problem, person)
            for wish, found in zip(wishes, eligibility.failures(person, wishes), strict=True):
                self.failing[person.code, wish.offer] = bool(found)
        self.seats: dict[PartName, list[str]] = defaultdict(list)
        for placement in allocation.placements:
            self.seats[placement.offer, placement.part].append(placement.applicant)
        self.frozen = {one.applicant for one in problem.holdings if not one.may_rise}

    def violations(self) -> list[Violation]:
        found = []
        seen: set[str] = set()
        for placement in self.allocation.placements:
            code = self._fault(placement, placement.applicant in seen)
            seen.add(placement.applicant)
            if code:
                found.append(
                    Violation(
                        code=code, applicant=placement.applicant, offer=placement.offer, part=placement.part
                    )
                )
        for (offer, part), people in self.seats.items():
            if offer in self.problem.offer_by_code and part in self.problem.offer_by_code[offer].parts:
                places = self.problem.offer_by_code[offer].places_of(part)
                found += [
                    Violation(code="too_many", applicant=one, offer=offer, part=part)
                    for one in people[places:]
                ]
        found += [
            Violation(code="held_place_lost", applicant=one.applicant, offer=one.offer, part=one.part)
            for one in self.problem.holdings
            if self._lost(one.applicant, one.offer)
        ]
        found += [
            Violation(code="lottery", applicant=code)
            for code, number in self.lottery.items()
            if self.allocation.lottery.get(code) != number
        ]
        return found

    def _fault(self, placement: Placement, twice: bool) -> str:
        person = self.problem.applicant_by_code.get(placement.applicant)
        offer = self.problem.offer_by_code.get(placement.offer)
        if person is None or offer is None or placement.part not in offer.parts:
            return "unknown_place"
        if twice:
            return "placed_twice"
        holding = self.problem.holding_of.get(person.code)
        if holding is not None and (holding.offer, holding.part) == (placement.offer, placement.part):
            return ""
        if self.failing.get((person.code, placement.offer), True) and (
            holding is None or holding.offer != placement.offer
        ):
            return "not_eligible"
        return "" if self.tier(person, placement.offer, placement.part) is not None else "not_entitled"

    def _lost(self, applicant: str, offer: str) -> bool:
        now = self.allocation.offer_of(applicant)
        if now == offer:
            return False
        wishes = [
            wish.offer for wish in ranked_wishes(self.problem, self.problem.applicant_by_code[applicant])
        ]
        return applicant in self.frozen or now not in wishes

    def tier(self, person: Applicant, offer: str, part: str) -> int | None:
        """0 guaranteed, 1 member, 2 and up by spill-over, None: not for this person."""
        holding = self.problem.holding_of.get(person.code)
        if holding is not None and (holding.offer, holding.part) == (offer, part):
            return 0
        for at, rules in enumerate(self.problem.offer_by_code[offer].groups_of(part), start=1):
            if all(failure(rule, person.facts) is None for rule in rules):
                return at
        return None

    def precedence(self, person: Applicant, wish: Wish, tier: int) -> Precedence:
        """Smaller goes first. Who holds a place without a score stands behind all who have one."""
        score = person.score_at(wish)
        ties: list[float] = []
        for criterion in self.problem.ties:
            value = person.facts.get(criterion.fact)
            known = isinstance(value, (int, float))
            number = float(value) if isinstance(value, (int, float)) else 0.0
            ties += [0.0 if known else 1.0, -number if criterion.higher_first else number]
        behind = (1.0, 0.0) if score is None else (0.0, -score)
        return (float(tier), *behind, *ties, float(self.lottery[person.code]), person.code)

    def blocking(self) -> list[BlockingPair]:
        worst = {part: self._worst(part, people) for part, people in self.seats.items()}
        found = []
        for person in self.problem.applicants:
            if person.code in self.frozen:
                continue
            now = self.allocation.offer_of(person.code)
            for wish in ranked_wishes(self.problem, person):
                if wish.offer == now:
                    break
                if not self.failing[person.code, wish.offer]:
                    found += self._claims(person, wish, worst)
        return found

    def _claims(
        self, person: Applicant, wish: Wish, worst: dict[PartName, tuple[Precedence, str] | None]
    ) -> list[BlockingPair]:
        """At most one empty place and one occupied place of the offer that the applicant ought to have."""
        offer = self.problem.offer_by_code[wish.offer]
        found: dict[bool, BlockingPair] = {}
        for part in offer.parts:
            tier = self.tier(person, offer.code, part)
            if tier is None:
                continue
            last = worst.get((offer.code, part))
            empty = len(self.seats.get((offer.code, part), [])) < offer.places_of(part)
            over = last[1] if last is not None and self.precedence(person, wish, tier) < last[0] else None
            if empty or over is not None:
                pair = BlockingPair(
                    applicant=person.code, offer=offer.code, part=part, over=None if empty else over
                )
                found.setdefault(empty, pair)
        return list(found.values())

    def _worst(self, part: PartName, people: list[str]) -> tuple[Precedence, str] | None:
        """The occupant with the least precedence, frozen places aside."""
        ranked = []
        for code in people:
            person = self.problem.applicant_by_code.get(code)
            if person is None or code in self.frozen or part[0] not in self.problem.offer_by_code:
                continue
            if part[1] not in self.problem.offer_by_code[part[0]].parts:
                continue
            tier = self.tier(person, *part)
            wish = next((one for one in person.wishes if one.offer == part[0]), Wish(part[0]))
            ranked.append((self.precedence(person, wish, 10**6 if tier is None else tier), code))
        return max(ranked, default=None)
