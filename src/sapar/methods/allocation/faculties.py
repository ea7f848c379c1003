"""Two levels: university-wide places are first dealt to faculties, then each faculty's applicants compete for them.

Apportionment: Balinski & Young, Fair Representation (2nd ed., 2001): the method of largest remainders (Hamilton, Hare)
and the divisor methods of Sainte-Laguë (Webster) and D'Hondt (Jefferson); "rounds" gives one place after the other in
the declared order. Arithmetic is exact (fractions). How each faculty's total falls on the single offers is a controlled
rounding: the whole numbers with the right sums nearest to proportional ones (Cox, JASA 82 (1987) 520-524), found as a
transport problem whose vertices are whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from sapar.methods.allocation.problem import LARGEST, OPEN, Offer, Reserve, check_offers
from sapar.methods.allocation.rules import SCORE, Rule, Test, is_text
from sapar.methods.errors import MethodError, brief

MOST_DEALT = 100_000


class SplitRule(StrEnum):
    LARGEST_REMAINDER = "largest_remainder"
    SAINTE_LAGUE = "sainte_lague"
    D_HONDT = "d_hondt"
    ROUNDS = "rounds"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a faculty brings to the table: its weight (students, applications, a fixed share) and its limits.

    `minimum` places are given first; `maximum` None: no limit. `rounds` ignores weights above 0.
    """

    code: str
    weight: float
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a faculty gets.

    Attributes:
        quota: places × weight / all weights, unrounded.
        places: places given, the minimum included.
        tied: an equal claim of another faculty was turned down only because it is listed later (or is
            the one that stands behind); decide the order of listing openly.
    """

    code: str
    quota: float
    places: int
    tied: bool = False


def split(
    places: int, claims: Sequence[Claim], *, rule: SplitRule | str = SplitRule.LARGEST_REMAINDER
) -> tuple[Share, ...]:
    """Deal `places` to the claimants; exactly all are dealt.

    Minimums come first. Divisor methods and rounds then go on from there, so that a minimum counts
    against what the faculty gets anyway; largest remainders are taken among those whose quota lies between
    their limits, the others stand at their limit. Equal claims: the one listed first.

    Raises:
        MethodError: `allocation.split_rule`, `.split_places`, `.split_claim` with all claims that have no code, a
            weight that is negative or not finite, or limits that are no whole numbers or contradict;
            `.duplicate_claim`, `.split_impossible` (minimums above, or maximums below, the places to deal).
    """
    if rule not in list(SplitRule):
        raise MethodError("allocation.split_rule", "There is no rule “{rule}”.", rule=brief(rule))
    _check(places, claims)
    weights = [Fraction(claim.weight) for claim in claims]
    total = sum(weights)
    if rule == SplitRule.LARGEST_REMAINDER:
        given, tied = _largest_remainder(places, claims, weights)
    else:
        given, tied = _by_sequence(places, claims, weights, SplitRule(rule))
    return tuple(
        Share(
            code=claim.code,
            quota=float(places * weight / total) if total else 0.0,
            places=count,
            tied=at in tied,
        )
        for at, (claim, weight, count) in enumerate(zip(claims, weights, given, strict=True))
    )


def _check(places: int, claims: Sequence[Claim]) -> None:
    if type(places) is not int or not 0 <= places <= MOST_DEALT:
        raise MethodError(
            "allocation.split_places", "{places} places cannot be dealt out, but 0 to {most}.",
            places=brief(places), most=MOST_DEALT,
        )  # fmt: skip
    if twice := tuple(
        code for code, count in Counter(brief(claim.code) for claim in claims).items() if count > 1
    ):
        raise MethodError("allocation.duplicate_claim", "Faculties that claim twice: {found}.", found=twice)
    contradictory = tuple(
        f"{brief(claim.code)}: weight {brief(claim.weight)}, minimum {brief(claim.minimum)}, "
        f"maximum {brief(claim.maximum)}"
        for claim in claims
        if not _is_sound(claim, places)
    )
    if contradictory:
        raise MethodError(
            "allocation.split_claim", "Claims that contradict themselves: {found}.", found=contradictory
        )
    least = sum(claim.minimum for claim in claims)
    most = sum(_limit(claim, places) for claim in claims)
    if not least <= places <= most:
        raise MethodError(
            "allocation.split_impossible",
            "{places} places cannot be dealt: the claims allow {least} to {most}.",
            places=places, least=least, most=most,
        )  # fmt: skip


def _is_sound(claim: Claim, places: int) -> bool:
    weight: object = claim.weight
    limits: list[object] = [claim.minimum, places if claim.maximum is None else claim.maximum]
    return (
        is_text(claim.code)
        and claim.code not in ("", OPEN)
        and isinstance(weight, (int, float))
        and not isinstance(weight, bool)
        and 0 <= weight < LARGEST
        and all(type(limit) is int for limit in limits)
        and 0 <= claim.minimum <= (places if claim.maximum is None else claim.maximum)
    )


def _limit(claim: Claim, places: int) -> int:
    """The most that a claim can get; without weight no more than its minimum."""
    if not claim.weight:
        return claim.minimum
    return places if claim.maximum is None else min(claim.maximum, places)


def _largest_remainder(
    places: int, claims: Sequence[Claim], weights: Sequence[Fraction]
) -> tuple[list[int], set[int]]:
    """Quotas within the limits that add up, rounded down, and the rest by remainder."""
    quotas = _limited_quotas(places, claims, weights)
    given = [int(quota) for quota in quotas]
    remainders = [quota - count for quota, count in zip(quotas, given, strict=True)]
    order = sorted(range(len(claims)), key=lambda at: (-remainders[at], at))
    rest = places - sum(given)
    for at in order[:rest]:
        given[at] += 1
    tied: set[int] = set()
    if 0 < rest < len(order) and remainders[order[rest - 1]] == remainders[order[rest]]:
        tied = {at for at in order if remainders[at] == remainders[order[rest]]}
    return given, tied


def _limited_quotas(places: int, claims: Sequence[Claim], weights: Sequence[Fraction]) -> list[Fraction]:
    """Shares proportional to weight, each moved to its limit where it would cross it, adding up to `places`."""
    limits = [(Fraction(claim.minimum), Fraction(_limit(claim, places))) for claim in claims]
    marks = sorted(
        {limit / weight for pair, weight in zip(limits, weights, strict=True) if weight for limit in pair}
    )

    def shares(level: Fraction) -> list[Fraction]:
        return [min(max(level * w, low), high) for w, (low, high) in zip(weights, limits, strict=True)]

    # The sum grows with the level, piece by piece linear between the marks.
    below = Fraction(0)
    for mark in marks:
        if sum(shares(mark)) >= places:
            low, high = sum(shares(below)), sum(shares(mark))
            part = Fraction(places - low) / (high - low) if high > low else Fraction(0)
            return shares(below + part * (mark - below))
        below = mark
    return shares(below)


def _by_sequence(
    places: int, claims: Sequence[Claim], weights: Sequence[Fraction], rule: SplitRule
) -> tuple[list[int], set[int]]:
    """One place after the other to the strongest claim; minimums are given beforehand."""
    given = [claim.minimum for claim in claims]
    tied: set[int] = set()
    limits = [_limit(claim, places) for claim in claims]
    waiting = [
        (-_strength(weights[at], count, rule), at) for at, count in enumerate(given) if count < limits[at]
    ]
    heapify(waiting)
    for left in range(places - sum(given), 0, -1):
        best, first = heappop(waiting)
        if left == 1 and rule is not SplitRule.ROUNDS:
            equals = {at for strength, at in waiting if strength == best}
            tied = {first, *equals} if equals else set()
        given[first] += 1
        if given[first] < limits[first]:
            heappush(waiting, (-_strength(weights[first], given[first], rule), first))
    return given, tied


def _strength(weight: Fraction, given: int, rule: SplitRule) -> Fraction:
    if rule is SplitRule.ROUNDS:
        return Fraction(-given)
    return weight / (2 * given + 1 if rule is SplitRule.SAINTE_LAGUE else given + 1)


def deal(
    offers: Sequence[Offer],
    claims: Sequence[Claim],
    *,
    rule: SplitRule | str = SplitRule.LARGEST_REMAINDER,
    fact: str = "faculty",
    spill: tuple[str, ...] = (OPEN,),
) -> tuple[tuple[Share, ...], tuple[Offer, ...]]:
    """Deal all places of offers to faculties and return the offers with these places reserved.

    An offer with `faculties` is dealt only to these. Offers that have reserves already are refused.

    Args:
        offers: with different codes, and places that are whole numbers from 0.
        fact: the applicants' fact that names their faculty.
        spill: whom places go to that the faculty does not use: ("open",) everybody, () nobody.

    Raises:
        MethodError: as `split`; `allocation.split_offer` with all offers that have reserves;
            `allocation.split_impossible` when the offers' own conditions leave a faculty without enough places;
            `allocation.split_spill`, `.split_fact`, `.code`, `.duplicate_offer`, `.places`, `.rule`.
    """
    check_offers(offers)
    if reserved := tuple(offer.code for offer in offers if offer.reserves):
        raise MethodError("allocation.split_offer", "These have reserves already: {offers}.", offers=reserved)
    if tuple(spill) not in ((), (OPEN,)):
        raise MethodError(
            "allocation.split_spill",
            "Places spill over to everybody or to nobody, not to {spill}.",
            spill=brief(spill),
        )
    if not is_text(fact) or not fact or fact == SCORE:
        raise MethodError("allocation.split_fact", "“{fact}” names no faculty.", fact=brief(fact))
    shares = split(sum(offer.places for offer in offers), claims, rule=rule)
    codes = [claim.code for claim in claims]
    allowed = np.array(
        [[not offer.faculties or code in offer.faculties for code in codes] for offer in offers], np.bool_
    ).reshape(len(offers), len(codes))
    table = _whole_table(
        np.array([offer.places for offer in offers]), np.array([share.places for share in shares]), allowed
    )
    if table is None:
        raise _impossible(offers, shares, allowed)
    return shares, tuple(
        replace(
            offer,
            order=(),
            reserves=tuple(
                Reserve(
                    code=code,
                    places=int(count),
                    rules=(Rule(code=fact, fact=fact, test=Test.EQUALS, required=code),),
                    spill=spill,
                )
                for code, count in zip(codes, row, strict=True)
                if count
            ),
        )
        for offer, row in zip(offers, table, strict=True)
    )


def _impossible(offers: Sequence[Offer], shares: Sequence[Share], allowed: NDArray[np.bool_]) -> MethodError:
    """What is left over, and who falls short, when as many places as possible are dealt (a greatest flow)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    count, end = len(offers), 1 + len(offers) + len(shares)
    places = np.array([offer.places for offer in offers], np.int32)
    network = np.zeros((end + 1, end + 1), np.int32)
    network[0, 1 : 1 + count] = places
    network[1 : 1 + count, 1 + count : end] = np.where(allowed, places[:, None], 0)
    network[1 + count : end, end] = [share.places for share in shares]
    flow = maximum_flow(csr_array(network), 0, end).flow.toarray()
    dealt, got = flow[0, 1 : 1 + count], flow[1 + count : end, end]
    return MethodError(
        "allocation.split_impossible",
        "The conditions of the offers do not allow {places} places to be dealt as claimed. Left over at best: "
        "{offers}; short: {faculties}.",
        places=int(places.sum()),
        offers=tuple(
            f"{offer.code}: {offer.places - done} of {offer.places}"
            for offer, done in zip(offers, dealt.tolist(), strict=True)
            if done < offer.places
        ),
        faculties=tuple(
            f"{share.code}: {share.places - done} of {share.places}"
            for share, done in zip(shares, got.tolist(), strict=True)
            if done < share.places
        ),
    )


