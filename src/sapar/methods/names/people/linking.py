"""Candidates for "these two are one person", within a list or between two.

Blocking, then weights of evidence for each pair (Fellegi & Sunter 1969). The result is a list for a person to go
through, best first; nothing is merged. Records that are equal in everything compared are handled once, so that a
list that holds one record a hundred thousand times brings a hundred thousand pairs and not five thousand million.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import Fact, MethodError
from sapar.methods.names.people.blocking import LeftOut, candidate_pairs, samples
from sapar.methods.names.people.evidence import LIKELY, SIMILARITY, decisions, reasons, weigh
from sapar.methods.names.people.names import PersonName, comparable
from sapar.methods.names.people.records import Identical, NameMatch, Person, PersonDecision, PersonMatch, Side
from sapar.methods.names.people.tables import Integers, People, tabulate
from sapar.methods.progress import Progress, unheard

_BATCH = 200_000
# Pairs that a list of candidates may hold; nobody goes through more, and memory holds no more.
MOST_MATCHES = 1_000_000
# So many pairs of a pass are weighed before it is run, if it could bring more than that; a share of theirs is
# believed to within what chance exceeds once in a thousand million lists (Hoeffding 1963).
_SAMPLE = 20_000
_MARGIN = math.sqrt(math.log(1e9) / (2 * _SAMPLE))
_DECISIONS: tuple[PersonDecision, ...] = ("different", "perhaps", "same")
# How alike words of a similarity (as in `SIMILARITY`) are said to be.
LIKENESS = (0.0, 0.1, 0.25, 0.6, 0.85, 1.0)
# Share of the family name in the likeness of two names; the rest is the given name's.
_FAMILY_SHARE = 0.55


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """Pairs with a score of at least the threshold, best first.

    `compared` counts the pairs that were looked at; `left_out` names keys too common to be compared within.
    `identical` has all groups of equal records: what is matched with the first of them is matched with every other one
    of the group as well, without a pair of its own.
    """

    matches: tuple[PersonMatch, ...]
    compared: int
    left_out: tuple[LeftOut, ...]
    identical: tuple[Identical, ...] = ()


def link_people(
    left: Sequence[Person],
    right: Sequence[Person],
    *,
    threshold: float = LIKELY,
    progress: Progress = unheard,
) -> Duplicates:
    """Pairs of one record of `left` and one of `right` that may be the same person.

    Of equal records within a list the first one is compared; the others are in `Duplicates.identical`.

    Raises:
        MethodError: ``names.bad_threshold`` outside (0, 1]; ``names.no_people``; ``names.duplicate_key``;
            ``names.nameless_person``, each with all `keys`; ``names.too_many_matches`` when more than a million pairs
            reach the threshold; before all are made, where a sample leaves no doubt of it (then `blocking` names the
            pass and `reached` counts those of the `compared` pairs that do).
    """
    _check(threshold, left, right)
    one, other = tabulate(left, right)
    ours, theirs = one.first_alike(), other.first_alike()
    i, j, left_out = _distinct_pairs(one, other, ours, theirs, threshold)
    return Duplicates(
        matches=_matched(one, other, i, j, threshold, progress),
        compared=len(i),
        left_out=left_out,
        identical=(*_identical("left", one, ours), *_identical("right", other, theirs)),
    )


def find_duplicates(
    people: Sequence[Person], *, threshold: float = LIKELY, progress: Progress = unheard
) -> Duplicates:
    """Pairs of records of one list that may be the same person; each pair once, in the order of the list.

    Of equal records each later one is paired with the first, and only the first with different ones: `n` equal
    records bring `n - 1` pairs.

    Raises:
        MethodError: as `link_people`.
    """
    _check(threshold, people)
    (table,) = tabulate(people)
    first = table.first_alike()
    i, j, left_out = _distinct_pairs(table, table, first, first, threshold)
    before = i < j
    again = np.flatnonzero(first != np.arange(len(table)))
    i, j = np.concatenate([first[again], i[before]]), np.concatenate([again, j[before]])
    order = np.lexsort((j, i))
    return Duplicates(
        matches=_matched(table, table, i[order], j[order], threshold, progress),
        compared=len(i),
        left_out=left_out,
        identical=_identical("left", table, first),
    )


def compare_people(left: Person, right: Person) -> PersonMatch:
    """The evidence for two records, whatever it says. Symmetric."""
    one, other = tabulate([left], [right])
    at = np.zeros(1, dtype=np.int64)
    evidence = weigh(one, other, at, at)
    return PersonMatch(
        left=left.key,
        right=right.key,
        score=round(float(evidence.score[0]), 6),
        decision=_DECISIONS[int(decisions(evidence)[0])],
        reasons=next(reasons(evidence, at)),
    )


def compare_person_names(left: PersonName, right: PersonName) -> NameMatch:
    """How alike two names are whatever else is known. Symmetric; 1 for one name in two scripts.

    Raises:
        MethodError: ``names.nameless_person``.
    """
    one, other = tabulate([Person(key="left", name=left)], [Person(key="right", name=right)])
    at = np.zeros(1, dtype=np.int64)
    evidence = weigh(one, other, at, at)
    family, given, father = (
        float(np.interp(part[0], SIMILARITY, LIKENESS))
        for part in (evidence.family, evidence.given, evidence.father)
    )
    share = 0.5 if evidence.swapped[0] else _FAMILY_SHARE
    if np.isnan(given) or np.isnan(family):
        # Nothing but family names, or a mononym beside a full name: then half of the name is not confirmed.
        mononyms = not comparable(left)[1] and not comparable(right)[1]
        score = (1.0 if mononyms else share) * (given if np.isnan(family) else family)
    else:
        score = share * family + (1 - share) * given
    if not np.isnan(father):
        score *= 0.85 + 0.15 * father
    return NameMatch(score=round(score, 6), reasons=next(reasons(evidence, at)))


def _check(threshold: float, *groups: Sequence[Person]) -> None:
    if not 0.0 < threshold <= 1.0:
        raise MethodError(
            "names.bad_threshold", "The threshold must be in (0, 1], not {threshold}.", threshold=threshold
        )
    if not all(groups):
        raise MethodError("names.no_people", "There is nobody to compare.")


def _distinct_pairs(
    left: People, right: People, first_left: Integers, first_right: Integers, threshold: float
) -> tuple[Integers, Integers, tuple[LeftOut, ...]]:
    """Pairs to compare among the first of equal records, as indices of the whole tables."""
    ours, theirs = np.unique(first_left), np.unique(first_right)
    one = left.take(ours)
    other = one if left is right else right.take(theirs)
    _refuse_a_crowd(one, other, threshold)
    i, j, left_out = candidate_pairs(one, other)
    for places, whole in ((i, ours), (j, theirs)):
        np.take(whole, places, out=places)
    return i, j, left_out


def _refuse_a_crowd(left: People, right: People, threshold: float) -> None:
    """Refuse before all pairs are made, if a sample of one pass leaves no doubt that too many would be found."""
    for drawn in samples(left, right, _SAMPLE, MOST_MATCHES):
        # Within a list a pair is counted in one of its two orders.
        once = np.flatnonzero(drawn.left < drawn.right) if left is right else slice(None)
        i, j = drawn.left[once], drawn.right[once]
        reached = int((weigh(left, right, i, j).score >= threshold).sum())
        if (reached / _SAMPLE - _MARGIN) * drawn.pairs > MOST_MATCHES:
            raise _too_many(
                threshold, compared=_SAMPLE, candidates=drawn.pairs // (2 if left is right else 1),
                blocking=drawn.blocking, reached=reached,
            )  # fmt: skip


def _too_many(threshold: float, **facts: Fact) -> MethodError:
    return MethodError(
        "names.too_many_matches",
        "More than {most} pairs have a score of {threshold} or more: nearly all records say the same.",
        most=MOST_MATCHES, threshold=threshold, **facts,
    )  # fmt: skip


def _identical(side: Side, people: People, first: Integers) -> tuple[Identical, ...]:
    groups: dict[int, list[str]] = {}
    repeated = np.flatnonzero(first != np.arange(len(first)))
    for at, of in zip(repeated.tolist(), first[repeated].tolist(), strict=True):
        groups.setdefault(of, [people.keys[of]]).append(people.keys[at])
    return tuple(Identical(side=side, keys=tuple(keys)) for _, keys in sorted(groups.items()))


def _matched(
    left: People, right: People, i: Integers, j: Integers, threshold: float, progress: Progress
) -> tuple[PersonMatch, ...]:
    """The pairs that reach the threshold, counted before anything is made of them."""
    kept = _reaching(left, right, i, j, threshold, progress)
    matches: list[PersonMatch] = []
    for start in range(0, kept.size, _BATCH):
        at = kept[start : start + _BATCH]
        a, b = i[at], j[at]
        evidence = weigh(left, right, a, b)
        columns = (
            a.tolist(),
            b.tolist(),
            np.round(evidence.score, 6).tolist(),
            decisions(evidence).tolist(),
        )
        matches += [
            PersonMatch(left=left.keys[x], right=right.keys[y], score=s, decision=_DECISIONS[d], reasons=why)
            for x, y, s, d, why in zip(*columns, reasons(evidence, np.arange(at.size)), strict=True)
        ]
    matches.sort(key=lambda match: -match.score)
    progress(len(i), len(i))
    return tuple(matches)


def _reaching(
    left: People, right: People, i: Integers, j: Integers, threshold: float, progress: Progress
) -> Integers:
    """Which of the pairs have a score of at least the threshold."""
    kept: list[Integers] = []
    found = 0
    for start in range(0, len(i), _BATCH):
        end = start + _BATCH
        reached = np.flatnonzero(weigh(left, right, i[start:end], j[start:end]).score >= threshold)
        kept.append(reached + start)
        found += reached.size
        if found > MOST_MATCHES:
            raise _too_many(threshold, compared=min(end, len(i)), candidates=len(i), reached=found)
        progress(min(start, len(i) - 1), len(i))
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
