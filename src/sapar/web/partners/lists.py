"""The lists of partners and of agreements."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.directory.queries import organisation_filter, units_of
from sapar.partners.models import Agreement, Partnership
from sapar.partners.states import AgreementKind, AgreementState, PartnershipState, Zone
from sapar.reporting.labels import country_name
from sapar.web.components import Cell, Empty
from sapar.web.partners.words import partnership_state, state_of
from sapar.web.tables import Choice, Column, Dates, Flag, ListSpec
from sapar.web.tables.filters import Options, Rows

KINDS_IN_PLURAL: Options = (
    (AgreementKind.MEMORANDUM, _("memoranda of understanding")),
    (AgreementKind.FRAMEWORK, _("framework agreements")),
    (AgreementKind.EXCHANGE, _("exchange agreements")),
    (AgreementKind.INTER_INSTITUTIONAL, _("inter-institutional agreements")),
    (AgreementKind.DOUBLE_DEGREE, _("double degree agreements")),
    (AgreementKind.RESEARCH, _("research agreements")),
)


def countries_of(office: Office) -> Options:
    """Countries in which the office has partners, by name."""
    codes = (
        Partnership.objects.filter(office=office, merged_into=None)
        .order_by()
        .values_list("organisation__country_code", flat=True)
        .distinct()
    )
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: str(pair[1]))


def faculties_of(office: Office) -> Options:
    return [(str(unit.pk), unit.said) for unit in units_of(office)]


def partners_named(rows: Rows, text: str) -> Rows:
    """Any name of the partner, in any script."""
    return rows.filter(organisation_filter(text, "organisation__") | Q(local_number__icontains=text))


def agreements_named(rows: Rows, text: str) -> Rows:
    """By number, title or any name of the partner, in any script."""
    return rows.filter(
        organisation_filter(text, "partnership__organisation__")
        | Q(number__icontains=text)
        | Q(title__icontains=text)
    )


def in_zones(rows: Rows, zones: Sequence[str]) -> Rows:
    return rows.filter(zone__in=zones)


def _zone(row: Partnership) -> Cell:
    return Zone(row.zone).label  # type: ignore[attr-defined]  # annotated by the query


PARTNERS: ListSpec[Partnership] = ListSpec(
    name="partners",
    title=_("Partners"),
    default_order="name",
    columns=[
        Column("name", _("Partner"), lambda row: row.organisation.name, order=["organisation__sort_key"],
               link="partners:partner"),
        Column("country", _("Country"), lambda row: country_name(row.organisation.country_code),
               order=["organisation__country_code", "organisation__sort_key"]),
        Column("city", _("City"), lambda row: row.organisation.city, order=["organisation__city"], shown=False),
        Column("zone", _("Near or far"), _zone, order=["zone", "organisation__sort_key"]),
        Column("state", _("State"), partnership_state, order=["state"]),
        Column("in_force", _("Agreements in force"), lambda row: row.in_force, order=["in_force"], align="end",  # type: ignore[attr-defined]
               phone=False),
        Column("contact", _("Last contact"), lambda row: row.last_contact_on, order=["last_contact_on"]),
        Column("since", _("Partner since"), lambda row: row.since, order=["since"], shown=False),
        Column("responsible", _("Responsible"), lambda row: row.responsible.name if row.responsible else None,
               order=["responsible__name"], shown=False),
        Column("number", _("Our number"), lambda row: row.local_number, order=["local_number"], shown=False),
    ],
    filters=[
        Choice("country", _("Country"), countries_of, field="organisation__country_code"),
        Choice("zone", _("Near or far"), Zone.choices, apply=in_zones),
        Choice("state", _("State"), PartnershipState.choices),
        Flag("covered", _("with an agreement in force"), Q(in_force__gt=0)),
        Flag("bare", _("without an agreement in force"), Q(in_force=0)),
        Dates("contact", _("last contact"), "last_contact_on", before=_("last contact before %(to)s")),
    ],
    reads=["state", "last_contact_on", "since", "local_number", "organisation__name",
           "organisation__country_code", "organisation__city", "responsible__name"],
    search=["organisation__search"],
    searching=partners_named,
    search_hint=_("Name in any script"),
    empty=Empty(
        _("No partners yet"),
        _("Import the list you have, or take the first partner from the directory."),
    ),
)  # fmt: skip

AGREEMENTS: ListSpec[Agreement] = ListSpec(
    name="agreements",
    title=_("Agreements"),
    default_order="ends",
    columns=[
        Column("title", _("Agreement"), lambda row: row.title, order=["title"], link="partners:agreement"),
        Column("number", _("Number"), lambda row: row.number, order=["number"]),
        Column("partner", _("Partner"), lambda row: row.partnership.organisation.name,
               order=["partnership__organisation__sort_key"]),
        Column("country", _("Country"), lambda row: country_name(row.partnership.organisation.country_code),
               order=["partnership__organisation__country_code"]),
        Column("kind", _("Kind"), lambda row: AgreementKind(row.kind).label, order=["kind"], shown=False),
        Column("state", _("State"), state_of, order=["state"]),
        Column("starts", _("Begins"), lambda row: row.starts_on, order=["starts_on"], shown=False),
        Column("ends", _("Ends"), lambda row: row.ends_on, order=["ends_on"]),
        Column("faculty", _("Faculty"), lambda row: row.unit.said if row.unit else None, order=["unit__name"],
               shown=False),
        Column("responsible", _("Responsible"), lambda row: row.responsible.name if row.responsible else None,
               order=["responsible__name"], shown=False),
        Column("signed", _("Signed"), lambda row: row.signed_on, order=["signed_on"], shown=False),
    ],
    filters=[
        Choice("kind", _("Kind"), KINDS_IN_PLURAL),
        Choice("state", _("State"), AgreementState.choices),
        Dates("ends", _("Ends"), "ends_on", since=_("ending from %(from)s on"),
              before=_("ending before %(to)s"), between=_("ending from %(from)s to %(to)s")),
        Choice("country", _("Country"), countries_of, field="partnership__organisation__country_code"),
        Choice("faculty", _("Faculty"), faculties_of, field="unit"),
        Flag("endless", _("without an end date"), Q(ends_on__isnull=True)),
        Flag("brought", _("taken from the office’s list"), Q(imported_by__isnull=False)),
    ],
    reads=["title", "number", "kind", "state", "starts_on", "ends_on", "signed_on", "unit__name", "unit__names",
           "responsible__name", "partnership__organisation__name",
           "partnership__organisation__country_code"],
    search=["partnership__organisation__search"],
    searching=agreements_named,
    search_hint=_("Number, title or university"),
    empty=Empty(
        _("No agreements yet"),
        _("Those that are signed already come from the sheet in which you keep them. A new one begins on the page of a "
          "partner: kind, texts in two languages, places for each year."),
    ),
)  # fmt: skip
