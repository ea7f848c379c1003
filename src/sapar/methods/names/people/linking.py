"""Candidates for "these two are one person", within a list or between two.

Blocking, then weights of evidence for each pair (Fellegi & Sunter 1969). The result is a list for a person to go
through, best first; nothing is merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.names.people.blocking import LeftOut, candidate_pairs
from sapar.methods.names.people.evidence import LIKELY, SIMILARITY, decisions, reasons, weigh
from sapar.methods.names.people.names import PersonName, comparable
from sapar.methods.names.people.records import NameMatch, Person, PersonDecision, PersonMatch
from sapar.methods.names.people.tables import Integers, People, tabulate
from sapar.methods.progress import Progress, unheard

_BATCH = 200_000
_DECISIONS: tuple[PersonDecision, ...] = ("different", "perhaps", "same")
# How alike words of a similarity (as in `SIMILARITY`) are said to be.
LIKENESS = (0.0, 0.1, 0.25, 0.6, 0.85, 1.0)
# Share of the family name in the likeness of two names; the rest is the given name's.
_FAMILY_SHARE = 0.55


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """Pairs with a score of at least the threshold, best first.

    `compared` counts the pairs that were looked at; `left_out` names keys too common to be compared within.
    """

    matches: tuple[PersonMatch, ...]
    compared: int
    left_out: tuple[LeftOut, ...]


def link_people(
    left: Sequence[Person],
    right: Sequence[Person],
    *,
    threshold: float = LIKELY,
    progress: Progress = unheard,
) -> Duplicates:
    """Pairs of one record of `left` and one of `right` that may be the same person.

    Raises:
        MethodError: ``names.bad_threshold`` outside (0, 1]; ``names.no_people``; ``names.duplicate_key``;
            ``names.nameless_person``.
    """
    _check(threshold, left, right)
    one, other = tabulate(left, right)
    i, j, left_out = candidate_pairs(one, other)
    return _matched(one, other, i, j, left_out, threshold, progress)


def find_duplicates(
    people: Sequence[Person], *, threshold: float = LIKELY, progress: Progress = unheard
) -> Duplicates:
    """Pairs of records of one list that may be the same person; each pair once, in the order of the list.

    Raises:
        MethodError: as `link_people`.
    """
    _check(threshold, people)
    (table,) = tabulate(people)
    i, j, left_out = candidate_pairs(table, table)
    before = i < j
    return _matched(table, table, i[before], j[before], left_out, threshold, progress)


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


def _matched(
    left: People,
    right: People,
    i: Integers,
    j: Integers,
    left_out: tuple[LeftOut, ...],
    threshold: float,
    progress: Progress,
) -> Duplicates:
    matches: list[PersonMatch] = []
    for start in range(0, len(i), _BATCH):
        a, b = i[start : start + _BATCH], j[start : start + _BATCH]
        evidence = weigh(left, right, a, b)
        score = evidence.score
        decided = decisions(evidence)
        kept = np.flatnonzero(score >= threshold)
        columns = (
            a[kept].tolist(),
            b[kept].tolist(),
            np.round(score[kept], 6).tolist(),
            decided[kept].tolist(),
        )
        matches += [
            PersonMatch(left=left.keys[x], right=right.keys[y], score=s, decision=_DECISIONS[d], reasons=why)
            for x, y, s, d, why in zip(*columns, reasons(evidence, kept), strict=True)
        ]
        progress(min(start + _BATCH, len(i)), len(i))
    matches.sort(key=lambda match: -match.score)
    return Duplicates(matches=tuple(matches), compared=len(i), left_out=left_out)
