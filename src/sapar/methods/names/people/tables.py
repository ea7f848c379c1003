"""Persons as columns: keys, dates as numbers, and signatures of their letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from sapar.methods.errors import MethodError
from sapar.methods.names.people.names import comparable, is_filial, sex_written, surname_place
from sapar.methods.names.people.records import Person

Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

UNKNOWN = 0


@dataclass(frozen=True)
class People:
    """`n` persons as columns of length n.

    `family`, `given`, `father` are search keys ("" unknown); `day` the ordinal of the birth date, `turned` the
    same with day and month exchanged (0 if unknown or impossible). Columns ending in `_code` number the texts,
    the same in all tables that are compared, 0 for the empty one; `signature` has a bit per letter pair; `filial` says
    that the family part names a parent ("Бакыт уулу"), `sex` what the forms of the name tell (0 nothing, 1 m, 2 f),
    `surname` which part has a surname's ending (0 none or both, 1 family, 2 given).
    """

    keys: tuple[str, ...]
    family: Words
    given: Words
    father: Words
    family_code: Integers
    given_code: Integers
    family_consonants_code: Integers
    given_consonants_code: Integers
    family_initial_code: Integers
    given_initial_code: Integers
    day: Integers
    turned: Integers
    year: Integers
    month: Integers
    month_day: Integers
    passport: Words
    passport_code: Integers
    citizenship_code: Integers
    signature: npt.NDArray[np.uint64]
    filial: npt.NDArray[np.bool_]
    sex: npt.NDArray[np.int8]
    surname: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.keys)

    def first_alike(self) -> Integers:
        """For each record the index of the first one that is equal to it in everything that is compared."""
        seen: dict[tuple[object, ...], int] = {}
        compared = zip(
            self.family, self.given, self.father, self.filial.tolist(), self.sex.tolist(),
            self.surname.tolist(),
            self.day.tolist(), self.passport_code.tolist(), self.citizenship_code.tolist(),
            strict=True,
        )  # fmt: skip
        return np.fromiter(
            (seen.setdefault(record, at) for at, record in enumerate(compared)), np.int64, len(self)
        )

    def take(self, rows: Integers) -> People:
        """The table of some of its records."""
        columns = {name: column[rows] for name, column in vars(self).items() if name != "keys"}
        return replace(self, keys=tuple(self.keys[at] for at in rows.tolist()), **columns)


class _Codes:
    """Numbers for texts."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": UNKNOWN}

    def __call__(self, texts: Sequence[str]) -> Integers:
        numbers = self._numbers
        return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def tabulate(*groups: Sequence[Person]) -> list[People]:
    """Each group as a table; texts have the same codes in all of them.

    Raises:
        MethodError: ``names.duplicate_key`` within a group; ``names.nameless_person``; with all `keys`.
    """
    codes = _Codes()
    return [_table(group, codes) for group in groups]


def _table(people: Sequence[Person], codes: _Codes) -> People:
    keys = tuple(person.key for person in people)
    if len(set(keys)) < len(keys):
        twice = tuple(key for key, count in Counter(keys).items() if count > 1)
        raise MethodError("names.duplicate_key", "Keys that occur more than once: {keys}.", keys=twice)
    parts = [comparable(person.name) for person in people]
    families, givens, fathers = ([part[at] for part in parts] for at in range(3))
    if not all(families):
        nameless = tuple(key for key, family in zip(keys, families, strict=True) if not family)
        raise MethodError("names.nameless_person", "Records without a name: {keys}.", keys=nameless)
    born = [person.born_on for person in people]
    dates = np.array(
        [(d.year, d.month, d.day, d.toordinal()) if d else (0, 0, 0, 0) for d in born], dtype=np.int64
    )
    year, month, day, ordinal = dates.reshape(-1, 4).T
    turned = [date(d.year, d.day, d.month).toordinal() if d and d.day <= 12 else UNKNOWN for d in born]
    passports = [_number(person.passport) for person in people]
    return People(
        keys=keys,
        family=_objects(families),
        given=_objects(givens),
        father=_objects(fathers),
        family_code=codes(families),
        given_code=codes(givens),
        family_consonants_code=codes(list(map(_consonants, families))),
        given_consonants_code=codes(list(map(_consonants, givens))),
        family_initial_code=codes([family[:1] for family in families]),
        given_initial_code=codes([given[:1] for given in givens]),
        day=ordinal,
        turned=np.array(turned, dtype=np.int64),
        year=year,
        month=month,
        month_day=month * 32 + day,
        passport=_objects(passports),
        passport_code=codes(passports),
        citizenship_code=codes([person.citizenship.strip().upper() for person in people]),
        signature=np.array([_signature(part[0]) | _signature(part[1]) for part in parts], dtype=np.uint64),
        filial=np.array([is_filial(person.name) for person in people], dtype=np.bool_),
        sex=np.array([sex_written(person.name) for person in people], dtype=np.int8),
        surname=np.array([surname_place(person.name) for person in people], dtype=np.int8),
    )


def _objects(texts: Sequence[str]) -> Words:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column


def _number(text: str) -> str:
    """A document's number in capitals, without spaces and signs."""
    return text if text.isalnum() and text.isupper() else "".join(filter(str.isalnum, text.upper()))


_VOWELS = str.maketrans("", "", "aeiou ")


@lru_cache(maxsize=1 << 17)
def _consonants(text: str) -> str:
    return text.translate(_VOWELS)


@lru_cache(maxsize=1 << 17)
def _signature(text: str) -> int:
    """One bit of 64 for each pair of neighbouring letters."""
    bits = 0
    for at in range(len(text) - 1):
        bits |= 1 << (crc32(text[at : at + 2].encode()) & 63)
    return bits
