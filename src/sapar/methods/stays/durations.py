"""How long a stay was, by the rules of programmes.

Thirty-day months: Erasmus+ long-term student mobility, each month 30 days and a year 360, the 31st counted as
the 30th, both ends included; formula of the European Commission's Beneficiary Module:
https://wikis.ec.europa.eu/display/NAITDOC/Duration+Calculated+%28days%29+field+in+KA131+mobility+activities
Calendar months: from day n to day n - 1 of a later month, as 15 September to 14 October is one month at
https://www.ulapland.fi/EN/Studies/Go-International-at-University-of-Lapland/Traineeship-Abroad/Traineeship-grant
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sapar.methods.errors import MethodError, brief
from sapar.methods.stays.periods import DAY, Period


class DurationRule(StrEnum):
    THIRTY_DAY_MONTHS = "thirty_day_months"
    CALENDAR_MONTHS = "calendar_months"
    DAYS = "days"


@dataclass(frozen=True, kw_only=True)
class Duration:
    """Whole `months` and `days` beside them; `total_days` is what the rule counts in days."""

    months: int
    days: int
    total_days: int
    rule: DurationRule

    @property
    def in_months(self) -> Fraction:
        """Months with the rest as thirtieths, as grants are paid; for `DAYS`, thirtieths throughout."""
        return self.months + Fraction(self.days, 30)


def duration(period: Period, rule: DurationRule | str) -> Duration:
    """How long the period is by the rule.

    Raises:
        MethodError: `stays.bad_rule`.
    """
    if rule not in list(DurationRule):
        raise MethodError("stays.bad_rule", "There is no rule “{rule}”.", rule=brief(rule))
    rule = DurationRule(rule)
    match rule:
        case DurationRule.THIRTY_DAY_MONTHS:
            total = thirty_day_months(period)
            return Duration(months=total // 30, days=total % 30, total_days=total, rule=rule)
        case DurationRule.CALENDAR_MONTHS:
            months, days = calendar_months(period)
            return Duration(months=months, days=days, total_days=period.days, rule=rule)
        case DurationRule.DAYS:
            return Duration(months=0, days=period.days, total_days=period.days, rule=rule)


def thirty_day_months(period: Period) -> int:
    """Days with every month as 30; the 31st alone counts as one day, the 30th and 31st together too."""
    first, last = period.first, period.last
    return (
        (last.year - first.year) * 360
        + (last.month - first.month) * 30
        + min(last.day, 30)
        - min(first.day, 30)
        + 1
    )


def calendar_months(period: Period) -> tuple[int, int]:
    """Whole months and remaining days; a month that lacks the day of the start begins on its last day."""
    if period.last == date.max:
        months, rest = calendar_months(Period(period.first, period.last - DAY)) if period.days > 1 else (0, 0)
        return months, rest + 1
    end = period.last + DAY
    months = (end.year - period.first.year) * 12 + end.month - period.first.month
    if _months_later(period.first, months) > end:
        months -= 1
    return months, (end - _months_later(period.first, months)).days


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
