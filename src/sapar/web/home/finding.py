"""What the search box finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse
from django.utils.translation import gettext as _

from sapar.accounts.models import Office, RoleGrant, User
from sapar.web.components import RelatedRow, Text


@dataclass(frozen=True)
class Found:
    """Hits of one kind; `more_url` opens the whole list with the same words."""

    title: Text
    rows: Sequence[RelatedRow]
    more_url: str = ""


Source: TypeAlias = Callable[[User, Office, str], Iterable[Found]]
HITS = 8


def colleagues_found(user: User, office: Office, text: str) -> Iterable[Found]:
    grants = (
        RoleGrant.objects.filter(office=office, user__name__icontains=text)
        .select_related("user")
        .order_by("user__name", "role")[:HITS]
    )
    url = reverse("settings:people", kwargs={"office": office.slug})
    rows = [RelatedRow(grant.user.name, url, grant.get_role_display()) for grant in grants]
    if rows:
        yield Found(_("Colleagues"), rows, url)


# Each room adds its own line.
SEARCH_SOURCES: list[Source] = [colleagues_found]


def find(user: User, office: Office, text: str) -> list[Found]:
    return [found for source in SEARCH_SOURCES for found in source(user, office, text)] if text else []
