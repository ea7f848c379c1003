"""Junk in every field of people, terms, rooms, draws and lotteries: a coded refusal, never a traceback or a panel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sapar.methods.errors import MethodError
from sapar.methods.sortition import (
    Panel,
    Person,
    Quota,
    Room,
    Terms,
    audit,
    draw,
    feasibility,
    lottery,
    replacement,
    teams,
)

POOL = [Person(id=f"p{at}", features={"s": "fm"[at % 2]}, household=f"h{at // 2}") for at in range(8)]
QUOTA = Quota(feature="s", value="f", lower=1, upper=3)
TERMS = Terms(size=3, quotas=(QUOTA,))
ROOMS = [Room(name="a", seats=4), Room(name="b", seats=4)]
FOUND = lottery(POOL, TERMS)
JUNK: list[Any] = [None, math.nan, math.inf, -1, 10**400, 10**5_000, [], {}, 1.5, (1,)]
each_junk = pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))


def refusal(function: Callable[..., object], *arguments: Any, **named: Any) -> MethodError:
    with pytest.raises(MethodError) as refused:
        function(*arguments, **named)
    return refused.value


@each_junk
def test_what_of_people_is_no_text_is_refused(junk: Any) -> None:
    for person in (
        Person(id=junk, features={"s": "f"}),
        Person(id="x", features={"s": "f"}, household=junk),
        Person(id="x", features=junk) if junk != {} else Person(id="", features={"s": "f"}),
    ):
        assert refusal(lottery, [person, *POOL], TERMS).code == "sortition.not_text"
        assert (
            refusal(teams, [person, *POOL], [*ROOMS, Room(name="c", seats=1)], seed=1).code
            == "teams.not_text"
        )
    value = Person(id="x", features={"s": junk})
    code = "missing_feature" if junk is None else "not_text"
    assert refusal(lottery, [value, *POOL], TERMS).code == f"sortition.{code}"
    if junk not in ([], (1,)):
        assert refusal(lottery, junk, TERMS).code == "sortition.empty_pool"
        assert refusal(teams, junk, ROOMS, seed=1).code == "teams.empty_pool"


def test_gaps_of_a_table_are_no_household_that_all_share() -> None:
    gap: Any = math.nan
    pool = [replace(person, household=gap) for person in POOL]
    refused = refusal(lottery, pool, replace(TERMS, one_per_household=True))
    assert refused.code == "sortition.not_text"
    assert len(refused.facts["found"]) == 8  # type: ignore[arg-type]


@each_junk
def test_what_is_no_term_of_a_panel_is_refused(junk: Any) -> None:
    codes = {refusal(lottery, POOL, replace(TERMS, size=junk)).code}
    for bound in ("lower", "upper"):
        codes.add(refusal(feasibility, POOL, replace(TERMS, quotas=(replace(QUOTA, **{bound: junk}),))).code)
    assert codes == {"sortition.bad_size", "sortition.bad_quota"}
    odd = [
        replace(TERMS, one_per_household=junk), replace(TERMS, apart=(junk,)), replace(TERMS, apart=((junk, "p1"),)),
        replace(TERMS, include=(junk,)),
        *(replace(TERMS, quotas=(replace(QUOTA, **{word: junk}),)) for word in ("feature", "value")),
        *(replace(TERMS, **{word: junk}) for word in ("quotas", "apart", "include") if junk != []),
    ]  # fmt: skip
    for terms in odd:
        assert refusal(lottery, POOL, terms).code == "sortition.bad_terms"
        assert refusal(audit, FOUND, POOL, terms).code == "sortition.bad_terms"
    named: dict[str, Any] = {"rule": junk}
    assert refusal(lottery, POOL, TERMS, **named).code == "sortition.bad_rule"
    assert refusal(lottery, POOL, TERMS, equal=junk).code == "sortition.bad_equal"
    for sides in ({"seated": [junk], "gone": ["p0"]}, {"seated": ["p1"], "gone": [junk]}):
        assert refusal(replacement, POOL, TERMS, **sides).code == "sortition.unknown_id"
    if junk not in ([], (1,)):
        assert refusal(replacement, POOL, TERMS, seated=junk, gone=["p0"]).code == "sortition.bad_terms"


def test_all_terms_that_are_none_are_named() -> None:
    odd: dict[str, Any] = {"apart": (("p0", "p1"), "p2", ("p3",)), "include": "p4", "one_per_household": "no"}
    terms = replace(TERMS, **odd)
    assert refusal(lottery, POOL, terms).facts["found"] == (
        "one_per_household: no", "apart: p2", "apart: ('p3',)", "include: p4",
    )  # fmt: skip


@each_junk
def test_what_is_no_draw_is_refused(junk: Any) -> None:
    if junk != -1:
        if junk != 10**400:
            assert refusal(FOUND.draw, junk).code == "sortition.bad_seed"
        assert refusal(draw, [Panel(junk, ("a",))], "h", 1).code == "sortition.bad_tickets"
    assert refusal(draw, FOUND.panels, junk, 1).code == "sortition.bad_hash"
    assert refusal(draw, [Panel(1, (junk,))], "h", 1).code == "sortition.bad_tickets"
    assert refusal(draw, FOUND.panels, "", 1).code == "sortition.bad_hash"


@each_junk
def test_a_published_lottery_of_junk_is_wrong(junk: Any) -> None:
    for word in ("pool_hash", "panels", "tickets", "chances", "minimum", "bound", "proof", "impossible"):
        # A bound of 1.5 is true, though it says nothing, and an empty list is as good as an empty tuple.
        if (word, junk) not in (("bound", 1.5), ("impossible", [])):
            assert audit(replace(FOUND, **{word: junk}), POOL, TERMS) != ()
    columns: list[tuple[str, Any]] = [("chances", FOUND.chances), ("proof", FOUND.proof)]
    for word, column in columns:
        changed: dict[str, Any] = {word: {**column, "p0": junk}}
        assert audit(replace(FOUND, **changed), POOL, TERMS) != ()
    assert audit(replace(FOUND, proof=dict.fromkeys(FOUND.proof, math.nan)), POOL, TERMS) == ("form",)


@each_junk
def test_what_are_no_teams_is_refused(junk: Any) -> None:
    for word, code in (
        ("rounds", "bad_rounds"), ("moves", "bad_moves"), ("seed", "bad_seed"), ("balance", "bad_group"),
        ("apart", "bad_group"), ("together", "bad_group"),
    ):  # fmt: skip
        if (word in ("rounds", "moves", "seed")) or junk != []:
            assert refusal(teams, POOL, ROOMS, **{"seed": 1, word: junk}).code == f"teams.{code}"
    for groups in (
        {"apart": [(junk, "p0")]},
        {"together": [junk]},
        {"together": [(junk,)]},
        {"balance": [junk]},
    ):
        assert refusal(teams, POOL, ROOMS, seed=1, **groups).code == "teams.bad_group"
    strange = [Room(name=junk, seats=9), Room(name="c", seats=junk)]
    if junk != []:
        strange.append(Room(name="c", seats=9, only={"s": junk}))
    if junk != {}:
        strange.append(Room(name="c", seats=9, only=junk))
    for room in strange:
        assert refusal(teams, POOL, [*ROOMS, room], seed=1).code == "teams.bad_rooms"
    if junk != (1,):
        assert refusal(teams, POOL, junk, seed=1).code == "teams.no_rooms"


def test_a_room_for_a_word_is_not_a_room_for_its_letters() -> None:
    people = [Person(id="a", features={"sex": "male"})]
    rooms: list[Any] = [Room(name="r", seats=1, only={"sex": "female"})]  # type: ignore[dict-item]
    assert refusal(teams, people, rooms, seed=1).facts["found"] == ("r: admits sex = female",)


def test_a_negative_seed_is_not_the_positive_one() -> None:
    assert refusal(teams, POOL, ROOMS, seed=-1).code == "teams.bad_seed"
