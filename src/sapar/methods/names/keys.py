"""Search keys: one spelling for everything a name may be typed as in Cyrillic or Latin.

A key is lossy on purpose and is never shown. It equates

- the scripts: ru, ky, kk, uz, tg Cyrillic with their romanisations (BGN/PCGN, ICAO Doc 9303, the Uzbek Latin
  alphabet of 1995, the Kazakh drafts of 2018 and 2021);
- ё/е/э, ye/ie; y/i/ы/и/й/ı; zh/j/dzh/dj/ж/ҷ; kh/h/x/х/ҳ/һ; ts/tz/c/ц; q/k/қ; gh/g/ғ/gʻ; ng/n/ң; oʻ/o/ў/ө;
  u/ү/ұ/ӯ; a/ә; shch/sch/sh/щ/ш; iu/yu/ю and ia/ya/я, at the beginning of a word also ju/ja,
  at its end also ij;
- doubled letters with single ones, and every kind of apostrophe with none.

Some languages read a Latin letter otherwise than the rest: pass ``language="tr"`` or ``"az"`` (c is ж) or
``"kk"`` (ý is у, in the draft of 2018).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sapar.methods.errors import MethodError
from sapar.methods.names.scripts import APOSTROPHES, WORD, in_one_script

# й must be looked up before marks are stripped: under NFD it is и and a breve.
CYRILLIC: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "абвгґғӷҕѓдђеёєэәжҗҷӝзѕиійїӣѝыјкқҝҡӄќлљмнңҥӊњоөӧўпрстћуүұӯӱүфхҳһӽцчҹҷџш",
            (
                *("a", "b", "v", "g", "g", "g", "g", "g", "g", "d", "d", "e", "e", "e", "e", "a"),
                *("j", "j", "j", "j", "z", "z", "i", "i", "y", "yi", "i", "i", "y", "y"),
                *("k", "k", "k", "k", "k", "k", "l", "l", "m", "n", "n", "n", "n", "n", "o", "o", "o", "o"),
                *("p", "r", "s", "t", "t", "u", "u", "u", "u", "u", "u", "f", "x", "x", "x", "x"),
                *("ts", "ch", "ch", "j", "j", "sh"),
            ),
            strict=True,
        )
    )
    | {"щ": "sh", "ъ": "", "ь": "", "ю": "yu", "я": "ya", "ӑ": "a", "ѣ": "e"}
)
LATIN: Mapping[str, str] = MappingProxyType(
    dict.fromkeys("şșš", "sh")
    | dict.fromkeys("çč", "ch")
    | dict.fromkeys("ğǵġḡ", "g")
    | {"ž": "j", "ı": "i", "ə": "a", "æ": "ae", "œ": "oe", "ø": "o", "ɵ": "o", "ł": "l", "ŋ": "n"}
    | {"đ": "d", "ð": "d", "þ": "t", "ħ": "h", "ŧ": "t"}
)
LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"tr": {"c": "j"}, "az": {"c": "j"}, "kk": {"ý": "u"}, "": {}}
)

_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
# Latin x and word-internal j that do not mean х and ж.
_STEMS = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"\balex(?=and|e[iyj]|ei)", "aleks"),
        (r"\balej(?=andr)", "aleks"),
        (r"\bmaxim", "maksim"),
        (r"\boxan", "oksan"),
        (r"\bxeni", "kseni"),
        (r"\btatjan", "tatian"),
        (r"\blju(?=d|b)", "liu"),
        (r"\bsofj", "sofi"),
        (r"\bnatalj", "natali"),
        (r"\b(serg|andr|aleks|timof|matv)ej\b", r"\1ei"),
        (r"\bnikolaj\b", "nikolai"),
    )
)
# In this order; the whole is repeated until nothing changes, which makes the key its own key.
_RULES = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"sh?ch", "sh"),
        (r"zh", "j"),
        (r"d+j", "j"),
        (r"kh", "x"),
        (r"gh", "g"),
        (r"(?<![sc])h", "x"),
        (r"q", "k"),
        (r"w", "v"),
        # Before k the t belongs to the stem: Ташкент, ташкентский.
        (r"t[sz](?!k)", "c"),
        (r"ng+", "n"),
        (r"yo|(?<![\w'])io|(?<=[aeou])io", "e"),
        (r"[iy]+", "i"),
        (r"ie(?=i[au])", ""),
        (r"ie", "e"),
        (r"ij(?![\w'])", "i"),
        (r"(?<![\w'])i(?=[au])", "j"),
        (r"([^\W\d_])\1+", r"\1"),
    )
)


@lru_cache(maxsize=1 << 17)
def _word_key(word: str, language: str) -> str:
    special = LANGUAGES[language]
    letters = []
    for letter in unicodedata.normalize("NFC", in_one_script(word).casefold()):
        known = special.get(letter) or CYRILLIC.get(letter)
        if known is None and (known := LATIN.get(letter)) is None:
            known = "".join(CYRILLIC.get(c, LATIN.get(c, c)) for c in _bare(letter))
        letters.append(known)
    key = "".join(letters)
    while key and unicodedata.category(key[0])[0] == "M":
        key = key[1:]
    key, marked = _APOSTROPHE.sub("'", key), ""
    while key != marked:
        marked = key
        for pattern, into in (*_STEMS, *_RULES):
            key = pattern.sub(into, key)
        # Until here an apostrophe kept sʼh apart from sh; the next turn sees the bare word.
        key = key.replace("'", "")
    return key


def _bare(letter: str) -> str:
    """A letter without its marks; a ligature or fraction as its letters or digits; a vowel sign as it is."""
    letters = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(
        c
        for c in letters
        if not unicodedata.combining(c)
        and (c.isalnum() or c in APOSTROPHES or unicodedata.category(c)[0] == "M")
    )


def search_key(text: str, *, language: str = "") -> str:
    """The search key of `text`: words in their order, separated by one space; empty if there are no letters.

    ``search_key(search_key(text)) == search_key(text)``. The key of the beginning of a word is the beginning
    of the word's key unless the cut falls inside a digraph (z|h, и|ё), so `LIKE 'key%'` finds a name being typed.

    Raises:
        MethodError: ``names.unknown_language`` for a `language` without rules of its own.
    """
    if language not in LANGUAGES:
        known = tuple(sorted(filter(None, LANGUAGES)))
        raise MethodError(
            "names.unknown_language", "No folding rules for {language}.", language=language, known=known
        )
    return " ".join(filter(None, (_word_key(match, language) for match in WORD.findall(text))))


def search_tokens(text: str, *, language: str = "") -> tuple[str, ...]:
    """The different words of the search key, in order: what an index of words stores and a query asks for."""
    return tuple(dict.fromkeys(search_key(text, language=language).split()))


def matches_prefix(query: str, text: str) -> bool:
    """Whether each word of `query` begins some word of `text`, in whichever scripts they are typed."""
    words = search_tokens(text)
    wanted = search_tokens(query)
    return bool(wanted) and all(any(word.startswith(part) for word in words) for part in wanted)
