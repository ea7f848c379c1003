"""Questions about learning agreements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from sapar.accounts.models import RoleGrant, User
from sapar.accounts.queries import colleagues
from sapar.accounts.states import Role, ScopeKind
from sapar.directory.models import Course
from sapar.directory.queries import courses_of, home_of
from sapar.mobility.models import Component, Exchange, LearningAgreement
from sapar.mobility.queries.credits import Converter, CreditSum, converter_for
from sapar.mobility.queries.exchanges import latest_learning_agreement, signed_learning_agreement
from sapar.mobility.queries.grades import rules_of
from sapar.mobility.states import LearningAgreementState, Party, Side


def snapshot_of(version: LearningAgreement) -> dict[str, object]:
    """What the three parties sign, as plain data in a fixed order."""
    exchange = version.exchange
    rows = version.components.order_by("side", "group", "code", "title", "pk")
    totals = totals_of(version)
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
        "sums": {str(Side.STUDIED): totals.studied.plain(), str(Side.RECOGNISED): totals.recognised.plain()},
    }


def sum_in(data: Mapping[str, Any], side: Side) -> Mapping[str, Any]:
    """One side's sum as it was signed; versions signed before units were converted are all in ECTS."""
    if "sums" in data:
        found: Mapping[str, Any] = data["sums"][str(side)]
        return found
    rows = (row for row in data["components"] if row["side"] == side and not row["removed"])
    return CreditSum(sum((Decimal(row["credits"]) for row in rows), Decimal(0)), "ECTS", (), ()).plain()


@dataclass(frozen=True)
class SideTotals:
    """Credits of one version on either side in the home unit, without what a change removed."""

    studied: CreditSum
    recognised: CreditSum


def totals_of(version: LearningAgreement) -> SideTotals:
    rows = [row for row in version.components.all() if not row.removed]
    return totals_by(converter_for(version.exchange), rows)


def totals_by(converter: Converter, rows: Iterable[Component]) -> SideTotals:
    """For pages that show several versions and read factors and rows once."""
    amounts: dict[str, list[tuple[Decimal, str]]] = {side: [] for side in Side}
    for row in rows:
        if not row.removed:
            amounts[row.side].append((row.credits, row.credit_unit))
    return SideTotals(converter.sum(amounts[Side.STUDIED]), converter.sum(amounts[Side.RECOGNISED]))


def home_courses(exchange: Exchange) -> QuerySet[Course]:
    """Courses that may be recognised: those of the person's programme; of all programmes where none is known."""
    courses = courses_of(exchange.office, exchange.programme)
    return courses if exchange.programme and courses.exists() else courses_of(exchange.office)


def our_party(exchange: Exchange) -> Party:
    """As which party our own institution signs."""
    return Party.SENDING if exchange.direction == "out" else Party.RECEIVING


def partner_party(exchange: Exchange) -> Party:
    return Party.RECEIVING if exchange.direction == "out" else Party.SENDING


def revision_of(exchange: Exchange) -> int:
    """Grows with everything done to the newest version; 0 while there is none."""
    newest = exchange.learning_agreements.order_by("-number").values_list("revision", flat=True).first()
    return newest or 0


def rows_to_start_from(exchange: Exchange) -> list[Component]:
    """What a writer begins with: the version being written; else one declared void since; else that in force."""
    latest, signed = latest_learning_agreement(exchange), signed_learning_agreement(exchange)
    newest = exchange.learning_agreements.order_by("-number").first()
    writing = (LearningAgreementState.DRAFT, LearningAgreementState.PROPOSED)
    ordered = ("group", "-side", "pk")
    for version in (latest if latest and latest.state in writing else None, newest):
        if version is not None and version.state in (*writing, LearningAgreementState.VOID):
            rows = list(version.components.select_related("course").order_by(*ordered))
            if rows:
                return rows
    if signed is None:
        return []
    rows = list(signed.components.filter(removed=False).select_related("course").order_by(*ordered))
    for row in rows:
        row.added, row.reason, row.reason_text = False, "", ""
    return rows


def coordinators_of(exchange: Exchange) -> QuerySet[User]:
    """Who deals with a proposal: coordinators of the faculty; where it has none, the officers."""
    own = Q(scope_kind=ScopeKind.UNIT, scope_id=exchange.unit_id) | Q(scope_kind=ScopeKind.OFFICE)
    grants = RoleGrant.objects.filter(own, office=exchange.office, role=Role.COORDINATOR)
    coordinators = User.objects.filter(is_active=True, pk__in=grants.values("user_id")).order_by("name")
    return coordinators if coordinators.exists() else colleagues(exchange.office, Role.OFFICER)


def units_for(exchange: Exchange) -> dict[Side, str]:
    """Which unit a new row begins with: ours on our side, that last written for this host on the other."""
    ours = rules_of(exchange.office).credit_unit
    host_side = Side.STUDIED if exchange.direction == "out" else Side.RECOGNISED
    last = (
        Component.objects.filter(
            office_id=exchange.office_id,
            learning_agreement__exchange__partner_id=exchange.partner_id,
            side=host_side,
        )
        .order_by("-pk")
        .values_list("credit_unit", flat=True)
        .first()
    )
    return {side: (last or ours) if side == host_side else ours for side in Side}
