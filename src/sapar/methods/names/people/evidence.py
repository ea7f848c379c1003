"""What speaks for and against two records being one person, added up as log-odds.

The model is that of Fellegi and Sunter (1969): each field contributes the logarithm of how much likelier its
agreement (or disagreement) is for one person than for two, fields being taken as independent. The weights are set
by hand for lists of a few hundred thousand people and are printed in the documentation; nothing is estimated from
the data, so that two runs on different data mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isnan, log

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, JaroWinkler

from sapar.methods.names.people.tables import UNKNOWN, Integers, People, Words
from sapar.methods.names.reasons import Reason

Floats = npt.NDArray[np.float64]

# Similarity (Jaro-Winkler of the keys) -> weight, linear in between.
SIMILARITY = (0.0, 0.65, 0.75, 0.85, 0.92, 1.0)
FAMILY = (-6.0, -6.0, -3.0, 0.5, 3.0, 4.5)
GIVEN = (-6.0, -6.0, -3.0, 0.0, 2.5, 3.5)
FATHER = (-2.5, -2.5, -2.0, 0.0, 1.0, 1.5)
PRIOR = -7.0
SWAPPED = -0.5
DATE_EQUAL, DATE_TURNED, DATE_NEAR, DATE_DIFFERS = 6.0, 4.0, 1.0, -7.0
PASSPORT_EQUAL, PASSPORT_NEAR, PASSPORT_DIFFERS = 9.0, 4.0, -1.0
CITIZENSHIP_EQUAL, CITIZENSHIP_DIFFERS = 0.3, -1.5
# An initial that agrees says this much; one that does not, the lowest weight.
INITIAL_AGREES = 0.88

# Names less alike than this, or with more letters to change than a slip of the pen does (two from nine letters on, one
# in shorter ones), may be two people's: Azamat and Azat, Damir and Damirbek, of one day and one family.
NEARLY = 0.92
LONG = 9
# "same" from; shown in a list of candidates from; "perhaps" from.
SAME, LIKELY, PERHAPS = 0.95, 0.9, 0.5
_SAME_ODDS = log(SAME / (1 - SAME))


@dataclass(frozen=True)
class Evidence:
    """Arrays over pairs: similarities (nan where a part is missing), codes of dates and documents, log-odds.

    `twins`: may be two children of one day, since one name has a man's form (-ov, -ovich, uulu) and the other a
    woman's, or the given names, both written out, are not near enough for a slip of the pen. `strangers`: the family
    names are as far apart; then no birth date alone makes one person of two. `namesakes`: nothing but a name and a
    birth date agree, which many people share.
    """

    family: Floats
    given: Floats
    father: Floats
    swapped: npt.NDArray[np.bool_]
    date: npt.NDArray[np.int8]
    passport: npt.NDArray[np.int8]
    citizenship: npt.NDArray[np.int8]
    twins: npt.NDArray[np.bool_]
    strangers: npt.NDArray[np.bool_]
    namesakes: npt.NDArray[np.bool_]
    odds: Floats

    @property
    def score(self) -> Floats:
        return np.asarray(1.0 / (1.0 + np.exp(-self.odds)), dtype=np.float64)


# Codes of the three comparisons that are no similarities.
MISSING, DIFFERS, NEAR, TURNED, EQUAL = 0, 1, 2, 3, 4
_DATE_WEIGHT = np.array([0.0, DATE_DIFFERS, DATE_NEAR, DATE_TURNED, DATE_EQUAL])
_PASSPORT_WEIGHT = np.array([0.0, PASSPORT_DIFFERS, PASSPORT_NEAR, 0.0, PASSPORT_EQUAL])
_CITIZENSHIP_WEIGHT = np.array([0.0, CITIZENSHIP_DIFFERS, 0.0, 0.0, CITIZENSHIP_EQUAL])


def weigh(left: People, right: People, i: Integers, j: Integers) -> Evidence:
    """Evidence for the pairs (left[i], right[j])."""
    family = _alike(left.family[i], right.family[j])
    given = _alike(left.given[i], right.given[j])
    straight = _name_odds(family, given)
    swapped = np.zeros(len(i), dtype=bool)
    # Swapped fields are looked for only where the straight reading fails; of two that both say whose child they are,
    # none is swapped: "Нурлан уулу Бекзат" may be the son of "Бекзат уулу Нурлан". Nor of two with the surname's ending
    # in the same part: "Денисов Степан" is not "Степанов Денис".
    told = (left.filial[i] & right.filial[j]) | (
        (left.surname[i] == right.surname[j]) & (left.surname[i] > 0)
    )
    # Where one has it in the family part and the other in the given one, nothing but the swapped reading holds.
    across = left.surname[i] * right.surname[j] == 2
    doubtful = np.flatnonzero(((straight < FAMILY[-2] + GIVEN[-2]) & ~told) | across)
    if doubtful.size:
        a, b = i[doubtful], j[doubtful]
        crossed_family = _alike(left.family[a], right.given[b])
        crossed_given = _alike(left.given[a], right.family[b])
        # Either may be the family name: both readings weigh the same, so that the order of records does not count.
        crossed = _name_odds(crossed_family, crossed_given) + _name_odds(crossed_given, crossed_family)
        crossed = crossed / 2 + SWAPPED
        better = (crossed > straight[doubtful]) | across[doubtful]
        both = ~np.isnan(crossed_family) | ~np.isnan(crossed_given)
        at = doubtful[better & both]
        family[at], given[at] = crossed_family[better & both], crossed_given[better & both]
        straight[at] = crossed[better & both]
        swapped[at] = True
    father = _alike(left.father[i], right.father[j])
    dates = _dates(left, right, i, j)
    passports = _passports(left, right, i, j)
    citizenship = _codes(left.citizenship_code[i], right.citizenship_code[j])
    odds = PRIOR + straight + _interpolated(father, FATHER)
    odds += _DATE_WEIGHT[dates] + _PASSPORT_WEIGHT[passports] + _CITIZENSHIP_WEIGHT[citizenship]
    initial = (left.given_code == left.given_initial_code)[i] | (
        right.given_code == right.given_initial_code
    )[j]
    undocumented = passports != EQUAL
    # Letters are counted only where it matters: for pairs that would else be one person.
    likely = np.flatnonzero((odds >= _SAME_ODDS) & undocumented)
    apart = _apart(left, right, i[likely], j[likely], swapped[likely])
    strangers, unlike = np.zeros(len(i), dtype=bool), given < NEARLY
    strangers[likely] = apart[0]
    unlike[likely] |= apart[1]
    twins = (left.sex[i] * right.sex[j] == 2) | (unlike & ~initial & undocumented)
    likely_by_date = (odds >= _SAME_ODDS) & (dates == EQUAL) & undocumented
    namesakes = likely_by_date & ~(father >= NEARLY) & ~twins & ~strangers
    return Evidence(
        family, given, father, swapped, dates, passports, citizenship, twins, strangers, namesakes, odds
    )


def _name_odds(family: Floats, given: Floats) -> Floats:
    return _interpolated(family, FAMILY) + _interpolated(given, GIVEN)


def _interpolated(similarity: Floats, weights: tuple[float, ...]) -> Floats:
    return np.where(np.isnan(similarity), 0.0, np.interp(similarity, SIMILARITY, weights))


def _alike(left: Words, right: Words) -> Floats:
    """Jaro-Winkler similarity; nan where one is missing; initials by their letter only."""
    if not len(left):
        return np.zeros(0)
    # Jaro's matching depends on which word comes first: take them in one order, so that likeness is symmetric.
    left, right = np.where(left > right, right, left), np.where(left > right, left, right)
    similarity = np.asarray(
        process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float64), dtype=np.float64
    )
    sizes = (
        np.fromiter(map(len, left), np.int64, len(left)),
        np.fromiter(map(len, right), np.int64, len(right)),
    )
    initial = np.flatnonzero((np.minimum(*sizes) == 1) & (np.maximum(*sizes) > 1))
    for at in initial:
        similarity[at] = INITIAL_AGREES if left[at][0] == right[at][0] else 0.0
    similarity[np.minimum(*sizes) == 0] = np.nan
    return similarity


def _apart(
    left: People, right: People, i: Integers, j: Integers, swapped: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether family names and given names differ by more letters than a slip of the pen changes."""
    family, given = right.family[j], right.given[j]
    return (
        _beyond_a_slip(left.family[i], np.where(swapped, given, family)),
        _beyond_a_slip(left.given[i], np.where(swapped, family, given)),
    )


