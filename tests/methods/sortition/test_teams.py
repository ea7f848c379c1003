"""Teams keep every rule; the measure is recounted; bounds are met where the optimum is known."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.progress import unheard
from sapar.methods.sortition import Person, Plan, Room, teams
from sapar.methods.sortition.seating import Problem
from sapar.methods.sortition.swaps import Search
from tests.methods.sortition.pools import skewed_pool


def tables(number: int, seats: int) -> list[Room]:
    return [Room(name=f"T{at}", seats=seats) for at in range(number)]


def repeated(plan: Plan) -> int:
    met = Counter(pair for row in plan.rounds for room in row for pair in combinations(room, 2))
    return sum(times - 1 for times in met.values())


def test_known_social_golfer_plans_are_found() -> None:
    # Without a repeated meeting: 8 groups of 4 for 5 rounds (10 are possible), 3 groups of 3 for 4 rounds
    # (the affine plane of order 3).
    pool = [Person(id=f"p{at:02d}", features={}) for at in range(32)]
    assert teams(pool, tables(8, 4), rounds=5, seed=1, moves=30_000).measure.repeated == 0
    plane = teams(pool[:9], tables(3, 3), rounds=4, seed=1, moves=30_000)
    assert (plane.measure.repeated, plane.measure.unmet, plane.measure.most) == (0, 0, 1)


def test_teams_larger_than_their_number_meet_the_bound() -> None:
    # Six people spread over five tables: one pair of each table meets again, five in all.
    pool = [Person(id=f"p{at:02d}", features={}) for at in range(30)]
    measure = teams(pool, tables(5, 6), rounds=2, seed=3, moves=20_000).measure
    assert measure.repeated == measure.repeated_bound == 5


@pytest.mark.parametrize(("people", "number", "rounds"), [(4, 2, 3), (5, 2, 2), (6, 2, 2), (6, 3, 2)])
def test_bound_is_never_above_the_true_least(people: int, number: int, rounds: int) -> None:
    pool = [Person(id=str(at), features={}) for at in range(people)]
    plan = teams(pool, tables(number, -(-people // number)), rounds=rounds, seed=1, moves=3_000)
    sizes = [len(room) for room in plan.rounds[0]]
    seatings = {
        frozenset(
            frozenset(order[sum(sizes[:at]) : sum(sizes[: at + 1])]) for at in range(len(sizes))
        )
        for order in permutations(range(people))
    }  # fmt: skip
    pairs = [Counter(pair for room in s for pair in combinations(sorted(room), 2)) for s in seatings]
    totals = pairs[:1]
    for _ in range(rounds - 1):
        totals = [a + b for a in totals for b in pairs]
    least = min(sum(times - 1 for times in met.values()) for met in totals)
    assert plan.measure.repeated_bound <= least == plan.measure.repeated


@settings(max_examples=25, deadline=None)
@given(st.integers(6, 20), st.integers(2, 4), st.integers(1, 3), st.integers(0, 99))
def test_rules_hold_and_the_measure_is_true(people: int, number: int, rounds: int, seed: int) -> None:
    pool = skewed_pool(people, seed=seed)
    apart, together = [("p0000", "p0001")], [("p0002", "p0003")]
    plan = teams(
        pool, tables(number, -(-people // number) + 1), rounds=rounds, balance=("sex",),
        apart=apart, together=together, seed=seed, moves=1_500,
    )  # fmt: skip
    everyone = sorted(person.id for person in pool)
    features = {person.id: person.features for person in pool}
    imbalance = 0
    for row in plan.rounds:
        assert sorted(identity for room in row for identity in room) == everyone
        for room in row:
            assert len(room) <= -(-people // number) + 1
            assert not set(apart[0]) <= set(room)
            assert len(set(together[0]) & set(room)) in (0, 2)
            for value in {of["sex"] for of in features.values()}:
                share = sum(of["sex"] == value for of in features.values()) * len(room) / people
                held = sum(features[identity]["sex"] == value for identity in room)
                imbalance += max(0, held - int(-(-share // 1)), int(share // 1) - held)
    assert plan.measure.imbalance == imbalance
    # The two who stay together meet every round; that is no repetition.
    assert plan.measure.repeated == repeated(plan) - (rounds - 1)
    assert plan.measure.repeated >= plan.measure.repeated_bound


@settings(max_examples=25, deadline=None)
@given(st.integers(6, 18), st.integers(2, 4), st.integers(1, 3), st.integers(0, 99), st.booleans())
def test_cost_kept_from_move_to_move_is_the_cost_counted_anew(
    people: int, number: int, rounds: int, seed: int, glued: bool
) -> None:
    pool = skewed_pool(people, seed=seed)
    units: list[tuple[int, ...]] = [(0, 1), (2,), (3,), (4, 5)] if glued else [(at,) for at in range(6)]
    units += [(at,) for at in range(6, people)]
    rooms = tables(number, -(-people // number) + 1)
    problem = Problem(pool, rooms, units, [("p0002", "p0003")], ("sex", "age"))
    search = Search(problem, problem.first_seating(), rounds, random.Random(seed))
    search.anneal(800, unheard)
    assert search.cost == search._cost()
    measure = problem.measure(search.best)
    assert search.least == measure.repeated + 2 * measure.imbalance


def test_sexes_room_apart_where_rooms_ask_for_it() -> None:
    pool = [Person(id=f"p{at}", features={"sex": "f" if at < 5 else "m"}) for at in range(9)]
    women = [Room(name=f"W{at}", seats=3, only={"sex": frozenset("f")}) for at in range(2)]
    men = [Room(name="M0", seats=4, only={"sex": frozenset("m")})]
    (row,) = teams(pool, [*women, *men], apart=[("p0", "p1")], seed=1).rounds
    assert sorted(row[0] + row[1]) == ["p0", "p1", "p2", "p3", "p4"]
    assert row[2] == ("p5", "p6", "p7", "p8")
    assert ("p0" in row[0]) != ("p1" in row[0])


def test_same_seed_gives_the_same_plan_and_everyone_is_balanced() -> None:
    pool = skewed_pool(24, seed=8)
    once, twice = (
        teams(pool, tables(4, 6), rounds=2, balance=("sex", "age"), seed=5, moves=5_000) for _ in range(2)
    )
    assert once == twice
    assert once.measure.imbalance == 0


def test_one_room_and_one_person_are_plans_too() -> None:
    pool = [Person(id="a", features={})]
    assert teams(pool, tables(1, 1), rounds=2, seed=0).rounds == ((("a",),), (("a",),))
    assert teams(pool, tables(3, 1), seed=0).rounds == ((("a",), (), ()),)


A, B, C = (Person(id=name, features={"sex": "f"}) for name in "abc")


@pytest.mark.parametrize(
    ("pool", "rooms", "options", "code"),
    [
        ([], tables(1, 1), {}, "empty_pool"),
        ([A], [], {}, "no_rooms"),
        ([A], tables(1, 0), {}, "bad_rooms"),
        ([A], [*tables(1, 1), *tables(1, 1)], {}, "bad_rooms"),
        ([A, B], tables(1, 1), {}, "too_few_seats"),
        ([A, A], tables(2, 1), {}, "repeated_id"),
        ([A, B], tables(2, 1), {"apart": [("a", "x")]}, "unknown_id"),
        ([A, B], tables(2, 2), {"apart": [("a", "b")], "together": [("a", "b")]}, "apart_and_together"),
        ([A, B], tables(2, 1), {"together": [("a", "b")]}, "infeasible"),
        ([A, B, C], tables(2, 2), {"apart": [("a", "b"), ("b", "c"), ("a", "c")]}, "infeasible"),
        ([A], [Room(name="M", seats=1, only={"sex": frozenset("m")})], {}, "no_room_for"),
        ([A], tables(1, 1), {"balance": ("age",)}, "missing_feature"),
        ([A], tables(1, 1), {"rounds": 0}, "bad_rounds"),
        ([A], tables(1, 1), {"moves": -1}, "bad_moves"),
        ([Person(id=str(at), features={}) for at in range(1_001)], tables(1, 2_000), {}, "too_many_people"),
    ],
)
def test_bad_input_is_refused_by_code(
    pool: list[Person], rooms: list[Room], options: dict[str, object], code: str
) -> None:
    with pytest.raises(MethodError) as refused:
        teams(pool, rooms, seed=1, **options)  # type: ignore[arg-type]
    assert refused.value.code == f"teams.{code}"


def test_refusals_name_all_that_is_wrong() -> None:
    twice = [*tables(1, 3), *tables(1, 3)]
    men = [Room(name="M", seats=9, only={"sex": frozenset("m")})]
    cases: list[tuple[str, tuple[str, ...], dict[str, object]]] = [
        ("ids", ("a", "b", "c"), {"rooms": men}),
        ("ids", ("x", "y"), {"apart": [("a", "x")], "together": [("b", "y")]}),
        ("pairs", ("a and b", "b and c"), {"apart": [("a", "b"), ("b", "c")], "together": [("a", "b", "c")]}),
        ("lacking", ("a: age", "b: age", "c: age"), {"balance": ("age",)}),
        (
            "found",
            ("S: 0 seats", "T0: named 2 times"),
            {"rooms": [Room(name="S", seats=0), *twice]},
        ),
    ]
    for fact, expected, options in cases:
        with pytest.raises(MethodError) as refused:
            teams([A, B, C], seed=1, **{"rooms": tables(2, 3), **options})  # type: ignore[arg-type]
        assert refused.value.facts[fact] == expected
