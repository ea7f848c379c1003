"""Questions about partnerships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import (
    Case,
    CharField,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sapar.accounts.models import Office
from sapar.directory.models import Organisation
from sapar.directory.queries import heir_of
from sapar.partners.models import Agreement, Partnership
from sapar.partners.states import AgreementState, Zone


def partnerships_of(office: Office) -> QuerySet[Partnership]:
    """Without those for which another stands since their organisations were merged."""
    return Partnership.objects.filter(office=office, merged_into=None).select_related("organisation")


def partnerships_by_country(office: Office) -> dict[str, int]:
    """How many partnerships the office has with each country."""
    rows = Partnership.objects.filter(office=office).order_by().values_list("organisation__country_code")
    return dict(rows.annotate(count=Count("pk")))


def partners_listed(office: Office, on: date) -> QuerySet[Partnership]:
    """Partnerships with `zone`, as this office counts near and far abroad, and `in_force`, how many
    agreements are in force on the day."""
    country = "organisation__country_code"
    in_force = (
        Agreement.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            partnership=OuterRef("pk"),
            state=AgreementState.IN_FORCE,
        )
        .order_by()
        .values("partnership")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        partnerships_of(office)
        .select_related("responsible")
        .annotate(
            zone=Case(
                When(**{country: office.country_code}, then=Value(Zone.HOME.value)),
                When(**{f"{country}__in": office.near_abroad}, then=Value(Zone.NEAR.value)),
                default=Value(Zone.FAR.value),
                output_field=CharField(),
            ),
            in_force=Coalesce(Subquery(in_force, output_field=IntegerField()), 0),
        )
    )


def partners_to_choose(office: Office, also: Sequence[int] = ()) -> Sequence[Organisation]:
    """The office's partners, and those that a name may stand for."""
    partnerships = Partnership.objects.filter(office=office).select_related("organisation__merged_into")
    found = {one.pk: one for one in (heir_of(partnership.organisation) for partnership in partnerships)}
    found |= {
        one.pk: one for one in Organisation.objects.filter(pk__in=[pk for pk in also if pk not in found])
    }
    return sorted(found.values(), key=lambda one: (one.sort_key, one.pk))
