"""All years of stays in one picture: by month as lines, by academic year as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.formats.numbers import signed, year_words
from sapar.mobility.queries.exchanges import exchanges_by_month, exchanges_by_year
from sapar.partners.states import Direction
from sapar.web import components as c
from sapar.web.numbers import grouped, month_words
from sapar.web.series import Series, series


@dataclass(frozen=True)
class YearLine:
    year: str
    outgoing: c.Figure
    incoming: c.Figure
    balance: str


@dataclass(frozen=True)
class YearsPage:
    head: c.Head
    series: Series | None
    lines: Sequence[YearLine]
    empty: c.Empty


def years_page(user: User, office: Office) -> YearsPage:
    """Each number opens the list of the stays that it counts."""
    stays = reverse("exchanges:home", kwargs={"office": office.slug})
    by_year = {side: exchanges_by_year(user, office, side) for side in Direction}

    def figure(year: int, side: Direction) -> c.Figure:
        count = by_year[side].get(year, 0)
        return c.Figure(
            count, f"{stays}?{urlencode({'year': year, 'direction': side.value})}" if count else ""
        )

    lines = []
    for year in sorted({year for years in by_year.values() for year in years}, reverse=True):
        came, went = by_year[Direction.INCOMING].get(year, 0), by_year[Direction.OUTGOING].get(year, 0)
        lines.append(
            YearLine(
                year_words(year),
                figure(year, Direction.OUTGOING),
                figure(year, Direction.INCOMING),
                signed(came - went),
            )
        )
    by_month = {
        _("Outgoing"): exchanges_by_month(user, office, Direction.OUTGOING),
        _("Incoming"): exchanges_by_month(user, office, Direction.INCOMING),
    }
    together: dict[object, int] = {}
    for months in by_month.values():
        for month, count in months.items():
            together[month] = together.get(month, 0) + count
    finding = ""
    if together:
        most = max(together.values())
        latest = max(month for months in by_month.values() for month in months if together[month] == most)
        finding = _("Most stays begin in %(month)s: %(count)s.") % {
            "month": month_words(latest),
            "count": grouped(most),
        }
    return YearsPage(
        c.Head(_("Stays over the years"), lead=finding),
        series(finding, _("Stays by the month in which they begin"), by_month),
        lines,
        c.Empty(
            _("No stays yet"),
            _("When people have gone and come, their numbers by month and year stand here."),
        ),
    )
