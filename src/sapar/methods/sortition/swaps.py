"""Simulated annealing over the swaps that keep every rule."""

from __future__ import annotations

import math
import random

import numpy as np

from sapar.methods.progress import Progress
from sapar.methods.sortition.pool import Counts
from sapar.methods.sortition.seating import Problem, Seating

# One person out of balance weighs as much as two repeated meetings: more would freeze the search.
BALANCE = 2.0
HOT, COLD = 1.5, 0.2


class Search:
    """Swaps of equally large units between two rooms of a round, accepted by annealing."""

    def __init__(self, problem: Problem, seating: Seating, rounds: int, chance: random.Random) -> None:
        self.problem, self.chance = problem, chance
        self.seats = [list(seating) for _ in range(rounds)]
        self.sizes = np.array(problem.sizes)
        units = len(problem.units)
        self.met = np.zeros((units, units), dtype=np.int64)
        self.inside = [
            [[unit for unit in range(units) if seating[unit] == room] for room in range(len(problem.rooms))]
            for _ in range(rounds)
        ]
        for rooms in self.inside:
            for room in rooms:
                self.met[np.ix_(room, room)] += 1
        self.traits = [[problem.traits[room].sum(axis=0) for room in rooms] for rooms in self.inside]
        self.shares = [problem.even_share(int(self.sizes[room].sum())) for room in self.inside[0]]
        self.cost = self._cost()
        self.best, self.least = [list(seats) for seats in self.seats], self.cost

    def _cost(self) -> float:
        pairs = np.outer(self.sizes, self.sizes)
        repeated = np.triu(np.maximum(0, self.met - 1) * pairs, 1).sum()
        uneven = sum(self._uneven(room, held) for rooms in self.traits for room, held in enumerate(rooms))
        return float(repeated) + BALANCE * uneven

    def _uneven(self, room: int, held: Counts) -> int:
        low, high = self.shares[room]
        return int(np.maximum(0, held - high).sum() + np.maximum(0, low - held).sum())

    def anneal(self, moves: int, progress: Progress) -> None:
        """Cool geometrically, in units of repeated meetings, and keep the best plan seen."""
        units = len(self.problem.units)
        if len(self.problem.rooms) < 2 or units < 2:
            progress(1, 1)
            return
        progress(0, moves)
        for move in range(moves):
            if move % 2_000 == 1_999:
                progress(move, moves)
            if self.least <= 0:
                break
            heat = HOT * (COLD / HOT) ** (move / moves)
            at = self.chance.randrange(len(self.seats))
            unit, room = self.chance.randrange(units), self.chance.randrange(len(self.problem.rooms))
            if room != self.seats[at][unit] and (others := self._same_size(at, unit, room)):
                self._try(at, [unit], others, room, heat)
        progress(moves, moves)

    def _same_size(self, at: int, unit: int, room: int) -> list[int]:
        """Units of the room that are together as many people as the unit; empty where chance finds none."""
        wanted = self.problem.sizes[unit]
        inside = self.inside[at][room]
        if wanted == 1 and inside:
            other = self.chance.choice(inside)
            return [other] if self.problem.sizes[other] == 1 else []
        chosen: list[int] = []
        for other in self.chance.sample(inside, len(inside)):
            if self.problem.sizes[other] <= wanted:
                chosen.append(other)
                wanted -= self.problem.sizes[other]
            if not wanted:
                return chosen
        return []

    def _try(self, at: int, group: list[int], others: list[int], there: int, heat: float) -> None:
        """Swap two groups of equal size between their rooms if the rules and the temperature allow."""
        problem = self.problem
        here = self.seats[at][group[0]]
        mine = [unit for unit in self.inside[at][here] if unit not in group]
        theirs = [unit for unit in self.inside[at][there] if unit not in others]
        for moving, target, company in ((group, there, theirs), (others, here, mine)):
            for unit in moving:
                if not problem.allowed[unit][target] or not problem.avoids[unit].isdisjoint(company):
                    return
        shift = problem.traits[others].sum(axis=0) - problem.traits[group].sum(axis=0)
        new_here, new_there = self.traits[at][here] + shift, self.traits[at][there] - shift
        gain = BALANCE * (
            self._uneven(here, new_here)
            + self._uneven(there, new_there)
            - self._uneven(here, self.traits[at][here])
            - self._uneven(there, self.traits[at][there])
        )
        moves = [(unit, mine, theirs) for unit in group] + [(unit, theirs, mine) for unit in others]
        for unit, left, joined in moves:
            met = self.met[unit]
            gained = self.sizes[joined][met[joined] >= 1].sum() - self.sizes[left][met[left] >= 2].sum()
            gain += problem.sizes[unit] * int(gained)
        if gain > 0 and self.chance.random() >= math.exp(-gain / heat):
            return
        for unit, left, joined in moves:
            self.met[unit, left] -= 1
            self.met[left, unit] -= 1
            self.met[unit, joined] += 1
            self.met[joined, unit] += 1
            self.seats[at][unit] = there if unit in group else here
        self.inside[at][here], self.inside[at][there] = [*mine, *others], [*theirs, *group]
        self.traits[at][here], self.traits[at][there] = new_here, new_there
        self.cost += gain
        if self.cost < self.least - 1e-9:
            self.least = self.cost
            self.best = [list(row) for row in self.seats]
