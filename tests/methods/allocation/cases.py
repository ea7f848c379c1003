"""Problems for the tests: drawn at random, and a slow, plain reference to compare with."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from sapar.methods.allocation import Applicant, Criterion, Offer, Problem, Reserve, Rule, Test, Wish
from sapar.methods.allocation.ranking import lottery_number

GROUPS = ("law", "med")
Assignment = dict[str, str | None]


def member_of(group: str) -> Rule:
    return Rule(code=group, fact="group", test=Test.EQUALS, required=group)


@st.composite
def offers(draw: st.DrawFn, code: str, *, reserves: bool) -> Offer:
    places = draw(st.integers(0, 3))
    kept: list[Reserve] = []
    left = places
    for group in GROUPS if reserves else ():
        count = draw(st.integers(0, left))
        others = [other for other in GROUPS if other != group]
        spill = draw(st.sampled_from([(), ("open",), (*others, "open"), tuple(others)]))
        kept.append(Reserve(code=group, places=count, rules=(member_of(group),), spill=spill))
        left -= count
    order = draw(st.permutations([*(GROUPS if reserves else ()), "open"]))
    return Offer(code=code, places=places, reserves=tuple(kept), order=tuple(order))


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    people: int = 5,
    destinations: int = 3,
    reserves: bool = True,
    common_score: bool = False,
) -> Problem:
    """Small problems with many ties, some ineligible wishes and all kinds of reserves."""
    codes = [f"o{at}" for at in range(draw(st.integers(1, destinations)))]
    applicants = []
    for at in range(draw(st.integers(1, people))):
        wanted = draw(st.permutations(codes))[: draw(st.integers(0, len(codes)))]
        own = st.none() if common_score else st.one_of(st.none(), st.integers(0, 3).map(float))
        facts: dict[str, str | int] = {"group": draw(st.sampled_from([*GROUPS, "other"]))}
        facts["gpa"] = draw(st.integers(2, 5))
        if draw(st.booleans()):
            facts["credits"] = draw(st.integers(0, 1))
        applicants.append(
            Applicant(
                code=f"a{at}",
                score=float(draw(st.integers(0, 3))),
                wishes=tuple(Wish(code, draw(own)) for code in wanted),
                facts=facts,
            )
        )
    return Problem(
        applicants=tuple(applicants),
        offers=tuple(draw(offers(code, reserves=reserves)) for code in codes),
        rules=(Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=3),),
        ties=(Criterion(fact="credits"),),
    )


def eligible(person: Applicant) -> bool:
    return person.facts["gpa"] >= 3  # type: ignore[operator]  # drawn as a whole number


def chosen(problem: Problem, offer: Offer, people: list[Applicant], seed: int) -> dict[str, str]:
    """The offer's choice by slot-specific priorities: applicant → part, part by part in their order."""
    left, taken = list(people), {}
    for part in offer.parts:

        def key(person: Applicant, part: str = part) -> tuple[float, ...] | None:
            tier = next(
                (
                    at
                    for at, rules in enumerate(offer.groups_of(part))
                    if all(person.facts["group"] == rule.required for rule in rules)
                ),
                None,
            )
            if tier is None:
                return None
            wish = next(wish for wish in person.wishes if wish.offer == offer.code)
            score = person.score_at(wish)
            assert score is not None
            credits = person.facts.get("credits", -1)
            assert isinstance(credits, int)
            return (tier, -score, -credits, lottery_number(seed, person.code))

        fitting = sorted((k, person.code) for person in left if (k := key(person)) is not None)
        for _, code in fitting[: offer.places_of(part)]:
            taken[code] = part
        left = [person for person in left if person.code not in taken]
    return taken


def is_stable(problem: Problem, assignment: Assignment, seed: int) -> bool:
    """Stability by its definition: every offer would choose whom it has, and nobody it would rather have."""
    for offer in problem.offers:
        here = [one for one in problem.applicants if assignment[one.code] == offer.code]
        if len(chosen(problem, offer, here, seed)) < len(here):
            return False
        for person in problem.applicants:
            wanted = [wish.offer for wish in person.wishes]
            if offer.code not in wanted or not eligible(person) or person in here:
                continue
            now = assignment[person.code]
            if now in wanted and wanted.index(now) < wanted.index(offer.code):
                continue
            if person.code in chosen(problem, offer, [*here, person], seed):
                return False
    return True


def all_stable(problem: Problem, seed: int) -> list[Assignment]:
    options = [
        [None, *(wish.offer for wish in person.wishes if eligible(person))] for person in problem.applicants
    ]
    codes = [person.code for person in problem.applicants]
    found = (dict(zip(codes, choice, strict=True)) for choice in product(*options))
    return [assignment for assignment in found if is_stable(problem, assignment, seed)]


def wish_number(person: Applicant, offer: str | None) -> int:
    """From 1; one behind the last wish for no place."""
    wanted = [wish.offer for wish in person.wishes]
    return wanted.index(offer) + 1 if offer in wanted else len(wanted) + 1
