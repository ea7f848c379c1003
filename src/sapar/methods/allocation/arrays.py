"""The market as arrays: who may sit where, and who goes first.

The places of an offer are divided into *parts*, filled one after the other: reserved parts and the open
part. Each part has its own strict order of applicants, built from, in this order of weight: the tier
(members of the reserve, then those to whom it spills over), the score at this offer, the declared tie
criteria, the lottery. This is the slot-specific priority of Kominers & Sönmez (Theoretical Economics 11,
2016, 683-710) with one contract per applicant and offer. There the offers' choices from any set of
applicants are those of an ordinary market in which every part is an offer of its own, and whoever wishes
an offer wishes its parts in their order; so one mechanism, written for the ordinary market, serves all.

A key is one integer: tier, rank of the score, rank in the tie order; smaller goes first. The tie rank
is different for everyone, so a key also says whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.allocation import given
from sapar.methods.allocation.given import NOBODY, NOWHERE, Bools, Ints
from sapar.methods.errors import MethodError

__all__ = [
    "CROWD",
    "EVERYBODY",
    "NOBODY",
    "NOWHERE",
    "Bools",
    "Ints",
    "Market",
    "Small",
    "lot",
    "market",
    "ranks",
]

Small = NDArray[np.int32]  # for what exists once per wish, since memory is what large markets wait for

EVERYBODY: Final = -1
CROWD: Final = 50_000  # so many are handled at once that their arrays fit into the processor's cache


@dataclass(frozen=True, kw_only=True)
class Market:
    """Arrays of `n` applicants, `P` wishes, `m` offers and `B` parts.

    Attributes:
        wish_start: (n + 1,) the wishes of applicant `a` are `wish_start[a]:wish_start[a + 1]`, best first.
        wish_offer: (P,) the offer wished.
        wish_number: (P,) the applicant's own number of the wish, from 0 (some numbers may be missing:
            wishes for which the applicant is not eligible are not in the market).
        score_rank: (P,) 0 for the best score; equal scores have equal ranks.
        tie_rank: (n,) a permutation; smaller goes first among equal scores.
        part_start: (m + 1,) the parts of offer `o` are `part_start[o]:part_start[o + 1]`, in order of filling.
        part_offer: (B,) the offer of each part.
        part_places: (B,) places.
        part_tiers: (B, T) groups in order: tier `t` of a part belongs to group `part_tiers[b, t]`,
            or to EVERYBODY, or to NOBODY. One's tier is the first that one belongs to.
        member: (n, G) who belongs to which group.
        guaranteed: (n,) a part that this applicant holds and need not give up, or NOWHERE.
    """

    wish_start: Ints
    wish_offer: Small
    wish_number: Small
    score_rank: Small
    tie_rank: Ints
    part_start: Ints
    part_offer: Ints
    part_places: Ints
    part_tiers: Ints
    member: Bools
    guaranteed: Ints
    tie_bits: int
    score_bits: int

    @property
    def applicants(self) -> int:
        return len(self.wish_start) - 1

    @property
    def offers(self) -> int:
        return len(self.part_start) - 1

    @property
    def parts(self) -> int:
        return len(self.part_places)

    @property
    def outside(self) -> int:
        """The tier of those who may not sit in a part at all."""
        return int(self.part_tiers.shape[1]) + 1

    def tiers(self, applicant: Ints, part: Ints) -> Ints:
        """(k,) tier of each applicant in each part: 0 guaranteed, 1 the first group, ..., `outside`."""
        tier = np.full(len(part), self.outside, np.int64)
        for at in range(len(self._groups) - 1, -1, -1):
            tier[self._belonging[applicant, self._groups[at][part]]] = at + 1
        if self._any_guaranteed:
            tier[self.guaranteed[applicant] == part] = 0
        return tier

    @cached_property
    def _belonging(self) -> Bools:
        """(n, G + 2) `member` with columns for NOBODY and EVERYBODY, which are found by their negative numbers."""
        n, groups = self.member.shape
        found = np.zeros((n, groups + 2), np.bool_)
        found[:, :groups] = self.member
        found[:, EVERYBODY] = True
        return found

    @cached_property
    def _groups(self) -> Ints:
        """(T, B) `part_tiers`, a row for each tier."""
        return np.ascontiguousarray(self.part_tiers.T)

    @cached_property
    def _any_guaranteed(self) -> bool:
        return bool((self.guaranteed != NOWHERE).any())

    def keys(self, applicant: Ints, wish: Ints, tier: Ints) -> Ints:
        """(k,) the order in a part, smaller first."""
        return (((tier << self.score_bits) | self.score_rank[wish]) << self.tie_bits) | self.tie_rank[
            applicant
        ]


def ranks(values: NDArray[np.float64]) -> tuple[Ints, int]:
    """Ranks, 0 for the largest value, equal for equal values, not always without gaps; and a bound above them.

    Scores with few decimals are whole numbers in disguise and need no sorting.
    """
    if not len(values):
        return np.zeros(0, np.int64), 0
    top, low = float(values.max()), float(values.min())
    for unit in (1.0, 10.0, 100.0, 1000.0):
        if (top - low) * unit < 2**24 and max(abs(top), abs(low)) * unit < 2**52:
            whole = _in_units(values, unit)
            if whole is not None:
                first = int(np.rint(top * unit))
                return np.subtract(first, whole, out=whole), first - int(np.rint(low * unit)) + 1
    order = np.argsort(-values)
    ordered = values[order]
    steps = np.empty(len(values), np.int64)
    steps[0] = 0
    np.cumsum(ordered[1:] != ordered[:-1], out=steps[1:])
    found = np.empty(len(values), np.int64)
    found[order] = steps
    return found, int(steps[-1]) + 1


def _in_units(values: NDArray[np.float64], unit: float) -> Ints | None:
    """Values as whole numbers of 1/unit; None where dividing would not give back each value exactly."""
    whole = np.empty(len(values), np.int64)
    for start in range(0, len(values), CROWD):
        part = values[start : start + CROWD]
        rounded = np.rint(part * unit)
        if not np.array_equal(rounded / unit, part):
            return None
        whole[start : start + CROWD] = rounded
    return whole


def lot(seed: int, applicants: int) -> Ints:
    """(n,) a permutation drawn by `seed`, for markets given as arrays, where people have no names."""
    generator = np.random.Generator(np.random.PCG64(given.checked_seed(seed)))
    return generator.permutation(applicants).astype(np.int64)


def market(
    wishes: ArrayLike,
    scores: ArrayLike,
    places: ArrayLike,
    *,
    part_offer: ArrayLike | None = None,
    part_tiers: ArrayLike | None = None,
    member: ArrayLike | None = None,
    tie_rank: ArrayLike | None = None,
    guaranteed: ArrayLike | None = None,
    seed: int = 0,
) -> Market:
    """Build a market from arrays.

    Args:
        wishes: (n, w) offers as whole numbers from 0, best wish first; negative: no wish, or not eligible.
        scores: (n,) one score per applicant or (n, w) one per wish; more is better; finite where wished.
        places: (B,) places of the parts; of the offers where there are no reserves.
        part_offer: (B,) offer of each part, ascending; parts of one offer are filled in the given order.
        part_tiers: (B, T) who may sit in a part, see `Market`; by default EVERYBODY.
        member: (n, G) membership of the groups that `part_tiers` names.
        tie_rank: (n,) order among equal scores, a permutation of 0 … n-1; by default drawn by `seed`.
        guaranteed: (n,) a part that the applicant holds and keeps unless a better wish comes true.

    Raises:
        MethodError: `allocation.shape`, `.unknown_offer`, `.duplicate_wish`, `.score_not_finite`,
            `.places`, `.parts`, `.tie_rank`, `.seed`, `.too_large`, `.holding` for a guaranteed part that its holder
            does not wish or that has fewer places than holders. The facts name all indices at fault.
    """
    chosen = given.whole(wishes, "wishes", 2, copy=False)
    n = chosen.shape[0]
    capacity = given.whole(places, "places", 1)
    owner = np.arange(len(capacity)) if part_offer is None else given.whole(part_offer, "part_offer", 1)
    tiers = (
        np.full((len(capacity), 1), EVERYBODY)
        if part_tiers is None
        else given.whole(part_tiers, "part_tiers", 2)
    )
    groups = given.members(member, n)
    given.check_parts(capacity, owner, tiers, groups.shape[1])
    m = int(owner[-1]) + 1 if len(owner) else 0
    offers = given.checked_wishes(chosen, m)
    wished = offers >= 0
    wish_start = np.zeros(n + 1, np.int64)
    np.cumsum(wished.sum(axis=1), out=wish_start[1:])
    rank, distinct = _score_ranks(given.numbers(scores, "scores"), wished)
    order = lot(seed, n) if tie_rank is None else given.checked_order(tie_rank, n)
    kept = (
        np.full(n, NOWHERE)
        if guaranteed is None
        else given.checked_guarantees(guaranteed, offers, owner, capacity)
    )

    tie_bits, score_bits = max(n - 1, 1).bit_length(), max(distinct - 1, 1).bit_length()
    bits = tie_bits + score_bits + (tiers.shape[1] + 1).bit_length() + len(capacity).bit_length()
    if bits > 62:
        raise MethodError(
            "allocation.too_large",
            "{applicants} applicants with {scores} different scores and {parts} parts do not fit.",
            applicants=n, scores=distinct, parts=len(capacity),
        )  # fmt: skip
    return Market(
        wish_start=wish_start,
        wish_offer=offers[wished],
        wish_number=np.broadcast_to(np.arange(offers.shape[1], dtype=np.int32), offers.shape)[wished],
        score_rank=rank,
        tie_rank=order,
        part_start=np.searchsorted(owner, np.arange(m + 1)).astype(np.int64),
        part_offer=owner,
        part_places=capacity,
        part_tiers=tiers,
        member=groups,
        guaranteed=kept,
        tie_bits=tie_bits,
        score_bits=score_bits,
    )


def _score_ranks(scores: NDArray[np.float64], wished: Bools) -> tuple[Small, int]:
    rank, distinct = ranks(given.checked_scores(scores, wished))
    small = rank.astype(np.int32)
    return (np.repeat(small, wished.sum(axis=1)) if scores.ndim == 1 else small), distinct
