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
MOST_PAIRS_PER_PASS = 10_000_000
# Pairs that all passes may bring; a later pass may bring so many in any case.
MOST_PAIRS = 20_000_000
LEAST_PAIRS_PER_PASS = 1_000_000
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


@dataclass(frozen=True)
class Sample:
    """Some of the pairs of one pass, drawn evenly: `pairs` is how many it brings, each once."""

    blocking: str
    pairs: int
    left: Integers
    right: Integers


def candidate_pairs(left: People, right: People) -> tuple[Integers, Integers, tuple[LeftOut, ...]]:
    """Indices of the pairs to compare, each once, sorted, and the keys that were left out."""
    pairs = np.zeros(0, dtype=np.int64)
    left_out: list[LeftOut] = []
    for one in _passes(left, right):
        most = min(MOST_PAIRS_PER_PASS, max(MOST_PAIRS - pairs.size, LEAST_PAIRS_PER_PASS))
        whole, finer, skipped = _joined(one, left, right, most)
        left_out += skipped
        # Pass after pass and stretch after stretch, since all at once may not fit into memory.
        found = [pairs]
        for i, j in (whole.pairs(), finer.pairs()):
            for start in range(0, i.size, _STRETCH):
                a, b = i[start : start + _STRETCH], j[start : start + _STRETCH]
                if one.filtered:
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
    i = pairs // len(right)
    pairs %= len(right)
    return i, pairs, tuple(left_out)


def samples(left: People, right: People, size: int, beyond: int) -> Iterator[Sample]:
    """`size` pairs of every pass that brings more than `beyond` of them; they may repeat.

    Pairs whose names have too few letters in common are not among them, so a sample may be smaller.
    """
    chance = np.random.default_rng(size)
    for one in _passes(left, right):
        whole, _finer, _skipped = _joined(one, left, right, MOST_PAIRS_PER_PASS)
        if whole.total <= beyond:
            continue
        i, j = whole.numbered(chance.integers(whole.total, size=size))
        if one.filtered:
            keep = _share_letters(left, right, i, j)
            i, j = i[keep], j[keep]
        yield Sample(one.blocking, whole.total, i, j)


def _passes(left: People, right: People) -> Iterator[_Pass]:
    for (blocking, ours, _), (_, _, theirs) in zip(_keys(left), _keys(right), strict=True):
        yield _Pass(blocking, ours, theirs, filtered=blocking.startswith("birth_date"))


def _keys(people: People) -> Iterator[tuple[str, Integers, Integers]]:
    """Name of the pass, the key of each record, and the key of its partners."""
    passport, day = people.passport_code, people.day
    yield "passport", passport, passport
    yield "birth_date", day, day
    yield "birth_date_exchanged", day, np.where(people.turned == day, UNKNOWN, people.turned)
    name = _unordered(people.family_code, people.given_code)
    yield "name", name, name
    consonants = _unordered(people.family_consonants_code, people.given_consonants_code)
    none = (people.family_consonants_code == UNKNOWN) | (people.given_consonants_code == UNKNOWN)
    consonants = np.where(none, UNKNOWN, consonants)
    yield "consonants", consonants, consonants
    year = people.year + people.given_initial_code * 2**14 + people.family_code * 2**38
    year = np.where(people.year == 0, UNKNOWN, year)
    yield "family_and_year", year, year
    given = people.month_day + people.family_initial_code * 2**14 + people.given_code * 2**38
    given = np.where((people.month_day == 0) | (people.given_code == UNKNOWN), UNKNOWN, given)
    yield "given_and_day", given, given


def _unordered(a: Integers, b: Integers) -> Integers:
    """One code for two, in whichever order; codes stay below 2³¹."""
    return np.asarray(np.minimum(a, b) * 2**31 + np.maximum(a, b), dtype=np.int64)


@dataclass(frozen=True)
class _Join:
    """Pairs (i, j) with equal keys, numbered record by record of the left; they are made when asked for.

    `at` is where the partners of each left record stand in `order`, `count` how many they are.
    """

    at: Integers
    count: Integers
    order: Integers

    @property
    def total(self) -> int:
        return int(self.count.sum())

    def pairs(self) -> tuple[Integers, Integers]:
        """All of them."""
        i = np.repeat(np.arange(len(self.count)), self.count)
        # Where the partners of each stand among the sorted ones, less where its pairs begin.
        j = np.repeat(self.at - (np.cumsum(self.count) - self.count), self.count)
        for start in range(0, len(j), _STRETCH):
            stretch = j[start : start + _STRETCH]
            stretch += np.arange(start, start + len(stretch))
            stretch[:] = self.order[stretch]
        return i, j

    def numbered(self, numbers: Integers) -> tuple[Integers, Integers]:
        """Those with these numbers, from 0."""
        ends = np.cumsum(self.count)
        i = np.searchsorted(ends, numbers, "right")
        return i, self.order[self.at[i] + numbers - (ends[i] - self.count[i])]


def _joined(one: _Pass, left: People, right: People, most: int) -> tuple[_Join, _Join, list[LeftOut]]:
    """Pairs with equal keys other than 0; those of large keys by (key, initials)."""
    a, b = one.codes, one.partner_codes
    whole, large = _equal_keys(a, b, most)
    if not large.size:
        none = np.zeros(0, dtype=np.int64)
        return whole, _Join(none, none, none), []
    in_a, in_b = np.isin(a, large), np.isin(b, large)
    split_a = np.where(in_a, _unordered(left.family_initial_code, left.given_initial_code), UNKNOWN)
    split_b = np.where(in_b, _unordered(right.family_initial_code, right.given_initial_code), UNKNOWN)
    finer = np.concatenate([np.stack([a, split_a], axis=1), np.stack([b, split_b], axis=1)])
    codes = np.unique(finer, axis=0, return_inverse=True)[1].ravel() + 1
    fine_a = np.where(in_a, codes[: len(a)], UNKNOWN)
    fine_b = np.where(in_b, codes[len(a) :], UNKNOWN)
    fine, too_large = _equal_keys(fine_a, fine_b, most)
    sizes = (np.bincount(side, minlength=int(codes.max()) + 1)[too_large] for side in (fine_a, fine_b))
    skipped = [
        LeftOut(one.blocking, ours, theirs) for ours, theirs in zip(*(s.tolist() for s in sizes), strict=True)
    ]
    return whole, fine, skipped


def _equal_keys(a: Integers, b: Integers, most: int = MOST_PAIRS_PER_PASS) -> tuple[_Join, Integers]:
    """Pairs (i, j) with a[i] == b[j] != 0, and the keys with too many of them, which are not paired."""
    order = np.argsort(b, kind="stable")
    sorted_b = b[order]
    keys, inverse, times = np.unique(a, return_inverse=True, return_counts=True)
    first = np.searchsorted(sorted_b, keys, "left")
    count = np.where(keys == UNKNOWN, 0, np.searchsorted(sorted_b, keys, "right") - first)
    work = count * times
    by_work = np.argsort(work, kind="stable")
    too_large = work > MOST_PAIRS_PER_KEY
    too_large[by_work[np.cumsum(work[by_work]) > most]] = True
    count = np.where(too_large, 0, count)
    return _Join(first[inverse], count[inverse], order), keys[too_large]


def _share_letters(left: People, right: People, i: Integers, j: Integers) -> Integers:
    common = np.bitwise_count(left.signature[i] & right.signature[j])
    shorter = np.minimum(np.bitwise_count(left.signature)[i], np.bitwise_count(right.signature)[j])
    return np.flatnonzero(common >= _LETTERS_SHARED * shorter)
