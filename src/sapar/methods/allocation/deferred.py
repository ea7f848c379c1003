"""Applicant-proposing deferred acceptance: Gale & Shapley, American Mathematical Monthly 69 (1962) 9-15.

Everyone without a place asks the next part of their list at once; a part keeps the first of those who ask
and those it holds, as many as it has places, and refuses the others for good. The order of asking does not
change the result, so large rounds are sorted as arrays and the last few people are served one by one.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.allocation import given
from sapar.methods.allocation.arrays import CROWD, EVERYBODY, NOWHERE, Ints, Market
from sapar.methods.progress import Progress, unheard

FREE: Final = np.iinfo(np.int64).max
FULL: Final = -1


@dataclass(frozen=True)
class Matching:
    """`part` and `wish` (index into the market's wishes) of each applicant, NOWHERE for the unplaced."""

    part: Ints
    wish: Ints


def deferred_acceptance(
    market: Market,
    *,
    places: ArrayLike | None = None,
    among: ArrayLike | None = None,
    progress: Progress = unheard,
) -> Matching:
    """The stable matching that every applicant likes best (unique, as all orders are strict).

    Args:
        places: (B,) places to give now; by default those of the market.
        among: indices of those who take part, each once; by default everyone.

    Raises:
        MethodError: `allocation.shape`, `.places`.
    """
    run = _Run(market, market.part_places if places is None else given.checked_places(places, market.parts))
    asking = np.arange(market.applicants) if among is None else given.checked_people(among, market.applicants)
    asking = asking[market.wish_start[asking] < market.wish_start[asking + 1]]
    run.begin(asking)
    total = len(asking)
    weight = total
    while len(asking) > 32 + weight // 100:
        progress(total - len(asking), total + 1)
        asking, weight = run.round(asking)
    run.one_by_one(asking.tolist())
    progress(total + 1, total + 1)
    return run.matching()


class _Run:
    """Where everyone stands in their list, and who sits where.

    `seats` holds the keys of all parts one after the other, each part sorted, FREE where nobody sits;
    `last` is the worst key that sits in a full part: nobody behind it needs to ask.
    """

    def __init__(self, market: Market, places: Ints) -> None:
        self.market = market
        # Nobody needs more places than there are applicants; this keeps absurd capacities harmless.
        self.places = np.minimum(places, market.applicants)
        self.start = np.zeros(market.parts + 1, np.int64)
        np.cumsum(self.places, out=self.start[1:])
        self.seats = np.full(int(self.start[-1]), FREE, np.int64)
        self.last = np.where(self.places > 0, FREE, FULL)
        self.wish = market.wish_start[:-1].copy()
        self.part = np.zeros(market.applicants, np.int64)
        self.person = np.empty(market.applicants, np.int64)
        self.person[market.tie_rank] = np.arange(market.applicants)
        self.key_bits = market.tie_bits + market.score_bits + market.outside.bit_length()

    def begin(self, asking: Ints) -> None:
        market = self.market
        self.part[asking] = market.part_start[market.wish_offer[self.wish[asking]]]

    def advance(self, asking: Ints) -> Ints:
        """Move on to the next part, then to the next wish; returns those whose list is not at its end."""
        market = self.market
        part, wish = self.part[asking] + 1, self.wish[asking]
        over = part == market.part_start[market.wish_offer[wish] + 1]
        wish += over
        self.wish[asking] = wish
        going = wish < market.wish_start[asking + 1]
        new = over & going
        part[new] = market.part_start[market.wish_offer[wish[new]]]
        self.part[asking] = part
        return asking[going]

    def proposals(self, asking: Ints) -> tuple[Ints, Ints]:
        """Lead everyone to the next part that may take them; the parts and the keys of those who ask."""
        market, parts, keys = self.market, [], []
        for group in np.split(asking, range(CROWD, len(asking), CROWD)):
            while len(group):
                part, wish = self.part[group], self.wish[group]
                tier = market.tiers(group, part)
                key = market.keys(group, wish, tier)
                welcome = (tier < market.outside) & (key < self.last[part])
                parts.append(part[welcome])
                keys.append(key[welcome])
                group = self.advance(group[~welcome])
        return np.concatenate(parts), np.concatenate(keys)

    def round(self, asking: Ints) -> tuple[Ints, int]:
        """One round; returns who was refused, standing at their next part, and how many keys were sorted."""
        parts, keys = self.proposals(asking)
        touched = np.flatnonzero(np.bincount(parts, minlength=self.market.parts))
        sizes = self.places[touched]
        offsets = np.cumsum(sizes) - sizes
        sat = self.seats[np.repeat(self.start[touched] - offsets, sizes) + np.arange(int(sizes.sum()))]
        taken = sat != FREE
        sitting = (np.repeat(touched, sizes)[taken] << self.key_bits) | sat[taken]
        queue = np.sort(np.concatenate([(parts << self.key_bits) | keys, sitting]))
        part, key = queue >> self.key_bits, queue & ((1 << self.key_bits) - 1)
        lengths = np.bincount(part, minlength=self.market.parts)[touched]
        position = np.arange(len(queue)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        stays = position < self.places[part]
        self.seats[self.start[part[stays]] + position[stays]] = key[stays]
        self.last[touched] = self.seats[self.start[touched + 1] - 1]
        # In their own order, so that the next round walks through memory and does not leap.
        refused = np.sort(self.person[key[~stays] & ((1 << self.market.tie_bits) - 1)])
        return self.advance(refused), len(queue)

    def one_by_one(self, asking: list[int]) -> None:
        """The same for a few people, with a heap per part: a long chain costs little per link."""
        market, mask = self.market, (1 << self.market.tie_bits) - 1
        heaps: dict[int, list[int]] = {}
        while asking:
            person = asking.pop()
            end = int(market.wish_start[person + 1])
            wish, part = int(self.wish[person]), int(self.part[person])
            while wish < end:
                key = self._key(person, wish, part)
                if 0 <= key < self.last[part]:
                    heap = heaps.get(part)
                    if heap is None:
                        sat = self.seats[self.start[part] : self.start[part + 1]]
                        heap = heaps[part] = (-sat[sat != FREE][::-1]).tolist()
                    heapq.heappush(heap, -key)
                    if len(heap) > self.places[part]:
                        out = int(self.person[-heapq.heappop(heap) & mask])
                        self.wish[out], self.part[out] = self._next(int(self.wish[out]), part)
                        asking.append(out)
                    if len(heap) == self.places[part]:
                        self.last[part] = -heap[0]
                    break
                wish, part = self._next(wish, part)
            self.wish[person], self.part[person] = wish, part
        for part, heap in heaps.items():
            first = int(self.start[part])
            self.seats[first : first + len(heap)] = sorted(-key for key in heap)

    def _next(self, wish: int, part: int) -> tuple[int, int]:
        """The part to ask after this one; behind somebody's last wish it means nothing."""
        market = self.market
        if part + 1 < market.part_start[market.wish_offer[wish] + 1]:
            return wish, part + 1
        wish += 1
        return wish, int(market.part_start[market.wish_offer[wish]]) if wish < len(
            market.wish_offer
        ) else part

    def _key(self, person: int, wish: int, part: int) -> int:
        """The key of one person, or -1 where they may not sit."""
        market = self.market
        tier = market.outside
        if market.guaranteed[person] == part:
            tier = 0
        else:
            for at, group in enumerate(market.part_tiers[part].tolist()):
                if group == EVERYBODY or (group >= 0 and market.member[person, group]):
                    tier = at + 1
                    break
        if tier == market.outside:
            return -1
        rank = int(market.score_rank[wish])
        return (((tier << market.score_bits) | rank) << market.tie_bits) | int(market.tie_rank[person])

    def matching(self) -> Matching:
        part = np.full(self.market.applicants, NOWHERE, np.int64)
        wish = part.copy()
        taken = self.seats != FREE
        who = self.person[self.seats[taken] & ((1 << self.market.tie_bits) - 1)]
        part[who] = np.repeat(np.arange(self.market.parts), self.places)[taken]
        wish[who] = self.wish[who]
        return Matching(part, wish)
