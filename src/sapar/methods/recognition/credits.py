"""Credits of one unit into another by factors that hold for a time, a level and an activity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sapar.methods.errors import MethodError
from sapar.methods.recognition.rounding import Rounding, number


@dataclass(frozen=True, kw_only=True)
class CreditFactor:
    """One credit of `from_unit` is `low` to `high` credits of `to_unit`; an office chooses where they differ.

    Raises:
        MethodError: `recognition.bad_factor`.
    """

    id: str
    version: str
    holder: str
    from_unit: str
    to_unit: str
    low: Decimal
    high: Decimal
    source: str
    level: str = ""
    activity: str = "course"
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        fault = ""
        if not (self.low.is_finite() and self.high.is_finite() and 0 < self.low <= self.high):
            fault = "needs 0 < low <= high"
        elif not self.source.startswith(("https://", "http://")):
            fault = "no public source"
        elif self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            fault = "ends before it starts"
        if fault:
            raise MethodError("recognition.bad_factor", "The factor {factor}: {fault}.",
                              factor=self.id, fault=fault)  # fmt: skip

    def covers(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, kw_only=True)
class CreditConversion:
    """`credits` as earned, never altered; `result` after rounding, `exact` before."""

    credits: Decimal
    result: Decimal
    exact: Fraction
    factor: Decimal
    back: bool
    table: str
    version: str
    source: str
    rounding: str

    def plain(self) -> dict[str, object]:
        return {
            "credits": str(self.credits), "result": str(self.result), "exact": str(self.exact),
            "factor": str(self.factor), "back": self.back, "table": self.table, "version": self.version,
            "source": self.source, "rounding": self.rounding,
        }  # fmt: skip


def convert_credits(
    credits: str | int | Decimal,
    factor: CreditFactor,
    *,
    rounding: Rounding,
    chosen: Decimal | None = None,
    back: bool = False,
) -> CreditConversion:
    """Multiply by the factor, or divide by it when going `back` from `to_unit` to `from_unit`.

    Args:
        chosen: the factor within the published range; needed where the range is one.

    Raises:
        MethodError: `recognition.factor_is_a_range`, `recognition.factor_outside`, `recognition.bad_credits`,
            `recognition.not_a_number`.
    """
    earned = number(credits, what="number of credits")
    if earned < 0:
        raise MethodError("recognition.bad_credits", "{credits} credits.", credits=str(credits))
    if chosen is None and factor.low != factor.high:
        raise MethodError(
            "recognition.factor_is_a_range", "{factor} allows {low} to {high}: one of them must be chosen.",
            factor=factor.id, low=str(factor.low), high=str(factor.high),
        )  # fmt: skip
    applied = factor.low if chosen is None else number(chosen, what="factor")
    if not factor.low <= applied <= factor.high:
        raise MethodError(
            "recognition.factor_outside", "{chosen} is outside {low} to {high} of {factor}.",
            factor=factor.id, low=str(factor.low), high=str(factor.high), chosen=str(applied),
        )  # fmt: skip
    exact = Fraction(earned) / Fraction(applied) if back else Fraction(earned) * Fraction(applied)
    return CreditConversion(
        credits=earned, result=rounding.apply(exact), exact=exact, factor=applied, back=back,
        table=factor.id, version=factor.version, source=factor.source, rounding=str(rounding),
    )  # fmt: skip


def pick_factor(
    factors: Iterable[CreditFactor], *, holder: str, on: date, level: str = "", activity: str = "course"
) -> CreditFactor:
    """The one factor of `holder` in force on the day; a factor for exactly this level goes first.

    Raises:
        MethodError: `recognition.no_factor`, `recognition.ambiguous_factor`.
    """
    fitting = [
        factor
        for factor in factors
        if factor.holder == holder and factor.activity == activity and factor.covers(on)
    ]
    found = [factor for factor in fitting if factor.level == level] or [
        factor for factor in fitting if not factor.level
    ]
    if not found:
        raise MethodError(
            "recognition.no_factor", "No credit factor of {holder} for {activity}, {level}, on {on}.",
            holder=holder, activity=activity, level=level or "any level", on=on.isoformat(),
        )  # fmt: skip
    if len(found) > 1:
        raise MethodError("recognition.ambiguous_factor", "Several factors of {holder} apply: {factors}.",
                          holder=holder, factors=tuple(factor.id for factor in found))  # fmt: skip
    return found[0]


def factors_between(
    factors: Iterable[CreditFactor],
    *,
    from_unit: str,
    to_unit: str,
    on: date,
    level: str = "",
    activity: str = "course",
) -> list[tuple[CreditFactor, bool]]:
    """All factors in force on the day that lead from one unit to the other, and whether to go back by them.

    Those for exactly this level hide those for any level. The order of the input is kept.
    """
    fitting = [
        (factor, factor.from_unit == to_unit)
        for factor in factors
        if (factor.from_unit, factor.to_unit) in ((from_unit, to_unit), (to_unit, from_unit))
        and factor.activity == activity
        and factor.covers(on)
    ]
    exact = [one for one in fitting if level and one[0].level == level]
    return exact or [one for one in fitting if not one[0].level]
