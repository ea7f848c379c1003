"""Numbers in names of institutions: Lyon 1, 2 and III are three universities.

A number is a word like any other but must never be explained away, read as an initial or taken for a misspelling
of another one. Roman and Arabic numerals are one notation: "Paris XII" is "Paris 12", "№ 2" is "No. 2" and "2-я".

The single letters I, V and X are numerals, initials or prepositions ("Paris I", "V. Karazin", "Universitetet i Oslo").
Where case and place do not tell, both readings stay open and the other name has to have the number or the letter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NUMBER: Final = "number:"
_VALUES: Final = {"i": 1, "v": 5, "x": 10}
_SIGN: Final = re.compile("[\u2160-\u217f]")
_CYRILLIC: Final = str.maketrans("ІХӀіх", "IXIix")
_ROMAN: Final = re.compile(r"(?<![\w’'])([IVXІХӀivxіх]{2,7})(?![\w’'])")
_WELL_FORMED: Final = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
# Written with one capital these are also syllables: Xi Jinping, Vi Nhan.
_SYLLABLES: Final = {"Xi", "Vi", "Xv"}
_GLUED: Final = re.compile(r"(?<=[^\W\d_])(?=\d)")
_MARK: Final = re.compile(
    r"(?:№|(?<![\w’'])(?:no|nr|n[°ºo]|n|num|number|num[eé]ro|n[uú]mero|nummer|номер|саны)(?![^\W\d_]))"
    r"\s*[.:°º]{0,2}\s*(?=\d)",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(
    r"(?<![^\W_])(\d+)(?:\s?[-–]\s?|[.°ºª]*)"
    r"(?:st|nd|rd|th|er|[eè]re|[eè]me|e|i?nchi|inshi|shi|chi|"
    r"[йяое]|ый|ий|ой|ая|го|му|ом|ші|шi|шы|чи|чы|нчи|нчы|ынчы|инчи|[ºª°])?(?![^\W_])",
    re.IGNORECASE,
)
# After these the letter is a preposition or "of": Norse and Albanian "i", Slavic "v".
_BEFORE_PREPOSITION: Final = re.compile(
    r"(?:universitet(?:et|i)|h(?:ø|o|oe|ö)gsk(?:o|u)l(?:en|an)|univer[sz]it?[az]|univerza|akademi[eja]+|vysok\w+|škol\w+|skol\w+)$",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]+")


def in_digits(text: str) -> str:
    """`text` with its numerals in Arabic digits, each a word of its own; single letters stay as they are."""
    text = _SIGN.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), unicodedata.normalize("NFC", text))
    text = _ROMAN.sub(_arabic, text)
    return _ORDINAL.sub(_plain, _MARK.sub(" ", _GLUED.sub(" ", text)))


def _arabic(match: re.Match[str]) -> str:
    written = match[1].translate(_CYRILLIC)
    letters = written.lower()
    if written in _SYLLABLES or not _WELL_FORMED.fullmatch(letters):
        return match[0]
    if written not in (letters, letters.upper(), letters.capitalize()):
        return match[0]
    values = [_VALUES[letter] for letter in letters]
    return str(sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True)))


def _plain(match: re.Match[str]) -> str:
    digits = "".join(str(unicodedata.digit(sign)) for sign in match[1]).lstrip("0") or "0"
    return f" {digits} "


def number_of(key: str) -> str:
    """The concept of a search key that is a number; empty if it is none."""
    return NUMBER + key if key.isascii() and key.isdigit() else ""


def letter_of(number: str) -> str:
    """The letter that may stand for 1, 5 or 10; empty for all other numbers."""
    return next((letter for letter, value in _VALUES.items() if number == f"{NUMBER}{value}"), "")


def lone_letters(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The single letters I, V, X of a name: numbers for certain, numbers perhaps, and all letters that may be none.

    A letter is a number for certain when it closes the name or a part of it, or stands as a capital among words in
    mixed case; it is none with a full stop, beside another single letter, or at the beginning.
    """
    words = list(_WORD.finditer(text))
    one_case = text.isupper() or text.islower()
    certain: set[str] = set()
    perhaps: set[str] = set()
    letters: set[str] = set()
    for at, word in enumerate(words):
        letter = word[0].translate(_CYRILLIC)
        if len(letter) == 1 and letter.isalpha():
            letters.add(letter.lower())
        value = _VALUES.get(letter.lower())
        if value is None or not at or _is_initial(text, words, at):
            continue
        number = f"{NUMBER}{value}"
        after = text[word.end() : words[at + 1].start()] if at + 1 < len(words) else ""
        closes = at + 1 == len(words) or not after.isspace()
        if letter.isupper() or one_case:
            if not one_case or closes:
                certain.add(number)
            elif not _BEFORE_PREPOSITION.search(words[at - 1][0]):
                perhaps.add(number)
    return frozenset(certain), frozenset(perhaps - certain), frozenset(letters)


def _is_initial(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether a single letter is one of somebody's initials, or has an apostrophe as in d'Orléans."""
    word = words[at]
    if text[word.end() : word.end() + 1] in (".", "'", "’", "&") and word.end() < len(text):
        return True
    if text[word.start() - 1] in "'’.&":
        return True
    beside = [words[at - 1], *words[at + 1 : at + 2]]
    return any(len(other[0]) == 1 and other[0].isalpha() for other in beside)
