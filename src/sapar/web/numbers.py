"""Numbers, days and spans of days as a person reads them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from django.utils import translation

from sapar.formats import numbers

DECIMAL_COMMA = {"ru", "ky", "kk", "uz"}


def grouped(value: int | float | Decimal, decimals: int | None = None) -> str:
    """As the reader's language writes it."""
    return numbers.grouped(value, decimals, comma=_language() in DECIMAL_COMMA)


def decimal_sign() -> str:
    """A comma or a point."""
    return "," if _language() in DECIMAL_COMMA else "."


def long_day(day: date) -> str:
    """5 March 2027."""
    return format_date(day, "long", locale=_locale())


def month_words(day: date) -> str:
    """March 2027, as it stands alone."""
    return format_date(day, "LLLL y", locale=_locale())


def full_day(day: date) -> str:
    """Friday, 5 March 2027."""
    return format_date(day, "full", locale=_locale())


def span(first: date, last: date) -> str:
    """5–9 March 2027; a month or a year that both ends share is said once."""
    if first == last:
        return long_day(last)
    if (first.year, first.month) == (last.year, last.month):
        return re.sub(rf"\b{last.day}\b", f"{first.day}–{last.day}", long_day(last), count=1)
    if first.year != last.year:
        return f"{long_day(first)} – {long_day(last)}"
    # Where the year comes first, as in Kyrgyz, the second day goes without it.
    if long_day(last).startswith(str(last.day)):
        return f"{format_skeleton('MMMMd', first, locale=_locale())} – {long_day(last)}"
    return f"{long_day(first)} – {format_skeleton('MMMMd', last, locale=_locale())}"


def _language() -> str:
    return (translation.get_language() or "en")[:2]


def _locale() -> str:
    return "en_GB" if _language() == "en" else _language()
