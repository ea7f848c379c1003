"""What stands on the desk: one sentence and one button a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import ApiToken, Office, User
from sapar.accounts.policies import may_administer
from sapar.core.days import local_day
from sapar.core.queue import failed_tasks
from sapar.directory.policies import may_change_units
from sapar.partners.models import Partnership
from sapar.partners.policies import may_import_partners
from sapar.web.components import Action, Text


@dataclass(frozen=True)
class DeskItem:
    """`needs_me`: I must act; `waiting`: somebody else must, and I may remind them.

    `due_on` is the last day, `since_on` the day from which it waits without one.
    """

    sentence: Text
    button: Action
    due_on: date | None = None
    since_on: date | None = None
    kind: Literal["needs_me", "waiting"] = "needs_me"
    note: Text = ""

    @property
    def day(self) -> date | None:
        return self.due_on or self.since_on


Source: TypeAlias = Callable[[User, Office, date], Iterable[DeskItem]]


def accounts_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """Tokens that end within two weeks; whoever administers sees all of them, others their own."""
    tokens = ApiToken.objects.filter(office=office, revoked_at=None, expires_at__isnull=False)
    if not may_administer(user, office):
        tokens = tokens.filter(user=user)
    for token in tokens.order_by("expires_at"):
        if token.expires_at is not None and 0 <= (local_day(token.expires_at) - today).days <= 14:
            yield DeskItem(
                _("The access token “%(name)s” ends.") % {"name": token.name},
                Action(_("Open tokens"), reverse("settings:tokens", kwargs={"office": office.slug})),
                due_on=local_day(token.expires_at),
            )


def failures_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """Background work that was given up and that nobody has decided about."""
    if not may_administer(user, office):
        return
    count = sum(not failed.is_left for failed in failed_tasks(office.pk))
    if count:
        yield DeskItem(
            ngettext(
                "%(count)s background task failed to the end.",
                "%(count)s background tasks failed to the end.",
                count,
            )
            % {"count": count},
            Action(_("Open background work"), reverse("settings:work", kwargs={"office": office.slug})),
            due_on=today,
        )


# Each room adds its own line.
DESK_SOURCES: list[Source] = [accounts_on_the_desk, failures_on_the_desk]


@dataclass(frozen=True)
class DeskPage:
    needs_me: Sequence[DeskItem]
    waiting: Sequence[DeskItem]
    today: date
    first_steps: Sequence[Action] = ()


def first_steps(user: User, office: Office) -> list[Action]:
    """Where somebody begins in an office in which nothing is yet; of it what this person may do."""
    steps = []
    if may_import_partners(user, office):
        steps.append(Action(_("Bring your list of partners"), reverse("imports:new", args=[office.slug])))
    if may_administer(user, office):
        steps.append(
            Action(_("Name your colleagues and their roles"), reverse("settings:people", args=[office.slug]))
        )
    if may_change_units(user, office):
        steps.append(Action(_("Add your faculties"), reverse("directory:new_unit", args=[office.slug])))
    return steps


def desk_of(user: User, office: Office, today: date) -> DeskPage:
    """Everything for this person, what is due first on top."""
    items = [item for source in DESK_SOURCES for item in source(user, office, today)]
    items.sort(key=lambda item: (item.day is None, item.day or today))
    begun = bool(items) or Partnership.objects.filter(office=office).exists()
    return DeskPage(
        first_steps=[] if begun else first_steps(user, office),
        needs_me=[item for item in items if item.kind == "needs_me"],
        waiting=[item for item in items if item.kind == "waiting"],
        today=today,
    )
