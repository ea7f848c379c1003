"""Which script a letter belongs to, and words that mix two of them.

A word typed half with Latin and half with look-alike Cyrillic letters reads well on paper and is never found
again. `mixed_script` points at the letters; `search_key` folds such words as if they had been typed in one
script.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

Script = Literal["cyrillic", "latin", "other", "none"]

# Everything that stands for ʻ or ʼ on some keyboard: modifier letters, quotes, primes, accents.
APOSTROPHES = "\u02bb\u02bc\u2018\u2019'`\u00b4\u02b9\u2032\u02bf\u02be\u02c8\u201d\u02ba\uff07"

# Combining marks are no word characters to `re`, yet vowel signs of Indian scripts are part of the word.
_MARKS = "".join(c for c in map(chr, range(0x300, 0x2100)) if unicodedata.category(c).startswith("M"))
WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}{APOSTROPHES}]+[^\W_]+)*[{_MARKS}]*")

# Latin letters that look like a Cyrillic one (either case), and the Cyrillic letter they are mistaken for.
LOOK_ALIKES = dict(zip("aceopxyikmhtbABCEHIKMOPTXYjsJS", "асеорхуікмнтвАВСЕНІКМОРТХУјѕЈЅ", strict=True))
LOOK_ALIKES |= {"ë": "ё", "Ë": "Ё", "ï": "ї", "Ï": "Ї", "ö": "ӧ", "ә": "ә"}
_TO_CYRILLIC = {ord(latin): cyrillic for latin, cyrillic in LOOK_ALIKES.items()}
_TO_LATIN = {ord(cyrillic): latin for latin, cyrillic in LOOK_ALIKES.items()}


@dataclass(frozen=True)
class MixedWord:
    """A word whose letters come from more than one script.

    `start` counts characters of the text as given; `positions` are the places in the text of the letters of
    the rarer script (the later one in the word when both are as frequent).
    """

    word: str
    start: int
    positions: tuple[int, ...]
    minority: Script


@lru_cache(maxsize=4096)
def script_of(letter: str) -> Script:
    """The script of one character; digits, marks and punctuation have none."""
    if not letter.isalpha() or letter in APOSTROPHES:
        return "none"
    name = unicodedata.name(letter, "")
    if name.startswith("CYRILLIC"):
        return "cyrillic"
    if name.startswith(("LATIN", "FULLWIDTH LATIN")):
        return "latin"
    return "other"


def mixed_script(text: str) -> tuple[MixedWord, ...]:
    """The words of `text` that mix Cyrillic and Latin letters, in order; empty when all is well.

    Hyphenated parts are separate words, so that "ИТ-park" passes and "Чуй" with a Latin "y" does not.
    """
    return tuple(found for match in WORD.finditer(text) if (found := _mixed(match.group(), match.start())))


def _mixed(word: str, start: int) -> MixedWord | None:
    places: dict[Script, list[int]] = {"cyrillic": [], "latin": []}
    for at, letter in enumerate(word):
        script = script_of(letter)
        if script in places:
            places[script].append(start + at)
    if not places["cyrillic"] or not places["latin"]:
        return None
    minority: Script = min(places, key=lambda script: (len(places[script]), -places[script][0]))
    return MixedWord(word=word, start=start, positions=tuple(places[minority]), minority=minority)


def in_one_script(word: str) -> str:
    """`word` with look-alikes of the rarer script replaced; unchanged if a letter has no look-alike."""
    mixed = _mixed(word, 0)
    if mixed is None:
        return word
    table = _TO_CYRILLIC if mixed.minority == "latin" else _TO_LATIN
    if any(ord(word[at]) not in table for at in mixed.positions):
        return word
    letters = list(word)
    for at in mixed.positions:
        letters[at] = table[ord(letters[at])]
    return "".join(letters)


def script_runs(text: str) -> tuple[Script, ...]:
    """The scripts of the letters of `text` in order, neighbours of one script once."""
    scripts = [script for letter in text if (script := script_of(letter)) != "none"]
    return tuple(scripts[:1]) + tuple(after for before, after in pairwise(scripts) if after != before)
