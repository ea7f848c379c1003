"""Why each wish came true or not, from the definitions alone: places by the slow reference, queues as lists."""

from __future__ import annotations

from sapar.methods.allocation import Applicant, Explanation, Holding, Offer, Problem
from tests.methods.allocation.reference import lot, places_of_everyone, wishes

Standing = tuple[int, tuple[float, float], tuple[float, float], int]
Value = float | None
# Part, places, position, tier, cut-off, decided by, own value, last value.
PartLine = tuple[str, int, int | None, int | None, Value, str, Value, Value]
# Offer, code, score, rules not met, parts.
Line = tuple[str, str, Value, tuple[str, ...], tuple[PartLine, ...]]


class Case:
    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem, self.seed = problem, seed
        self.people = {one.code: one for one in problem.applicants}
        self.held: dict[str, Holding] = {one.applicant: one for one in problem.holdings}
        self.frozen = {code for code, one in self.held.items() if not one.may_rise}
        self.places = places_of_everyone(problem, seed)

    def standing(self, offer: Offer, part: str, person: Applicant) -> Standing | None:
        """What puts a person before others in a part: smaller goes first; None: no place of it is for them."""
        tier = self._tier(offer, part, person)
        if tier is None:
            return None
        score, credits = score_at(person, offer.code), person.facts.get("credits")
        by_score = (1.0, 0.0) if score is None else (0.0, -score)
        by_credits = (0.0, -float(credits)) if isinstance(credits, int) else (1.0, 0.0)
        return tier, by_score, by_credits, lot(self.seed, person.code)

    def _tier(self, offer: Offer, part: str, person: Applicant) -> int | None:
        mine = self.held.get(person.code)
        if mine is not None and (mine.offer, mine.part) == (offer.code, part):
            return 0
        rules = {reserve.code: reserve.rules for reserve in offer.reserves} | {"open": ()}
        spill = {reserve.code: reserve.spill for reserve in offer.reserves} | {"open": ()}
        steps = enumerate((part, *spill[part]), 1)
        fits = (at for at, code in steps if all(person.facts["group"] == r.required for r in rules[code]))
        return next(fits, None)

    def wants(self, offer: Offer, part: str, person: Applicant) -> bool:
        """Whether the person could sit in the part, sits in no other of the offer, and nowhere better."""
        if person.code in self.frozen or self.standing(offer, part, person) is None:
            return False
        mine, now = wishes(person, self.held.get(person.code)), self.places.get(person.code)
        if offer.code not in mine:
            return False
        if now is None or now == (offer.code, part):
            return True
        return now[0] != offer.code and mine.index(offer.code) < mine.index(now[0])

    def part_line(self, offer: Offer, part: str, person: Applicant) -> PartLine:
        def rank(one: Applicant) -> Standing:
            found = self.standing(offer, part, one)
            assert found is not None
            return found

        here = [code for code, place in self.places.items() if place == (offer.code, part)]
        size = offer.places_of(part) - len(self.frozen & set(here))
        seated = sorted((self.people[code] for code in here if code not in self.frozen), key=rank)
        last = seated[-1] if seated else None
        cutoff = None if last is None else score_at(last, offer.code)
        mine = self.standing(offer, part, person)
        if mine is None:
            return part, size, None, None, cutoff, "reserved", None, None
        queue = sorted((one for one in self.people.values() if self.wants(offer, part, one)), key=rank)
        decided: tuple[str, Value, Value] = ("placed", None, None)
        if self.places.get(person.code) != (offer.code, part):
            decided = ("places", None, None) if not size else ("mechanism", None, None)
            if size and last is not None and len(seated) == size and mine > rank(last):
                decided = self._difference(offer, person, last, mine, rank(last))
        position = queue.index(person) + 1 if person in queue else None
        return part, size, position, mine[0], cutoff, *decided

    def _difference(
        self, offer: Offer, person: Applicant, last: Applicant, mine: Standing, theirs: Standing
    ) -> tuple[str, Value, Value]:
        at = next(at for at in range(4) if mine[at] != theirs[at])
        pairs: tuple[tuple[str, Value, Value], ...] = (
            ("tier", float(mine[0]), float(theirs[0])),
            ("score", score_at(person, offer.code), score_at(last, offer.code)),
            ("credits", _number(person), _number(last)),
            ("lottery", float(mine[3]), float(theirs[3])),
        )
        return pairs[at]

    def line(self, person: Applicant, number: int) -> Line:
        wish, now = person.wishes[number], self.places.get(person.code)
        offer, score = self.problem.offer_by_code[wish.offer], score_at(person, wish.offer)
        came_true = [at for at, one in enumerate(person.wishes) if now is not None and one.offer == now[0]]
        parts = tuple(self.part_line(offer, part, person) for part in offer.parts)
        if came_true == [number]:
            holding = self.held.get(person.code)
            code = "kept" if holding is not None and holding.offer == wish.offer else "placed"
            taken = (
                () if person.code in self.frozen else (one for one in parts if now == (offer.code, one[0]))
            )
            return wish.offer, code, score, (), tuple(taken)
        if person.code in self.frozen:
            return wish.offer, "frozen_elsewhere", score, (), ()
        if failed := _rules_not_met(person, score):
            return wish.offer, "not_eligible", score, failed, ()
        if came_true and came_true[0] < number:
            return wish.offer, "placed_higher", score, (), ()
        return wish.offer, _refused(parts), score, (), parts


def _refused(parts: tuple[PartLine, ...]) -> str:
    deciders = {one[5] for one in parts if one[1]}
    return "no_places" if not deciders else "reserved" if deciders == {"reserved"} else "below_cutoff"


def _rules_not_met(person: Applicant, score: Value) -> tuple[str, ...]:
    gpa = person.facts["gpa"]
    assert isinstance(gpa, int)
    return (*(["no_score"] if score is None else []), *(["gpa"] if gpa < 3 else []))


def score_at(person: Applicant, offer: str) -> Value:
    own = next((wish.score for wish in person.wishes if wish.offer == offer), None)
    return person.score if own is None else own


def _number(person: Applicant) -> Value:
    credits = person.facts.get("credits")
    return float(credits) if isinstance(credits, int) else None


def expected(problem: Problem, seed: int) -> dict[tuple[str, int], Line]:
    """The reason of every wish of every applicant; wishes count from 1."""
    case = Case(problem, seed)
    return {
        (person.code, number + 1): case.line(person, number)
        for person in problem.applicants
        for number in range(len(person.wishes))
    }


def told(explanation: Explanation) -> dict[tuple[str, int], Line]:
    """The same of what `explain` says."""
    return {
        (one.applicant, one.wish): (
            one.offer, one.code, one.score, tuple(failure.rule for failure in one.failures),
            tuple(
                (p.part, p.places, p.position, p.tier, p.cutoff, p.decided_by, p.own, p.last) for p in one.parts
            ),
        )
        for one in explanation
    }  # fmt: skip
