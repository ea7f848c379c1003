"""Sort keys by the national alphabets, without ICU.

Code points put Ө Ү Ң after Я and know nothing of Oʻ, Sh or Ch. A key compares by letters of the alphabet
first, then by marks (é after e, in Russian also ё after е), then by case (small first), and last by the text
itself, so that different texts never have equal keys.

The alphabets: Russian 33 letters, Kyrgyz 36, Kazakh 42 (Cyrillic) and 31 (Latin draft of 2021), Uzbek 35
(Cyrillic) and 29 with the digraphs (Latin, 1995), Tajik 35 (1998).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sapar.methods.errors import MethodError
from sapar.methods.names.scripts import APOSTROPHES

ALPHABETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ru": tuple("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
        "ky": tuple("абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"),
        "kk": tuple("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"),
        "kk-Latn": tuple("aäbdefgğhıijklmnñoöpqrsştuūüvyz"),
        "uz": (*"abdefghijklmnopqrstuvxyz", "oʻ", "gʻ", "sh", "ch", "ng"),
        "uz-Cyrl": tuple("абвгдеёжзийклмнопрстуфхцчшъьэюяўқғҳ"),
        "tg": tuple("абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"),
    }
)
_LATIN = tuple("abcdefghijklmnopqrstuvwxyz")
# Every letter of the five Cyrillic alphabets at the place where most of them have it.
_CYRILLIC = tuple("аәбвгғдеёжзиӣйіїкқлмнңоөпрстуӯұүўфхҳһцчҷшщъыьэюя")

# Sorted as bytes (or in a "C" database collation): space < digit < letter < anything else ("~").
_END, _GAP, _OTHER = " ", "!", "~"
_MODIFIER = re.compile(rf"(?<=[oOgG])[{APOSTROPHES}]")
_MARK = re.compile(f"[{APOSTROPHES}]")


@lru_cache(maxsize=32)
def _weights(alphabet: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """The weight (two ASCII characters) of each letter, and the pattern that cuts a word into letters.

    The letters of the other script follow the alphabet's own ones; a letter that the alphabet does not have
    but whose neighbours it has (ө in Russian) sorts at the end of its script.
    """
    own = ALPHABETS.get(alphabet, ())
    if alphabet == "ru":
        own = tuple(letter for letter in own if letter != "ё")
    if alphabet == "":
        own = _LATIN + _CYRILLIC
    order = list(dict.fromkeys((*own, *(_LATIN if own[0] > "z" else ()), *_CYRILLIC, *_LATIN)))
    if alphabet == "ru":
        order.remove("ё")
    weights = {letter: f"{chr(ord('A') + at // 16)}{at % 16:x}" for at, letter in enumerate(order)}
    digraphs = sorted((letter for letter in order if len(letter) > 1), key=len, reverse=True)
    return weights, re.compile("|".join([*map(re.escape, digraphs), "."]), re.DOTALL)


def collation_key(text: str, alphabet: str = "") -> str:
    """A key whose order as bytes is the order of the alphabet.

    Args:
        alphabet: one of `ALPHABETS`, or "" for the general order: Latin a-z, then all letters of the five
            Cyrillic alphabets. With an alphabet, its own script comes first.

    Words compare word by word ("Чүй обл." before "Чүйков"); hyphens count as spaces; other punctuation and
    the Uzbek tutuq belgisi do not count until everything else is equal.

    Raises:
        MethodError: ``names.unknown_alphabet``.
    """
    if alphabet and alphabet not in ALPHABETS:
        raise MethodError(
            "names.unknown_alphabet",
            "There is no alphabet {alphabet}.",
            alphabet=alphabet,
            known=tuple(ALPHABETS),
        )
    weights, cut = _weights(alphabet)
    text = unicodedata.normalize("NFC", text)
    spelt = _MARK.sub("", _MODIFIER.sub("ʻ", text)) if alphabet != "uz" else _uzbek(text)
    primary: list[str] = []
    marks: list[str] = []
    for piece in cut.findall(_lowered(spelt)):
        weight, mark = _weight(piece, weights)
        if weight == _GAP and (not primary or primary[-1] == _GAP):
            continue
        primary.append(weight)
        marks.append(mark)
    cases = ["1" if letter.isupper() else "0" for letter in spelt if letter.isalpha()]
    while primary and primary[-1] == _GAP:
        primary.pop()
        marks.pop()
    levels = ("".join(primary), "".join(marks).rstrip("0"), "".join(cases).rstrip("0"), text)
    return _END.join(levels)


def _uzbek(text: str) -> str:
    """One letter for every oʻ and gʻ; a tutuq belgisi goes, but still keeps s and h of "Isʼhoq" apart."""
    return _MARK.sub(
        lambda mark: "ʻ" if mark.group() == "ʻ" else "\N{ZERO WIDTH NON-JOINER}", _MODIFIER.sub("ʻ", text)
    )


def _lowered(text: str) -> str:
    """Lower case letter by letter, keeping ı and i apart."""
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


def _weight(piece: str, weights: Mapping[str, str]) -> tuple[str, str]:
    """The primary weight of one letter and its mark: "0" for none."""
    if piece in weights:
        return weights[piece], "0"
    if piece.isspace() or unicodedata.category(piece[0]) == "Pd":
        return _GAP, "0"
    if piece.isdecimal():
        return str(unicodedata.decimal(piece)), "0"
    if not piece[0].isalpha():
        return "", ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", piece) if not unicodedata.combining(c))
    bare = {"ё": "е", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ə": "a", "ß": "s"}.get(bare, bare)
    if bare and bare[0] in weights:
        return "".join(weights.get(c, "") for c in bare), "1" + "0" * (len(bare) - 1)
    return f"{_OTHER}{ord(piece[0]):06x}", "0" * 7
