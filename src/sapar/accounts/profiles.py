"""Decisions about one's own profile, and about bringing a colleague in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office, RoleGrant, User
from sapar.accounts.policies import may_administer
from sapar.accounts.services import grant_role
from sapar.accounts.states import Role, ScopeKind
from sapar.core.errors import BadInput, NotAllowed
from sapar.core.policy import require


def change_profile(user: User, *, name: str, language: str, by: Actor) -> User:
    """One's name and language, changed by oneself only."""
    if by != user:
        raise NotAllowed
    user.name, user.language = name, _known(language)
    user.save(update_fields=["name", "language"])
    return user


def choose_language(user: User, language: str, *, by: Actor) -> None:
    if by != user:
        raise NotAllowed
    User.objects.filter(pk=user.pk).update(language=_known(language))


@transaction.atomic
def invite_colleague(
    office: Office,
    *,
    email: str,
    name: str,
    role: Role,
    language: str,
    unit_id: int | None = None,
    by: Actor,
    at: datetime,
) -> RoleGrant:
    """A role for somebody who may not have signed in before, over the unit where one is named.

    A new account has no password: the invited person sets one by the letter of the sign-in page, so nobody
    ever knows the password of another. Somebody with an account elsewhere keeps name and language.
    """
    require(may_administer, by, office)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name, language=_known(language))
    scope = ScopeKind.OFFICE if unit_id is None else ScopeKind.UNIT
    return grant_role(user, office, role, scope_kind=scope, scope_id=unit_id, by=by, at=at)


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise BadInput(field="language", reason=language)
    return language
