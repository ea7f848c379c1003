"""What the search box finds among partners and agreements."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.partners.models import Agreement
from sapar.partners.queries import partnerships_of
from sapar.reporting.labels import country_name
from sapar.web.components import RelatedRow
from sapar.web.home.finding import HITS, SEARCH_SOURCES, Found
from sapar.web.partners.lists import agreements_named, partners_named
from sapar.web.partners.words import page_url, partnership_state, state_of


def partners_found(user: User, office: Office, text: str) -> Iterable[Found]:
    more = f"?{urlencode({'q': text})}"
    reads = ("state", "organisation__name", "organisation__country_code")
    partners = partners_named(partnerships_of(office), text).only(*reads)
    rows = [
        RelatedRow(
            one.organisation.name,
            page_url("partner", office, one.pk),
            country_name(one.organisation.country_code),
            partnership_state(one),
        )
        for one in partners.order_by("organisation__sort_key")[:HITS]
    ]
    if rows:
        yield Found(_("Partners"), rows, page_url("home", office) + more)
    known = Agreement.objects.filter(office=office).only("title", "number", "state")
    agreements = agreements_named(known, text).order_by("-made_at", "-pk")[:HITS]
    rows = [
        RelatedRow(one.title, page_url("agreement", office, one.pk), one.number, state_of(one))
        for one in agreements
    ]
    if rows:
        yield Found(_("Agreements"), rows, page_url("agreements", office) + more)


SEARCH_SOURCES.append(partners_found)
