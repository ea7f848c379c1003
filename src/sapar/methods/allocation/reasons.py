"""Why each wish came true or not, in facts.

Nothing is stored for this: problem and result say everything, so a stored result can be explained years later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sapar.methods.allocation.arrays import NOWHERE
from sapar.methods.allocation.codec import digest
from sapar.methods.allocation.deferred import Matching
from sapar.methods.allocation.outcome import Allocation, score_of
from sapar.methods.allocation.problem import Applicant, Problem
from sapar.methods.allocation.queues import Standings, standings
from sapar.methods.allocation.ranking import Prepared, prepare
from sapar.methods.allocation.rules import Failure
from sapar.methods.errors import MethodError


@dataclass(frozen=True, kw_only=True)
class PartReason:
    """Where an applicant stood for one part of an offer: "cut-off 78.40, yours 77.90, 3rd of 2".

    Attributes:
        part: code of the reserve, or "open".
        places: places of the part that were not frozen.
        position: in the queue of those who wanted this part and could have it, from 1; None: none of its
            places is for this applicant.
        tier: 1 for members, 2 and up for those to whom it spills over, 0 for a guarantee.
        cutoff: score of the last admitted; None if nobody was.
        decided_by: "placed", or what puts the applicant behind the last admitted: "tier", "score", the fact of a tie
            criterion, or "lottery"; "mechanism" when the applicant stands before them, or before an empty
            place (never so in deferred acceptance); "places" if there is no place; "reserved" if none is
            for this applicant.
        own, last: the compared values of the applicant and of the last admitted: tiers, scores, values of
            the criterion, lottery numbers.
    """

    part: str
    places: int
    position: int | None = None
    tier: int | None = None
    cutoff: float | None = None
    decided_by: str
    own: float | None = None
    last: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What became of one wish.

    Attributes:
        wish: the applicant's number of the wish, from 1.
        code: `placed`; `kept` (the place was held before); `not_eligible`; `placed_higher` (a better wish
            came true); `frozen_elsewhere` (the place held before may not be changed); `reserved` (all places
            are for others); `no_places`; `below_cutoff`; `given_earlier` (the mechanism gave the place to
            somebody who stands behind; never so in deferred acceptance).
        failures: for `not_eligible`, all conditions not met.
        parts: for a wish refused, each part of the offer in order of filling; for `placed`, the part taken.
    """

    applicant: str
    offer: str
    wish: int
    code: str
    score: float | None = None
    failures: tuple[Failure, ...] = ()
    parts: tuple[PartReason, ...] = ()


