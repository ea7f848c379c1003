"""Who wanted each part of each offer, in its order: the ground of all explanations.

Somebody wanted a part when they could sit in it and were placed there, or were placed at no better wish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.allocation import given
from sapar.methods.allocation.arrays import NOWHERE, Bools, Ints, Market
from sapar.methods.allocation.deferred import Matching
from sapar.methods.errors import MethodError


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


def standings(market: Market, matching: Matching, *, among: ArrayLike | None = None) -> Standings:
    """Queue up everyone for what they wanted.

    Args:
        among: indices of those who take part, each once; by default everyone.

    Raises:
        MethodError: `allocation.matching` with all applicants whose part is not one of the offer wished;
            `allocation.shape`.
    """
    _check_matching(market, matching)
    among = None if among is None else given.checked_people(among, market.applicants)
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


def _check_matching(market: Market, matching: Matching) -> None:
    part, wish = given.whole(matching.part, "part", 1), given.whole(matching.wish, "wish", 1)
    n, placed = market.applicants, matching.part != NOWHERE
    if part.shape != (n,) or wish.shape != (n,):
        raise MethodError("allocation.shape", "{what} has the wrong shape or values.", what="matching")
    own = (wish >= market.wish_start[:-1]) & (wish < market.wish_start[1:])
    there = (part >= 0) & (part < market.parts)
    fits = own & there
    fits[fits] = market.wish_offer[wish[fits]] == market.part_offer[part[fits]]
    if (wrong := np.flatnonzero(np.where(placed, ~fits, wish != NOWHERE))).size:
        raise MethodError(
            "allocation.matching", "The applicants {applicants} sit in parts that they do not wish.",
            applicants=tuple(wrong.tolist()),
        )  # fmt: skip


def _wanted(market: Market, matching: Matching, wish_of: Ints, among: Ints | None) -> Bools:
    placed = matching.wish[wish_of]
    wanted: Bools = (placed == NOWHERE) | (np.arange(len(wish_of)) <= placed)
    if among is not None:
        active = np.zeros(market.applicants, np.bool_)
        active[among] = True
        wanted &= active[wish_of]
    return wanted


def blocking(
    market: Market, matching: Matching, *, places: ArrayLike | None = None, among: ArrayLike | None = None
) -> tuple[Standings, Bools, Bools]:
    """Find every claim that the matching leaves unanswered.

    Returns:
        The standings; (k,) lines that stand before an occupant of the part (justified envy); (k,) lines
        that stand before an empty place of it (waste).

    Raises:
        MethodError: as `standings`; `allocation.places`.
    """
    places = market.part_places if places is None else given.checked_places(places, market.parts)
    queue = standings(market, matching, among=among)
    lines = np.arange(len(queue.part))
    envy = ~queue.seated & (lines < queue.last[queue.part])
    sitting = np.bincount(queue.part[queue.seated], minlength=market.parts)
    waste = ~queue.seated & (sitting < places)[queue.part]
    return queue, envy, waste
