"""Romanisation by published tables: suggestions and search only.

How a person is written in Latin is what the passport says; it is data and is never derived. These forms fill
a search box, suggest what to look for, and help to read a list.

Sources: ICAO Doc 9303 part 3 (8th ed. 2021) section 6.B, recommended transliteration of Cyrillic; BGN/PCGN
1947 (Russian), 1979 (Kyrgyz; Kazakh), 1994 (Tajik); the Uzbek Latin alphabet in the wording of 1995; Kazakh
Latin by the decree of February 2018, and the draft of 31 letters of 2021.
Doc 9303 recommends U for Ў (as a Belarusian letter) and nothing for the other letters that Kyrgyz, Kazakh, Uzbek
and Tajik add to Russian; ``icao`` folds those to the nearest letters of its table (Ң N, Ө O, Ү U, Қ K, Ғ G, Ә A,
Ҳ KH, Ҷ CH). Its table has C beside Һ, which is the Serbian letter's form; the Kazakh Һ is folded like Х.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from sapar.methods.errors import MethodError

System = Literal[
    "icao", "passport_kg", "bgn_ru", "bgn_ky", "bgn_kk", "bgn_tg", "uz_1995", "kk_2018", "kk_2021"
]  # fmt: skip
SYSTEMS: tuple[System, ...] = get_args(System)


def _table(letters: str, forms: str, **more: str) -> dict[str, str]:
    return dict(zip(letters, forms.split(), strict=True)) | more


_COMMON = _table("абвгдезиклмнопрстуф", "a b v g d e z i k l m n o p r s t u f")
_ICAO = (
    _COMMON
    | _table("ёжйхцчшщыъэюя", "e zh i kh ts ch sh shch y ie e iu ia", ь="")
    | _table("іїєґўђѓѕјљњџѫ", "i i ie g u d g dz j lj nj dz u")
    | _table("ңөүұқғһәӣӯҳҷ", "n o u u k g kh a i u kh ch")
)
_BGN = _COMMON | _table("ёжйхцчшщыэюя", "yo zh y kh ts ch sh shch y e yu ya")
_UZ = _COMMON | _table("ёжйхцчшщыэюяўқғҳ", "yo j y x ts ch sh sh i e yu ya oʻ q gʻ h", ъ="ʼ", ь="")
_KK = _COMMON | {"ъ": "", "ь": "", "э": "e"}

TABLES: Mapping[System, Mapping[str, str]] = MappingProxyType(
    {
        "icao": _ICAO,
        "passport_kg": _ICAO | {"ж": "dzh"},
        "bgn_ru": _BGN | _table("ъь", "” ’"),
        "bgn_ky": _BGN | _table("жңөүъь", "j ng ö ü ” ’"),
        "bgn_kk": _BGN | _table("әғийқңөуұүһіъьэ", "ä gh ī y q ng ö ū u ü h i ” ’ ė"),
        "bgn_tg": _BGN | _table("ғӣқӯҳҷъьэ", "gh í q ŭ h j ’ ’ ė"),
        "uz_1995": _UZ,
        "kk_2018": _KK
        | _table("әғёжийқңөуұүхһцчшщыіюя", "á ǵ ıo j ı ı q ń ó ý u ú h h ts ch sh sh y i ıý ıa"),
        "kk_2021": _KK | _table("әғёжийқңөуұүхһцчшщыіюя", "ä ğ io j i i q ñ ö u ū ü h h ts ch ş ş y ı iu ia"),
    }
)
_VOWELS = "аеёиоуыэюяіїєөүұәўӣӯ"
_WORD = re.compile(r"[^\W\d_]+")


def transliterate(text: str, system: System) -> str:
    """`text` with its Cyrillic letters romanised by `system`; everything else stays as it is.

    A letter of two becomes "Zh" in a word with small letters and "ZH" in one without.

    Raises:
        MethodError: ``names.unknown_system``; ``names.untransliterable`` when a Cyrillic letter is not in the
            system's table, so that no half-converted word comes out.
    """
    table = TABLES.get(system)
    if table is None:
        raise MethodError(
            "names.unknown_system", "There is no system {system}.", system=system, known=SYSTEMS
        )
    return _WORD.sub(lambda word: _romanised(word.group(), table, system), unicodedata.normalize("NFC", text))


def _romanised(word: str, table: Mapping[str, str], system: System) -> str:
    shouting = len(word) > 1 and word.isupper()
    forms = []
    for at, letter in enumerate(word):
        small = letter.lower()
        if small not in table:
            if unicodedata.name(letter, "").startswith("CYRILLIC"):
                raise MethodError(
                    "names.untransliterable",
                    "{letter} in {word} has no form in {system}.",
                    letter=letter,
                    word=word,
                    system=system,
                )
            forms.append(letter)
            continue
        form = _in_place(small, word[at - 1].lower() if at else "", table[small], system)
        forms.append(form if letter == small else form.upper() if shouting else form.capitalize())
    return "".join(forms)


def _in_place(letter: str, before: str, form: str, system: System) -> str:
    """The forms that depend on the letter before: е and ё begin with y- at the start and after a vowel."""
    if system == "bgn_ru" and letter in "её":
        iotated = not before or before in _VOWELS or before in "йъь"
        return ("y" if iotated else "") + ("e" if letter == "е" else "ë")
    if system == "uz_1995" and letter == "е" and (not before or before in _VOWELS or before in "ъь"):
        return "ye"
    if system == "uz_1995" and letter == "ц" and (not before or before not in _VOWELS):
        return "s"
    return form


_BY_LANGUAGE: Mapping[str, tuple[System, ...]] = MappingProxyType(
    {
        "ru": ("icao", "bgn_ru"),
        "ky": ("icao", "passport_kg", "bgn_ky"),
        "kk": ("icao", "bgn_kk", "kk_2021", "kk_2018"),
        "uz": ("uz_1995", "icao"),
        "tg": ("icao", "bgn_tg"),
    }
)


def latin_suggestions(text: str, language: str) -> tuple[str, ...]:
    """Different Latin spellings under which a name may be found, the likeliest first; never the passport's.

    Raises:
        MethodError: ``names.unknown_language`` unless `language` is ru, ky, kk, uz or tg.
    """
    systems = _BY_LANGUAGE.get(language)
    if systems is None:
        raise MethodError(
            "names.unknown_language",
            "No romanisation for {language}.",
            language=language,
            known=tuple(_BY_LANGUAGE),
        )
    # A Russian or Kyrgyz name in a Tajik office has letters that the Tajik table no longer knows: skip it.
    return tuple(
        dict.fromkeys(
            transliterate(text, system)
            for system in systems
            if all(
                letter in TABLES[system] or not unicodedata.name(letter, "").startswith("CYRILLIC")
                for letter in unicodedata.normalize("NFC", text).lower()
            )
        )
    )
