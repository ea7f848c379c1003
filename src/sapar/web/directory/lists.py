"""Lists of people, organisations, faculties and courses."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.accounts.models import Office
from sapar.directory.models import Course, Enrolment, Organisation, Person, Unit
from sapar.directory.queries import organisation_filter, search_filter, units_of
from sapar.directory.states import OrganisationKind, UnitKind
from sapar.mobility.models import Erasure
from sapar.mobility.states import ErasureGround
from sapar.reporting.labels import country_name
from sapar.web.components import Cell, Empty, Link
from sapar.web.directory.words import page_url
from sapar.web.tables import BulkAction, Choice, Column, Flag, ListSpec
from sapar.web.tables.filters import Options, Rows


def named(rows: Rows, text: str) -> Rows:
    """Any name, in any script; `reader` is the office that looks."""
    return rows.filter(organisation_filter(text, office="reader"))


def people_named(rows: Rows, text: str) -> Rows:
    """Any name in any script, the e-mail address or the number of the student."""
    wanted = search_filter(text) | Q(email__icontains=text.strip())
    if any(letter.isdigit() for letter in text):  # as every number of a student has
        students = Enrolment.objects.filter(student_number__iexact=text.strip())
        wanted |= Q(pk__in=students.values("person_id"))
    return rows.filter(wanted)


def citizenships_of(office: Office) -> Options:
    codes = (
        Person.objects.filter(office=office)
        .exclude(citizenship="")
        .order_by()
        .values_list("citizenship", flat=True)
    )
    return sorted(((code, country_name(code)) for code in codes.distinct()), key=lambda pair: str(pair[1]))


def faculties_of(office: Office) -> Options:
    return [(str(unit.pk), unit.said) for unit in units_of(office)]


def in_faculties(rows: Rows, units: Sequence[str]) -> Rows:
    """The unit itself or the unit it is a part of."""
    enrolled = Enrolment.objects.filter(Q(unit__in=units) | Q(unit__parent__in=units))
    return rows.filter(pk__in=enrolled.values("person_id"))


def countries_of(office: Office) -> Options:
    codes = Organisation.objects.filter(Q(office=None) | Q(office=office), merged_into=None)
    distinct = codes.order_by().values_list("country_code", flat=True).distinct()
    return sorted(((code, country_name(code)) for code in distinct), key=lambda pair: str(pair[1]))


def local_name(person: Person) -> str:
    """The first name in another script, as the person writes it."""
    for name in person.local_names:
        return " ".join(filter(None, (name.get("surname"), name.get("given"), name.get("patronymic"))))
    return ""


def shown_name(person: Person) -> str:
    """As lists are sorted: surname first; a mononym alone."""
    return " ".join(filter(None, (person.passport_surname, person.passport_given)))


def _enrolments(person: Person) -> list[Enrolment]:
    return person.all_enrolments  # type: ignore[attr-defined, no-any-return]  # fetched by the view


def _faculty(person: Person) -> Cell:
    return ", ".join(dict.fromkeys(enrolment.unit.said for enrolment in _enrolments(person)))


def _programme(person: Person) -> Cell:
    return ", ".join(dict.fromkeys(enrolment.programme for enrolment in _enrolments(person)))


def _partner(row: Organisation) -> Cell:
    return _("partner") if row.partnership_pk else None  # type: ignore[attr-defined]  # annotated by the view


PEOPLE: ListSpec[Person] = ListSpec(
    name="people",
    title=_("People"),
    default_order="name",
    columns=[
        Column("name", _("Name"), shown_name, order=["sort_key"], link="directory:person"),
        Column("local", _("In another script"), local_name),
        Column("citizenship", _("Citizenship"), lambda row: country_name(row.citizenship) if row.citizenship else None,
               order=["citizenship", "sort_key"]),
        Column("faculty", _("Faculty"), _faculty),
        Column("programme", _("Programme"), _programme, shown=False),
        Column("email", _("E-mail"), lambda row: row.email, order=["email"]),
        Column("phone", _("Telephone"), lambda row: row.phone, shown=False),
        Column("added", _("Added"), lambda row: row.added_at, order=["added_at"], shown=False),
    ],
    filters=[
        Choice("faculty", _("Faculty"), faculties_of, apply=in_faculties),
        Choice("citizenship", _("Citizenship"), citizenships_of, sentence=_("citizens of %s")),
        Flag("students", _("students of ours"), Q(pk__in=Enrolment.objects.values("person_id"))),
    ],
    reads=["passport_surname", "passport_given", "local_names", "citizenship", "email", "phone", "added_at"],
    searching=people_named,
    search_hint=_("Name in any script, e-mail or student number"),
    empty=Empty(_("No people yet"), _("People come with applications, the list of students, or are added here.")),
)  # fmt: skip

PAST_KEEPING: ListSpec[Person] = ListSpec(
    name="past_keeping",
    title=_("Time of keeping over"),
    default_order="last",
    columns=[
        Column("name", _("Name"), shown_name, order=["sort_key"], link="directory:person"),
        Column("last", _("Last thing ended"), lambda row: row.last_day,  # type: ignore[attr-defined]
               order=["last_day", "sort_key"]),
        Column("faculty", _("Faculty"), _faculty),
        Column("citizenship", _("Citizenship"), lambda row: country_name(row.citizenship) if row.citizenship else None,
               order=["citizenship", "sort_key"], phone=False),
        Column("added", _("Added"), lambda row: row.added_at, order=["added_at"], shown=False),
    ],
    filters=[Choice("faculty", _("Faculty"), faculties_of, apply=in_faculties)],
    reads=["passport_surname", "passport_given", "citizenship", "added_at"],
    searching=people_named,
    search_hint=_("Name in any script, e-mail or student number"),
    bulk=[BulkAction(_("Ask to erase them"), "directory:ask_many")],
    empty=Empty(_("Nobody's time of keeping is over"),
                _("Here stand people whose last stay, application, visit and study ended longer ago than you keep "
                  "records. Administrators set the time in the settings.")),
)  # fmt: skip

ERASURES: ListSpec[Erasure] = ListSpec(
    name="erasures",
    title=_("Waiting to be erased"),
    default_order="asked",
    columns=[
        Column("name", _("Name"), lambda row: shown_name(row.person), order=["person__sort_key"],
               link="directory:erase", link_pk="person_id"),
        Column("ground", _("Why"), lambda row: ErasureGround(row.ground).label, order=["ground", "pk"]),
        Column("by", _("Asked by"), lambda row: row.asked_by.name, order=["asked_by__name", "pk"]),
        Column("asked", _("Asked on"), lambda row: row.asked_at, order=["asked_at", "pk"]),
    ],
    filters=[Choice("ground", _("Why"), ErasureGround.choices)],
    bulk=[BulkAction(_("Erase for good"), "directory:confirm_many", danger=True)],
    empty=Empty(_("Nobody waits to be erased"), _("Erasing is asked for on a person's page.")),
)  # fmt: skip

ORGANISATIONS: ListSpec[Organisation] = ListSpec(
    name="organisations",
    title=_("Organisations"),
    default_order="name",
    columns=[
        Column("name", _("Organisation"), lambda row: row.name, order=["sort_key"], link="directory:organisation"),
        Column("country", _("Country"), lambda row: country_name(row.country_code), order=["country_code", "sort_key"]),
        Column("city", _("City"), lambda row: row.city, order=["city"]),
        Column("kind", _("Kind"), lambda row: OrganisationKind(row.kind).label, order=["kind"], phone=False),
        Column("partner", _("Partner"), _partner, phone=False),
        Column("own", _("Known to"), lambda row: _("your office") if row.office_id else _("everybody"), shown=False),
        Column("website", _("Website"), lambda row: row.website, shown=False),
    ],
    filters=[
        Choice("country", _("Country"), countries_of, field="country_code", sentence=_("in %s")),
        Choice("kind", _("Kind"), OrganisationKind.choices),
        Flag("own", _("added by your office"), Q(office__isnull=False)),
        Flag("partners", _("partners of yours"), Q(partnership_pk__isnull=False)),
    ],
    searching=named,
    search_hint=_("Any name in any script"),
    empty=Empty(_("The directory is empty"), _("Load a public register by command, or add the first organisation.")),
)  # fmt: skip


def _courses(row: Unit) -> Cell:
    count = row.courses_count  # type: ignore[attr-defined]  # annotated by the view
    return int(count) or None


UNITS: ListSpec[Unit] = ListSpec(
    name="units",
    title=_("Faculties and departments"),
    default_order="name",
    columns=[
        Column("name", pgettext_lazy("of a thing", "Name"),
               lambda row: row.said, order=["name"], link="directory:unit"),
        Column("kind", _("Kind"), lambda row: UnitKind(row.kind).label, order=["kind", "name"]),
        Column("code", _("Code"), lambda row: row.code, order=["code"]),
        Column("parent", _("Part of"),
               lambda row: Link(row.parent.said, page_url("unit", row.office, row.parent.pk)) if row.parent else None,
               order=["parent__name", "name"]),
        Column("head", _("Head"), lambda row: row.head_name, order=["head_name"], phone=False),
        Column("courses", _("Courses"), _courses, order=["courses_count"], align="end"),
    ],
    filters=[Choice("kind", _("Kind"), UnitKind.choices)],
    search=["name", "code"],
    search_hint=_("Name or code"),
    empty=Empty(_("No faculties yet"), _("Add the faculties and departments of your university.")),
)  # fmt: skip

COURSES: ListSpec[Course] = ListSpec(
    name="courses",
    title=_("Courses"),
    default_order="programme",
    columns=[
        Column("code", _("Code"), lambda row: row.code, order=["code"]),
        Column("title", _("Title"), lambda row: row.title, order=["title"]),
        Column("programme", _("Programme"), lambda row: row.programme, order=["programme", "code"]),
        Column("unit", _("Faculty"), lambda row: Link(row.unit.said, page_url("unit", row.office, row.unit_id)),
               order=["unit__name", "programme", "code"]),
        Column("credits", _("Credits"), lambda row: row.credits, order=["credits"], align="end"),
        Column("year", _("Year"), lambda row: row.year_of_study, order=["year_of_study"], align="end", phone=False),
        Column("term", _("Term"), lambda row: row.term, order=["term"], align="end", shown=False),
    ],
    filters=[Choice("faculty", _("Faculty"), faculties_of, field="unit")],
    search=["code", "title", "programme"],
    search_hint=_("Code, title or programme"),
    empty=Empty(_("No courses yet"), _("Open a faculty and bring the courses of a programme as a list.")),
)  # fmt: skip
