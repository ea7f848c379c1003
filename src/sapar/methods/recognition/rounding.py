"""Rounding that is declared, not inherited from a float."""

from __future__ import annotations

import decimal
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sapar.methods.errors import MethodError

Exact = int | Decimal | Fraction
# Bounds under which decimal sums and products stay exact.
LONGEST = 20
LARGEST_EXPONENT = 12
# No exponents, no digit groups, no digits of other scripts.
PLAIN_NUMBER = re.compile(r"[+-]?(?=.{1,20}$)([0-9]+([.,][0-9]*)?|[.,][0-9]+)")


class Ties(StrEnum):
    """What happens to a value between two steps."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """To multiples of `step`; `DOWN` drops what is left over, `UP` completes it. Negative values are refused.

    >>> Rounding(step=Decimal("0.5")).apply(Fraction(7, 3))
    Decimal('2.5')
    """

    step: Decimal = Decimal(1)
    ties: Ties = Ties.HALF_UP

    def __post_init__(self) -> None:
        if not (self.step.is_finite() and self.step > 0 and abs(self.step.adjusted()) <= LARGEST_EXPONENT):
            raise MethodError("recognition.bad_step", "A rounding step of {step}.", step=str(self.step))

    def apply(self, value: Exact) -> Decimal:
        steps = Fraction(value) / Fraction(self.step)
        if steps < 0:
            raise MethodError("recognition.negative", "{value} is below zero.", value=str(value))
        whole, rest = divmod(steps.numerator, steps.denominator)
        twice = 2 * rest - steps.denominator
        match self.ties:
            case Ties.HALF_UP:
                more = twice >= 0
            case Ties.HALF_EVEN:
                more = twice > 0 or (twice == 0 and whole % 2 == 1)
            case Ties.DOWN:
                more = False
            case Ties.UP:
                more = rest > 0
        return self.step * (whole + more)

    def __str__(self) -> str:
        return f"{self.ties} to {self.step}"


def nearest(value: Exact, allowed: Sequence[Decimal], *, better_is_less: bool) -> Decimal:
    """The allowed value next to `value`; exactly between two, the better one.

    Source of the tie rule: English Department I, University of Cologne (2.5 becomes 2.3, 3.85 becomes 3.7),
    http://anglistik1.phil-fak.uni-koeln.de/30149.html

    Raises:
        MethodError: `recognition.no_allowed_marks`.
    """
    if not allowed:
        raise MethodError("recognition.no_allowed_marks", "No marks to round to.")
    exact = Fraction(value)
    sign = 1 if better_is_less else -1
    return min(allowed, key=lambda mark: (abs(Fraction(mark) - exact), sign * mark))


def number(text: str | int | Decimal, *, what: str = "mark") -> Decimal:
    """A finite decimal from text with a point or a comma, exactly as many digits as were written.

    Raises:
        MethodError: `recognition.not_a_number`. A float is not accepted: 0.1 is not what was written.
    """
    if isinstance(text, Decimal | int) and not isinstance(text, bool):
        value = Decimal(text)
    else:
        written = str(text).strip()
        value = Decimal(written.replace(",", ".")) if PLAIN_NUMBER.fullmatch(written) else Decimal("nan")
    # 1e999999 is finite and would fill the memory as an integer.
    short = value.is_finite() and len(value.as_tuple().digits) <= LONGEST
    if isinstance(text, float) or not short or abs(value.adjusted()) > LARGEST_EXPONENT:
        raise MethodError("recognition.not_a_number", "The {what} “{text}” is not a number.",
                          what=what, text=str(text)[:LONGEST])  # fmt: skip
    return value


def decimal_text(value: Exact, places: int = 4) -> str:
    """For reading: at most `places` digits after the point, without trailing zeros."""
    exact = Fraction(value)
    with decimal.localcontext(prec=4 * LONGEST):
        rounded = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-places))
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
