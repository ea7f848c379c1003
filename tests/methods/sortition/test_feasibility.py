"""The smallest relaxation, against a listing of all panels whatever their quotas."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.sortition import Person, Quota, Terms, feasibility
from tests.methods.sortition.pools import all_panels, small_cases


def seats_short(panel: tuple[str, ...], pool: list[Person], terms: Terms) -> tuple[int, int]:
    """By how many seats the panel leaves the quotas: in all, and one of them at most."""
    people = {person.id: person for person in pool}
    short = [0]
    for quota in terms.quotas:
        held = sum(people[identity].features[quota.feature] == quota.value for identity in panel)
        short.append(max(0, quota.lower - held, held - quota.upper))
    return sum(short), max(short)


@settings(max_examples=80, deadline=None)
@given(small_cases(), st.lists(st.integers(-2, 3), min_size=12, max_size=12))
def test_relaxation_is_the_smallest_there_is(case: tuple[list[Person], Terms], shifts: list[int]) -> None:
    pool, terms = case
    quotas = tuple(
        replace(quota, lower=lower, upper=max(lower, quota.upper - shift % 2))
        for quota, shift in zip(terms.quotas, shifts, strict=False)
        if (lower := max(0, quota.lower + shift)) <= 9
    )
    terms = replace(terms, quotas=quotas)
    candidates = all_panels(pool, replace(terms, quotas=()))
    if not candidates:
        with pytest.raises(MethodError, match="together"):
            feasibility(pool, terms)
        return
    found = feasibility(pool, terms)
    least, largest = min(seats_short(panel, pool, terms) for panel in candidates)
    assert (found.seats, max((change.seats for change in found.changes), default=0)) == (least, largest)
    assert found.feasible == (least == 0)
    assert bool(all_panels(pool, found.relaxed))
    assert all(
        change.lower <= change.quota.lower and change.upper >= change.quota.upper for change in found.changes
    )
    assert sum(change.seats for change in found.changes) == least


def test_change_is_spread_rather_than_taken_from_one_quota() -> None:
    # Four seats, all quotas at 3: two seats too many are asked for; 1 + 1 is milder than 2 + 0.
    pool = [Person(id=f"{value}{at}", features={"oblast": value}) for value in "xy" for at in range(5)]
    quotas = tuple(Quota(feature="oblast", value=value, lower=3, upper=5) for value in "xy")
    found = feasibility(pool, Terms(size=4, quotas=quotas))
    assert [(change.lower, change.upper) for change in found.changes] == [(2, 5), (2, 5)]


def test_shortage_is_named_before_the_call_closes() -> None:
    pool = [Person(id=str(at), features={"oblast": "Naryn" if at == 0 else "Osh"}) for at in range(9)]
    quota = Quota(feature="oblast", value="Naryn", lower=2, upper=3)
    found = feasibility(pool, Terms(size=4, quotas=(quota,)))
    assert [(short.quota, short.available) for short in found.shortages] == [(quota, 1)]
    assert [(change.lower, change.upper) for change in found.changes] == [(1, 3)]
    assert not found.feasible


def test_too_few_people_says_how_many_can_sit() -> None:
    pool = [Person(id=str(at), features={}, household=f"h{at // 3}") for at in range(9)]
    with pytest.raises(MethodError) as refused:
        feasibility(pool, Terms(size=4, one_per_household=True))
    assert refused.value.code == "sortition.too_few_people"
    assert refused.value.facts == {"size": 4, "most": 3}
