"""What the settings show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, override

from sapar.accounts.models import ApiToken, Office, RoleGrant, User
from sapar.accounts.policies import may_administer
from sapar.accounts.states import ScopeKind
from sapar.core.queue import Failed, failed_tasks
from sapar.directory.queries import people_visible_to, units_of
from sapar.files.queries import letterhead_of
from sapar.formats.papers import Facts, Grid, Paper, Paragraph, Signatures
from sapar.mobility.queries.keeping import past_keeping
from sapar.web.components import Action, Empty, Fact, FactGroup, Link, State, Text


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
    units = {unit.pk: unit.said for unit in units_of(office)}
    grants = RoleGrant.objects.filter(office=office).select_related("user").order_by("user__name", "pk")
    for grant in grants:
        lines.setdefault(grant.user_id, []).append(_role_line(grant, office, units, admin=admin))
        people.setdefault(grant.user_id, Colleague(grant.user.name, grant.user.email, lines[grant.user_id]))
    return list(people.values())


def _role_line(grant: RoleGrant, office: Office, units: Mapping[int, str], *, admin: bool) -> RoleLine:
    scope = "" if grant.scope_kind == ScopeKind.OFFICE else str(grant.get_scope_kind_display())
    if grant.scope_kind == ScopeKind.UNIT:
        scope = units.get(grant.scope_id or 0, scope)
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


def past_keeping_words(user: User, office: Office, today: date) -> Link | None:
    """How many people are past the time that is set now; leads to them."""
    count = past_keeping(people_visible_to(user, office), office, today=today).count()
    if not count:
        return None
    words = ngettext(
        "The time of keeping is over for %(count)s person.",
        "The time of keeping is over for %(count)s people.",
        count,
    )
    url = reverse("directory:past_keeping", kwargs={"office": office.slug})
    return Link(words % {"count": count}, url)


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


GAPS = FactGroup(
    _l("Write these gaps into it, as they stand here"),
    [
        Fact("{{ content }}", _l("the text of the paper, on a line of its own")),
        Fact("{{ title }}", _l("what the paper is")),
        Fact("{{ number }}", _l("its number, empty for a draft")),
        Fact("{{ date }}", _l("its date")),
        Fact("{{ issuer }}", _l("the name of the university in the paper's languages")),
    ],
)


@dataclass(frozen=True)
class LetterheadPage:
    name: str
    chosen_at: datetime
    chosen_by: str
    sample: Action
    download: Action
    remove: Action


def letterhead_page(office: Office) -> LetterheadPage | None:
    chosen = letterhead_of(office)
    if chosen is None:
        return None
    return LetterheadPage(
        chosen.file.name,
        chosen.chosen_at,
        chosen.chosen_by,
        Action(_("See a sample"), letterhead_url(office, "sample"), icon="file-text"),
        Action(_("Download"), letterhead_url(office, "current"), icon="download"),
        Action(
            _("Remove"),
            reverse("settings:remove_letterhead", kwargs={"office": office.slug}),
            post=True,
            danger=True,
            asks=_("Word documents will come on plain paper again."),
        ),
    )


def letterhead_url(office: Office, kind: str) -> str:
    return reverse("settings:letterhead_file", kwargs={"office": office.slug, "kind": kind})


def sample_paper(office: Office, on: date) -> Paper:
    """A paper with each kind of block, to see how the letterhead looks."""
    languages = tuple(office.languages[:2]) or ("en",)

    def said(words: Text) -> dict[str, str]:
        found = {}
        for language in languages:
            with override(language):
                found[language] = str(words)
        return found

    return Paper(
        languages=languages,
        issuer={language: office.name_in(language) for language in languages},
        title=said(_l("Sample")),
        number="2026-001",
        on=on,
        blocks=(
            Paragraph(said(_l("So a paper looks on this letterhead."))),
            Facts(((said(_l("Partner")), said(_l("a university"))), (said(_l("Places")), said("2")))),
            Grid((said(_l("Academic year")), said(_l("Places"))), (("2026/27", "2"), ("2027/28", "2")), (1,)),
            Signatures(((said(_l("Rector")), "", ""), (said(_l("Partner")), "", ""))),
        ),
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