def _beyond_a_slip(left: Words, right: Words) -> npt.NDArray[np.bool_]:
    """Not so where a part is missing or an initial."""
    if not len(left):
        return np.zeros(0, dtype=bool)
    changes = process.cpdist(left, right, scorer=OSA.distance, dtype=np.int64)
    lengths = np.array([(len(a), len(b)) for a, b in zip(left, right, strict=True)])
    allowed = np.where(lengths.max(axis=1) >= LONG, 2, 1)
    return np.asarray((np.asarray(changes) > allowed) & (lengths.min(axis=1) > 1), dtype=np.bool_)


def _dates(left: People, right: People, i: Integers, j: Integers) -> npt.NDArray[np.int8]:
    a, b = left.day[i], right.day[j]
    same_year = left.year[i] == right.year[j]
    same_month_day = left.month_day[i] == right.month_day[j]
    same_day = left.month_day[i] % 32 == right.month_day[j] % 32
    same_month = left.month[i] == right.month[j]
    # One of day, month and year is wrong, the year by one digit.
    years_near = _one_digit(left.year[i], right.year[j])
    near = (same_year & (same_month | same_day)) | (same_month_day & years_near)
    code = np.where(near, NEAR, DIFFERS)
    code = np.where((a == right.turned[j]) & (right.turned[j] != UNKNOWN), TURNED, code)
    code = np.where(a == b, EQUAL, code)
    return np.where((a == UNKNOWN) | (b == UNKNOWN), MISSING, code).astype(np.int8)


