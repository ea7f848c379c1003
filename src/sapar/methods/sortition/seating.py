"""Who may sit where, a first seating that keeps all rules, and how a plan is judged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.sparse import lil_matrix

from sapar.methods.errors import MethodError
from sapar.methods.sortition.pool import Counts, Person
from sapar.methods.sortition.solver import INFINITY, Program, solved, whole_values


@dataclass(frozen=True, kw_only=True)
class Room:
    """A team, table or room. `seats` is the most it holds; `only` names the values it accepts by feature."""

    name: str
    seats: int
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def admits(self, person: Person) -> bool:
        return all(person.features.get(feature) in accepted for feature, accepted in self.only.items())


@dataclass(frozen=True, kw_only=True)
class Meetings:
    """How good a plan is.

    Attributes:
        repeated: meetings beyond the first, summed over all pairs that are not kept together.
        repeated_bound: no plan with these team sizes has fewer.
        most: how often the pair that meets most often meets.
        imbalance: people by which teams leave the even share of a feature's value (its floor or ceiling for
            the team's size), summed over rounds, teams and values. 0 is the least there can be.
        unmet: pairs that never meet.
    """

    repeated: int
    repeated_bound: int
    most: int
    imbalance: int
    unmet: int


Seating = list[int]


class Problem:
    """The units, what rooms they may use, whom they avoid, and how a seating is judged."""

    def __init__(
        self,
        pool: Sequence[Person],
        rooms: Sequence[Room],
        units: list[tuple[int, ...]],
        apart: Sequence[tuple[str, str]],
        balance: Sequence[str],
    ) -> None:
        self.pool, self.rooms, self.units = pool, rooms, units
        self.allowed = [
            [all(room.admits(pool[person]) for person in unit) for room in rooms] for unit in units
        ]
        if homeless := tuple(
            pool[person].id
            for unit, allowed in zip(units, self.allowed, strict=True)
            if not any(allowed)
            for person in unit
        ):
            raise MethodError("teams.no_room_for", "No room admits these people: {ids}.", ids=homeless)
        unit_of = {pool[person].id: at for at, unit in enumerate(units) for person in unit}
        self.apart = sorted({(min(a, b), max(a, b)) for a, b in ((unit_of[i], unit_of[j]) for i, j in apart)})
        self.avoids: list[set[int]] = [set() for _ in units]
        for a, b in self.apart:
            self.avoids[a].add(b)
            self.avoids[b].add(a)
        columns = sorted({(f, person.features[f]) for f in balance for person in pool})
        self.traits = np.array(
            [
                [sum(pool[p].features[f] == value for p in unit) for f, value in columns]
                for unit in units
            ],
            dtype=np.int64,
        ).reshape(len(units), len(columns))  # fmt: skip
        self.sizes = [len(unit) for unit in units]

    def first_seating(self) -> Seating:
        """A seating that keeps all rules, with sizes as even as they allow."""
        even = _even_sizes([room.seats for room in self.rooms], len(self.pool))
        return self._filled(even) or self._programmed(even)

    def _filled(self, even: Sequence[int]) -> Seating | None:
        """The largest units first, each into the emptiest room that takes it; None where one is left over."""
        left = list(even)
        seating = [-1] * len(self.units)
        inside: list[set[int]] = [set() for _ in self.rooms]
        for unit in sorted(
            range(len(self.units)), key=lambda unit: (-self.sizes[unit], sum(self.allowed[unit]))
        ):
            fitting = [
                room
                for room in range(len(self.rooms))
                if self.allowed[unit][room]
                and left[room] >= self.sizes[unit]
                and self.avoids[unit].isdisjoint(inside[room])
            ]
            if not fitting:
                return None
            room = max(fitting, key=lambda room: (left[room], -room))
            left[room] -= self.sizes[unit]
            inside[room].add(unit)
            seating[unit] = room
        return seating

    def _programmed(self, even: Sequence[int]) -> Seating:
        """The integer program: people beyond or short of the even share, summed over rooms, are fewest."""
        units, rooms, apart = len(self.units), len(self.rooms), len(self.apart)
        count = units * rooms
        rows = lil_matrix((units + 2 * rooms + apart * rooms, count + rooms))
        for unit in range(units):
            rows[unit, unit * rooms : (unit + 1) * rooms] = 1
            for room in range(rooms):
                # Size less even share is at most the excess, and at least minus it.
                rows[units + room, unit * rooms + room] = self.sizes[unit]
                rows[units + rooms + room, unit * rooms + room] = self.sizes[unit]
        for room in range(rooms):
            rows[units + room, count + room] = -1
            rows[units + rooms + room, count + room] = 1
        for at, (a, b) in enumerate(self.apart):
            for room in range(rooms):
                row = units + 2 * rooms + at * rooms + room
                rows[row, a * rooms + room] = rows[row, b * rooms + room] = 1
        shares = np.array(even, dtype=np.float64)
        free = np.full(rooms, INFINITY)
        highs = Program(
            np.concatenate([np.zeros(count), np.ones(rooms)]),
            np.zeros(count + rooms),
            np.concatenate([np.array(self.allowed, dtype=np.float64).ravel(), np.full(rooms, INFINITY)]),
            rows.tocsr(),
            np.concatenate([np.ones(units), -free, shares, np.zeros(apart * rooms)]),
            np.concatenate([np.ones(units), shares, free, np.ones(apart * rooms)]),
        ).loaded(whole=True)
        for room in range(rooms):
            entries = np.arange(units, dtype=np.int32) * rooms + room
            highs.addRow(
                -INFINITY,
                float(self.rooms[room].seats),
                units,
                entries,
                np.array(self.sizes, dtype=np.float64),
            )
        if not solved(highs):
            raise MethodError(
                "teams.infeasible", "{people} people cannot be seated by these rules.", people=len(self.pool)
            )
        chosen = whole_values(highs)[:count].reshape(units, rooms)
        return [int(room) for room in chosen.argmax(axis=1)]

    def people_in(self, seating: Seating) -> list[list[int]]:
        inside: list[list[int]] = [[] for _ in self.rooms]
        for unit, room in zip(self.units, seating, strict=True):
            inside[room] += unit
        return inside

    def even_share(self, size: int) -> tuple[Counts, Counts]:
        """The floor and ceiling of each value's share in a team of this size."""
        share: Counts = self.traits.sum(axis=0) * size
        return share // len(self.pool), -(-share // len(self.pool))

    def measure(self, rounds: Sequence[Seating]) -> Meetings:
        met: Counter[tuple[int, int]] = Counter()
        imbalance = 0
        for seating in rounds:
            for company in self.people_in(seating):
                met.update(combinations(sorted(company), 2))
            for room in range(len(self.rooms)):
                inside = [unit for unit, where in enumerate(seating) if where == room]
                low, high = self.even_share(sum(self.sizes[unit] for unit in inside))
                held = self.traits[inside].sum(axis=0)
                imbalance += int(np.maximum(0, held - high).sum() + np.maximum(0, low - held).sum())
        bound_pairs = {pair for unit in self.units for pair in combinations(unit, 2)}
        counts = [times for pair, times in met.items() if pair not in bound_pairs]
        people = len(self.pool)
        return Meetings(
            repeated=sum(times - 1 for times in counts),
            repeated_bound=self.repeated_bound(rounds[0], len(rounds)),
            most=max(counts, default=0),
            imbalance=imbalance,
            unmet=people * (people - 1) // 2 - len(met),
        )

    def repeated_bound(self, seating: Seating, rounds: int) -> int:
        """A number of repeated meetings that no plan with these sizes can go below.

        Three arguments, of which the strongest counts. All pairs: more meetings than pairs that may meet.
        Each person: more company over the rounds than other people. From one round to the next: a team
        larger than the number of rooms must send two of its people to one room again.
        """
        sizes = [len(people) for people in self.people_in(seating)]
        people = len(self.pool)
        glued = sum(math.comb(size, 2) for size in self.sizes)
        barred = sum(self.sizes[a] * self.sizes[b] for a, b in self.apart)
        meetings = rounds * (sum(math.comb(size, 2) for size in sizes) - glued)
        by_pairs = meetings - (math.comb(people, 2) - glued - barred)
        smallest = min(size for size in sizes if size)
        by_person = 0
        for unit, own in enumerate(self.sizes):
            others = people - own - sum(self.sizes[other] for other in self.avoids[unit])
            by_person += own * max(0, rounds * (smallest - own) - others)
        used = sum(1 for size in sizes if size)
        by_round = sum(_crowded(size, used) for size in sizes) if len(self.units) == people else 0
        return max(0, by_pairs, math.ceil(by_person / 2), (rounds - 1) * by_round)


def _crowded(people: int, rooms: int) -> int:
    """The fewest pairs that share a room when so many people spread over so many rooms."""
    each, more = divmod(people, rooms)
    return (rooms - more) * math.comb(each, 2) + more * math.comb(each + 1, 2)


def _even_sizes(seats: Sequence[int], people: int) -> list[int]:
    """Sizes as equal as the seats allow, larger ones first."""
    sizes = [0] * len(seats)
    for _ in range(people):
        room = min((at for at in range(len(seats)) if sizes[at] < seats[at]), key=lambda at: (sizes[at], at))
        sizes[room] += 1
    return sizes
