"""Records of one directory that may be one institution: each is matched against all the others.

The evidence and its sources are those of `matching`. Nothing is merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sapar.methods.names.institutions.matching import InstitutionIndex, Match
from sapar.methods.names.institutions.records import Decision, InstitutionQuery, InstitutionRecord
from sapar.methods.names.reasons import Reason
from sapar.methods.progress import Progress, unheard

# So many of the others are looked at for each name of a record.
_NEIGHBOURS = 5


@dataclass(frozen=True, kw_only=True)
class InstitutionPair:
    """Two records of a directory, by their keys in its order, as `Candidate` says it of a line and a record.

    `decision` is "same" if either of the two, as a line, is decided to be the other.
    """

    left: str
    right: str
    score: float
    decision: Decision
    reasons: tuple[Reason, ...]


def find_duplicate_institutions(
    records: Sequence[InstitutionRecord], *, progress: Progress = unheard
) -> tuple[InstitutionPair, ...]:
    """Pairs of records that may be one institution, best first; each pair once.

    Of a record every name is asked for, and the best answer counts. `progress` hears the records that are done.

    Raises:
        MethodError: what `InstitutionIndex` refuses.
    """
    index = InstitutionIndex(records)
    place = {record.key: at for at, record in enumerate(records)}
    found: dict[tuple[int, int], InstitutionPair] = {}
    for at, record in enumerate(records):
        for name in record.names:
            line = InstitutionQuery(
                name=name, country=record.country, city=record.city, domains=record.domains
            )
            for candidate in Match(index, line, without=at).candidates(_NEIGHBOURS):
                if candidate.decision == "different":
                    continue
                first, second = sorted((at, place[candidate.key]))
                pair = InstitutionPair(
                    left=records[first].key,
                    right=records[second].key,
                    score=candidate.score,
                    decision=candidate.decision,
                    reasons=candidate.reasons,
                )
                before = found.get((first, second))
                if before is None or _rank(pair) > _rank(before):
                    found[first, second] = pair
        if (at + 1) % 50 == 0 or at + 1 == len(records):
            progress(at + 1, len(records))
    return tuple(pair for _, pair in sorted(found.items(), key=lambda one: (-one[1].score, one[0])))


def _rank(pair: InstitutionPair) -> tuple[bool, float]:
    return pair.decision == "same", pair.score
