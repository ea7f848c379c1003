"""Simulated annealing over the swaps that keep every rule.

A swap touches two rooms of one round, so that its cost is the sum of a few numbers: plain lists are several times
faster here than arrays, whose every call costs more than the dozen numbers that it would add.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from sapar.methods.progress import Progress
from sapar.methods.sortition.seating import Problem, Seating

# One person out of balance weighs as much as two repeated meetings: more would freeze the search.
BALANCE = 2
HOT, COLD = 1.0, 0.2
# So many moves are tried at one temperature.
SPELL = 100


class Search:
    """Swaps of equally large units between two rooms of a round, accepted by annealing."""

    def __init__(self, problem: Problem, seating: Seating, rounds: int, chance: random.Random) -> None:
        self.problem, self.chance = problem, chance
        units, rooms = range(len(problem.units)), range(len(problem.rooms))
        self.sizes = problem.sizes
        self.traits: list[list[int]] = problem.traits.tolist()
        self.seats = [list(seating) for _ in range(rounds)]
        inside = [[unit for unit in units if seating[unit] == room] for room in rooms]
        self.inside = [[list(room) for room in inside] for _ in range(rounds)]
        self.met = [[0] * len(units) for _ in units]
        for room in inside:
            for unit in room:
                for other in room:
                    self.met[unit][other] = rounds
        people = [sum(self.sizes[unit] for unit in room) for room in inside]
        self.penalty = [self._penalties(size) for size in people]
        held = [[sum(column) for column in zip(*(self.traits[unit] for unit in room), strict=True)]
                or [0] * problem.traits.shape[1] for room in inside]  # fmt: skip
        self.held = [[list(room) for room in held] for _ in range(rounds)]
        self.cost = self._cost()
        self.enough = problem.repeated_bound(seating, rounds)
        self.best, self.least = [list(seats) for seats in self.seats], self.cost

    def _penalties(self, size: int) -> list[list[int]]:
        """By trait and by how many of the room hold it: what that is beyond or short of the even share costs."""
        low, high = (share.tolist() for share in self.problem.even_share(size))
        return [
            [BALANCE * (max(0, held - top) + max(0, bottom - held)) for held in range(size + 1)]
            for bottom, top in zip(low, high, strict=True)
        ]

    def _cost(self) -> int:
        repeated = sum(
            max(0, times - 1) * self.sizes[unit] * self.sizes[other]
            for unit, row in enumerate(self.met)
            for other, times in enumerate(row[:unit])
        )
        uneven = sum(
            costs[number]
            for rooms in self.held
            for room, held in enumerate(rooms)
            for costs, number in zip(self.penalty[room], held, strict=True)
        )
        return int(repeated + uneven)

    def anneal(self, moves: int, progress: Progress) -> None:
        """Cool geometrically, in units of repeated meetings, and keep the best plan seen."""
        units, rounds = len(self.problem.units), len(self.seats)
        if len(self.problem.rooms) < 2 or units < 2:
            progress(1, 1)
            return
        progress(0, moves)
        draw, sizes = self.chance.random, self.sizes
        for start in range(0, moves, SPELL):
            if self.least <= self.enough:
                break
            heat = HOT * (COLD / HOT) ** (start / moves)
            for _ in range(min(SPELL, moves - start)):
                at, unit, other = int(draw() * rounds), int(draw() * units), int(draw() * units)
                there = self.seats[at][other]
                if self.seats[at][unit] == there:
                    continue
                if sizes[unit] == sizes[other]:
                    self._try(at, unit, other, heat)
                elif others := self._same_size(at, sizes[unit], there):
                    self._try_groups(at, unit, others, heat)
            progress(start, moves)
        progress(moves, moves)

    def _same_size(self, at: int, wanted: int, room: int) -> list[int]:
        """Units of the room that are together as many people as wanted; empty where chance finds none."""
        inside = self.inside[at][room]
        chosen: list[int] = []
        for other in self.chance.sample(inside, len(inside)):
            if self.sizes[other] <= wanted:
                chosen.append(other)
                wanted -= self.sizes[other]
            if not wanted:
                return chosen
        return []

    def _fits(self, at: int, unit: int, room: int, leaving: Sequence[int]) -> bool:
        """Whether the unit may enter the room once others have left it."""
        if not self.problem.allowed[unit][room]:
            return False
        seats = self.seats[at]
        return all(seats[other] != room or other in leaving for other in self.problem.avoids[unit])

    def _try(self, at: int, unit: int, other: int, heat: float) -> None:
        """Swap two units of one size between their rooms if the rules and the temperature allow."""
        here, there = self.seats[at][unit], self.seats[at][other]
        if not (self._fits(at, unit, there, (other,)) and self._fits(at, other, here, (unit,))):
            return
        inside, sizes = self.inside[at], self.sizes
        mine, theirs = inside[here], inside[there]
        own, its = self.met[unit], self.met[other]
        meetings = 0
        for company in mine:
            if company != unit:
                meetings += ((its[company] > 0) - (own[company] > 1)) * sizes[company]
        for company in theirs:
            if company != other:
                meetings += ((own[company] > 0) - (its[company] > 1)) * sizes[company]
        gain = meetings * sizes[unit] + self._uneven(at, here, there, self.traits[unit], self.traits[other])
        if gain > 0 and self.chance.random() >= math.exp(-gain / heat):
            return
        self._leave_and_join(at, unit, other, here, there)
        self._settle(gain)

    def _uneven(self, at: int, here: int, there: int, out: Sequence[int], back: Sequence[int]) -> int:
        """What it costs in balance that the traits `out` go from here to there and `back` come instead."""
        if out == back:
            return 0
        change = 0
        rooms = zip(out, back, self.held[at][here], self.penalty[here],
                    self.held[at][there], self.penalty[there], strict=True)  # fmt: skip
        for gone, come, held, costs, held_there, costs_there in rooms:
            if gone != come:
                shift = come - gone
                change += costs[held + shift] - costs[held]
                change += costs_there[held_there - shift] - costs_there[held_there]
        return change

    def _leave_and_join(self, at: int, unit: int, other: int, here: int, there: int) -> None:
        inside, met = self.inside[at], self.met
        mine, theirs = inside[here], inside[there]
        mine[mine.index(unit)], theirs[theirs.index(other)] = other, unit
        own, its = met[unit], met[other]
        for company in mine:
            if company != other:
                own[company] -= 1
                its[company] += 1
                row = met[company]
                row[unit] -= 1
                row[other] += 1
        for company in theirs:
            if company != unit:
                own[company] += 1
                its[company] -= 1
                row = met[company]
                row[unit] += 1
                row[other] -= 1
        self._carry(at, here, there, self.traits[unit], self.traits[other])
        self.seats[at][unit], self.seats[at][other] = there, here

    def _carry(self, at: int, here: int, there: int, out: Sequence[int], back: Sequence[int]) -> None:
        held, held_there = self.held[at][here], self.held[at][there]
        for column, (gone, come) in enumerate(zip(out, back, strict=True)):
            held[column] += come - gone
            held_there[column] += gone - come

    def _try_groups(self, at: int, unit: int, others: list[int], heat: float) -> None:
        """Swap a unit with several smaller ones of another room."""
        here, there = self.seats[at][unit], self.seats[at][others[0]]
        if not self._fits(at, unit, there, others):
            return
        if not all(self._fits(at, other, here, (unit,)) for other in others):
            return
        mine = [one for one in self.inside[at][here] if one != unit]
        theirs = [one for one in self.inside[at][there] if one not in others]
        moves = [(unit, mine, theirs), *((other, theirs, mine) for other in others)]
        gain = 0
        for one, left, joined in moves:
            met = self.met[one]
            gained = sum(self.sizes[other] for other in joined if met[other] > 0)
            lost = sum(self.sizes[other] for other in left if met[other] > 1)
            gain += self.sizes[one] * (gained - lost)
        back = [sum(column) for column in zip(*(self.traits[other] for other in others), strict=True)]
        gain += self._uneven(at, here, there, self.traits[unit], back)
        if gain > 0 and self.chance.random() >= math.exp(-gain / heat):
            return
        for one, left, joined in moves:
            for companies, change in ((left, -1), (joined, 1)):
                for other in companies:
                    self.met[one][other] += change
                    self.met[other][one] += change
            self.seats[at][one] = there if one == unit else here
        self.inside[at][here], self.inside[at][there] = [*mine, *others], [*theirs, unit]
        self._carry(at, here, there, self.traits[unit], back)
        self._settle(gain)

    def _settle(self, gain: int) -> None:
        self.cost += gain
        if self.cost < self.least:
            self.least = self.cost
            self.best = [list(row) for row in self.seats]
