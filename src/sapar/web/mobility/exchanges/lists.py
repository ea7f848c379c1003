"""The list of stays and the list of equivalences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET

from sapar.accounts.models import Office
from sapar.directory.models import Organisation
from sapar.directory.queries import organisation_filter, search_filter, units_of
from sapar.directory.states import Level
from sapar.formats.numbers import year_words
from sapar.methods.names import search_key
from sapar.mobility.models import Equivalence, Exchange
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.mobility.queries.messages import unread_by_office
from sapar.mobility.queries.recognition import equivalences_of
from sapar.mobility.states import EndReason, ExchangeState, Term, Verdict
from sapar.partners.states import Direction, MobilityKind
from sapar.reporting.labels import country_name
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Empty
from sapar.web.mobility.exchanges.words import TERMS, page_url, stay_state, verdict_state
from sapar.web.tables import BulkAction, Choice, Column, Dates, Flag, ListSpec, answer_list
from sapar.web.tables.filters import Options, Rows


def years_of(office: Office) -> Options:
    years = Exchange.objects.filter(office=office).order_by().values_list("academic_year", flat=True)
    return [(str(year), year_words(year)) for year in sorted(set(years.distinct()), reverse=True)]


def partners_of(office: Office) -> Options:
    """Universities with which the office has had stays."""
    known = Exchange.objects.filter(office=office).order_by().values("partner_id").distinct()
    found = Organisation.objects.filter(pk__in=known).order_by("sort_key", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


def countries_of(office: Office) -> Options:
    known = Exchange.objects.filter(office=office).order_by().values("partner_id").distinct()
    codes = Organisation.objects.filter(pk__in=known).order_by().values_list("country_code", flat=True)
    return sorted(((code, country_name(code)) for code in codes.distinct()), key=lambda pair: pair[1])


def faculties_of(office: Office) -> Options:
    return [(str(unit.pk), unit.said) for unit in units_of(office)]


def stays_named(rows: Rows, text: str) -> Rows:
    """By the person's or the partner's name in any script, or by number; words may mix."""
    has_digit = any(letter.isdigit() for letter in text)  # as every number has
    wanted = Q(number__icontains=text.strip()) if has_digit else Q()
    found = Q()
    for word in search_key(text).split()[:8]:
        # The names of partners are looked through once and not beside each stay.
        partners = Organisation.objects.filter(search__contains=word).values("pk")
        found &= Q(person_search__contains=word) | Q(partner__in=partners)
    return rows.filter(wanted | found if found else wanted) if wanted or found else rows.none()


def _in_years(rows: Rows, years: Sequence[str]) -> Rows:
    return rows.filter(academic_year__in=[int(year) for year in years])


STAYS: ListSpec[Exchange] = ListSpec(
    name="stays",
    title=_l("Stays"),
    default_order="-from",
    columns=[
        Column("person", _l("Person"), lambda row: row.person.display_name, order=["person_sort_key"],
               link="exchanges:exchange"),
        Column("number", _l("Number"), lambda row: row.number, order=["number"], shown=False),
        Column("state", _l("State"), stay_state, order=["state"]),
        Column("direction", _l("Direction"), lambda row: Direction(row.direction).label, order=["direction"]),
        Column("partner", _l("Partner"), lambda row: row.partner.name, order=["partner__sort_key"]),
        Column("country", _l("Country"), lambda row: country_name(row.partner.country_code),
               order=["partner__country_code"], shown=False),
        Column("year", _l("Academic year"), lambda row: year_words(row.academic_year), order=["academic_year"],
               shown=False),
        Column("term", _l("Term"), lambda row: TERMS[row.term], order=["term"], phone=False),
        Column("from", _l("From"), lambda row: row.arrived_on or row.planned_from, order=["planned_from"]),
        Column("to", _l("Until"), lambda row: row.left_on or row.planned_to, order=["planned_to"]),
        Column("faculty", _l("Faculty"), lambda row: row.unit.said if row.unit else None, order=["unit__name"],
               shown=False),
        Column("kind", _l("Kind"), lambda row: MobilityKind(row.kind).label, order=["kind"], shown=False),
        Column("level", _l("Level"), lambda row: Level(row.level).label if row.level else None, order=["level"],
               shown=False),
        Column("studied", _l("Credits passed"), lambda row: row.credits_studied, order=["credits_studied"],
               align="end", shown=False),
        Column("recognised", _l("Credits recognised"), lambda row: row.credits_recognised,
               order=["credits_recognised"], align="end", shown=False),
        Column("end", _l("Cancelled or ended early"),
               lambda row: EndReason(row.end_reason).label if row.end_reason else None, order=["end_reason"],
               shown=False),
        Column("ended", _l("Day of the end"), lambda row: row.ended_on, order=["ended_on"], shown=False),
    ],
    filters=[
        Choice("direction", _l("Direction"), Direction.choices),
        Choice("state", _l("State"), ExchangeState.choices),
        Choice("year", _l("Academic year"), years_of, apply=_in_years, sentence=_l("in %s")),
        Choice("term", _l("Term"), Term.choices),
        Choice("country", _l("Country"), countries_of, field="partner__country_code", sentence=_l("country: %s")),
        Choice("faculty", _l("Faculty"), faculties_of, field="unit_id", sentence=_l("faculty: %s")),
        Choice("partner", _l("Partner"), partners_of, field="partner_id", sentence=_l("partner: %s")),
        Choice("kind", _l("Kind"), MobilityKind.choices),
        Dates("from", _l("planned"), "planned_from"),
        Choice("end", _l("Cancelled or ended early"), EndReason.choices, field="end_reason",
               sentence=_l("ended: %s")),
        Flag("early", _l("ended early"), ~Q(end_reason="") & Q(left_on__isnull=False)),
        Flag("earlier", _l("from lists of earlier years"), Q(imported_by__isnull=False)),
        Flag("unread", _l("with unread messages"), Q(pk__in=unread_by_office().values("exchange"))),
        Flag("unsigned", _l("without a signed learning agreement"), Q(state=ExchangeState.ACCEPTED)),
    ],
    reads=["number", "state", "direction", "academic_year", "term", "arrived_on", "planned_from", "left_on",
           "planned_to", "end_reason", "ended_on", "kind",
           "level", "credits_studied", "credits_recognised", "person__display_name",
           "partner__name", "partner__country_code", "unit__name", "unit__names"],
    search=["number"],
    searching=stays_named,
    search_hint=_l("Name, university or number"),
    bulk=[
        BulkAction(_l("Record arrivals"), "exchanges:arrive_together"),
        BulkAction(_l("Record departures"), "exchanges:leave_together"),
        BulkAction(_l("Write to them"), "letters:to_stays"),
    ],
    empty=Empty(
        _l("No stays yet"),
        _l("Nominate those who confirmed a place, add a guest under a row of an agreement, or bring your list of "
           "earlier years."),
    ),
)  # fmt: skip

STAYS_TO_READ = replace(STAYS, bulk=())


@require_GET
@office_view
def stays(request: OfficeRequest) -> HttpResponse:
    rows = exchanges_visible_to(request.user, request.office)
    add, spec = None, STAYS_TO_READ
    if may_nominate(request.user, request.office):
        add, spec = Action(_("Nominate"), page_url("nominate", request.office), icon="plus"), STAYS
    return answer_list(request, spec, rows, add=add, template="exchanges/list.html", tabs=room_tabs(request))


def room_tabs(request: OfficeRequest) -> list[tuple[str, str]]:
    """The other pages of the room, as plain links under the list's title."""
    pages = [("equivalences", _("Equivalences")), ("scales", _("Grade scales and rules"))]
    if may_nominate(request.user, request.office):
        pages.insert(0, ("nominations", _("Waiting for partners")))
    links = [(str(words), page_url(name, request.office)) for name, words in pages]
    if may_nominate(request.user, request.office):
        links.append((_("Stays of earlier years"), reverse("earlier:home", args=[request.office.slug])))
    return links


