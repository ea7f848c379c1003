"""A person's name in parts, none of which everybody has.

A patronymic may be there or not; a mononym has one part; "Бакыт уулу Азамат" has a father's name where others
have a surname; "Каримов А." has initials; and the two parts are swapped in half of the lists of the world.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sapar.methods.errors import MethodError
from sapar.methods.names.keys import search_key

Order = Literal["family_first", "given_first"]

# As search keys. A particle follows the father's name: uulu, kyzy, tegi, oʻgʻli, qizi, uly, qyzy, oglu.
PARTICLES = frozenset(
    map(
        search_key,
        (
            *("уулу", "улуу", "кызы", "теги", "uulu", "kyzy", "tegi"),
            *("ұлы", "улы", "қызы", "тегі", "uly", "qyzy"),
            *(
                "ўғли",
                "қизи",
                "угли",
                "кизи",
                "oʻgʻli",
                "ogli",
                "qizi",
                "оглы",
                "оглу",
                "oglu",
                "зода",
                "zoda",
            ),
        ),
    )
)
_RUSSIAN = re.compile(r"(?:[oe]vich|[oe]vna|[eo]vn|ich|inichna|ichna)$")
_SURE = re.compile(r"(?:[oe]vich|[oe]vna|[eo]vn|inichna)$")
# Cut from the word as written: in the key, "Берікқызы" has lost one of its two k.
_FUSED = re.compile(
    r"(?:[кқ]ызы|[kq]yzy|[kq]izi|[ұу]лы|[uū]ly|uulu|ulu|уулу|ўғли|угли|o[gğ]lu|o[gğ]li|оглы|оглу)$",
    re.IGNORECASE,
)
_FAMILY_ENDING = re.compile(r"(?<=\w{3})[oe]va?$")
# Жибек and Кыз Жибек are two names; where the second is written as two words, they stay together.
_LEADING = frozenset(map(search_key, ("кыз", "қыз", "қиз")))
_LOOSE_HYPHEN = re.compile(r"(?<=\w)(?:-\s+|\s+-)(?=\w)")
# Уәлиханов and Valikhanov, Уахит and Вахит, Wali: one sound at the beginning of a word.
_FIRST_V = re.compile(r"\bu(?=a)")
# What is left of a patronymic must still be a name.
_MIN_STEM = 3


@dataclass(frozen=True, kw_only=True)
class PersonName:
    """A name as its parts, in any script; empty where there is none. A mononym stands in `family`."""

    family: str = ""
    given: str = ""
    patronymic: str = ""

    @property
    def mononym(self) -> bool:
        return bool(self.family) != bool(self.given)


def patronymic_stem(word: str) -> str | None:
    """The father's name as a search key if `word` is a patronymic, else None.

    >>> patronymic_stem("Бакытович"), patronymic_stem("Нұрланұлы"), patronymic_stem("Karimov")
    ('bakit', 'nurlan', None)
    """
    keys = search_key(word).split()
    if len(keys) > 1 and keys[-1] in PARTICLES:
        return " ".join(key for key in keys if key not in PARTICLES)
    if len(keys) != 1:
        return None
    written = unicodedata.normalize("NFC", word).strip()
    fused = _FUSED.sub("", written)
    stem = search_key(fused) if fused != written else _RUSSIAN.sub("", keys[0])
    return stem if stem != keys[0] and len(stem) >= _MIN_STEM else None


def parse_person_name(text: str, order: Order = "family_first") -> PersonName:
    """The parts of a name written in one cell.

    "Family, Given" is recognised by its comma whatever the `order`, and of three words or more a patronymic tells it:
    it follows the given name, in "Иван Петрович Седов" as in "Седов Иван Петрович". "X уулу" and "X қызы" before the
    given name are the family part, after it the patronymic. The words stay as written.

    Raises:
        MethodError: ``names.nameless_person`` when there is no letter in `text`.
    """
    if not search_key(text):
        raise MethodError("names.nameless_person", "There is no name in {text!r}.", text=text)
    family, comma, rest = text.partition(",")
    if comma and search_key(family) and search_key(rest):
        given, patronymic = _cut_patronymic(_words(rest))
        return PersonName(family=" ".join(_words(family)), given=given, patronymic=patronymic)
    words = _words(text)
    if len(words) == 1:
        return PersonName(family=words[0])
    if _patronymic_second(words):
        return PersonName(family=" ".join(words[2:]), given=words[0], patronymic=words[1])
    if order == "given_first" and not (len(words) > 2 and _surely_patronymic(words[-1])):
        given, patronymic = _cut_patronymic(words[:-1])
        return PersonName(family=words[-1], given=given, patronymic=patronymic)
    given, patronymic = _cut_patronymic(words[1:])
    return PersonName(family=words[0], given=given, patronymic=patronymic)


def _words(text: str) -> list[str]:
    """Words with their particles ("Бакыт уулу", "Кыз Жибек") as one; "А.Б." as two initials."""
    found: list[str] = []
    text = _LOOSE_HYPHEN.sub("-", re.sub(r"\.(?=\w)", ". ", text).replace(",", " "))
    for word in text.split():
        if found and (search_key(word) in PARTICLES or search_key(found[-1]) in _LEADING):
            found[-1] += " " + word
        else:
            found.append(word)
    return found


def _patronymic_second(words: list[str]) -> bool:
    return len(words) > 2 and _surely_patronymic(words[1]) and not _has_particle(words[0])


def _surely_patronymic(word: str) -> bool:
    """Not a name that happens to end like one, as Heinrich does."""
    key = search_key(word)
    return patronymic_stem(word) is not None and (_RUSSIAN.search(key) is None or bool(_SURE.search(key)))


def _has_particle(words: str) -> bool:
    return search_key(words).rpartition(" ")[2] in PARTICLES


def is_filial(name: PersonName) -> bool:
    """Whether the family part says whose child this is ("Бакыт уулу"): then it is nobody's given name."""
    return " " in search_key(name.family) and _has_particle(name.family)


