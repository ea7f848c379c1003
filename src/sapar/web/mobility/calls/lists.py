"""The lists of calls, applications and people of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.directory.models import Unit
from sapar.directory.queries import search_filter
from sapar.formats.numbers import year_words
from sapar.mobility.models import Appeal, Application, Award, Call, CallPlace, Wish
from sapar.mobility.queries.messages import unread_by_office
from sapar.mobility.states import AppealState, ApplicationState, CallState, Term
from sapar.mobility.wording.reasons import outcome_word
from sapar.web.components import Cell, Empty, Figure
from sapar.web.mobility.calls.words import state_of_application, state_of_call
from sapar.web.tables import BulkAction, Choice, Column, Dates, Flag, ListSpec
from sapar.web.tables.filters import Options, Rows

_A = ApplicationState
SENT = [_A.SUBMITTED, _A.COMPLETE, _A.PLACED, _A.RESERVE, _A.INELIGIBLE, _A.CONFIRMED]


def counted(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Calls with their seats, applications and those that wait for a check."""
    seats = CallPlace.objects.filter(call=OuterRef("pk")).order_by().values("call")
    sent = Application.objects.filter(call=OuterRef("pk"), state__in=SENT).order_by().values("call")
    unchecked = sent.filter(state=_A.SUBMITTED)
    return calls.annotate(
        seats=_number(seats.annotate(n=Sum("seats")).values("n")),
        sent=_number(sent.annotate(n=Count("pk")).values("n")),
        unchecked=_number(unchecked.annotate(n=Count("pk")).values("n")),
    )


def _number(rows: Rows) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def _count(name: str) -> Callable[[Call], Cell]:
    """A number that `counted` added."""
    return lambda call: Figure(getattr(call, name))


def _year(call: Call) -> Cell:
    return year_words(call.academic_year)


CALLS: ListSpec[Call] = ListSpec(
    name="calls",
    title=_("Calls"),
    default_order="-closes",
    columns=[
        Column("title", _("Call"), lambda call: call.title, order=["title"], link="calls:call"),
        Column("state", _("State"), state_of_call, order=["state"]),
        Column("term", _("Term"), lambda call: Term(call.term).label, order=["term"], shown=False),
        Column("year", _("Year"), _year, order=["academic_year"], phone=False),
        Column("opens", _("Opens"), lambda call: call.opens_at, order=["opens_at"], shown=False),
        Column("closes", _("Open until"), lambda call: call.closes_at, order=["closes_at"]),
        Column("seats", _("Places"), _count("seats"), order=["seats"], align="end"),
        Column("sent", _("Applications"), _count("sent"), order=["sent"], align="end"),
        Column(
            "unchecked",
            _("To check"),
            _count("unchecked"),
            order=["unchecked"],
            align="end",
            phone=False,
        ),
    ],
    filters=[
        Choice("state", _("State"), CallState.choices),
        Choice("term", _("Term"), Term.choices),
        Dates("closes", _("open until"), "closes_at", before=_("open until %(to)s")),
    ],
    search=["title", "programme"],
    search_hint=_("Title or programme"),
    empty=Empty(
        _("No call yet"),
        _("A call invites students to apply for the places of your agreements in force."),
    ),
)


def calls_of_office(office: Office) -> Options:
    return [
        (str(pk), title)
        for pk, title in Call.objects.filter(office=office)
        .order_by("-opens_at")
        .values_list("pk", "title")[:40]
    ]


def faculties(office: Office) -> Options:
    return [
        (str(unit.pk), unit.said)
        for unit in Unit.objects.filter(office=office, kind="faculty").order_by("name").only("name", "names")
    ]


def hosts(office: Office) -> Options:
    rows = (
        CallPlace.objects.filter(office=office)
        .order_by("host__name")
        .values_list("host_id", "host__name")
        .distinct()
    )
    return [(str(pk), name) for pk, name in rows[:300]]


def _wish(rows: Rows, values: Sequence[str]) -> Rows:
    return rows.filter(pk__in=_wishes_for(values).values("application"))


def _first_wish(rows: Rows, values: Sequence[str]) -> Rows:
    return rows.filter(pk__in=_wishes_for(values).filter(rank=1).values("application"))


def _wishes_for(hosts: Sequence[str]) -> QuerySet[Wish]:
    return Wish.objects.filter(place__host_id__in=[int(host) for host in hosts])


def _search(rows: Rows, text: str) -> Rows:
    return rows.filter(Q(number__icontains=text) | search_filter(text, "person__search"))


