"""People and organisations in the search box."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.directory.policies import may_view_directory
from sapar.directory.queries import organisation_filter, organisations_seen_by, people_visible_to
from sapar.reporting.labels import country_name
from sapar.web.components import RelatedRow
from sapar.web.directory.lists import local_name, people_named, shown_name
from sapar.web.directory.words import page_url
from sapar.web.home.finding import HITS, SEARCH_SOURCES, Found


def people_found(user: User, office: Office, text: str) -> Iterable[Found]:
    found = people_named(people_visible_to(user, office), text).order_by("sort_key")
    hits = found.only("passport_surname", "passport_given", "local_names")[:HITS]
    rows = [
        RelatedRow(shown_name(person), page_url("person", office, person.pk), local_name(person))
        for person in hits
    ]
    if rows:
        yield Found(_("People"), rows, page_url("people", office))


def organisations_found(user: User, office: Office, text: str) -> Iterable[Found]:
    if not may_view_directory(user, office):
        return
    seen = organisations_seen_by(office).filter(organisation_filter(text, office=office))
    hits = seen.only("name", "country_code").order_by("sort_key")[:HITS]
    rows = [
        RelatedRow(one.name, page_url("organisation", office, one.pk), country_name(one.country_code))
        for one in hits
    ]
    if rows:
        yield Found(_("Organisations"), rows, page_url("organisations", office))


for source in (people_found, organisations_found):
    if source not in SEARCH_SOURCES:
        SEARCH_SOURCES.append(source)
