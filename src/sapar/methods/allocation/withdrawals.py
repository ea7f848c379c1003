"""Give again what was given back, without taking anything from anybody.

Whoever holds a place keeps it or gets a better wish: their own place ranks them before everybody else, and
applicant-proposing deferred acceptance is run on that order (Pereyra, Games and Economic Behavior 80 (2013)
100-114; Combe, Tercieux & Terrier, Review of Economic Studies 89 (2022) 3154-3222, who show that holders could
still gain by exchanges). Confirmed people who did not agree to move are frozen. The lottery numbers stay, since
they depend only on the seed and the person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sapar.methods.allocation.codec import digest
from sapar.methods.allocation.mechanisms import Mechanism
from sapar.methods.allocation.outcome import Allocation, allocate
from sapar.methods.allocation.problem import Holding, Problem
from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard


@dataclass(frozen=True, kw_only=True)
class Move:
    """Somebody whose place changed; None: no place."""

    applicant: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Refill:
    """`problem` holds the kept places as `holdings`; it is what `allocation` must be stored and verified with."""

    problem: Problem
    allocation: Allocation
    moves: tuple[Move, ...]


def refill(
    problem: Problem,
    allocation: Allocation,
    *,
    withdrawn: Collection[str],
    confirmed: Collection[str] = (),
    willing: Collection[str] = (),
    progress: Progress = unheard,
) -> Refill:
    """Allocate again after withdrawals.

    Args:
        withdrawn: applicants who leave; their places become free.
        confirmed: applicants who have confirmed their place.
        willing: those of the confirmed who agreed to move to a better wish if one comes true.
            A place not yet confirmed is kept or bettered in any case. A place frozen in an earlier run
            stays frozen unless its holder is willing.

    Raises:
        MethodError: `allocation.digest`; `allocation.unknown_applicant`; `allocation.not_placed` when
            somebody confirmed or willing has no place; `allocation.withdrawn` when they also withdrew;
            `allocation.no_applicants` when everybody did.
    """
    if digest(problem) != allocation.problem:
        raise MethodError(
            "allocation.digest", "The result belongs to the problem {expected}, not to {found}.",
            expected=allocation.problem, found=digest(problem),
        )  # fmt: skip
    gone, sure, ready = set(withdrawn), set(confirmed), set(willing)
    _check(problem, allocation, gone, sure, ready)
    frozen_before = {one.applicant for one in problem.holdings if not one.may_rise}
    holdings = tuple(
        Holding(
            applicant=placement.applicant,
            offer=placement.offer,
            part=placement.part,
            may_rise=placement.applicant in ready or placement.applicant not in sure | frozen_before,
        )
        for placement in allocation.placements
        if placement.applicant not in gone
    )
    staying = tuple(one for one in problem.applicants if one.code not in gone)
    if not staying:
        raise MethodError("allocation.no_applicants", "There are no applicants.")
    later = replace(problem, applicants=staying, holdings=holdings)
    result = allocate(later, mechanism=Mechanism.DEFERRED_ACCEPTANCE, seed=allocation.seed, progress=progress)
    moves = tuple(
        Move(applicant=code, before=before, after=after)
        for code in sorted(one.code for one in problem.applicants)
        if (before := allocation.offer_of(code)) != (after := result.offer_of(code))
    )
    return Refill(problem=later, allocation=result, moves=moves)


def _check(problem: Problem, allocation: Allocation, gone: set[str], sure: set[str], ready: set[str]) -> None:
    named = sorted(gone | sure | ready)
    if unknown := tuple(code for code in named if code not in problem.applicant_by_code):
        raise MethodError("allocation.unknown_applicant", "Who did not apply: {found}.", found=unknown)
    if both := tuple(code for code in named if code in gone and code in sure | ready):
        raise MethodError("allocation.withdrawn", "Who withdrew and yet wants to go: {found}.", found=both)
    if idle := tuple(code for code in named if code not in gone and allocation.offer_of(code) is None):
        raise MethodError("allocation.not_placed", "Who has no place to confirm: {found}.", found=idle)