def _whole_table(
    rows: NDArray[np.int64], columns: NDArray[np.int64], allowed: NDArray[np.bool_]
) -> NDArray[np.int64] | None:
    """(offers, faculties) whole numbers with these sums, as near to proportional as they can be; None: there are none.

    The cost of a cell is its distance from the ideal, counted double beyond the two neighbouring whole
    numbers, and so convex: three variables per cell, up to the neighbour below, up to that above, and further.
    """
    # Loaded when a split is asked for: the solver is larger than all else of this package together.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    ideal = np.where(allowed, columns[None, :].astype(np.float64), 0.0)
    sums = ideal.sum(axis=1, keepdims=True)
    ideal = np.divide(ideal * rows[:, None], sums, out=np.zeros_like(ideal), where=sums > 0)
    where = np.argwhere(allowed)
    cells = ideal[allowed]
    whole = np.floor(cells + 1e-9)
    k = len(where)
    cost = np.concatenate([np.full(k, -2.0), 1 - 2 * (cells - whole), np.full(k, 2.0)])
    upper = np.concatenate([whole, np.ones(k), np.full(k, float(rows.sum()))])
    lines = np.concatenate([where[:, 0], where[:, 0], where[:, 0]])
    cols = np.concatenate([where[:, 1], where[:, 1], where[:, 1]]) + len(rows)
    at = np.arange(3 * k)
    matrix = csr_array(
        (np.ones(6 * k), (np.concatenate([lines, cols]), np.concatenate([at, at]))),
        shape=(len(rows) + len(columns), 3 * k),
    )
    target = np.concatenate([rows, columns])
    if not k:
        solved = None
    else:
        # The simplex method ends at a vertex, and the vertices of a transport problem are whole. Without
        # presolving, which takes a hundred times as long here.
        solved = milp(
            cost,
            constraints=LinearConstraint(matrix, target, target),
            bounds=Bounds(0, upper),
            options={"presolve": False},
        )
    if solved is None or solved.status != 0:
        return np.zeros(allowed.shape, np.int64) if not target.any() else None
    table = np.zeros(allowed.shape, np.int64)
    np.add.at(table, (lines, cols - len(rows)), np.rint(solved.x).astype(np.int64))
    return table
