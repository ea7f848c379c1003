"""Who wanted each part of each offer, in its order: the ground of all explanations.

Somebody wanted a part when they could sit in it and were placed there, or were placed at no better wish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sapar.methods.allocation.arrays import NOWHERE, Bools, Ints, Market
from sapar.methods.allocation.deferred import Matching


@dataclass(frozen=True, kw_only=True)
class Standings:
    """One line per applicant and part wanted, sorted by part, then by the order in the part.

    Attributes:
        part, applicant, wish, tier: (k,) what the line is about; `wish` indexes the market's wishes.
        seated: (k,) whether the applicant sits in this part.
        position: (k,) place in the queue of the part, from 1, people with a frozen place not counted.
        start: (B + 1,) lines of part `b` are `start[b]:start[b + 1]`.
        last: (B,) line of the last who sits there, or NOWHERE.
    """

    part: Ints
    applicant: Ints
    wish: Ints
    tier: Ints
    seated: Bools
    position: Ints
    start: Ints
    last: Ints


def standings(market: Market, matching: Matching, *, among: Ints | None = None) -> Standings:
    """Queue up everyone for what they wanted.

    Args:
        among: indices of those who take part; by default everyone.
    """
    wish_of = np.repeat(np.arange(market.applicants), np.diff(market.wish_start))
    wanted = np.flatnonzero(_wanted(market, matching, wish_of, among))
    offers = market.wish_offer[wanted]
    sizes = np.diff(market.part_start)[offers]
    offsets = np.cumsum(sizes) - sizes
    part = np.repeat(market.part_start[offers] - offsets, sizes) + np.arange(int(sizes.sum()))
    wish = np.repeat(wanted, sizes)
    applicant = wish_of[wish]
    tier = market.tiers(applicant, part)
    seated = matching.part[applicant] == part
    # Who sits in one part of the offer does not stand in the queues of its other parts.
    kept = (tier < market.outside) & (seated | (matching.wish[applicant] != wish))
    part, wish, applicant, tier, seated = part[kept], wish[kept], applicant[kept], tier[kept], seated[kept]
    order = np.lexsort((market.keys(applicant, wish, tier), part))
    part, seated = part[order], seated[order]
    start = np.searchsorted(part, np.arange(market.parts + 1)).astype(np.int64)
    lines = np.arange(len(part))
    last = np.full(market.parts, NOWHERE)
    last[part[seated]] = lines[seated]
    return Standings(
        part=part,
        applicant=applicant[order],
        wish=wish[order],
        tier=tier[order],
        seated=seated,
        position=lines - start[part] + 1,
        start=start,
        last=last,
    )


def _wanted(market: Market, matching: Matching, wish_of: Ints, among: Ints | None) -> Bools:
    placed = matching.wish[wish_of]
    wanted: Bools = (placed == NOWHERE) | (np.arange(len(wish_of)) <= placed)
    if among is not None:
        active = np.zeros(market.applicants, np.bool_)
        active[among] = True
        wanted &= active[wish_of]
    return wanted


def blocking(
    market: Market, matching: Matching, *, places: Ints | None = None, among: Ints | None = None
) -> tuple[Standings, Bools, Bools]:
    """Find every claim that the matching leaves unanswered.

    Returns:
        The standings; (k,) lines that stand before an occupant of the part (justified envy); (k,) lines
        that stand before an empty place of it (waste).
    """
    places = market.part_places if places is None else places
    queue = standings(market, matching, among=among)
    lines = np.arange(len(queue.part))
    envy = ~queue.seated & (lines < queue.last[queue.part])
    sitting = np.bincount(queue.part[queue.seated], minlength=market.parts)
    waste = ~queue.seated & (sitting < places)[queue.part]
    return queue, envy, waste
