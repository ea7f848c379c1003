"""Numbers as a person reads them."""

from __future__ import annotations

from decimal import Decimal

THIN = "\u202f"
MINUS = "\u2212"


def year_words(academic_year: int) -> str:
    """The academic year by the years of its beginning and its end.

    >>> year_words(2026), year_words(2099)
    ('2026/27', '2099/00')
    """
    return f"{academic_year}/{(academic_year + 1) % 100:02d}"


def signed(number: int) -> str:
    """A balance, with its sign.

    >>> signed(2), signed(-1), signed(0)
    ('+2', '\u22121', '0')
    """
    return f"{number:+d}".replace("-", MINUS) if number else "0"


def grouped(value: int | float | Decimal, decimals: int | None = None, *, comma: bool = False) -> str:
    """Thousands apart by a thin space, a true minus; whole numbers without a fraction, others with at most two digits.

    >>> grouped(12345.5), grouped(12345.5, comma=True)
    ('12\u202f345.5', '12\u202f345,5')
    """
    if decimals is None:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{decimals}f}"
    whole, point, rest = text.replace(",", THIN).replace("-", MINUS).partition(".")
    return f"{whole}{',' if comma else point}{rest}" if point else whole
