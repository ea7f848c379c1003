"""Countries as people write them: codes and names in the languages of the region, from CLDR and from usage."""

from __future__ import annotations

from functools import cache

from babel import Locale

from sapar.methods.names import search_key

LANGUAGES = (
    "en", "ru", "ky", "kk", "uz", "uz_Cyrl", "tg", "tr", "de", "fr", "es", "it", "pl", "uk", "az", "tk", "zh", "ko",
)  # fmt: skip

# What CLDR does not say: abbreviations, everyday and former names, other spellings.
ALSO = {
    "AE": ("UAE", "Emirates", "ОАЭ", "Эмираты", "БАЭ"),
    "AZ": ("Azerbaycan", "Азербайджанская Республика"),
    "BY": ("Белоруссия", "Беларусь", "РБ", "Republic of Belarus", "Belarus"),
    "CN": ("КНР", "PRC", "P.R. China", "PR China", "People's Republic of China", "Китайская Народная Республика",
           "Кытай Эл Республикасы", "ҚХР", "КЭР", "Xitoy"),
    "CZ": ("Czech Republic", "Чешская Республика", "Чехия"),
    "DE": ("ФРГ", "FRG", "BRD", "Federal Republic of Germany", "Германия Федеративдик Республикасы"),
    "GB": ("UK", "U.K.", "Great Britain", "England", "Scotland", "Wales", "Великобритания", "Англия", "Шотландия",
           "Британия", "Улуу Британия", "Соединенное Королевство", "Buyuk Britaniya"),
    "GE": ("Грузия",),
    "IR": ("ИРИ", "Iran", "Иран", "Islamic Republic of Iran"),
    "KG": ("КР", "Кыргызская Республика", "Кыргыз Республикасы", "Киргизия", "Киргизская Республика", "Кыргызстан",
           "Kyrgyz Republic", "Kirghizia", "Kirgizia", "Kirgizistan", "Qirgʻiziston", "Kirgizstan"),
    "KR": ("Korea", "Корея", "Republic of Korea", "ROK", "Республика Корея", "Южная Корея", "Корея Республикасы",
           "Түштүк Корея", "Оңтүстік Корея", "S. Korea"),
    "KZ": ("РК", "ҚР", "Казахстан", "Республика Казахстан", "Қазақстан Республикасы", "Kazakstan", "Казакстан",
           "Republic of Kazakhstan", "Казахия"),
    "MD": ("Молдавия", "Moldova", "Молдова"),
    "MM": ("Burma", "Бирма"),
    "MN": ("Монголия", "Моңголия", "Mongolia"),
    "NL": ("Holland", "Голландия", "The Netherlands"),
    "PS": ("Palestine", "Палестина"),
    "RU": ("РФ", "Российская Федерация", "Russian Federation", "Россия", "Орусия", "Ресей", "Россия Федерациясы",
           "Rossiya", "Rossiya Federatsiyasi", "RF"),
    "SA": ("KSA", "Саудовская Аравия"),
    "SY": ("Syria", "Сирия"),
    "TJ": ("Республика Таджикистан", "Tadjikistan", "Tadzhikistan", "Таджикистан", "Тоҷикистон", "Тажикстан",
           "Ҷумҳурии Тоҷикистон", "Tojikiston"),
    "TM": ("Туркмения", "Туркменистан", "Turkmenia", "Түркмөнстан", "Türkmenistan"),
    "TR": ("Turkey", "Турция", "Турецкая Республика", "Türkiye", "Turkiye", "Түркия", "Турк", "Republic of Turkey",
           "Türkiye Cumhuriyeti", "Turkiya"),
    "TW": ("Taiwan", "Тайвань"),
    "US": ("USA", "U.S.A.", "United States of America", "America", "США", "АКШ", "АҚШ", "Соединенные Штаты Америки",
           "Америка", "AQSh", "Amerika"),
    "UZ": ("РУз", "РУ", "Республика Узбекистан", "Узбекистан", "Oʻzbekiston", "Өзбекстан", "Ўзбекистон", "O'zbekiston",
           "Uzbekiston", "Oʻzbekiston Respublikasi"),
    "VN": ("Vietnam", "Viet Nam", "Вьетнам", "СРВ"),
}  # fmt: skip


# Three letters as in ISO 3166-1, where lists of the region use them.
ALPHA_3 = {"KGZ": "KG", "KAZ": "KZ", "UZB": "UZ", "TJK": "TJ", "TKM": "TM", "RUS": "RU", "TUR": "TR", "CHN": "CN",
           "DEU": "DE", "GER": "DE", "KOR": "KR", "IND": "IN", "POL": "PL", "GBR": "GB", "FRA": "FR", "ITA": "IT",
           "ESP": "ES", "JPN": "JP", "MNG": "MN", "AZE": "AZ", "BLR": "BY", "UKR": "UA", "PAK": "PK"}  # fmt: skip
# Codes in CLDR that are groups of countries, or nowhere.
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})


@cache
def country_codes() -> frozenset[str]:
    """Two-letter codes of countries and territories."""
    codes = Locale.parse("en").territories
    return frozenset(code for code in map(str, codes) if len(code) == 2 and code.isalpha()) - NO_COUNTRIES


@cache
def _abbreviations() -> dict[str, str]:
    """Short forms letter by letter: КР and ҚР are two countries although they have one search key."""
    return {_plain(name): code for code, names in ALSO.items() for name in names if _is_short(name)} | {
        name.casefold(): code for name, code in ALPHA_3.items()
    }


@cache
def _names() -> dict[str, str]:
    """Search key of a name → code; a key that two countries share is left out."""
    known: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in country_codes():
                known.setdefault(search_key(str(name)), set()).add(code)
    for code, names in ALSO.items():
        known.update({search_key(name): {code} for name in names if not _is_short(name)})
    return {key: min(codes) for key, codes in known.items() if len(codes) == 1 and key}


def _plain(text: str) -> str:
    return text.replace(".", "").strip().casefold()


def _is_short(text: str) -> bool:
    return len(_plain(text)) <= 4 and text.upper() == text


def country_code(text: str) -> str:
    """The two-letter code of a country as somebody wrote it, '' when it is none we know.

    >>> country_code("Турция"), country_code("кр"), country_code("Republic of Korea"), country_code("Atlantis")
    ('TR', 'KG', 'KR', '')
    """
    text = text.strip()
    if len(text) == 2 and text.isascii() and text.upper() in country_codes():
        return text.upper()
    return _abbreviations().get(_plain(text)) or _names().get(search_key(text), "")
