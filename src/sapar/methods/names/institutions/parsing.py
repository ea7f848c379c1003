"""What a written name of an institution says: its words as concepts, whom it is named after, its acronyms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sapar.methods.names.institutions.numerals import NUMBER, in_digits, letter_of, lone_letters, number_of
from sapar.methods.names.institutions.words import (
    NAMED_AFTER_KEYS,
    NAMED_BEFORE_KEYS,
    STOP_KEYS,
    concept,
    spelt_out,
)
from sapar.methods.names.keys import search_key
from sapar.methods.names.scripts import in_one_script

# At most so many words of a name belong to the person it is named after.
_HONOREE_WORDS = 4
_SEPARATORS = re.compile(r"\s+[/|]\s*|\s*[;\n]\s*")
_BETWEEN_ACRONYMS = re.compile(r"\s*[/|,;]\s*")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ACRONYM = re.compile(r"[^\W_](?:\.?[^\W_]){1,9}\.?")


@dataclass(frozen=True)
class ParsedName:
    """One name: the different concepts in order, which of them only honour somebody, and single letters.

    Initials are worth a word only where there is no other proper name ("D.N. College"). `perhaps_numbers` are I, V
    and X that may be numerals or not, `letters` all single letters.
    """

    text: str
    concepts: tuple[str, ...]
    honoree: frozenset[str]
    initials: frozenset[str]
    perhaps_numbers: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(word for word in self.concepts if word.startswith("kind:"))

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(word for word in self.concepts if word.startswith("part:"))


@lru_cache(maxsize=1 << 15)
def keys_of(text: str) -> tuple[str, ...]:
    """The words of a name as search keys, abbreviations spelt out, in order, with repetitions."""
    return tuple(search_key(spelt_out(in_digits(text))).split())


def parse_name(text: str, joins: frozenset[str] = frozenset()) -> ParsedName:
    """Read one name.

    Args:
        joins: search keys that are written in one word somewhere; two neighbours that join to one of them are
            read as one word ("Ala-Too", "Ala Too", "Alatoo").
    """
    keys = joined(keys_of(text), joins)
    honoured = _honoured(keys)
    concepts: dict[str, bool] = {}
    initials: set[str] = set()
    for at, key in enumerate(keys):
        if len(key) == 1 and key.isalpha() and at not in honoured:
            initials.add(key)
        if key in STOP_KEYS or (len(key) == 1 and key.isalpha()):
            continue
        name = number_of(key) or concept(key)
        concepts[name] = concepts.get(name, True) and at in honoured
    certain, perhaps, letters = lone_letters(in_digits(text))
    concepts |= dict.fromkeys(certain - concepts.keys(), False)
    named = frozenset(name for name, only in concepts.items() if only)
    return ParsedName(
        text=text,
        concepts=tuple(concepts),
        honoree=named,
        initials=frozenset(initials) - STOP_KEYS - {letter_of(number) for number in certain | perhaps},
        perhaps_numbers=perhaps,
        letters=letters,
    )


def joined(keys: Sequence[str], joins: frozenset[str]) -> list[str]:
    """`keys` with neighbours in one word that join to one of `joins`."""
    words: list[str] = []
    for key in keys:
        if words and len(words[-1]) > 1 and (both := words[-1] + key.removeprefix(words[-1][-1])) in joins:
            words[-1] = both
        else:
            words.append(key)
    return words


def _honoured(keys: Sequence[str]) -> frozenset[int]:
    """The places of the words that name the honoured person."""
    found: set[int] = set()
    for at, key in enumerate(keys):
        if key in NAMED_BEFORE_KEYS:
            found |= set(_run(keys, range(at + 1, len(keys))))
        elif key in NAMED_AFTER_KEYS:
            found |= set(_run(keys, range(at - 1, -1, -1)))
    return frozenset(found)


def _run(keys: Sequence[str], places: range) -> list[int]:
    """Neighbouring words that can be a person's name: initials, titles, and at most four others."""
    run: list[int] = []
    words = 0
    for at in places:
        if keys[at] in NAMED_BEFORE_KEYS or keys[at] in NAMED_AFTER_KEYS:
            continue
        if len(keys[at]) > 1 and keys[at] not in STOP_KEYS:
            words += 1
            if words > _HONOREE_WORDS or concept(keys[at]).startswith(("kind:", "word:", "part:")):
                break
        run.append(at)
    return run


def acronym_key(text: str) -> str:
    """An acronym without dots and case, in one script: "O.S.U." and "OSU", "ОшГУ" and "ОШГУ"."""
    return "".join(letter for letter in in_one_script(text.strip()).casefold() if letter.isalnum())


def is_acronym(text: str) -> bool:
    """Whether one word looks like an acronym: two capitals or more, ten characters at most."""
    word = text.strip()
    return sum(map(str.isupper, word)) >= 2 and _ACRONYM.fullmatch(word) is not None


def readings(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The full names and the acronyms in one cell: "Ошский госуниверситет (ОшГУ) / Osh State University".

    Words in brackets that are no acronym stay part of the name they stand in. An acronym inside a name ("КНУ им.
    Баласагына") is both: it may be one, and it stays a word that has to be accounted for. Parts are separate
    names only if each says what kind of body it is.
    """
    acronyms: list[str] = []

    def bracket(match: re.Match[str]) -> str:
        inside = match.group(1).strip()
        several = [one for one in _BETWEEN_ACRONYMS.split(inside) if one]
        if several and all(map(is_acronym, several)):
            acronyms.extend(map(acronym_key, several))
            return " "
        return f" {inside} "

    parts = _SEPARATORS.split(in_digits(text))
    if not all(is_acronym(part) or any(map(_is_kind, keys_of(part))) for part in parts):
        parts = [" ".join(parts)]
    names: list[str] = []
    for part in parts:
        part = _BRACKETS.sub(bracket, part).strip(" ,.-–—\"'«»“”")
        if not part:
            continue
        if is_acronym(part):
            acronyms.append(acronym_key(part))
            continue
        if not part.isupper():
            acronyms += [acronym_key(word) for word in part.split() if is_acronym(word)]
        names.append(part)
    return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(acronyms))


def _is_kind(key: str) -> bool:
    return concept(key).startswith("kind:")


# Addresses that say nothing about whose they are.
_FREE_MAIL = frozenset(
    (
        *(
            "gmail.com",
            "mail.ru",
            "yandex.ru",
            "yandex.com",
            "yahoo.com",
            "hotmail.com",
            "outlook.com",
            "inbox.ru",
        ),
        *(
            "list.ru",
            "bk.ru",
            "icloud.com",
            "rambler.ru",
            "umail.uz",
            "mail.kz",
            "facebook.com",
            "instagram.com",
        ),
        *("linkedin.com", "wikipedia.org", "google.com", "sites.google.com", "t.me", "youtube.com"),
    )
)
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\d?\.)?([^/:?#\s]+)", re.IGNORECASE)


def host(address: str) -> str:
    """The host of a web or e-mail address without "www."; empty for free mail providers and for nonsense."""
    match = _HOST.match(address.strip().lower())
    name = match.group(1).rstrip(".") if match else ""
    return name if "." in name and name not in _FREE_MAIL else ""


def place_words(text: str) -> frozenset[str]:
    """The words of a city as concepts, without the numbers of districts and post offices."""
    return frozenset(word for word in parse_name(text).concepts if not word.startswith(NUMBER))
