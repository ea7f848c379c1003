"""University-wide places dealt to faculties."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.allocation import (
    Applicant,
    Claim,
    Offer,
    Problem,
    Reserve,
    SplitRule,
    Wish,
    allocate,
    deal,
    split,
)
from sapar.methods.errors import MethodError


def places_of(places: int, weights: dict[str, float], rule: str) -> dict[str, int]:
    claims = tuple(Claim(code=code, weight=weight) for code, weight in weights.items())
    return {share.code: share.places for share in split(places, claims, rule=rule)}


# Constructed (26 seats for five states), so that the three rules differ; counted again by hand.
STATES = {"A": 9061.0, "B": 7179.0, "C": 5259.0, "D": 3319.0, "E": 1182.0}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("largest_remainder", [9, 7, 5, 4, 1]),
        ("sainte_lague", [9, 8, 5, 3, 1]),
        ("d_hondt", [10, 7, 5, 3, 1]),
    ],
)
def test_the_rules_differ_as_in_the_textbook(rule: str, expected: list[int]) -> None:
    assert list(places_of(26, STATES, rule).values()) == expected


# "Methods of Apportionment", United States Census Bureau
# (https://www.census.gov/history/www/reference/apportionment/methods_of_apportionment.html), and the Alabama paradox
# as in Matt Parker's "Why it's mathematically impossible to share fair" and the tests of the npm package
# `apportionment`.
CENSUS = {"1": 2560.0, "2": 3315.0, "3": 995.0, "4": 5012.0}
SHAPES = {"triangle": 21878.0, "circula": 9713.0, "squaryland": 4167.0, "octiana": 3252.0, "rhombus": 1065.0}


@pytest.mark.parametrize(
    ("places", "weights", "rule", "expected"),
    [
        (20, CENSUS, "largest_remainder", [4, 6, 2, 8]),
        (43, SHAPES, "largest_remainder", [24, 10, 4, 4, 1]),
        (44, SHAPES, "largest_remainder", [24, 11, 5, 3, 1]),
        # By hand: the last strengths are 465.49 (triangle), 464.57 (octiana), 463.00 (squaryland), 462.52 (circula).
        (43, SHAPES, "sainte_lague", [24, 10, 4, 4, 1]),
        (44, SHAPES, "sainte_lague", [24, 10, 5, 4, 1]),
        (44, SHAPES, "d_hondt", [25, 11, 4, 3, 1]),
    ],
)
def test_published_apportionments(
    places: int, weights: dict[str, float], rule: str, expected: list[int]
) -> None:
    """With one place more, largest remainders take one from octiana: divisor methods never do that."""
    assert list(places_of(places, weights, rule).values()) == expected


def test_rounds_give_one_after_the_other() -> None:
    assert places_of(5, {"law": 1.0, "it": 900.0, "art": 1.0}, "rounds") == {"law": 2, "it": 2, "art": 1}


def test_a_tie_is_said() -> None:
    shares = split(3, (Claim(code="law", weight=1), Claim(code="it", weight=1)))
    assert [(share.places, share.tied) for share in shares] == [(2, True), (1, True)]


def test_minimums_and_maximums_hold_and_the_rest_is_proportional() -> None:
    claims = (
        Claim(code="law", weight=1, minimum=3),
        Claim(code="it", weight=60, maximum=4),
        Claim(code="art", weight=30),
        Claim(code="bio", weight=10),
    )
    for rule in ("largest_remainder", "sainte_lague"):
        assert [share.places for share in split(15, claims, rule=rule)] == [3, 4, 6, 2]


limits = st.tuples(st.integers(0, 50), st.integers(0, 5), st.one_of(st.none(), st.integers(5, 30)))


@given(st.lists(limits, min_size=1, max_size=6), st.integers(0, 100), st.sampled_from(list(SplitRule)))
@settings(max_examples=150, deadline=None)
def test_all_places_are_dealt_within_the_limits(
    drawn: list[tuple[int, int, int | None]], places: int, rule: SplitRule
) -> None:
    claims = tuple(
        Claim(code=str(at), weight=weight, minimum=low, maximum=high)
        for at, (weight, low, high) in enumerate(drawn)
    )
    least = sum(claim.minimum for claim in claims)
    most = sum(
        claim.minimum if not claim.weight else places if claim.maximum is None else min(claim.maximum, places)
        for claim in claims
    )
    if not least <= places <= most:
        with pytest.raises(MethodError) as refused:
            split(places, claims, rule=rule)
        assert refused.value.code in ("allocation.split_impossible", "allocation.split_claim")
        return
    shares = split(places, claims, rule=rule)
    assert sum(share.places for share in shares) == places
    for claim, share in zip(claims, shares, strict=True):
        assert claim.minimum <= share.places <= (places if claim.maximum is None else claim.maximum)


@given(st.lists(st.integers(1, 99), min_size=2, max_size=6), st.integers(0, 80))
@settings(max_examples=100, deadline=None)
def test_quota_and_house_monotonicity(weights: list[int], places: int) -> None:
    claims = tuple(Claim(code=str(at), weight=weight) for at, weight in enumerate(weights))
    for share in split(places, claims):
        assert math.floor(share.quota) <= share.places <= math.ceil(share.quota)
    for rule in ("sainte_lague", "d_hondt"):
        fewer, more = split(places, claims, rule=rule), split(places + 1, claims, rule=rule)
        assert all(one.places <= other.places for one, other in zip(fewer, more, strict=True))


OFFERS = (
    Offer(code="ANK", places=2),
    Offer(code="KRK", places=3, faculties=("law", "it")),
    Offer(code="VIE", places=1),
)
RESERVED = Offer(code="X", places=1, reserves=(Reserve(code="r", places=1, rules=()),))
CLAIMS = (Claim(code="law", weight=5), Claim(code="it", weight=3), Claim(code="art", weight=2))


def test_dealt_offers_add_up_both_ways() -> None:
    shares, offers = deal(OFFERS, CLAIMS)
    assert [share.places for share in shares] == [3, 2, 1]
    for before, after in zip(OFFERS, offers, strict=True):
        assert sum(reserve.places for reserve in after.reserves) == before.places
        assert not before.faculties or {one.code for one in after.reserves} <= set(before.faculties)
    dealt = [(one.code, one.places) for offer in offers for one in offer.reserves]
    assert {c.code: sum(n for code, n in dealt if code == c.code) for c in CLAIMS} == {
        share.code: share.places for share in shares
    }


def test_dealt_places_go_to_the_faculty_then_spill_over() -> None:
    _, offers = deal(
        (Offer(code="ANK", places=2),), (Claim(code="law", weight=1), Claim(code="it", weight=1))
    )
    people = [("lawyer", "law", 1.0), ("coder", "it", 5.0), ("hacker", "it", 9.0)]
    applicants = tuple(
        Applicant(code=code, score=score, wishes=(Wish("ANK"),), facts={"faculty": faculty})
        for code, faculty, score in people
    )
    result = allocate(Problem(applicants=applicants, offers=offers), seed=1)
    assert {one.applicant: one.part for one in result.placements} == {"lawyer": "law", "hacker": "it"}
    result = allocate(Problem(applicants=applicants[1:], offers=offers), seed=1)
    assert set(result.placement_of) == {"coder", "hacker"}


def test_nothing_to_deal() -> None:
    shares, offers = deal((), ())
    assert (shares, offers) == ((), ())
    shares, offers = deal((Offer(code="ANK", places=0),), CLAIMS)
    assert [share.places for share in shares] == [0, 0, 0]
    assert offers[0].reserves == ()


@pytest.mark.parametrize(
    ("code", "offers", "claims", "rule"),
    [
        ("split_rule", OFFERS, CLAIMS, "fairly"),
        ("split_claim", OFFERS, (Claim(code="law", weight=-1),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="law", weight=math.nan),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="law", weight=10**400),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="law", weight=1, minimum=4, maximum=2),), "rounds"),
        ("split_impossible", OFFERS, (Claim(code="law", weight=1, maximum=2),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="law", weight=1, minimum=7),), "rounds"),
        ("split_impossible", OFFERS, (Claim(code="law", weight=0),), "largest_remainder"),
        ("split_impossible", OFFERS, (Claim(code="art", weight=1),), "largest_remainder"),
        ("split_impossible", OFFERS, (), "largest_remainder"),
        ("duplicate_claim", OFFERS, (*CLAIMS, CLAIMS[0]), "largest_remainder"),
        ("split_offer", (RESERVED,), CLAIMS, "rounds"),
        ("split_places", (Offer(code="X", places=1_000_000),), CLAIMS, "rounds"),
        ("split_claim", OFFERS, (Claim(code="", weight=1),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="open", weight=1),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="law", weight=True),), "rounds"),
        ("split_claim", OFFERS, (Claim(code="law", weight="5"),), "rounds"),  # type: ignore[arg-type]
        ("split_claim", OFFERS, (Claim(code=None, weight=1),), "rounds"),  # type: ignore[arg-type]
        ("split_claim", OFFERS, (Claim(code="law", weight=1, minimum=math.nan),), "rounds"),  # type: ignore[arg-type]
        ("split_claim", OFFERS, (Claim(code="law", weight=1, maximum=6.0),), "rounds"),  # type: ignore[arg-type]
        ("places", (Offer(code="X", places=-1), Offer(code="Y", places=3)), CLAIMS, "rounds"),
        ("places", (Offer(code="X", places=1.5),), CLAIMS, "rounds"),  # type: ignore[arg-type]
        ("duplicate_offer", (Offer(code="X", places=1), Offer(code="X", places=3)), CLAIMS, "rounds"),
        ("code", (Offer(code="", places=1),), CLAIMS, "rounds"),
    ],
)  # fmt: skip
def test_impossible_deals_are_refused(
    code: str, offers: tuple[Offer, ...], claims: tuple[Claim, ...], rule: str
) -> None:
    with pytest.raises(MethodError) as refused:
        deal(offers, claims, rule=rule)
    assert refused.value.code == f"allocation.{code}"


def test_all_claims_and_offers_at_fault_are_named() -> None:
    claims = (
        Claim(code="law", weight=-1),
        Claim(code="it", weight=1),
        Claim(code="art", weight=1, minimum=-2),
    )
    with pytest.raises(MethodError) as refused:
        split(6, claims)
    assert refused.value.facts["found"] == (
        "law: weight -1, minimum 0, maximum None", "art: weight 1, minimum -2, maximum None",
    )  # fmt: skip
    with pytest.raises(MethodError) as refused:
        deal((RESERVED, OFFERS[0], replace(RESERVED, code="Y")), CLAIMS)
    assert refused.value.facts["offers"] == ("X", "Y")


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("split_spill", {"spill": ("law",)}),
        ("split_fact", {"fact": ""}),
        ("split_fact", {"fact": "score"}),
        ("split_fact", {"fact": None}),
    ],
)
def test_odd_ways_to_deal_are_refused(code: str, named: dict[str, Any]) -> None:
    with pytest.raises(MethodError) as refused:
        deal(OFFERS, CLAIMS, **named)
    assert refused.value.code == f"allocation.{code}"


@pytest.mark.parametrize("places", [None, -1, True, 3.0, math.nan, 10**5_000], ids=range(6))
def test_what_is_no_number_of_places_is_not_dealt(places: Any) -> None:
    with pytest.raises(MethodError) as refused:
        split(places, CLAIMS)
    assert refused.value.code == "allocation.split_places"


def test_dealt_offers_can_be_allocated_whatever_their_order_was() -> None:
    _, offers = deal((Offer(code="ANK", places=2, order=("open",)),), CLAIMS[:2])
    applicant = Applicant(code="a", score=1.0, wishes=(Wish("ANK"),), facts={"faculty": "law"})
    assert allocate(Problem(applicants=(applicant,), offers=offers), seed=1).offer_of("a") == "ANK"


def test_many_places_and_many_offers_are_dealt_in_seconds() -> None:
    codes = [f"f{at}" for at in range(20)]
    claims = [Claim(code=code, weight=10 + at % 3) for at, code in enumerate(codes)]
    offers = tuple(
        Offer(code=f"o{at}", places=at % 7, faculties=tuple(codes[at % 5 :: 3]) if at % 3 else ())
        for at in range(1_000)
    )
    begun = monotonic()
    for rule in SplitRule:
        assert sum(share.places for share in split(50_000, claims, rule=rule)) == 50_000
    shares, dealt = deal(offers, claims)
    assert monotonic() - begun < 30
    given = Counter[str]()
    for before, after in zip(offers, dealt, strict=True):
        assert sum(reserve.places for reserve in after.reserves) == before.places
        given.update({reserve.code: reserve.places for reserve in after.reserves})
    assert all(given[share.code] == share.places for share in shares)


def test_an_impossible_deal_tells_what_is_left_over_and_who_falls_short() -> None:
    offers = (
        Offer(code="A", places=3, faculties=("it",)),
        Offer(code="B", places=1),
        Offer(code="C", places=2),
    )
    claims = (Claim(code="law", weight=2), Claim(code="it", weight=1))
    with pytest.raises(MethodError) as refused:
        deal(offers, claims)
    assert refused.value.code == "allocation.split_impossible"
    assert refused.value.facts == {"places": 6, "offers": ("A: 1 of 3",), "faculties": ("law: 1 of 4",)}
