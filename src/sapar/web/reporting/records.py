"""The records behind a figure, as the list of their kind."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.formats.numbers import year_words
from sapar.mobility.models import Exchange
from sapar.partners.models import Agreement, Condition, Partnership
from sapar.reporting.labels import country_name
from sapar.reporting.models import Figure
from sapar.web.components import Empty
from sapar.web.tables import Column, ListSpec

NOTHING = Empty(_l("No records"), _l("The records behind this figure were taken away since it was counted."))

PARTNERSHIPS: ListSpec[Partnership] = ListSpec(
    name="figure-partnerships",
    title=_l("Partners"),
    default_order="name",
    columns=[
        Column("name", _l("Partner"), lambda row: row.organisation.name, order=["organisation__sort_key"],
               link="partners:partner"),
        Column("country", _l("Country"), lambda row: country_name(row.organisation.country_code),
               order=["organisation__country_code"]),
        Column("since", _l("Since"), lambda row: row.since, order=["since"]),
    ],
    empty=NOTHING,
)  # fmt: skip
AGREEMENTS: ListSpec[Agreement] = ListSpec(
    name="figure-agreements",
    title=_l("Agreements"),
    default_order="number",
    columns=[
        Column("number", _l("Number"), lambda row: row.number or "–", order=["number"], link="partners:agreement"),
        Column("title", _l("Title"), lambda row: row.title, order=["title"]),
        Column("partner", _l("Partner"), lambda row: row.partnership.organisation.name,
               order=["partnership__organisation__sort_key"]),
        Column("kind", _l("Kind"), lambda row: row.get_kind_display(), order=["kind"]),
        Column("ends", _l("Ends"), lambda row: row.ends_on, order=["ends_on"]),
    ],
    empty=NOTHING,
)  # fmt: skip
CONDITIONS: ListSpec[Condition] = ListSpec(
    name="figure-conditions",
    title=_l("Places in agreements"),
    default_order="agreement",
    columns=[
        Column("agreement", _l("Agreement"), lambda row: row.version.agreement.title,
               order=["version__agreement__title"], link="partners:agreement", link_pk="version__agreement_id"),
        Column("year", _l("Academic year"), lambda row: year_words(row.academic_year)),
        Column("direction", _l("Direction"), lambda row: row.get_direction_display(), order=["direction"]),
        Column("places", _l("Places"), lambda row: row.places, order=["places"], align="end"),
    ],
    empty=NOTHING,
)  # fmt: skip
EXCHANGES: ListSpec[Exchange] = ListSpec(
    name="figure-exchanges",
    title=_l("Stays"),
    default_order="person",
    columns=[
        Column("number", _l("Number"), lambda row: row.number, order=["number"], link="exchanges:exchange"),
        Column("person", _l("Person"), lambda row: row.person.display_name, order=["person_sort_key"]),
        Column("direction", _l("Direction"), lambda row: row.get_direction_display(), order=["direction"]),
        Column("partner", _l("Partner"), lambda row: row.partner.name, order=["partner__sort_key"]),
        Column("arrived", _l("Arrived"), lambda row: row.arrived_on, order=["arrived_on"]),
        Column("left", _l("Left"), lambda row: row.left_on, order=["left_on"]),
        Column("studied", _l("Credits passed"), lambda row: row.credits_studied, align="end", shown=False),
        Column("recognised", _l("Credits recognised"), lambda row: row.credits_recognised, align="end"),
    ],
    empty=NOTHING,
)  # fmt: skip


def records_behind(figure: Figure, ids: Sequence[int]) -> tuple[ListSpec, QuerySet]:  # type: ignore[type-arg]
    """The list and its rows; always within the figure's own office."""
    office = figure.office_id
    match figure.record_type:
        case "partners.partnership":
            return PARTNERSHIPS, Partnership.objects.filter(office=office, pk__in=ids).select_related(
                "organisation"
            )
        case "partners.agreement":
            rows = Agreement.objects.filter(office=office, pk__in=ids)
            return AGREEMENTS, rows.select_related("partnership__organisation")
        case "partners.condition":
            return CONDITIONS, Condition.objects.filter(office=office, pk__in=ids).select_related(
                "version__agreement"
            )
        case "mobility.exchange":
            return EXCHANGES, Exchange.objects.filter(office=office, pk__in=ids).select_related(
                "person", "partner"
            )
    raise LookupError(_("unknown kind of record: %(kind)s") % {"kind": figure.record_type})
