"""Which pairs are worth comparing: those that share a key, never all with all.

Passes: the passport; the birth date; the birth date with day and month exchanged; both parts of the name in either
order; their consonants; family name, initial and birth year; given name with day and month. A pair is found if one
pass finds it. A key that too many records share (a placeholder such as 1 January) is split by the initials of the
name, and if that does not help it is left out and reported. So are the largest keys of a pass that would bring more
pairs than memory and patience hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sapar.methods.names.people.tables import UNKNOWN, Integers, People

# Pairs that one key may bring; a birthday shared by 400 × 400 people still passes.
MOST_PAIRS_PER_KEY = 160_000
# Pairs that one pass may bring; beyond it the largest keys are split or left out first.
MOST_PAIRS_PER_PASS = 20_000_000
# So many pairs are looked at together.
_STRETCH = 1_000_000
# Share of the letter pairs of the shorter name that must be in the longer one.
_LETTERS_SHARED = 0.4


@dataclass(frozen=True)
class LeftOut:
    """A key whose different records, so many on either side, were not compared with one another in this pass."""

    blocking: str
    left: int
    right: int


@dataclass(frozen=True)
class _Pass:
    """The key of each record in one pass, 0 for none, on the left and as the partner of a left one.

    `filtered`: many unrelated people share the key, so pairs must have letters in common as well.
    """

    blocking: str
    codes: Integers
    partner_codes: Integers
    filtered: bool = False


def candidate_pairs(left: People, right: People) -> tuple[Integers, Integers, tuple[LeftOut, ...]]:
    """Indices of the pairs to compare, each once, sorted, and the keys that were left out."""
    pairs = np.zeros(0, dtype=np.int64)
    left_out: list[LeftOut] = []
    split_left = _unordered(left.family_initial_code, left.given_initial_code)
    split_right = _unordered(right.family_initial_code, right.given_initial_code)
    for ours, theirs in zip(_passes(left), _passes(right), strict=True):
        i, j, skipped = _joined(ours.blocking, ours.codes, theirs.partner_codes, split_left, split_right)
        left_out += skipped
        # Pass after pass and stretch after stretch, since all at once may not fit into memory.
        found = [pairs]
        for start in range(0, i.size, _STRETCH):
            a, b = i[start : start + _STRETCH], j[start : start + _STRETCH]
            if ours.filtered:
                keep = _share_letters(left, right, a, b)
                a, b = a[keep], b[keep]
            found.append(a * len(right) + b)
        del i, j
        pairs = np.concatenate(found)
        del found
        pairs.sort()
        first = np.ones(pairs.size, dtype=np.bool_)
        np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
        pairs = pairs[first]
    one = pairs // len(right)
    pairs %= len(right)
    return one, pairs, tuple(left_out)


def _passes(people: People) -> Iterator[_Pass]:
    passport, day = people.passport_code, people.day
    yield _Pass("passport", passport, passport)
    yield _Pass("birth_date", day, day, filtered=True)
    turned = np.where(people.turned == day, UNKNOWN, people.turned)
    yield _Pass("birth_date_exchanged", day, turned, filtered=True)
    name = _unordered(people.family_code, people.given_code)
    yield _Pass("name", name, name)
    consonants = _unordered(people.family_consonants_code, people.given_consonants_code)
    none = (people.family_consonants_code == UNKNOWN) | (people.given_consonants_code == UNKNOWN)
    consonants = np.where(none, UNKNOWN, consonants)
    yield _Pass("consonants", consonants, consonants)
    year = people.year + people.given_initial_code * 2**14 + people.family_code * 2**38
    year = np.where(people.year == 0, UNKNOWN, year)
    yield _Pass("family_and_year", year, year)
    given = people.month_day + people.family_initial_code * 2**14 + people.given_code * 2**38
    given = np.where((people.month_day == 0) | (people.given_code == UNKNOWN), UNKNOWN, given)
    yield _Pass("given_and_day", given, given)


def _unordered(a: Integers, b: Integers) -> Integers:
    """One code for two, in whichever order; codes stay below 2³¹."""
    return np.asarray(np.minimum(a, b) * 2**31 + np.maximum(a, b), dtype=np.int64)


def _joined(
    blocking: str, a: Integers, b: Integers, split_a: Integers, split_b: Integers
) -> tuple[Integers, Integers, list[LeftOut]]:
    """All pairs with equal keys other than 0; large keys by (key, initials)."""
    i, j, large = _equal_keys(a, b)
    if not large.size:
        return i, j, []
    in_a, in_b = np.flatnonzero(np.isin(a, large)), np.flatnonzero(np.isin(b, large))
    finer = np.stack(
        [np.concatenate([a[in_a], b[in_b]]), np.concatenate([split_a[in_a], split_b[in_b]])], axis=1
    )
    codes = np.unique(finer, axis=0, return_inverse=True)[1].ravel() + 1
    fine_a, fine_b = codes[: in_a.size], codes[in_a.size :]
    more_i, more_j, too_large = _equal_keys(fine_a, fine_b)
    sizes = (np.bincount(side, minlength=int(codes.max()) + 1)[too_large] for side in (fine_a, fine_b))
    skipped = [
        LeftOut(blocking, ours, theirs) for ours, theirs in zip(*(s.tolist() for s in sizes), strict=True)
    ]
    return np.concatenate([i, in_a[more_i]]), np.concatenate([j, in_b[more_j]]), skipped


def _equal_keys(a: Integers, b: Integers) -> tuple[Integers, Integers, Integers]:
    """Pairs (i, j) with a[i] == b[j] != 0, and the keys with too many of them, which are not paired."""
    order = np.argsort(b, kind="stable")
    sorted_b = b[order]
    keys, inverse, times = np.unique(a, return_inverse=True, return_counts=True)
    first = np.searchsorted(sorted_b, keys, "left")
    count = np.where(keys == UNKNOWN, 0, np.searchsorted(sorted_b, keys, "right") - first)
    work = count * times
    by_work = np.argsort(work, kind="stable")
    too_large = work > MOST_PAIRS_PER_KEY
    too_large[by_work[np.cumsum(work[by_work]) > MOST_PAIRS_PER_PASS]] = True
    count = np.where(too_large, 0, count)[inverse]
    i = np.repeat(np.arange(len(a)), count)
    # Where the partners of each stand among the sorted ones, less where its pairs begin.
    at = np.repeat(first[inverse] - (np.cumsum(count) - count), count)
    for start in range(0, len(at), _STRETCH):
        stretch = at[start : start + _STRETCH]
        stretch += np.arange(start, start + len(stretch))
        stretch[:] = order[stretch]
    return i, at, keys[too_large]


def _share_letters(left: People, right: People, i: Integers, j: Integers) -> Integers:
    common = np.bitwise_count(left.signature[i] & right.signature[j])
    shorter = np.minimum(np.bitwise_count(left.signature)[i], np.bitwise_count(right.signature)[j])
    return np.flatnonzero(common >= _LETTERS_SHARED * shorter)
