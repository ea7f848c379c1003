"""Give the places of a problem and say what came out: placements, cut-offs, unused places, reserve lists.

Sources: Gale & Shapley (1962); reserved parts of an offer: Kominers & Sönmez (2016), slot-specific priorities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sapar.methods.allocation.arrays import NOWHERE, Ints, ranks
from sapar.methods.allocation.codec import digest
from sapar.methods.allocation.deferred import Matching
from sapar.methods.allocation.mechanisms import Mechanism, read_mechanism, run
from sapar.methods.allocation.problem import Problem
from sapar.methods.allocation.queues import Standings, standings
from sapar.methods.allocation.ranking import Prepared, prepare
from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A place given. `wish` counts the applicant's wishes from 1; None: an earlier place not wished now.

    `part` is the reserve that the place belongs to, or "open". `kept`: the place was held before.
    """

    applicant: str
    offer: str
    part: str
    wish: int | None
    score: float | None
    kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Cutoff:
    """How far a part of an offer reached.

    Attributes:
        places, filled: all places and the occupied ones, frozen places included in both.
        tier: of the last admitted: 1 a member of the reserve, 2 and up by spill-over, 0 by a guarantee;
            None while places are left, or when all are frozen. In the open part everybody has tier 1.
        score: of the last admitted.
    """

    offer: str
    part: str
    places: int
    filled: int
    tier: int | None = None
    score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Unused:
    """Places that stayed empty and why.

    `code`: `no_wishes`; `none_eligible`; `reserved` (eligible people wanted them, none belongs to whom they
    are reserved for); `all_placed` (here or better); `mechanism` (somebody entitled was passed over: waste).
    The counts are of applicants: `wished` the offer, `eligible` for it, `entitled` to sit in this part.
    """

    offer: str
    part: str
    places: int
    code: str
    wished: int
    eligible: int
    entitled: int


@dataclass(frozen=True, kw_only=True)
class ReserveList:
    """Who would get the next place of this part, in order."""

    offer: str
    part: str
    applicants: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """The result. With the problem it can be explained and verified again at any time.

    `problem` is the digest of the problem; `lottery` the number of every applicant, lower first.
    """

    mechanism: Mechanism
    seed: int
    problem: str
    placements: tuple[Placement, ...]
    cutoffs: tuple[Cutoff, ...]
    unused: tuple[Unused, ...]
    reserve_lists: tuple[ReserveList, ...]
    lottery: Mapping[str, int]

    @cached_property
    def placement_of(self) -> dict[str, Placement]:
        return {placement.applicant: placement for placement in self.placements}

    def offer_of(self, applicant: str) -> str | None:
        """The offer where the applicant is placed, or None."""
        placement = self.placement_of.get(applicant)
        return None if placement is None else placement.offer


def allocate(
    problem: Problem,
    *,
    mechanism: Mechanism | str = Mechanism.DEFERRED_ACCEPTANCE,
    seed: int,
    progress: Progress = unheard,
) -> Allocation:
    """Give the places.

    Raises:
        MethodError: what `check` refuses; `allocation.mechanism`, `allocation.seed`,
            `allocation.no_common_score`, `allocation.guarantees`.
    """
    mechanism = read_mechanism(mechanism)
    prepared = prepare(problem, seed=seed)
    matching = run(
        prepared.market,
        mechanism,
        places=prepared.places,
        among=prepared.among,
        common_rank=common_rank(prepared) if mechanism is Mechanism.SERIAL_DICTATORSHIP else None,
        progress=progress,
    )
    queue = standings(prepared.market, matching, among=prepared.among)
    return Allocation(
        mechanism=mechanism,
        seed=seed,
        problem=digest(problem),
        placements=_placements(prepared, matching),
        cutoffs=_cutoffs(prepared, queue),
        unused=_unused(prepared, queue),
        reserve_lists=_reserve_lists(prepared, queue),
        lottery=dict(sorted(zip((one.code for one in problem.applicants), prepared.lottery, strict=True))),
    )


def common_rank(prepared: Prepared) -> Ints:
    """(n,) rank by the common score; those who take part must all have one."""
    applicants = prepared.problem.applicants
    among = (applicants[at] for at in prepared.among.tolist())
    if lacking := tuple(one.code for one in among if one.score is None and one.wishes):
        raise MethodError(
            "allocation.no_common_score", "A serial dictatorship needs a common score of everybody; without: {found}.",
            found=lacking,
        )  # fmt: skip
    scores = np.array([-np.inf if one.score is None else one.score for one in applicants], np.float64)
    return ranks(scores)[0]


