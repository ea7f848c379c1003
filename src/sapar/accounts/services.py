"""Decisions about accounts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, user_of
from sapar.accounts.errors import LastAdministrator
from sapar.accounts.facts import LinkMade, RoleGranted, RoleWithdrawn, TokenMade, TokenWithdrawn
from sapar.accounts.models import (
    ApiToken,
    Consent,
    NumberSeries,
    Office,
    RoleGrant,
    SavedView,
    SignedLink,
    User,
)
from sapar.accounts.policies import may_administer
from sapar.accounts.queries import belongs_to, key_hash
from sapar.accounts.states import ConsentKind, LinkPurpose, Role, ScopeKind
from sapar.core.announce import announce
from sapar.core.errors import NotAllowed
from sapar.core.policy import require


@transaction.atomic
def open_office(
    *, slug: str, name: str, country_code: str, languages: Sequence[str], administrator: User, at: datetime
) -> Office:
    """Begin a new tenant; only the command line and the demo do this."""
    office = Office.objects.create(
        slug=slug, name=name, country_code=country_code, languages=list(languages), names={}
    )
    grant = RoleGrant.objects.create(
        office=office, user=administrator, role=Role.ADMINISTRATOR, granted_at=at
    )
    announce(RoleGranted(grant_id=grant.pk, office_id=office.pk, by_id=None))
    return office


@transaction.atomic
def grant_role(
    user: User,
    office: Office,
    role: Role,
    *,
    scope_kind: ScopeKind = ScopeKind.OFFICE,
    scope_id: int | None = None,
    by: Actor,
    at: datetime,
) -> RoleGrant:
    require(may_administer, by, office)
    grant, _new = RoleGrant.objects.get_or_create(
        office=office,
        user=user,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        defaults={"granted_at": at, "granted_by": user_of(by)},
    )
    giver = user_of(by)
    announce(RoleGranted(grant_id=grant.pk, office_id=office.pk, by_id=giver.pk if giver else None))
    return grant


@transaction.atomic
def withdraw_role(grant: RoleGrant, *, by: Actor, at: datetime) -> None:
    """Take a role away; an office never loses its last administrator."""
    require(may_administer, by, grant.office)
    Office.objects.select_for_update(no_key=True).get(pk=grant.office_id)
    if grant.role == Role.ADMINISTRATOR:
        others = RoleGrant.objects.filter(office=grant.office, role=Role.ADMINISTRATOR).exclude(
            user=grant.user
        )
        if not others.exists():
            raise LastAdministrator(name=grant.user.name)
    grant.delete()
    giver = user_of(by)
    announce(
        RoleWithdrawn(
            office_id=grant.office_id,
            user_id=grant.user_id,
            role=grant.role,
            by_id=giver.pk if giver else None,
        )
    )


@transaction.atomic
def make_link(
    purpose: LinkPurpose,
    subject_id: int,
    *,
    office: Office,
    holder_name: str,
    holder_email: str = "",
    language: str = "en",
    days: int = 90,
    at: datetime,
) -> tuple[SignedLink, str]:
    """A new link and its key; the key is shown once and cannot be read again.

    Called by services that have already asked their own policy.
    """
    key = secrets.token_urlsafe(32)
    link = SignedLink.objects.create(
        office=office,
        purpose=purpose,
        subject_id=subject_id,
        key_hash=key_hash(key),
        holder_name=holder_name,
        holder_email=holder_email,
        language=language,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    announce(LinkMade(link_id=link.pk, office_id=office.pk))
    return link, key


@contextmanager
def mailed(link: SignedLink, *, at: datetime) -> Iterator[None]:
    """Around the letter that carries the key: one that did not go leaves no open link that nobody holds.

    The letter is tried again with a key of its own.
    """
    try:
        yield
    except Exception:
        SignedLink.objects.filter(pk=link.pk, last_used_at=None).update(revoked_at=at)
        raise


def revoke_links(purpose: LinkPurpose, subject_id: int, *, at: datetime) -> int:
    """Make all links for the record useless; answers how many were open."""
    return SignedLink.objects.filter(purpose=purpose, subject_id=subject_id, revoked_at=None).update(
        revoked_at=at
    )


def note_use(link: SignedLink, *, at: datetime) -> None:
    SignedLink.objects.filter(pk=link.pk).update(last_used_at=at)


@transaction.atomic
def next_number(office: Office, series: str, year: int) -> int:
    """The next number of a register, without gaps or repetition; held until the transaction ends."""
    return next_numbers(office, series, year, count=1)[0]


@transaction.atomic
def next_numbers(office: Office, series: str, year: int, *, count: int) -> range:
    """The next numbers of a register, likewise."""
    NumberSeries.objects.get_or_create(office=office, series=series, year=year)
    row = NumberSeries.objects.select_for_update().get(office=office, series=series, year=year)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return range(first, first + count)


@transaction.atomic
def give_consent(
    office: Office, person_id: int, kind: ConsentKind, *, text: str, language: str, at: datetime
) -> Consent:
    """Keep the words that the person agreed to."""
    return Consent.objects.create(
        office=office, person_id=person_id, kind=kind, text=text, language=language, given_at=at
    )


@transaction.atomic
def make_token(
    user: User, office: Office, *, name: str, scopes: Sequence[str], days: int | None, by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """A machine's token and its key, shown once. One makes tokens for oneself, administrators for all."""
    if by != user:
        require(may_administer, by, office)
    if not belongs_to(user, office.pk):
        raise NotAllowed
    key = "sapar_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        office=office,
        user=user,
        name=name,
        key_hash=key_hash(key),
        scopes=sorted(set(scopes)),
        made_at=at,
        expires_at=at + timedelta(days=days) if days else None,
    )
    maker = user_of(by)
    announce(TokenMade(token_id=token.pk, office_id=office.pk, by_id=maker.pk if maker else None))
    return token, key


@transaction.atomic
def withdraw_token(token: ApiToken, *, by: Actor, at: datetime) -> None:
    if by != token.user:
        require(may_administer, by, token.office)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        taker = user_of(by)
        announce(
            TokenWithdrawn(token_id=token.pk, office_id=token.office_id, by_id=taker.pk if taker else None)
        )


@transaction.atomic
def save_view(user: User, office: Office, *, list_name: str, title: str, query: str) -> SavedView:
    view, _new = SavedView.objects.update_or_create(
        user=user, office=office, list_name=list_name, title=title[:80], defaults={"query": query[:1000]}
    )
    return view


def forget_view(view: SavedView, *, by: User) -> None:
    if view.user_id != by.pk:
        raise NotAllowed
    view.delete()
