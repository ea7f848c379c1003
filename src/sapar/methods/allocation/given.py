"""Arrays as they are handed in: each is what it should be, or is refused with all that is wrong in it.

Facts are tuples of indices, so that a program finds every fault and a sentence shows the first ones.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError, brief

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NOBODY: Final = -2
NOWHERE: Final = -1
MOST_PLACES: Final = 2**40
MOST_SEED_BITS: Final = 1_024


def whole(values: ArrayLike, what: str, dimensions: int, *, copy: bool = True) -> Ints:
    """An array of whole numbers in so many dimensions.

    Raises:
        MethodError: `allocation.shape`.
    """
    array = _array(values, what)
    if array.size == 0 and array.ndim <= dimensions:
        return np.zeros(array.shape + (0,) * (dimensions - array.ndim), np.int64)
    large = array.dtype.kind == "u" and int(array.max()) > np.iinfo(np.int64).max
    if array.ndim != dimensions or not np.issubdtype(array.dtype, np.integer) or large:
        raise MethodError(
            "allocation.shape", "{what} must be whole numbers in {dimensions} dimensions.",
            what=what, dimensions=dimensions,
        )  # fmt: skip
    return array.astype(np.int64, copy=copy)


def numbers(values: ArrayLike, what: str) -> Floats:
    array = _array(values, what)
    try:
        return np.asarray(array, np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise _shape(what) from error


def members(values: ArrayLike | None, applicants: int) -> Bools:
    """(n, G) true or false, or 1 and 0; a gap would be taken for true."""
    if values is None:
        return np.zeros((applicants, 0), np.bool_)
    array = _array(values, "member")
    if array.ndim != 2 or array.shape[0] != applicants or (array.size and array.dtype.kind not in "biu"):
        raise _shape("member")
    if array.dtype.kind != "b" and bool(np.any((array != 0) & (array != 1))):
        raise _shape("member")
    return array.astype(np.bool_)


def _array(values: ArrayLike, what: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise _shape(what) from error


def _shape(what: str) -> MethodError:
    return MethodError("allocation.shape", "{what} has the wrong shape or values.", what=what)


def check_parts(capacity: Ints, owner: Ints, tiers: Ints, groups: int) -> None:
    """Places, offers and groups of the parts."""
    refuse_places(capacity)
    if len(owner) != len(capacity):
        raise _shape("part_offer")
    steps = np.diff(owner, prepend=-1)
    if (wrong := np.flatnonzero((steps < 0) | (steps > 1))).size:
        raise MethodError(
            "allocation.parts",
            "Each offer needs at least one part, and the parts must be sorted by offer; not so at the parts {parts}.",
            parts=_tuple(wrong),
        )
    if tiers.shape[0] != len(capacity):
        raise _shape("part_tiers")
    if (strange := (tiers >= groups) | (tiers < NOBODY)).any():
        raise MethodError(
            "allocation.parts",
            "The parts {parts} are reserved for the groups {found}, which are not there; there are {groups}.",
            parts=_tuple(np.nonzero(strange)[0]), found=_tuple(tiers[strange]), groups=groups,
        )  # fmt: skip


def refuse_places(places: Ints) -> None:
    if (wrong := np.flatnonzero((places < 0) | (places > MOST_PLACES))).size:
        raise MethodError(
            "allocation.places", "Places must not be negative or absurdly many; the parts {parts} have {places}.",
            parts=_tuple(wrong), places=_tuple(places[wrong]),
        )  # fmt: skip


def checked_wishes(chosen: Ints, offers: int) -> NDArray[np.int32]:
    """(n, w) offers wished, -1 for none."""
    if chosen.size and int(chosen.max()) >= offers:
        unknown = chosen >= offers
        raise MethodError(
            "allocation.unknown_offer",
            "There are {offers} offers, from 0; the applicants {applicants} wish the offers {wished}.",
            applicants=_tuple(np.nonzero(unknown)[0]), wished=_tuple(chosen[unknown]), offers=offers,
        )  # fmt: skip
    small = np.maximum(chosen, NOWHERE).astype(np.int32)
    ordered = np.sort(small, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if bool(twice.any()):
        raise MethodError(
            "allocation.duplicate_wish", "The applicants {applicants} wish the offers {wished} twice.",
            applicants=_tuple(np.nonzero(twice)[0]), wished=_tuple(ordered[:, 1:][twice]),
        )  # fmt: skip
    return small


def checked_scores(scores: Floats, wished: Bools) -> Floats:
    """The scores that count: (n,) of applicants, or one for each wish."""
    if scores.shape not in ((wished.shape[0],), wished.shape):
        raise _shape("scores")
    common = scores.ndim == 1
    if not np.isfinite(scores if common else scores[wished]).all():
        gaps = ~np.isfinite(scores) if common else ~np.isfinite(scores) & wished
        at = np.nonzero(gaps)
        raise MethodError(
            "allocation.score_not_finite", "The scores of the applicants {applicants} are no finite numbers: {scores}.",
            applicants=_tuple(at[0]), wishes=() if common else _tuple(at[1]), scores=tuple(scores[gaps].tolist()),
        )  # fmt: skip
    return scores if common else scores[wished]


def checked_order(values: ArrayLike, applicants: int) -> Ints:
    """(n,) a permutation of 0 to n - 1."""
    order = whole(values, "tie_rank", 1)
    if order.shape != (applicants,) or not np.array_equal(np.sort(order), np.arange(applicants)):
        raise MethodError(
            "allocation.tie_rank", "The tie order must be a permutation of 0 to {last}.", last=applicants - 1
        )
    return order


def checked_guarantees(values: ArrayLike, wishes: NDArray[np.int32], owner: Ints, places: Ints) -> Ints:
    """(n,) the parts held, which their holders wish and which have places for all holders."""
    kept = whole(values, "guaranteed", 1)
    if kept.shape != (wishes.shape[0],) or bool(np.any((kept < NOWHERE) | (kept >= len(places)))):
        raise _shape("guaranteed")
    holders = np.flatnonzero(kept != NOWHERE)
    wished = (wishes[holders] == owner[kept[holders]][:, None]).any(axis=1)
    crowded = np.bincount(kept[holders], minlength=len(places)) > places
    if (wrong := holders[~wished | crowded[kept[holders]]]).size:
        raise MethodError(
            "allocation.holding",
            "The applicants {applicants} hold places in the parts {parts} that they do not wish, or that are fewer "
            "than their holders.",
            applicants=_tuple(wrong), parts=_tuple(kept[wrong]),
        )  # fmt: skip
    return kept


def checked_places(values: ArrayLike, parts: int) -> Ints:
    """(B,) places to give now."""
    places = whole(values, "places", 1)
    if places.shape != (parts,):
        raise _shape("places")
    refuse_places(places)
    return places


def checked_people(values: ArrayLike, applicants: int) -> Ints:
    """Indices of those who take part, each once."""
    among = whole(values, "among", 1)
    strangers = (among < 0) | (among >= applicants)
    if strangers.any() or (among.size and int(np.bincount(among).max()) > 1):
        raise _shape("among")
    return among


def checked_ranks(values: ArrayLike, applicants: int) -> Ints:
    rank = whole(values, "common_rank", 1)
    if rank.shape != (applicants,):
        raise _shape("common_rank")
    return rank


def checked_seed(seed: object) -> int:
    """A whole number from 0."""
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        number = int(seed)
        if 0 <= number < 2**MOST_SEED_BITS:
            return number
    raise MethodError(
        "allocation.seed",
        "The seed must be a whole number from 0, and not endless: {seed}.",
        seed=brief(seed),
    )


def _tuple(array: NDArray[np.integer[Any]]) -> tuple[int, ...]:
    return tuple(array.tolist())