_MALE = re.compile(r"(?:[oe]v|vich)$")
_FEMALE = re.compile(r"(?:[oe]va|vna)$")
_SONS = frozenset(
    map(search_key, ("уулу", "uulu", "ұлы", "uly", "ўғли", "угли", "oʻgʻli", "ogli", "оглы", "оглу"))
)
_DAUGHTERS = frozenset(map(search_key, ("кызы", "kyzy", "қызы", "qyzy", "қизи", "кизи", "qizi")))


def sex_written(name: PersonName) -> int:
    """1 if family name or patronymic are a man's as written, 2 if a woman's, 0 if they do not tell or disagree."""
    told = set()
    for part in (name.family, name.patronymic):
        for key in search_key(part).split():
            if _MALE.search(key) or key in _SONS:
                told.add(1)
            elif _FEMALE.search(key) or key in _DAUGHTERS:
                told.add(2)
    return told.pop() if len(told) == 1 else 0


def surname_place(name: PersonName) -> int:
    """1 if only the family part has a surname's ending (-ov, -eva) as written, 2 if only the given part, else 0."""
    places = {at for at, part in ((1, name.family), (2, name.given)) if _has_surname_ending(part)}
    return places.pop() if len(places) == 1 else 0


@lru_cache(maxsize=1 << 17)
def _has_surname_ending(text: str) -> bool:
    return any(_FAMILY_ENDING.search(key) for key in search_key(text).split())


def _cut_patronymic(words: list[str]) -> tuple[str, str]:
    """Given name and patronymic: the last word if it is a patronymic or the second initial."""
    if len(words) > 1:
        initials = len(search_key(words[-1])) == 1 and len(search_key(words[-2])) == 1
        if initials or patronymic_stem(words[-1]) is not None:
            return " ".join(words[:-1]), words[-1]
    return " ".join(words), ""


def comparable(name: PersonName) -> tuple[str, str, str]:
    """Family, given and father's name as search keys fit for comparison.

    Particles and the endings -ov(a), -ev(a) are dropped, patronymics reduced to the father's name, a patronymic
    found in the given name is moved, and a mononym stands in the family part.
    """
    given, hidden = _given_parts(name.given)
    family = _family(name.family)
    father = _father(name.patronymic) or hidden
    return (family, given, father) if family else (given, "", father)


@lru_cache(maxsize=1 << 17)
def _family(text: str) -> str:
    return " ".join(_FAMILY_ENDING.sub("", key) for key in _plain(text).split())


@lru_cache(maxsize=1 << 17)
def _given_parts(text: str) -> tuple[str, str]:
    given, patronymic = _cut_patronymic(_words(text))
    # The given name may stand where the family name should: both are compared without the ending.
    return _family(given), _father(patronymic)


@lru_cache(maxsize=1 << 17)
def _father(text: str) -> str:
    stem = patronymic_stem(text)
    return _plain(text) if stem is None else stem


def _plain(text: str) -> str:
    keys = _FIRST_V.sub("v", search_key(text)).split()
    return " ".join([key for key in keys if key not in PARTICLES] or keys)