def _faculty(application: Application) -> Cell:
    enrolment = application.enrolment
    return enrolment.unit.said if enrolment else None


def _wishes(application: Application) -> Cell:
    """Prefetched; the first wish, and how many follow."""
    hosts = [wish.place.host.name for wish in application.wishes.all()]
    return f"{hosts[0]}\u00a0+{len(hosts) - 1}" if len(hosts) > 1 else "".join(hosts)


def _all_wishes(application: Application) -> str:
    return " > ".join(wish.place.host.name for wish in application.wishes.all())


APPLICATIONS: ListSpec[Application] = ListSpec(
    name="applications",
    title=_("Applications"),
    default_order="-changed",
    columns=[
        Column(
            "name",
            _("Name"),
            lambda a: a.person.display_name,
            order=["person__sort_key"],
            link="calls:application",
        ),
        Column("state", _("State"), state_of_application, order=["state"]),
        Column("number", _("Number"), lambda a: a.number, order=["number"], shown=False),
        Column("faculty", _("Faculty"), _faculty, order=["enrolment__unit__name"]),
        Column("wishes", _("Wishes"), _wishes, phone=False, export=_all_wishes),
        Column("score", _("Points"), lambda a: Figure(a.score, decimals=1), order=["score"], align="end"),
        Column("call", _("Call"), lambda a: a.call.title, order=["call__title"], shown=False),
        Column("submitted", _("Submitted"), lambda a: a.submitted_at, order=["submitted_at"], shown=False),
        Column("answer_by", _("Confirm until"), lambda a: a.answer_by, order=["answer_by"], shown=False),
        Column("changed", _("Changed"), lambda a: a.changed_at, order=["changed_at"], phone=False),
    ],
    filters=[
        Choice("state", _("State"), ApplicationState.choices),
        Choice("call", _("Call"), calls_of_office, field="call_id"),
        Choice("faculty", _("Faculty"), faculties, field="enrolment__unit_id"),
        Choice("wish", _("Wish"), hosts, sentence=_("wants to go to %s"), apply=_wish),
        Choice("first", _("First wish"), hosts, sentence=_("first wish %s"), apply=_first_wish),
        Flag(
            "unread",
            _("with unread messages"),
            Q(pk__in=unread_by_office().values("application")),
        ),
        Flag(
            "appeal",
            _("with an open appeal"),
            Q(pk__in=Appeal.objects.filter(state=AppealState.OPEN).values("application")),
        ),
        Flag("returned", _("returned to the applicant"), Q(asked_at__isnull=False)),
        Dates("submitted", _("submitted"), "submitted_at"),
    ],
    searching=_search,
    search_hint=_("Name or number"),
    bulk=[
        BulkAction(_("Papers are complete"), "calls:accept_many"),
        BulkAction(_("Write to them"), "letters:to_applicants"),
    ],
    empty=Empty(_("No applications yet"), _("Applications appear here as soon as a call is open.")),
)

AWARDS: ListSpec[Award] = ListSpec(
    name="awards",
    title=_("Who gets what"),
    default_order="-score",
    columns=[
        Column(
            "name",
            _("Name"),
            lambda a: a.application.person.display_name,
            order=["application__person__sort_key"],
            link="calls:application",
            link_pk="application__pk",
        ),
        Column(
            "place",
            _("Place"),
            lambda a: a.place.host.name if a.place else None,
            order=["place__host__sort_key"],
        ),
        Column("wish", _("Wish"), lambda a: a.wish_rank, order=["wish_rank"], align="end"),
        Column(
            "score",
            _("Points"),
            lambda a: Figure(a.application.score, decimals=1),
            order=["application__score"],
            align="end",
        ),
        Column("why", _("First wish"), lambda a: outcome_word(a.reasons[0]["code"]) if a.reasons else None),
        Column(
            "number", _("Number"), lambda a: a.application.number, order=["application__number"], shown=False
        ),
        Column(
            "state", _("Now"), lambda a: state_of_application(a.application), order=["application__state"]
        ),
    ],
    filters=[
        Flag("placed", _("with a place"), Q(place__isnull=False)),
        Flag("reserve", _("without a place"), Q(place__isnull=True)),
        Choice("host", _("Host"), hosts, field="place__host_id"),
        Choice(
            "rank",
            _("Wish"),
            [(str(n), str(n)) for n in range(1, 11)],
            field="wish_rank",
            sentence=_("wish %s"),
        ),
    ],
    search=["application__number", "application__person__search"],
    search_hint=_("Name or number"),
    empty=Empty(_("Nobody took part")),
)
