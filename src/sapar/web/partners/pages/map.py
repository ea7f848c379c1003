"""Partners and stays by country: a map and the table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sapar.accounts.models import Office, User
from sapar.mobility.queries.exchanges import exchanges_by_country
from sapar.partners.queries.partnerships import partnerships_by_country
from sapar.partners.states import Direction
from sapar.reporting.labels import country_name
from sapar.web import components as c
from sapar.web.maps import WorldMap, world_map
from sapar.web.numbers import grouped
from sapar.web.partners.words import page_url

MOST_LEADERS = 4
SIDES = {"outgoing": Direction.OUTGOING, "incoming": Direction.INCOMING}
MEASURES = ("partners", *SIDES)


@dataclass(frozen=True)
class CountryLine:
    name: str
    figures: Sequence[c.Figure]


@dataclass(frozen=True)
class MapPage:
    head: c.Head
    tabs: Sequence[c.Tab]
    map: WorldMap
    lines: Sequence[CountryLine]


def map_page(user: User, office: Office, measure: str) -> MapPage:
    """Each number opens the list whose rows it counts."""
    counts: dict[str, Mapping[str, int]] = {
        "partners": partnerships_by_country(office),
        **{name: exchanges_by_country(user, office, side) for name, side in SIDES.items()},
    }
    words = {"partners": _("Partners"), "outgoing": _("Outgoing"), "incoming": _("Incoming")}
    chosen = counts[measure]

    def address(code: str, what: str) -> str:
        if what == "partners":
            return f"{page_url('home', office)}?{urlencode({'country': code})}"
        stays = reverse("exchanges:home", kwargs={"office": office.slug})
        return f"{stays}?{urlencode({'country': code, 'direction': SIDES[what].value})}"

    def figure(code: str, what: str) -> c.Figure:
        count = counts[what].get(code, 0)
        return c.Figure(count, address(code, what) if count else "")

    def rank(code: str) -> tuple[int, int, str]:
        return -chosen.get(code, 0), -counts["partners"].get(code, 0), country_name(code)

    codes = sorted({code for each in counts.values() for code in each}, key=rank)
    return MapPage(
        c.Head(_("Partners by country"), kind="", lead=_finding(counts["partners"])),
        [
            c.Tab(
                words[each],
                f"{page_url('map', office)}?by={each}",
                each == measure,
                sum(counts[each].values()),
            )
            for each in MEASURES
        ],
        world_map(
            pgettext("title of a map", "%(what)s by country") % {"what": words[measure]},
            chosen,
            country_name,
            lambda code: address(code, measure),
        ),
        [CountryLine(country_name(code), [figure(code, each) for each in MEASURES]) for code in codes],
    )


def _finding(partners: Mapping[str, int]) -> str:
    """The map in one sentence."""
    total = sum(partners.values())
    if not total:
        return ""
    most = max(partners.values())
    leaders = sorted(country_name(code) for code, count in partners.items() if count == most)
    facts = {
        "count": grouped(total),
        "countries": grouped(len(partners)),
        "leaders": ", ".join(leaders),
        "most": grouped(most),
    }
    if len(leaders) > MOST_LEADERS:
        return _("Partners: %(count)s, countries: %(countries)s.") % facts
    return _("Partners: %(count)s, countries: %(countries)s; most: %(leaders)s (%(most)s each).") % facts
