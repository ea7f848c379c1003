"""The three mechanisms on a market of arrays.

Deferred acceptance is the default; the two others are what offices use, kept for comparison.
Sources: Gale & Shapley, American Mathematical Monthly 69 (1962) 9–15; Kominers & Sönmez, Theoretical Economics 11
(2016) 683–710; the other two: Abdulkadiroğlu & Sönmez, American Economic Review 93 (2003) 729–747.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.allocation import given
from sapar.methods.allocation.arrays import NOWHERE, Ints, Market
from sapar.methods.allocation.deferred import Matching, deferred_acceptance
from sapar.methods.errors import MethodError, brief
from sapar.methods.progress import Progress, unheard


class Mechanism(StrEnum):
    DEFERRED_ACCEPTANCE = "deferred_acceptance"
    SERIAL_DICTATORSHIP = "serial_dictatorship"
    IMMEDIATE_ACCEPTANCE = "immediate_acceptance"


def run(
    market: Market,
    mechanism: Mechanism | str = Mechanism.DEFERRED_ACCEPTANCE,
    *,
    places: ArrayLike | None = None,
    among: ArrayLike | None = None,
    common_rank: ArrayLike | None = None,
    progress: Progress = unheard,
) -> Matching:
    """Give the places.

    Args:
        places: (B,) places to give now; by default all of the market.
        among: indices of those who take part; by default everyone.
        common_rank: (n,) rank of each applicant, 0 first, for the serial dictatorship.

    Raises:
        MethodError: `allocation.guarantees` when somebody's place is guaranteed and the mechanism is not
            deferred acceptance: no other can keep that promise.
            `allocation.no_common_score` when a serial dictatorship has no common rank.
            `allocation.mechanism`; `allocation.shape` and `.places` for arrays that do not fit the market.
    """
    mechanism = read_mechanism(mechanism)
    places = market.part_places if places is None else given.checked_places(places, market.parts)
    among = np.arange(market.applicants) if among is None else given.checked_people(among, market.applicants)
    if mechanism is Mechanism.DEFERRED_ACCEPTANCE:
        return deferred_acceptance(market, places=places, among=among, progress=progress)
    if bool((market.guaranteed[among] != NOWHERE).any()):
        raise MethodError(
            "allocation.guarantees", "Guaranteed places need deferred acceptance, not {mechanism}.",
            mechanism=str(mechanism),
        )  # fmt: skip
    if mechanism is Mechanism.IMMEDIATE_ACCEPTANCE:
        return immediate_acceptance(market, places=places, among=among, progress=progress)
    if common_rank is None:
        raise MethodError("allocation.no_common_score", "A serial dictatorship needs one common order.")
    rank = given.checked_ranks(common_rank, market.applicants)
    return serial_dictatorship(market, rank, places=places, among=among, progress=progress)


def read_mechanism(name: str) -> Mechanism:
    if name not in list(Mechanism):
        raise MethodError(
            "allocation.mechanism", "There is no mechanism “{mechanism}”.", mechanism=brief(name)
        )
    return Mechanism(name)


def serial_dictatorship(
    market: Market, common_rank: Ints, *, places: Ints, among: Ints, progress: Progress = unheard
) -> Matching:
    """Everyone in the common order takes the best that is left (Svensson, Social Choice and Welfare 16, 1999).

    Reserved places go to members first; then those still unplaced pass once more for each step of
    spill-over, which is where offices with reserves lose fairness.
    """
    order = np.lexsort((market.tie_rank, common_rank))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    total = _nowhere(market)
    for tier in range(1, market.outside):
        step = replace(
            market,
            tie_rank=rank,
            score_rank=np.zeros_like(market.score_rank),
            part_tiers=market.part_tiers[:, :tier],
        )
        _add(total, deferred_acceptance(step, places=_left(places, total), among=_unplaced(among, total)))
        progress(tier, market.outside - 1)
    return total


def immediate_acceptance(
    market: Market, *, places: Ints, among: Ints, progress: Progress = unheard
) -> Matching:
    """All first wishes are served for good, then second wishes with what is left, and so on.

    Known as the Boston mechanism. It rewards untrue wishes: Abdulkadiroğlu & Sönmez, American Economic
    Review 93 (2003) 729-747.
    """
    total = _nowhere(market)
    rounds = int(market.wish_number.max(initial=-1)) + 1
    for number in range(rounds):
        these = np.flatnonzero(market.wish_number == number)
        before = np.searchsorted(these, market.wish_start)
        step = replace(
            market, wish_start=before, wish_offer=market.wish_offer[these], wish_number=market.wish_number[these],
            score_rank=market.score_rank[these],
        )  # fmt: skip
        found = deferred_acceptance(step, places=_left(places, total), among=_unplaced(among, total))
        placed = found.part != NOWHERE
        found.wish[placed] = these[found.wish[placed]]
        _add(total, found)
        progress(number + 1, rounds)
    return total


def _nowhere(market: Market) -> Matching:
    return Matching(np.full(market.applicants, NOWHERE), np.full(market.applicants, NOWHERE))


def _left(places: Ints, given: Matching) -> Ints:
    left: Ints = places - np.bincount(given.part[given.part != NOWHERE], minlength=len(places))
    return left


def _unplaced(among: Ints, given: Matching) -> Ints:
    still: Ints = among[given.part[among] == NOWHERE]
    return still


def _add(total: Matching, more: Matching) -> None:
    placed = more.part != NOWHERE
    total.part[placed], total.wish[placed] = more.part[placed], more.wish[placed]