def _placements(prepared: Prepared, matching: Matching) -> tuple[Placement, ...]:
    problem = prepared.problem
    found = []
    for at, applicant in enumerate(problem.applicants):
        frozen = int(prepared.frozen_part[at])
        part = frozen if frozen != NOWHERE else int(matching.part[at])
        if part == NOWHERE:
            continue
        offer, part_code = prepared.parts[part]
        number = next((n for n, wish in enumerate(applicant.wishes, start=1) if wish.offer == offer), None)
        score = applicant.score if number is None else applicant.score_at(applicant.wishes[number - 1])
        holding = problem.holding_of.get(applicant.code)
        kept = holding is not None and holding.offer == offer
        found.append(
            Placement(
                applicant=applicant.code, offer=offer, part=part_code, wish=number, score=score, kept=kept
            )
        )
    return tuple(sorted(found, key=lambda placement: placement.applicant))


def _cutoffs(prepared: Prepared, queue: Standings) -> tuple[Cutoff, ...]:
    market = prepared.market
    seated = np.bincount(queue.part[queue.seated], minlength=market.parts)
    filled = seated + market.part_places - prepared.places
    found = []
    for at, (offer, part) in enumerate(prepared.parts):
        places, taken, line = int(market.part_places[at]), int(filled[at]), int(queue.last[at])
        full = taken == places and line != NOWHERE
        found.append(
            Cutoff(
                offer=offer,
                part=part,
                places=places,
                filled=taken,
                tier=int(queue.tier[line]) if full else None,
                score=score_of(prepared, queue, line) if full else None,
            )
        )
    return tuple(found)


def score_of(prepared: Prepared, queue: Standings, line: int) -> float | None:
    """Score of the applicant of a line of the standings at the offer."""
    number = prepared.market.wish_number[queue.wish[line]]
    score = float(prepared.scores[queue.applicant[line], number])
    return None if np.isnan(score) else score


def _unused(prepared: Prepared, queue: Standings) -> tuple[Unused, ...]:
    problem, market = prepared.problem, prepared.market
    empty = prepared.places - np.bincount(queue.part[queue.seated], minlength=market.parts)
    waiting = np.bincount(queue.part[~queue.seated], minlength=market.parts)
    wished = Counter(wish.offer for at in prepared.among.tolist() for wish in problem.applicants[at].wishes)
    eligible = _eligible_by_offer(prepared)
    found = []
    for at in np.flatnonzero(empty > 0).tolist():
        offer, part = prepared.parts[at]
        candidates = eligible[int(market.part_offer[at])]
        entitled = int((market.tiers(candidates, np.full(len(candidates), at)) < market.outside).sum())
        if not wished[offer]:
            code = "no_wishes"
        elif not len(candidates):
            code = "none_eligible"
        elif not entitled:
            code = "reserved"
        else:
            code = "mechanism" if waiting[at] else "all_placed"
        found.append(
            Unused(
                offer=offer,
                part=part,
                places=int(empty[at]),
                code=code,
                wished=wished[offer],
                eligible=len(candidates),
                entitled=entitled,
            )
        )
    return tuple(found)


def _eligible_by_offer(prepared: Prepared) -> list[Ints]:
    """For each offer, the applicants without a frozen place whose wish for it is in the market."""
    market = prepared.market
    person = np.repeat(np.arange(market.applicants), np.diff(market.wish_start))
    active = np.flatnonzero(prepared.frozen_part[person] == NOWHERE)
    order = active[np.argsort(market.wish_offer[active], kind="stable")]
    bounds = np.searchsorted(market.wish_offer[order], np.arange(1, market.offers))
    return np.split(person[order], bounds)


def _reserve_lists(prepared: Prepared, queue: Standings) -> tuple[ReserveList, ...]:
    applicants = prepared.problem.applicants
    found = []
    for at, (offer, part) in enumerate(prepared.parts):
        lines = slice(int(queue.start[at]), int(queue.start[at + 1]))
        waiting = queue.applicant[lines][~queue.seated[lines]].tolist()
        if waiting and prepared.market.part_places[at] > 0:
            found.append(
                ReserveList(offer=offer, part=part, applicants=tuple(applicants[one].code for one in waiting))
            )
    return tuple(found)
