"""The same data under several mechanisms, as Abdulkadiroğlu & Sönmez (2003) compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sapar.methods.allocation.mechanisms import Mechanism, read_mechanism
from sapar.methods.allocation.outcome import allocate
from sapar.methods.allocation.problem import Problem
from sapar.methods.allocation.verification import verify


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What one mechanism does.

    Attributes:
        placed: people with a place, kept ones included.
        unplaced: people with wishes and without a place.
        by_wish: people whose 1st, 2nd, … wish came true.
        envious: people who see somebody with less precedence in a place they prefer to their own.
        waste: people who see an empty place that they prefer and are entitled to.
        unused: places that nobody got.
    """

    mechanism: Mechanism
    placed: int
    unplaced: int
    by_wish: tuple[int, ...]
    envious: int
    waste: int
    unused: int


def compare(
    problem: Problem, mechanisms: Sequence[Mechanism | str] = tuple(Mechanism), *, seed: int
) -> tuple[Comparison, ...]:
    """Run each mechanism and count; one line per mechanism in the given order.

    Raises:
        MethodError: as `allocate`; comparing with a serial dictatorship needs a common score of everyone.
    """
    return tuple(_compared(problem, read_mechanism(mechanism), seed) for mechanism in mechanisms)


def _compared(problem: Problem, mechanism: Mechanism, seed: int) -> Comparison:
    allocation = allocate(problem, mechanism=mechanism, seed=seed)
    blocking = verify(problem, allocation, rerun=False).blocking
    most = max(len(applicant.wishes) for applicant in problem.applicants)
    numbers = [placement.wish for placement in allocation.placements]
    placed = set(allocation.placement_of)
    return Comparison(
        mechanism=mechanism,
        placed=len(placed),
        unplaced=sum(1 for one in problem.applicants if one.wishes and one.code not in placed),
        by_wish=tuple(numbers.count(number) for number in range(1, most + 1)),
        envious=len({pair.applicant for pair in blocking if pair.over is not None}),
        waste=len({pair.applicant for pair in blocking if pair.over is None}),
        unused=sum(one.places for one in allocation.unused),
    )
