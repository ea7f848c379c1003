"""Questions to the directory."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.policies import may_read_all
from sapar.accounts.queries import scopes_of
from sapar.accounts.states import Role, ScopeKind
from sapar.directory.models import (
    Course,
    Enrolment,
    Home,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    Person,
    Unit,
)
from sapar.methods.names import search_key


def search_filter(query: str, column: str = "search") -> Q:
    """Every word of the query begins a word of the search column, in any script."""
    wanted = Q()
    for word in search_key(query).split()[:8]:
        wanted &= Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})
    return wanted


def organisation_filter(query: str, path: str = "", *, office: Office | str = "office_id") -> Q:
    """Any name of the organisation at `path`, those among them that the reader's own office merged into it.

    What an office called its own entry is nobody else's business, although all see the entry that stands for it.

    Args:
        office: the reader's, or the column of the rows that names it.
    """
    wanted = search_filter(query, f"{path}search")
    if not wanted:
        return wanted
    reader = office if isinstance(office, Office) else OuterRef(office)
    merged = Organisation.objects.filter(
        search_filter(query), merged_into=OuterRef(f"{path}pk"), office=reader
    )
    return wanted | Q(Exists(merged))


def organisations_seen_by(office: Office) -> QuerySet[Organisation]:
    """The shared directory and what the office added for itself."""
    return Organisation.objects.filter(Q(office=None) | Q(office=office), merged_into=None)


def organisations_known_to(office: Office) -> QuerySet[Organisation]:
    """Those seen, and those that were merged into another: their pages stay."""
    return Organisation.objects.filter(Q(office=None) | Q(office=office)).select_related(
        "merged_into", "office"
    )


def home_of(office: Office) -> Organisation:
    """The institution the office works for."""
    return Home.objects.select_related("organisation").get(office=office).organisation


def identifiers_borne(values: Iterable[str]) -> dict[tuple[str, str], str]:
    """Of these values of identifiers those that something in the directory bears: scheme and value → its name."""
    wanted = list(dict.fromkeys(values))
    found = (
        OrganisationIdentifier.objects.filter(value__in=wanted).values_list(
            "scheme", "value", "organisation__name"
        )
        if wanted
        else ()
    )
    return {(scheme, value): name for scheme, value, name in found}


def heir_of(organisation: Organisation) -> Organisation:
    """The organisation that stands for this one today."""
    seen = {organisation.pk}
    while organisation.merged_into is not None and organisation.merged_into_id not in seen:
        organisation = organisation.merged_into
        seen.add(organisation.pk)
    return organisation


def units_of(office: Office) -> QuerySet[Unit]:
    return Unit.objects.filter(office=office).order_by("name")


def unit_names(office: Office, language: str) -> dict[str, str]:
    """What faculties and departments are called in a language, by the code that rules name them with."""
    rows = Unit.objects.filter(office=office).exclude(code="").values_list("code", "name", "names")
    return {code: names.get(language) or name for code, name, names in rows}


def people_visible_to(actor: Actor, office: Office) -> QuerySet[Person]:
    people = Person.objects.filter(office=office)
    if may_read_all(actor, office):
        return people
    units = scopes_of(actor, office.pk, ScopeKind.UNIT, Role.COORDINATOR)
    if not units:
        return people.none()
    return people.filter(
        pk__in=Enrolment.objects.filter(office=office, unit_id__in=units).values("person_id")
    )


def courses_of(office: Office, programme: str = "") -> QuerySet[Course]:
    courses = Course.objects.filter(office=office)
    return (courses.filter(programme=programme) if programme else courses).order_by("programme", "code")


def names_of(organisation: Organisation) -> QuerySet[OrganisationName]:
    """All its names in the order in which they were written; marked together with it."""
    return organisation.names.order_by("pk")
