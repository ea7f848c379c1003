"""What the settings show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.accounts.models import ApiToken, Office, RoleGrant, User
from sapar.accounts.policies import may_administer
from sapar.accounts.states import ScopeKind
from sapar.core.queue import Failed, failed_tasks
from sapar.web.components import Action, Empty, State, Text


@dataclass(frozen=True)
class RoleLine:
    role: str
    scope: str
    withdraw: Action | None


@dataclass(frozen=True)
class Colleague:
    name: str
    email: str
    roles: Sequence[RoleLine]


@dataclass(frozen=True)
class TokenLine:
    name: str
    owner: str
    scopes: str
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    state: State
    withdraw: Action | None


def colleagues_of(user: User, office: Office) -> list[Colleague]:
    """Everybody with a role here, by name."""
    people: dict[int, Colleague] = {}
    lines: dict[int, list[RoleLine]] = {}
    admin = may_administer(user, office)
    grants = RoleGrant.objects.filter(office=office).select_related("user").order_by("user__name", "pk")
    for grant in grants:
        lines.setdefault(grant.user_id, []).append(_role_line(grant, office, admin))
        people.setdefault(grant.user_id, Colleague(grant.user.name, grant.user.email, lines[grant.user_id]))
    return list(people.values())


def _role_line(grant: RoleGrant, office: Office, admin: bool) -> RoleLine:
    scope = "" if grant.scope_kind == ScopeKind.OFFICE else str(grant.get_scope_kind_display())
    withdraw = None
    if admin:
        withdraw = Action(
            _("Withdraw"),
            reverse("settings:withdraw", kwargs={"office": office.slug, "pk": grant.pk}),
            post=True,
            danger=True,
            asks=_("%(name)s will lose the role “%(role)s” at once.")
            % {"name": grant.user.name, "role": grant.get_role_display()},
        )
    return RoleLine(str(grant.get_role_display()), scope, withdraw)


def tokens_of(user: User, office: Office, now: datetime) -> list[TokenLine]:
    rows = ApiToken.objects.filter(office=office).select_related("user").order_by("-made_at")
    if not may_administer(user, office):
        rows = rows.filter(user=user)
    return [_token_line(token, office, now) for token in rows]


def _token_line(token: ApiToken, office: Office, now: datetime) -> TokenLine:
    alive = token.revoked_at is None and (token.expires_at is None or token.expires_at > now)
    if alive:
        state = State(_("in force"), "done")
    else:
        state = State(_("withdrawn"), "ended") if token.revoked_at else State(_("ended"), "ended")
    withdraw = None
    if alive:
        withdraw = Action(
            _("Withdraw"),
            reverse("settings:end_token", kwargs={"office": office.slug, "pk": token.pk}),
            post=True,
            danger=True,
            asks=_("Programs that use “%(name)s” will stop working at once.") % {"name": token.name},
        )
    return TokenLine(
        token.name,
        token.user.name,
        ", ".join(token.scopes),
        token.made_at,
        token.expires_at,
        token.last_used_at,
        state,
        withdraw,
    )


@dataclass(frozen=True)
class FailedLine:
    sentence: Text
    code: str
    name: str
    tries: int
    failed_at: datetime
    state: State
    actions: Sequence[Action]


NOTHING_FAILED = Empty(
    _l("Nothing has failed"),
    _l(
        "Letters, reminders and long computations are done in the background. What fails there is shown here."
    ),
)


def failed_work(office: Office) -> list[FailedLine]:
    """What was given up, undecided ones first."""
    found = sorted(failed_tasks(office.pk), key=lambda failed: failed.is_left)
    return [_failed_line(failed, office) for failed in found]


def _failed_line(failed: Failed, office: Office) -> FailedLine:
    where = {"office": office.slug, "task": failed.id}
    again = Action(_("Try again"), reverse("settings:try_again", kwargs=where), post=True)
    leave = Action(_("Leave it"), reverse("settings:leave", kwargs=where), post=True)
    state = State(_("left as it is"), "ended") if failed.is_left else State(_("failed"), "danger")
    return FailedLine(
        failed.sentence,
        failed.code,
        failed.name,
        failed.tries,
        failed.failed_at,
        state,
        [again] if failed.is_left else [again, leave],
    )
