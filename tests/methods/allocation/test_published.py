"""Examples from the literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.allocation import Applicant, Offer, Problem, Reserve, Rule, Test, Wish, allocate
from tests.methods.allocation.cases import all_stable


def one_to_one(wishes: Mapping[str, str], priorities: Mapping[str, str]) -> Problem:
    """Wishes and priorities as words: "BAC" is B before A before C; each offer has one place."""
    return Problem(
        applicants=tuple(
            Applicant(
                code=code,
                wishes=tuple(Wish(offer, float(-priorities[offer].index(code))) for offer in wanted),
                facts={"gpa": 5, "group": "other"},
            )
            for code, wanted in wishes.items()
        ),
        offers=tuple(Offer(code=code, places=1) for code in priorities),
    )


def assignment(problem: Problem, mechanism: str = "deferred_acceptance") -> dict[str, str | None]:
    result = allocate(problem, mechanism=mechanism, seed=0)
    return {one.code: result.offer_of(one.code) for one in problem.applicants}


# Gale & Shapley, American Mathematical Monthly 69 (1962) 9-15, examples 1 and 2; the ranking matrices and the only
# stable set of the second compared with those reprinted in C. Schottmüller, Mechanism Design: Matching (Copenhagen),
# https://github.com/schottmueller/mechdes/files/262793/stable_matching.pdf. Men α, β, γ, δ are a, b, c, d here.
GALE_SHAPLEY_1 = one_to_one({"a": "ABC", "b": "BCA", "c": "CAB"}, {"A": "bca", "B": "cab", "C": "abc"})
GALE_SHAPLEY_2 = one_to_one(
    {"a": "ABCD", "b": "ADCB", "c": "BACD", "d": "DBCA"},
    {"A": "dcab", "B": "bdac", "C": "dabc", "D": "cbad"},
)


def test_gale_and_shapley_example_1_has_three_stable_sets_and_the_men_get_their_first_choice() -> None:
    assert len(all_stable(GALE_SHAPLEY_1, 0)) == 3
    assert assignment(GALE_SHAPLEY_1) == {"a": "A", "b": "B", "c": "C"}


def test_gale_and_shapley_example_2_has_one_stable_set() -> None:
    only = {"a": "C", "b": "D", "c": "A", "d": "B"}
    assert all_stable(GALE_SHAPLEY_2, 0) == [only]
    assert assignment(GALE_SHAPLEY_2) == only


# Abdulkadiroğlu & Sönmez, American Economic Review 93 (2003) 729-747, Example 1: the only stable matching is not
# efficient. The paper itself was not at hand; the market is the one that teaching code gives as the case where
# deferred acceptance is dominated.
SCHOOL_CHOICE = one_to_one({"1": "BAC", "2": "ABC", "3": "ABC"}, {"A": "132", "B": "213", "C": "213"})


def test_school_choice_example_has_one_stable_matching() -> None:
    only = {"1": "A", "2": "B", "3": "C"}
    assert all_stable(SCHOOL_CHOICE, 0) == [only]
    assert assignment(SCHOOL_CHOICE) == only


def test_immediate_acceptance_rewards_an_untrue_first_wish() -> None:
    """In that market student 2 tells the truth and gets the last wish, or names B first and gets B."""
    assert assignment(SCHOOL_CHOICE, "immediate_acceptance") == {"1": "B", "2": "C", "3": "A"}
    lying = one_to_one({"1": "BAC", "2": "BAC", "3": "ABC"}, {"A": "132", "B": "213", "C": "213"})
    assert assignment(lying, "immediate_acceptance")["2"] == "B"
    assert assignment(lying)["2"] == assignment(SCHOOL_CHOICE)["2"]


def with_reserve(order: Sequence[str], spill: tuple[str, ...] = ("open",)) -> Problem:
    """One offer, two open places, two reserved; members m1..m4, others x1..x3; one score for all."""
    ranking = ["m1", "x1", "x2", "m2", "x3", "m3", "m4"]
    member = Rule(code="member", fact="member", test=Test.EQUALS, required=True)
    return Problem(
        applicants=tuple(
            Applicant(code=code, score=float(-at), wishes=(Wish("o"),), facts={"member": code[0] == "m"})
            for at, code in enumerate(ranking)
        ),
        offers=(
            Offer(
                code="o",
                places=4,
                reserves=(Reserve(code="zone", places=2, rules=(member,), spill=spill),),
                order=tuple(order),
            ),
        ),
    )


def test_the_only_stable_matching_of_that_market_is_not_efficient() -> None:
    """1 and 2 would both gain by a swap, which the claim of 3 forbids: fairness has this price."""
    got = assignment(SCHOOL_CHOICE)
    swapped = {**got, "1": got["2"], "2": got["1"]}
    assert swapped == {"1": "B", "2": "A", "3": "C"}
    assert swapped not in all_stable(SCHOOL_CHOICE, 0)


# Constructed: the effect of the order of filling that the papers describe, on numbers small enough to follow.
@pytest.mark.parametrize(
    ("order", "placed"),
    [
        # Reserved first: the reserve takes m1 and m2, the open places go to x1 and x2.
        (("zone", "open"), {"m1": "zone", "m2": "zone", "x1": "open", "x2": "open"}),
        # Open first: m1 wins an open place, so that the reserve reaches further.
        (("open", "zone"), {"m1": "open", "x1": "open", "m2": "zone", "m3": "zone"}),
    ],
)
def test_the_order_of_filling_decides_how_much_a_reserve_is_worth(
    order: tuple[str, ...], placed: dict[str, str]
) -> None:
    """What Kominers & Sönmez (2016) and Dur, Kominers, Pathak & Sönmez (2018) call precedence."""
    result = allocate(with_reserve(order), seed=0)
    assert {one.applicant: one.part for one in result.placements} == placed


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(0, 6), st.integers(0, 6))
@settings(max_examples=100, deadline=None)
def test_filling_the_reserve_later_never_costs_its_members_a_place(
    members: list[bool], open_places: int, reserved: int
) -> None:
    """Dur, Kominers, Pathak & Sönmez, Journal of Political Economy 126 (2018) 2457-2479: lowering the
    precedence of reserved places, like reserving more of them, gives members weakly more places."""
    member = Rule(code="member", fact="member", test=Test.EQUALS, required=True)
    people = tuple(
        Applicant(code=f"{at:02}", score=float(-at), wishes=(Wish("o"),), facts={"member": inside})
        for at, inside in enumerate(members)
    )

    def placed_members(order: tuple[str, ...], count: int) -> int:
        offer = Offer(
            code="o",
            places=open_places + reserved,
            reserves=(Reserve(code="zone", places=count, rules=(member,)),),
            order=order,
        )
        result = allocate(Problem(applicants=people, offers=(offer,)), seed=0)
        return sum(members[int(one.applicant)] for one in result.placements)

    first = placed_members(("zone", "open"), reserved)
    assert first <= placed_members(("open", "zone"), reserved)
    if open_places:
        assert first <= placed_members(("zone", "open"), reserved + 1)


def test_unclaimed_reserved_places_spill_over_or_stay_empty_as_declared() -> None:
    few = with_reserve(("zone", "open"))
    only_others = replace(few, applicants=tuple(one for one in few.applicants if one.code[0] == "x"))
    assert len(allocate(only_others, seed=0).placements) == 3
    strict = with_reserve(("zone", "open"), spill=())
    only_others = replace(strict, applicants=tuple(one for one in strict.applicants if one.code[0] == "x"))
    result = allocate(only_others, seed=0)
    assert [one.applicant for one in result.placements] == ["x1", "x2"]
    assert [(one.part, one.places, one.code) for one in result.unused] == [("zone", 2, "reserved")]
