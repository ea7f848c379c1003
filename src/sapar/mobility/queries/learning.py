"""Questions about learning agreements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from sapar.directory.models import Course
from sapar.directory.queries import courses_of, home_of
from sapar.mobility.models import Component, Exchange, LearningAgreement
from sapar.mobility.states import Party, Side


def snapshot_of(version: LearningAgreement) -> dict[str, object]:
    """What the three parties sign, as plain data in a fixed order."""
    exchange = version.exchange
    rows = version.components.order_by("side", "group", "code", "title", "pk")
    return {
        "exchange": exchange.number,
        "direction": exchange.direction,
        "programme": exchange.programme,
        "home": home_of(exchange.office).name,
        "person": exchange.person.display_name,
        "partner": exchange.partner.name,
        "planned": [exchange.planned_from.isoformat(), exchange.planned_to.isoformat()],
        "version": version.number,
        "components": [
            {
                "side": row.side,
                "group": row.group,
                "code": row.code,
                "title": row.title,
                "credits": str(row.credits),
                "credit_unit": row.credit_unit,
                "term": row.term,
                "removed": row.removed,
                "added": row.added,
                "reason": row.reason,
                "reason_text": row.reason_text,
            }
            for row in rows
        ],
    }


@dataclass(frozen=True)
class SideTotals:
    """Credits of one version on either side, without what a change removed."""

    studied: Decimal
    recognised: Decimal


def totals_of(version: LearningAgreement) -> SideTotals:
    sums = {
        row["side"]: row["total"]
        for row in Component.objects.filter(learning_agreement=version, removed=False)
        .order_by()
        .values("side")
        .annotate(total=Sum("credits"))
    }
    return SideTotals(sums.get(Side.STUDIED, Decimal(0)), sums.get(Side.RECOGNISED, Decimal(0)))


def home_courses(exchange: Exchange) -> QuerySet[Course]:
    """Courses that may be recognised: those of the person's programme; of all programmes where none is known."""
    courses = courses_of(exchange.office, exchange.programme)
    return courses if exchange.programme and courses.exists() else courses_of(exchange.office)


def our_party(exchange: Exchange) -> Party:
    """As which party our own institution signs."""
    return Party.SENDING if exchange.direction == "out" else Party.RECEIVING


def partner_party(exchange: Exchange) -> Party:
    return Party.RECEIVING if exchange.direction == "out" else Party.SENDING
