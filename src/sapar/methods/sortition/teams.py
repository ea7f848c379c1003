"""Teams, tables or rooms over several rounds: balanced, with few people meeting twice.

The rules (seats, who may use a room, apart, together) are met by an integer program per round and kept by
every later move. The goals are then pursued by simulated annealing with swaps (Kirkpatrick, Gelatt and
Vecchi 1983): balance, and few repeated meetings, as in the social golfer problem (Harvey and Winterer,
"Solving the MOLR and social golfers problems", 2005). The plan carries its measure beside lower bounds that
no plan can beat, so that one sees how far from the best it can be at most.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sapar.methods.errors import MethodError, brief
from sapar.methods.progress import Progress, unheard
from sapar.methods.sortition import given
from sapar.methods.sortition.pool import Person, check_known, check_people
from sapar.methods.sortition.seating import Meetings, Problem, Room
from sapar.methods.sortition.swaps import Search

MOST_PEOPLE = 1_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`rounds[r][room]` are the ids in that room in round r, in alphabetical order; rooms as given."""

    rooms: tuple[str, ...]
    rounds: tuple[tuple[tuple[str, ...], ...], ...]
    measure: Meetings
    seed: int


def teams(
    pool: Sequence[Person],
    rooms: Sequence[Room],
    *,
    rounds: int = 1,
    balance: Sequence[str] = (),
    apart: Sequence[tuple[str, str]] = (),
    together: Sequence[Sequence[str]] = (),
    seed: int,
    moves: int = 200_000,
    progress: Progress = unheard,
) -> Plan:
    """Seat everybody in every round.

    Args:
        rooms: their seats may exceed the number of people; sizes are then as even as the rules allow.
        balance: features whose values are to be spread evenly.
        apart, together: ids that never, or always, share a room.
        moves: swaps that are tried; more take longer and repeat fewer meetings.

    Raises:
        MethodError: ``teams.empty_pool``, ``teams.no_rooms``, ``teams.bad_rooms``, ``teams.bad_rounds``,
            ``teams.bad_moves``, ``teams.bad_seed``, ``teams.bad_group``, ``teams.not_text``,
            ``teams.repeated_id``, ``teams.unknown_id``, ``teams.missing_feature``,
            ``teams.too_few_seats``, ``teams.apart_and_together``, ``teams.no_room_for``,
            ``teams.infeasible``, ``teams.too_many_people`` beyond 1,000.
    """
    _check_settings(rounds, moves, seed)
    given.refuse(
        "teams.bad_group", "These are no groups of ids, and no names of features: {found}.",
        [
            *given.strange_groups(apart, "apart", pairs=True), *given.strange_groups(together, "together"),
            *given.strange_names(balance, "balance"),
        ],
    )  # fmt: skip
    _check(pool, rooms, balance, [*apart, *together])
    units = _units(pool, apart, together)
    problem = Problem(pool, rooms, units, apart, balance)
    seating = problem.first_seating()
    search = Search(problem, seating, rounds, random.Random(seed))
    search.anneal(moves, progress)
    return Plan(
        rooms=tuple(room.name for room in rooms),
        rounds=tuple(
            tuple(tuple(sorted(pool[person].id for person in room)) for room in problem.people_in(seats))
            for seats in search.best
        ),
        measure=problem.measure(search.best),
        seed=seed,
    )


def _check(
    pool: Sequence[Person],
    rooms: Sequence[Room],
    balance: Sequence[str],
    groups: Sequence[Sequence[str]],
) -> None:
    if given.is_list(pool) and len(pool) > MOST_PEOPLE:
        raise MethodError(
            "teams.too_many_people", "{people} people; at most {most} are seated.", people=len(pool), most=MOST_PEOPLE
        )  # fmt: skip
    if not given.listed(rooms):
        raise MethodError("teams.no_rooms", "There is no room.")
    named = Counter(brief(getattr(room, "name", None)) for room in rooms)
    given.refuse(
        "teams.bad_rooms",
        "Rooms need different names, at least one seat each, and values that they admit; not so {found}.",
        [*given.strange_rooms(rooms), *(f"{name}: named {times} times" for name, times in named.items() if times > 1)],
    )  # fmt: skip
    check_people(pool, balance, "teams")
    check_known((identity for group in groups for identity in group), pool, "teams.unknown_id")
    seats = sum(room.seats for room in rooms)
    if seats < len(pool):
        raise MethodError(
            "teams.too_few_seats", "{people} people and {seats} seats.", people=len(pool), seats=seats
        )


def _check_settings(rounds: int, moves: int, seed: int) -> None:
    if not given.is_count(rounds, least=1, most=100):
        raise MethodError("teams.bad_rounds", "1 to 100 rounds, not {rounds}.", rounds=brief(rounds))
    if not given.is_count(moves, most=100_000_000):
        raise MethodError("teams.bad_moves", "0 to 100,000,000 moves, not {moves}.", moves=brief(moves))
    # Python's generator takes a negative seed for the positive one.
    if not given.is_count(seed, most=2**64):
        raise MethodError(
            "teams.bad_seed", "The seed is a whole number from 0, not {seed}.", seed=brief(seed)
        )


def _units(
    pool: Sequence[Person], apart: Sequence[tuple[str, str]], together: Sequence[Sequence[str]]
) -> list[tuple[int, ...]]:
    """Positions of people who always move as one, by first position."""
    head = {person.id: person.id for person in pool}

    def top(identity: str) -> str:
        while head[identity] != identity:
            identity = head[identity]
        return identity

    for group in together:
        for identity in group[1:]:
            head[top(identity)] = top(group[0])
    if both := tuple(f"{first} and {second}" for first, second in apart if top(first) == top(second)):
        raise MethodError(
            "teams.apart_and_together", "These are to be kept apart and together: {pairs}.", pairs=both
        )
    grouped: dict[str, list[int]] = defaultdict(list)
    for at, person in enumerate(pool):
        grouped[top(person.id)].append(at)
    return [tuple(unit) for unit in grouped.values()]
