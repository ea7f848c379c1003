"""Days, terms, years and numbers as offices write them in one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from babel import Locale
from django.conf import settings

from sapar.directory.said import folded
from sapar.partners.queries.ending import add_months

# What may stand beside days without saying anything more.
_FILLERS = frozenset((
    "с", "по", "до", "от", "г", "гг", "год", "года", "годы", "включительно", "дата", "from", "to", "until",
    "till", "since", "on", "of", "the", "and", "и", "ж", "жж", "жыл", "жылы", "жылга", "жылдын", "жылдан",
    "чейин", "баштап", "дейін", "бастап", "жылғы", "yil", "yilgacha", "yildan", "gacha", "dan", "boshlab",
    "th", "st", "nd", "rd", "day", "valid", "действует", "действителен", "y", "signed", "подписан",
))  # fmt: skip
_OF_YEARS = _FILLERS | {"уч", "учебный", "учебные", "academic", "years", "окуу", "оқу", "oquv"}
_UNITS = (
    (12, r"лет|год(?:а|у|ов)?|г|years?|yrs?|жыл(?:га|дык|ға|дық)?|yil(?:ga|lik)?"),
    (1, r"мес(?:яц(?:а|ев)?)?|months?|ай(?:га|ға|лық)?|oy(?:ga|lik)?"),
)


@dataclass(frozen=True)
class Span:
    """Days that a cell names: a whole date, or a month or year from its first to its last day."""

    first: date
    last: date

    @property
    def whole(self) -> bool:
        return self.first == self.last


@cache
def _months() -> Mapping[str, int]:
    """Names of months in five languages, whole and short, as in dates and alone."""
    found: dict[str, int] = {}
    for language, _name in settings.LANGUAGES:
        names = Locale.parse(language.replace("-", "_")).months
        for shape in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                found |= {folded(name): month for month, name in names[shape][width].items() if len(name) > 2}
    return found


@cache
def _pattern() -> re.Pattern[str]:
    month = f"(?:{'|'.join(sorted(map(re.escape, _months()), key=lambda name: -len(name)))})"
    year = r"(?:19|20)\d\d"
    return re.compile(
        rf"(?P<iso>{year}-\d\d-\d\d)(?:[t ]\d\d:\d\d(?::\d\d)?)?"
        rf"|(?P<d>\d{{1,2}})[./-](?P<m>\d{{1,2}})[./-](?P<y>{year})(?:\s+\d\d:\d\d(?::\d\d)?)?"
        r"|(?<!\d)(?P<sd>\d{1,2})\.(?P<sm>\d{1,2})\.(?P<sy>\d\d)(?!\d)"
        rf"|[«\"“]?(?P<wd>\d{{1,2}})[»\"”]?[\s.-]+(?P<wm>{month})\.?[\s,]+(?P<wy>{year})"
        rf"|(?P<em>{month})\.?\s+(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<ey>{year})"
        rf"|(?P<yy>{year})[\s-]*(?:жылдын|жылғы|yil(?:ning)?)?\s*(?P<yd>\d{{1,2}})[\s-]*(?P<ym>{month})(?:ы|и|нда|i)?"
        rf"|(?P<mm>\d{{1,2}})[./](?P<my>{year})"
        rf"|(?P<nm>{month})\.?\s+(?P<ny>{year})"
        rf"|(?P<only>{year})"
    )


def spans_in(text: str) -> list[Span]:
    """The days of a cell in order.

    >>> [str(one.last) for one in spans_in("с 15 марта 2021 г. до 12.2026")]
    ['2021-03-15', '2026-12-31']
    >>> [str(one.first) for one in spans_in("01.09.98–31.08.26")]
    ['1998-09-01', '2026-08-31']

    Raises:
        ValueError: beside them stands something else, or one of them is no day.
    """
    plain = re.sub(r"[«»\"“”]", " ", text.casefold().replace("ё", "е"))
    found = [_span(match) for match in _pattern().finditer(plain)]
    rest = re.sub(r"[^\w]+", " ", _pattern().sub(" ", plain)).split()
    if not found or any(word not in _FILLERS for word in rest):
        raise ValueError(text)
    return found


def _century(year: int) -> int:
    """Agreements older than 1970 are not kept in sheets."""
    return year + (1900 if year >= 70 else 2000)


def _span(match: re.Match[str]) -> Span:
    got = match.groupdict()
    if got["iso"]:
        day = date.fromisoformat(got["iso"])
        return Span(day, day)
    for year, month, day_ in (("y", "m", "d"), ("wy", "wm", "wd"), ("ey", "em", "ed"), ("yy", "ym", "yd")):
        if got[year]:
            day = date(int(got[year]), _month(got[month]), int(got[day_]))
            return Span(day, day)
    if got["sy"]:
        day = date(_century(int(got["sy"])), int(got["sm"]), int(got["sd"]))
        return Span(day, day)
    for year, month in (("my", "mm"), ("ny", "nm")):
        if got[year]:
            first = date(int(got[year]), _month(got[month]), 1)
            return Span(first, add_months(first, 1) - timedelta(days=1))
    only = int(got["only"])
    return Span(date(only, 1, 1), date(only, 12, 31))


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _months()[folded(text)]


def duration_in(text: str) -> int | None:
    """Months that a cell names.

    >>> duration_in("5 (пять) лет"), duration_in("36 мес."), duration_in("2027")
    (60, 36, None)
    """
    plain = re.sub(r"\([^)]*\)", " ", text.casefold())
    for length, unit in _UNITS:
        found = re.search(rf"(?<![\d.])(\d{{1,2}})\s*-?\s*(?:{unit})(?!\w)", plain)
        if found and int(found[1]):
            return int(found[1]) * length
    return None


_YEARS = re.compile(r"((?:19|20)\d\d)(?:\s*[-–—/\\]\s*((?:19|20)\d\d|\d\d)(?!\d))?")


def academic_years(text: str) -> list[int]:
    """Years in which the academic years of a cell begin.

    >>> academic_years("2025/26"), academic_years("2024/25 – 2026/27"), academic_years("2024-2027")
    ([2025], [2024, 2025, 2026], [2024, 2025, 2026])

    Raises:
        ValueError
    """
    found: list[tuple[int, int, int]] = []
    for match in _YEARS.finditer(text):
        first = int(match[1])
        last = (
            first // 100 * 100 + int(match[2])
            if match[2] and len(match[2]) == 2
            else int(match[2] or first + 1)
        )
        if not 0 < last - first <= 15:
            raise ValueError(text)
        found.append((first, last, match.start()))
    rest = re.sub(r"[\W_]+", " ", _YEARS.sub(" ", text.casefold())).split()
    if not found or any(word not in _OF_YEARS for word in rest):
        raise ValueError(text)
    if len(found) == 2 and re.search(r"[-–—]|до|по|to", _YEARS.sub(" ", text.casefold())):
        return list(range(found[0][0], max(found[1][1], found[0][1])))
    return sorted({year for first, last, _at in found for year in range(first, last)})


def number_in(text: str) -> int | None:
    """The only whole number of a cell, 0 for a dash; None: none or several.

    >>> number_in("до 3 студентов"), number_in("–"), number_in("2-3")
    (3, 0, None)
    """
    if text.strip() in ("-", "–", "—", "нет", "no"):
        return 0
    found = re.findall(r"\d+(?:[.,]\d+)?", text)
    if len(found) != 1 or not re.fullmatch(r"\d{1,3}(?:[.,]0+)?", found[0]):
        return None
    return int(re.split(r"[.,]", found[0])[0])


_LENGTHS = (
    (Decimal(5), r"сем|sem|term|жарым жыл|жартыжыл"),
    (Decimal(10), r"год|лет|year|жыл|yil"),
    (Decimal(1) / 30, r"дн|день|дня|day|күн|kun"),
    (Decimal(7) / 30, r"нед|week|апта|жума|hafta"),
)


def months_in(text: str) -> Decimal | None:
    """Months of a stay, to a tenth; a semester is five, an academic year ten.

    >>> months_in("1 семестр"), months_in("5,5 мес."), months_in("7 дней")
    (Decimal('5.0'), Decimal('5.5'), Decimal('0.2'))
    """
    plain = text.casefold()
    found = re.findall(r"\d{1,3}(?:[.,]\d+)?", plain)
    if len(found) > 1:
        return None
    one = next((length for length, words in _LENGTHS if re.search(words, plain)), None)
    if not found and one is None:
        return None
    months = Decimal(found[0].replace(",", ".") if found else 1) * (one or 1)
    months = months.quantize(Decimal("0.1"))
    return months if 0 < months <= 60 else None
