"""Numbers and spans of dates as a person reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_ALT
from django.utils.translation import gettext as _

THIN = "\u202f"
DECIMAL_COMMA = {"ru", "ky", "kk", "uz"}


def grouped(value: int | float | Decimal, decimals: int | None = None) -> str:
    """Thousands apart by a thin space; whole numbers without a fraction, others with at most two digits."""
    if decimals is None:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{decimals}f}"
    whole, point, rest = text.replace(",", THIN).partition(".")
    comma = (translation.get_language() or "en")[:2] in DECIMAL_COMMA
    return f"{whole}{',' if comma else point}{rest}" if point else whole


def span(first: date, last: date) -> str:
    """5–9 March 2027; what both ends share is said once."""
    day, end = _day(first), _day(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return _("%(from)d–%(day_and_rest)s") % {"from": first.day, "day_and_rest": end}
    if first.year == last.year:
        return f"{_day(first, year=False)} – {end}"
    return f"{day} – {end}"


def _day(day: date, *, year: bool = True) -> str:
    month = str(MONTHS_ALT.get(day.month, MONTHS[day.month]))
    facts = {"day": day.day, "month": month, "year": day.year}
    return (_("%(day)d %(month)s %(year)d") if year else _("%(day)d %(month)s")) % facts