def _one_digit(a: Integers, b: Integers) -> npt.NDArray[np.bool_]:
    """Whether two years differ in one decimal digit, or in two that are exchanged."""
    tens_a, ones_a, tens_b, ones_b = a // 10 % 10, a % 10, b // 10 % 10, b % 10
    centuries = a // 100 == b // 100
    one = (tens_a == tens_b) | (ones_a == ones_b)
    exchanged = (tens_a == ones_b) & (ones_a == tens_b)
    return np.asarray(centuries & (one | exchanged), dtype=np.bool_)


def _passports(left: People, right: People, i: Integers, j: Integers) -> npt.NDArray[np.int8]:
    code = _codes(left.passport_code[i], right.passport_code[j])
    differing = np.flatnonzero(code == DIFFERS)
    if differing.size:
        distance = process.cpdist(
            left.passport[i[differing]],
            right.passport[j[differing]],
            scorer=Indel.distance,
        )
        code[differing[np.asarray(distance) <= 2]] = NEAR
    return code


def _codes(a: Integers, b: Integers) -> npt.NDArray[np.int8]:
    code = np.where(a == b, EQUAL, DIFFERS)
    return np.where((a == UNKNOWN) | (b == UNKNOWN), MISSING, code).astype(np.int8)


def decisions(evidence: Evidence) -> npt.NDArray[np.int8]:
    """2 same, 1 perhaps, 0 different, for each pair."""
    proof = (evidence.date == EQUAL) | (evidence.passport == EQUAL)
    contradiction = (
        (evidence.date == DIFFERS)
        | (evidence.passport == NEAR)
        | (evidence.citizenship == DIFFERS)
        | (evidence.father < 0.85)
        | ~(np.fmin(evidence.family, evidence.given) >= 0.8)
        # Karimov Aziz and Karimova Aziza, Hasan and Husan, Azamat and Azat.
        | evidence.twins
        # Azatov and Azamatov of one given name.
        | evidence.strangers
        # Two Asanov Bakyts born on one day.
        | evidence.namesakes
    )
    score = evidence.score
    return np.where((score >= SAME) & proof & ~contradiction, 2, np.where(score >= PERHAPS, 1, 0)).astype(
        np.int8
    )


_WORDS = {
    MISSING: "",
    DIFFERS: "differs",
    NEAR: "nearly_agrees",
    TURNED: "day_and_month_exchanged",
    EQUAL: "agrees",
}


def reasons(evidence: Evidence, pairs: Integers) -> Iterator[tuple[Reason, ...]]:
    """The coded facts of each of the pairs."""
    similarities = [
        (part, np.round(column[pairs], 3).tolist())
        for part, column in (
            ("family", evidence.family),
            ("given", evidence.given),
            ("patronymic", evidence.father),
        )
    ]
    codes = [
        (part, column[pairs].tolist())
        for part, column in (
            ("birth_date", evidence.date),
            ("passport", evidence.passport),
            ("citizenship", evidence.citizenship),
        )
    ]
    swapped = evidence.swapped[pairs].tolist()
    one_day = (evidence.date == EQUAL) & (evidence.score >= PERHAPS)
    doubts = [
        (word, (column & one_day)[pairs].tolist())
        for word, column in (
            ("twins", evidence.twins),
            ("strangers", evidence.strangers),
            ("namesakes", evidence.namesakes),
        )
    ]
    for at in range(len(pairs)):
        found = [_similar(part, column[at]) for part, column in similarities if not isnan(column[at])]
        if swapped[at]:
            found.append(_coded("parts", "swapped"))
        found += [_coded("may_be", word) for word, column in doubts if column[at]]
        found += [_coded(part, _WORDS[column[at]]) for part, column in codes if column[at] != MISSING]
        yield tuple(found)


@lru_cache(maxsize=4096)
def _similar(part: str, similarity: float) -> Reason:
    word = "agrees" if similarity == 1.0 else "similar" if similarity >= 0.8 else "differs"
    return Reason(f"names.{part}_{word}", {"similarity": similarity})


@lru_cache(maxsize=64)
def _coded(part: str, word: str) -> Reason:
    return Reason(f"names.{part}_{word}")
