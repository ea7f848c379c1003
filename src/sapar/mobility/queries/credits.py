"""Credits of different units in one sum: each converted by the factor that held on the day, or left out and said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sapar.accounts.models import Office
from sapar.methods.recognition import (
    CreditFactor,
    Rounding,
    convert_credits,
    factors_between,
    shipped_factors,
)
from sapar.methods.recognition.rounding import decimal_text
from sapar.mobility.models import Exchange, OfficeFactor
from sapar.mobility.queries.grades import rules_of
from sapar.mobility.states import CreditUnit

# What the shipped pages call a unit that has a short code here.
METHOD_UNITS: Mapping[str, str] = {CreditUnit.KZ_OLD: "KZ credit before ECTS"}
HUNDREDTHS = Rounding(step=Decimal("0.01"))
FINE = Rounding(step=Decimal("0.0000001"))


@dataclass(frozen=True)
class InHomeUnit:
    """Credits as written, and beside them what they are in the unit of the home institution.

    `result` is None where no factor holds; `low` and `high` say the published range that leaves a choice.
    """

    credits: Decimal
    unit: str
    result: Decimal | None
    to_unit: str
    factor: str = ""
    back: bool = False
    table: str = ""
    version: str = ""
    source: str = ""
    low: str = ""
    high: str = ""

    @property
    def converted(self) -> bool:
        return self.unit != self.to_unit

    def plain(self) -> dict[str, Any]:
        return {
            "credits": str(self.credits),
            "unit": self.unit,
            "result": None if self.result is None else str(self.result),
            "to_unit": self.to_unit,
            "factor": self.factor,
            "back": self.back,
            "table": self.table,
            "version": self.version,
            "source": self.source,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class CreditSum:
    """The sum in the home unit; `ways` are the different conversions in it, `left_out` what had no factor."""

    total: Decimal
    unit: str
    ways: tuple[InHomeUnit, ...]
    left_out: tuple[InHomeUnit, ...]

    def plain(self) -> dict[str, Any]:
        return {
            "total": str(self.total),
            "unit": self.unit,
            "ways": [one.plain() for one in self.ways],
            "left_out": [one.plain() for one in self.left_out],
        }


class Converter:
    """Reads an office's rules and factors once and converts for one day and level."""

    def __init__(self, office: Office, *, on: date, level: str = "") -> None:
        self.to_unit, self.on, self.level = str(rules_of(office).credit_unit), on, level
        self.own = [factor_of_row(row) for row in OfficeFactor.objects.filter(office=office).order_by("pk")]

    def one(self, credits: Decimal, unit: str) -> InHomeUnit:
        """Never altered, only said in another unit beside; by way of ECTS where no factor leads there directly."""
        if unit == self.to_unit:
            return InHomeUnit(credits, unit, credits, self.to_unit)
        direct = self._by_factor(credits, unit, self.to_unit, HUNDREDTHS)
        ects = CreditUnit.ECTS.value
        if direct.result is not None or ects in (unit, self.to_unit):
            return direct
        there = self._by_factor(credits, unit, ects, FINE)
        onward = self._by_factor(there.result or Decimal(1), ects, self.to_unit, FINE)
        if there.result is None or onward.result is None:
            return replace(direct, low=there.low or onward.low, high=there.high or onward.high)
        exact = (Fraction(there.factor), Fraction(onward.factor))
        factor = (1 / exact[0] if there.back else exact[0]) * (1 / exact[1] if onward.back else exact[1])
        return InHomeUnit(
            credits,
            unit,
            HUNDREDTHS.apply(Fraction(credits) * factor),
            self.to_unit,
            factor=decimal_text(factor),
            table=f"{there.table} + {onward.table}",
            version=f"{there.version} + {onward.version}",
            source=f"{there.source} {onward.source}",
        )

    def _by_factor(self, credits: Decimal, unit: str, to_unit: str, rounding: Rounding) -> InHomeUnit:
        """The office's own factor goes before a shipped one; of its own the one decided last."""
        ranges: list[CreditFactor] = []
        for known in (self.own, shipped_factors()):
            fitting = factors_between(
                known,
                from_unit=METHOD_UNITS.get(unit, unit),
                to_unit=METHOD_UNITS.get(to_unit, to_unit),
                on=self.on,
                level=self.level,
            )
            fixed = [one for one in fitting if one[0].low == one[0].high]
            ranges += [factor for factor, _back in fitting if factor.low != factor.high]
            if fixed:
                factor, back = fixed[-1]
                done = convert_credits(credits, factor, rounding=rounding, back=back)
                return InHomeUnit(
                    credits,
                    unit,
                    done.result,
                    to_unit,
                    factor=decimal_text(done.factor),
                    back=back,
                    table=done.table,
                    version=done.version,
                    source=done.source,
                )
        low, high = (decimal_text(ranges[0].low), decimal_text(ranges[0].high)) if ranges else ("", "")
        return InHomeUnit(credits, unit, None, to_unit, low=low, high=high)

    def sum(self, amounts: Iterable[tuple[Decimal, str]]) -> CreditSum:
        found = [self.one(credits, unit) for credits, unit in amounts]
        ways = {one.unit: one for one in found if one.converted and one.result is not None}
        return CreditSum(
            total=sum((one.result for one in found if one.result is not None), Decimal(0)),
            unit=self.to_unit,
            ways=tuple(ways.values()),
            left_out=tuple(one for one in found if one.result is None),
        )


def converter_for(exchange: Exchange) -> Converter:
    """Factors as they hold on the first day of the stay, for the person's level."""
    return Converter(exchange.office, on=exchange.planned_from, level=exchange.level)


def factor_of_row(row: OfficeFactor) -> CreditFactor:
    """The office's row as the methods read it.

    Raises:
        MethodError: the row contradicts itself.
    """
    return CreditFactor(
        id=f"own-{row.pk or 'new'}",
        version="1",
        holder="own",
        from_unit=METHOD_UNITS.get(row.from_unit, row.from_unit),
        to_unit=METHOD_UNITS.get(row.to_unit, row.to_unit),
        low=row.factor,
        high=row.factor,
        source=row.source,
        level=row.level,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