def equivalences_named(rows: Rows, text: str) -> Rows:
    return rows.filter(
        search_filter(text, "host_key")
        | organisation_filter(text, "partner__")
        | Q(host_code__icontains=text)
        | Q(course__code__icontains=text)
        | Q(course__title__icontains=text)
    )


EQUIVALENCES: ListSpec[Equivalence] = ListSpec(
    name="equivalences",
    title=_l("Equivalences"),
    default_order="-uses",
    columns=[
        Column("host", _l("Studied at the host"), lambda row: f"{row.host_code} {row.host_title}".strip(),
               order=["host_key"], link="exchanges:equivalence"),
        Column("partner", _l("Partner"), lambda row: row.partner.name, order=["partner__sort_key"]),
        Column("credits", _l("Credits"), lambda row: row.host_credits, order=["host_credits"], align="end"),
        Column("home", _l("Counts for"),
               lambda row: f"{row.course.code} {row.course.title}" if row.course else None, order=["course__code"]),
        Column("verdict", _l("Decision"), lambda row: verdict_state(row.verdict), order=["verdict"]),
        Column("uses", _l("Times decided so"), lambda row: row.uses, order=["uses"], align="end"),
        Column("decided", _l("Last decided"), lambda row: row.decided_on, order=["decided_on"], shown=False),
        Column("until", _l("Valid until"), lambda row: row.valid_until, order=["valid_until"]),
        Column("evidence", _l("Evidence"), lambda row: row.evidence.name if row.evidence else None, shown=False),
    ],
    filters=[
        Choice("verdict", _l("Decision"), Verdict.choices),
        Choice("partner", _l("Partner"), partners_of, field="partner_id", sentence=_l("partner: %s")),
        Dates("until", _l("valid"), "valid_until", before=_l("ending before %(to)s")),
    ],
    search=["host_title"],
    searching=equivalences_named,
    search_hint=_l("Course or university"),
    empty=Empty(
        _l("Nothing is remembered yet"),
        _l("When a recognition is closed, one-to-one decisions are kept here and suggested next time."),
    ),
)  # fmt: skip


@require_GET
@office_view
def equivalences(request: OfficeRequest) -> HttpResponse:
    today = timezone.localdate()
    return answer_list(request, EQUIVALENCES, equivalences_of(request.office), today=today)
