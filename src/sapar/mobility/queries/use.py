"""How the places of agreements were used: years, places, people."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, Q, QuerySet, Sum

from sapar.mobility.models import Exchange
from sapar.mobility.states import ExchangeState
from sapar.partners.models import Agreement, Condition, Partnership
from sapar.partners.queries.health import YearUse
from sapar.partners.states import AgreementState, Direction, VersionState

SIGNED = (AgreementState.IN_FORCE, AgreementState.EXPIRED, AgreementState.TERMINATED)


def use_of_partner(partnership: Partnership) -> list[YearUse]:
    """All agreements ever signed with the partner, and everybody exchanged with it; the latest year first."""
    return _by_year(
        Condition.objects.filter(version__agreement__partnership=partnership),
        Exchange.objects.filter(office=partnership.office_id, partner=partnership.organisation_id),
    )


def use_of_agreement(agreement: Agreement) -> list[YearUse]:
    return _by_year(
        Condition.objects.filter(version__agreement=agreement), Exchange.objects.filter(agreement=agreement)
    )


def _by_year(conditions: QuerySet[Condition], exchanges: QuerySet[Exchange]) -> list[YearUse]:
    """Two queries: the places agreed, the people who held them and those whose stay began."""
    years: defaultdict[int, dict[str, int]] = defaultdict(dict)
    agreed = conditions.filter(
        version__state=VersionState.FROZEN,
        version__agreement__state__in=SIGNED,
        version__agreement__signed_on__isnull=False,
    )
    for year, direction, places in (
        agreed.order_by().values_list("academic_year", "direction").annotate(Sum("places"))
    ):
        years[year]["places_out" if direction == Direction.OUTGOING else "places_in"] = places
    held = exchanges.exclude(state__in=[ExchangeState.CANCELLED, ExchangeState.DECLINED])
    counted = held.order_by().values_list("academic_year", "direction")
    for year, direction, people, begun in counted.annotate(
        people=Count("pk"), begun=Count("pk", filter=Q(arrived_on__isnull=False))
    ):
        out = direction == Direction.OUTGOING
        years[year]["held_out" if out else "held_in"] = people
        years[year]["went_out" if out else "came_in"] = begun
    return [YearUse(year, **numbers) for year, numbers in sorted(years.items(), reverse=True)]
