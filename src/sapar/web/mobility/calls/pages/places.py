"""The table from which a call takes its places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from sapar.directory.fields import field_label
from sapar.mobility.models import Call, CallPlace, Exchange
from sapar.mobility.queries.calls import HOLDS_PLACE, conditions_for
from sapar.mobility.wording.applications import language_name
from sapar.partners.models import Condition
from sapar.web.meanwhile import Difference


@dataclass(frozen=True)
class ConditionLine:
    """One row of an agreement in force; `free` counts what neither other calls nor nominations hold."""

    pk: int
    host: str
    agreement: str
    facts: Sequence[str]
    places: int
    free: int
    seats: str
    problem: str


def conditions_table(
    call: Call, data: Mapping[str, str] | None, problems: Mapping[int, str]
) -> list[ConditionLine]:
    held = dict(call.places.values_list("condition_id", "seats"))
    promised = (
        CallPlace.objects.filter(condition=OuterRef("pk")).exclude(call=call).order_by().values("condition")
    )
    stays = Exchange.objects.filter(condition=OuterRef("pk")).order_by().values("condition")
    direct = stays.filter(HOLDS_PLACE, application=None).annotate(n=Count("pk")).values("n")
    freed = stays.filter(place_free=True, application__isnull=False).annotate(n=Count("pk")).values("n")
    rows = conditions_for(call).annotate(
        promised=Coalesce(Subquery(promised.annotate(n=Sum("seats")).values("n"), IntegerField()), 0),
        direct=Coalesce(Subquery(direct, IntegerField()), 0),
        freed=Coalesce(Subquery(freed, IntegerField()), 0),
    )
    lines = []
    for row in rows.order_by("version__agreement__partnership__organisation__sort_key", "pk"):
        agreement = row.version.agreement
        seats = data.get(f"seats-{row.pk}", "") if data is not None else held.get(row.pk, "")
        lines.append(
            ConditionLine(
                row.pk,
                agreement.partnership.organisation.name,
                agreement.number or agreement.title,
                [
                    fact
                    for fact in (
                        str(row.get_level_display()) if row.level else "",
                        field_label(row.isced_f) if row.isced_f else "",
                        f"{language_name(row.language)} {row.language_level}".strip() if row.language else "",
                        row.note,
                    )
                    if fact
                ],
                row.places,
                row.places - row.promised - row.direct + row.freed,
                str(seats),
                problems.get(row.pk, ""),
            )
        )
    return lines


def seats_in(
    data: Mapping[str, str], conditions: Iterable[Condition]
) -> tuple[dict[int, int], dict[int, str]]:
    """Numbers of seats by row of the agreement, and what was no number."""
    wanted: dict[int, int] = {}
    problems: dict[int, str] = {}
    for condition in conditions:
        text = data.get(f"seats-{condition.pk}", "").strip()
        if text and not text.isdecimal():
            problems[condition.pk] = _("Write a whole number.")
        else:
            wanted[condition.pk] = int(text[:5] or 0)
    return wanted, problems


def seats_differ(table: Iterable[ConditionLine], data: Mapping[str, str]) -> list[Difference]:
    """Hosts of which the call offers another number now than was typed."""
    typed = ((line, data.get(f"seats-{line.pk}", "").strip()) for line in table)
    return [
        Difference(line.host, line.seats or "0", mine or "0")
        for line, mine in typed
        if (mine or "0") != (line.seats or "0")
    ]