class Explanation:
    """The reasons of one result; made by `explain`."""

    def __init__(self, prepared: Prepared, allocation: Allocation, queue: Standings) -> None:
        self._prepared = prepared
        self._allocation = allocation
        self._queue = queue
        self._at = {one.code: at for at, one in enumerate(prepared.problem.applicants)}
        self._offers = {one.code: at for at, one in enumerate(prepared.problem.offers)}
        order = np.argsort(queue.applicant, kind="stable")
        self._lines = np.split(order, np.searchsorted(queue.applicant[order], np.arange(1, len(self._at))))

    def of(self, applicant: str) -> tuple[Reason, ...]:
        """One reason per wish, best wish first; `allocation.unknown_applicant` if there is no such person."""
        if applicant not in self._at:
            raise MethodError(
                "allocation.unknown_applicant", "“{applicant}” did not apply.", applicant=applicant
            )
        at = self._at[applicant]
        lines = {int(self._queue.part[line]): line for line in self._lines[at].tolist()}
        person = self._prepared.problem.applicants[at]
        return tuple(self._reason(at, person, number, lines) for number in range(len(person.wishes)))

    def __iter__(self) -> Iterator[Reason]:
        """All reasons, applicant by applicant in the problem's order."""
        for applicant in self._prepared.problem.applicants:
            yield from self.of(applicant.code)

    def _reason(self, at: int, person: Applicant, number: int, lines: dict[int, int]) -> Reason:
        wish = person.wishes[number]
        placement = self._allocation.placement_of.get(person.code)
        failures: tuple[Failure, ...] = ()
        parts: tuple[PartReason, ...] = ()
        if placement is not None and placement.offer == wish.offer:
            code = "kept" if placement.kept else "placed"
            if self._prepared.frozen_part[at] == NOWHERE:
                parts = tuple(
                    part for part in self._parts(at, wish.offer, lines) if part.part == placement.part
                )
        elif placement is not None and self._prepared.frozen_part[at] != NOWHERE:
            code = "frozen_elsewhere"
        elif (at, number) in self._prepared.failures:
            code, failures = "not_eligible", self._prepared.failures[at, number]
        elif placement is not None and (placement.wish is not None and placement.wish <= number):
            code = "placed_higher"
        else:
            parts = self._parts(at, wish.offer, lines)
            code = _refusal(parts)
        return Reason(
            applicant=person.code, offer=wish.offer, wish=number + 1, code=code, score=person.score_at(wish),
            failures=failures, parts=parts,
        )  # fmt: skip

    def _parts(self, at: int, offer: str, lines: dict[int, int]) -> tuple[PartReason, ...]:
        market, queue = self._prepared.market, self._queue
        index = self._offers[offer]
        found = []
        for part in range(int(market.part_start[index]), int(market.part_start[index + 1])):
            places, code = int(self._prepared.places[part]), self._prepared.parts[part][1]
            last = int(queue.last[part])
            cutoff = None if last == NOWHERE else score_of(self._prepared, queue, last)
            line = lines.get(part)
            if line is None:
                found.append(PartReason(part=code, places=places, cutoff=cutoff, decided_by="reserved"))
                continue
            decided_by, own, worst = self._decision(at, line, last, places)
            found.append(
                PartReason(
                    part=code,
                    places=places,
                    position=int(queue.position[line]),
                    tier=int(queue.tier[line]),
                    cutoff=cutoff,
                    decided_by=decided_by,
                    own=own,
                    last=worst,
                )
            )
        return tuple(found)

    def _decision(self, at: int, line: int, last: int, places: int) -> tuple[str, float | None, float | None]:
        """What sets the applicant of `line` apart from the last admitted, and both values."""
        prepared, queue = self._prepared, self._queue
        if queue.seated[line]:
            return "placed", None, None
        if places == 0:
            return "places", None, None
        start, end = int(queue.start[queue.part[line]]), int(queue.start[queue.part[line] + 1])
        if line < last or int(queue.seated[start:end].sum()) < places:
            return "mechanism", None, None
        rival = int(queue.applicant[last])
        if queue.tier[line] != queue.tier[last]:
            return "tier", float(queue.tier[line]), float(queue.tier[last])
        own, other = score_of(prepared, queue, line), score_of(prepared, queue, last)
        if own != other:
            return "score", own, other
        for column, criterion in enumerate(prepared.problem.ties):
            if prepared.ties[at, column] != prepared.ties[rival, column]:
                pair = (self._fact(at, criterion.fact), self._fact(rival, criterion.fact))
                return criterion.fact, *pair
        return "lottery", float(prepared.lottery[at]), float(prepared.lottery[rival])

    def _fact(self, at: int, name: str) -> float | None:
        value = self._prepared.problem.applicants[at].facts.get(name)
        return float(value) if isinstance(value, (int, float)) else None


def explain(problem: Problem, allocation: Allocation) -> Explanation:
    """Prepare the reasons of a result; each is worked out when it is asked for.

    Raises:
        MethodError: `allocation.digest` when the result belongs to another problem.
    """
    if digest(problem) != allocation.problem:
        raise MethodError(
            "allocation.digest", "The result belongs to the problem {expected}, not to {found}.",
            expected=allocation.problem, found=digest(problem),
        )  # fmt: skip
    prepared = prepare(problem, seed=allocation.seed)
    queue = standings(prepared.market, matching_of(prepared, allocation), among=prepared.among)
    return Explanation(prepared, allocation, queue)


def matching_of(prepared: Prepared, allocation: Allocation) -> Matching:
    """The stored placements of those who took part, as arrays.

    Raises:
        MethodError: `allocation.placement` with all placements that are none of the problem's wishes and places.
    """
    market = prepared.market
    part = np.full(market.applicants, NOWHERE)
    wish = part.copy()
    at_part = {names: at for at, names in enumerate(prepared.parts)}
    strange: list[str] = []
    for at, person in enumerate(prepared.problem.applicants):
        placement = allocation.placement_of.get(person.code)
        if placement is None or prepared.frozen_part[at] != NOWHERE:
            continue
        seat = at_part.get((placement.offer, placement.part), NOWHERE)
        mine = np.arange(int(market.wish_start[at]), int(market.wish_start[at + 1]))
        fits = mine[market.wish_offer[mine] == market.part_offer[seat]] if seat != NOWHERE else mine[:0]
        if len(fits):
            part[at], wish[at] = seat, fits[0]
        else:
            strange.append(f"{person.code} in {placement.offer} ({placement.part})")
    if strange:
        raise MethodError("allocation.placement", "Placements that cannot be: {found}.", found=tuple(strange))
    return Matching(part, wish)


def _refusal(parts: tuple[PartReason, ...]) -> str:
    """One code for a wish refused by all parts of an offer."""
    deciding = {part.decided_by for part in parts if part.places}
    if not deciding:
        return "no_places"
    if "mechanism" in deciding:
        return "given_earlier"
    return "reserved" if deciding == {"reserved"} else "below_cutoff"
