"""The frame around office pages: the places of the side navigation and who stands where.

A place whose address does not exist yet is not shown, so rooms appear when they are built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_administer
from sapar.accounts.queries import offices_of
from sapar.mobility.policies import may_keep_letters, may_run_calls
from sapar.reporting.policies import may_read_reports
from sapar.web.components import Text


@dataclass(frozen=True)
class Place:
    """`url_name` takes the office's slug; `rooms` are the URL namespaces that count as being here.

    `who` is the policy of a place that is not for everybody of the office.
    """

    label: Text
    url_name: str
    icon: str
    rooms: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()
    who: Callable[[User, Office], bool] | None = None


# In the order of the office's year. Each room may add its own lists as parts of its place.
PLACES: tuple[Place, ...] = (
    Place(_("Desk"), "home:desk", "inbox", ("home",)),
    Place(
        _("Partners"),
        "partners:home",
        "handshake",
        ("partners", "imports", "signed"),
        parts=(
            Place(_("Partner list"), "partners:home", ""),
            Place(_("Agreements"), "partners:agreements", ""),
            Place(_("Import"), "imports:home", ""),
            Place(pgettext_lazy("place of the office", "Map"), "partners:map", ""),
        ),
    ),
    Place(
        _("Exchange"),
        "calls:home",
        "plane-takeoff",
        ("calls", "exchanges", "earlier", "visits", "letters"),
        parts=(
            Place(_("Calls"), "calls:home", ""),
            Place(_("Applications"), "calls:applications", ""),
            Place(_("Marks and curricula"), "calls:studies", "", who=may_run_calls),
            Place(_("Stays"), "exchanges:home", ""),
            Place(_("Group visits"), "visits:home", ""),
            Place(_("Saved letters"), "letters:home", "", who=may_keep_letters),
        ),
    ),
    Place(
        _("People"),
        "directory:people",
        "users",
        ("directory",),
        parts=(
            Place(pgettext_lazy("list of persons", "People"), "directory:people", ""),
            Place(_("Organisations"), "directory:organisations", ""),
            Place(_("Faculties and courses"), "directory:units", ""),
        ),
    ),
    Place(_("Events"), "events:home", "calendar-days", ("events",)),
    Place(_("Research"), "research:home", "clipboard-list", ("research",)),
    Place(
        _("Figures"),
        "reporting:home",
        "chart-column",
        ("reporting",),
        parts=(
            Place(_("Reports"), "reporting:home", ""),
            Place(_("Stays over the years"), "reporting:years", ""),
        ),
        who=may_read_reports,
    ),
    Place(
        _("Settings"),
        "settings:home",
        "settings-2",
        ("settings",),
        parts=(
            Place(_("You"), "settings:home", ""),
            Place(_("Colleagues"), "settings:people", ""),
            Place(_("Letterhead"), "settings:letterhead", "", who=may_administer),
            Place(_("Time of keeping"), "settings:keeping", "", who=may_administer),
            Place(_("Tokens"), "settings:tokens", ""),
            Place(_("Activity log"), "settings:trail", "", who=may_administer),
            Place(_("Background work"), "settings:work", "", who=may_administer),
        ),
    ),
)
ON_THE_PHONE = ("home:desk", "partners:home", "calls:home", "directory:people")


@dataclass(frozen=True)
class NavPart:
    label: Text
    url: str
    current: bool


@dataclass(frozen=True)
class NavItem:
    label: Text
    url: str
    icon: str
    current: bool
    on_phone: bool
    parts: tuple[NavPart, ...]


def navigation(request: HttpRequest, office: Office) -> list[NavItem]:
    """The places, worked out once a page: the side, the phone's bar and its tabs draw the same."""
    drawn: list[NavItem] | None = request.__dict__.get("_navigation")
    if drawn is None:
        drawn = request.__dict__["_navigation"] = _navigation(request, office)
    return drawn


def _navigation(request: HttpRequest, office: Office) -> list[NavItem]:
    match = request.resolver_match
    here = match.namespace if match else ""
    user = request.user
    assert isinstance(user, User)
    items = []
    for place in PLACES:
        url = _address(place, user, office)
        if not url:
            continue
        current = here in place.rooms
        parts = tuple(
            NavPart(part.label, address, request.path == address)
            for part in (place.parts if current else ())
            if (address := _address(part, user, office))
        )
        items.append(
            NavItem(
                place.label,
                url,
                place.icon,
                current,
                place.url_name in ON_THE_PHONE,
                parts if len(parts) > 1 else (),
            )
        )
    if not any(item.on_phone for item in items[1:]):
        # A young office has few rooms; its phone bar shows what there is.
        return [NavItem(i.label, i.url, i.icon, i.current, n < 4, i.parts) for n, i in enumerate(items)]
    return items


def other_offices(user: User, office: Office) -> list[Office]:
    """The other offices one may enter."""
    return [other for other in offices_of(user) if other.pk != office.pk]


def _address(place: Place, user: User, office: Office) -> str:
    if place.who is not None and not place.who(user, office):
        return ""
    return _address_in(place.url_name, office.slug)


@lru_cache(maxsize=4096)
def _address_in(url_name: str, slug: str) -> str:
    try:
        return reverse(url_name, kwargs={"office": slug})
    except NoReverseMatch:
        return ""
