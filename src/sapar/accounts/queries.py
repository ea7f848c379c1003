"""Questions about accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from sapar.accounts.actors import Actor
from sapar.accounts.errors import LinkInvalid, TokenInvalid
from sapar.accounts.models import ApiToken, Office, RoleGrant, SavedView, SignedLink, User
from sapar.accounts.states import LinkPurpose, Role, ScopeKind


def key_hash(key: str) -> str:
    """Keys are 256 random bits, so a plain hash is enough to keep them secret."""
    return hashlib.sha256(key.encode()).hexdigest()


def all_grants_of(user: User) -> Sequence[RoleGrant]:
    """All roles of the user with their offices, read once for each user object; nobody inactive has any."""
    known: tuple[RoleGrant, ...] | None = user.__dict__.get("_grants")
    if known is None:
        known = tuple(user.grants.select_related("office").order_by("pk")) if user.is_active else ()
        user.__dict__["_grants"] = known
    return known


def offices_of(user: User) -> list[Office]:
    """Where the user has any role, by name."""
    found = {grant.office_id: grant.office for grant in all_grants_of(user)}
    return sorted(found.values(), key=lambda office: (office.name, office.pk))


def grants_of(user: User, office_id: int) -> Sequence[RoleGrant]:
    """All roles of the user in the office."""
    return [grant for grant in all_grants_of(user) if grant.office_id == office_id]


def has_role(actor: Actor, office_id: int, *roles: Role) -> bool:
    """Has one of the roles over the whole office."""
    if not isinstance(actor, User):
        return False
    return any(
        grant.role in roles and grant.scope_kind == ScopeKind.OFFICE for grant in grants_of(actor, office_id)
    )


def head_of(office: Office) -> str:
    """Who signs for the institution: the name of its rector, where exactly one is registered."""
    rectors = User.objects.filter(
        is_active=True,
        grants__office=office,
        grants__role=Role.RECTOR,
        grants__scope_kind=ScopeKind.OFFICE,
    )
    names = list(rectors.values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


def scopes_of(actor: Actor, office_id: int, kind: ScopeKind, *roles: Role) -> frozenset[int]:
    """Ids of the units, agreements or events over which the actor has one of the roles."""
    if not isinstance(actor, User):
        return frozenset()
    return frozenset(
        grant.scope_id
        for grant in grants_of(actor, office_id)
        if grant.role in roles and grant.scope_kind == kind and grant.scope_id is not None
    )


def belongs_to(actor: Actor, office_id: int) -> bool:
    """Has any role in the office, however small."""
    return isinstance(actor, User) and bool(grants_of(actor, office_id))


def colleagues(office: Office, *roles: Role) -> QuerySet[User]:
    grants = RoleGrant.objects.filter(office=office, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=grants.values("user_id")).order_by("name")


def link_by_key(key: str, purpose: LinkPurpose, *, at: datetime) -> SignedLink:
    """The link that `key` opens.

    Raises:
        LinkInvalid: unknown, for something else, expired or revoked.
    """
    link = (
        SignedLink.objects.select_related("office")
        .filter(Q(revoked_at=None), key_hash=key_hash(key), purpose=purpose, expires_at__gt=at)
        .first()
    )
    if link is None:
        raise LinkInvalid
    return link


def holds(actor: Actor, purpose: LinkPurpose, subject_id: int) -> bool:
    """The actor is the holder of a link for exactly this."""
    return isinstance(actor, SignedLink) and actor.purpose == purpose and actor.subject_id == subject_id


def live_tokens_of(user: User, *, at: datetime) -> QuerySet[ApiToken]:
    """With which programs act in the user's name today, in all offices."""
    return (
        ApiToken.objects.select_related("user", "office")
        .filter(Q(expires_at=None) | Q(expires_at__gt=at), user=user, revoked_at=None)
        .order_by("name", "pk")
    )


def token_by_key(key: str, *, at: datetime) -> ApiToken:
    """The machine's token, with its user and office.

    Raises:
        TokenInvalid
    """
    token = (
        ApiToken.objects.select_related("user", "office")
        .filter(Q(expires_at=None) | Q(expires_at__gt=at), key_hash=key_hash(key), revoked_at=None)
        .filter(user__is_active=True)
        .first()
    )
    if token is None:
        raise TokenInvalid
    return token


def saved_views(user: User, office: Office, list_name: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user=user, office=office, list_name=list_name).order_by("title")
