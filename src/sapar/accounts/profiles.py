"""Decisions about one's own profile, about bringing a colleague in, and about the office itself."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sapar.accounts.actors import Actor, user_of
from sapar.accounts.facts import KeepingSet
from sapar.accounts.models import Office, RoleGrant, User
from sapar.accounts.policies import may_administer
from sapar.accounts.services import grant_role
from sapar.accounts.states import Role, ScopeKind
from sapar.core.announce import announce
from sapar.core.errors import BadInput, NotAllowed
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later

WELCOME = Later("sapar.accounts.tasks.welcome")
LONGEST_KEEPING = 75  # years, as archives keep papers on studies


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

    A letter tells them. A new account has no password: the letter says where to set one, so nobody ever knows the
    password of another. Somebody with an account elsewhere keeps name and language.
    """
    require(may_administer, by, office)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name, language=_known(language))
    scope = ScopeKind.OFFICE if unit_id is None else ScopeKind.UNIT
    grant = grant_role(user, office, role, scope_kind=scope, scope_id=unit_id, by=by, at=at)
    if grant.granted_at == at and user != by:
        WELCOME.enqueue(grant.pk)
    return grant


@transaction.atomic
def set_keeping(office: Office, years: int | None, *, seen: str = "", by: Actor) -> Office:
    """How many years records about people are kept after the last thing about them ended; None: no limit.

    Args:
        seen: mark of the office as the page showed it.

    Raises:
        BadInput: fewer than 1 or more than `LONGEST_KEEPING` years
        ChangedMeanwhile
    """
    require(may_administer, by, office)
    if years is not None and not 1 <= years <= LONGEST_KEEPING:
        raise BadInput(field="years", reason=str(years))
    office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    refuse_changed(office, seen)
    before, office.keep_years = office.keep_years, years
    office.save(update_fields=["keep_years"])
    giver = user_of(by)
    announce(KeepingSet(office_id=office.pk, before=before, years=years, by_id=giver.pk if giver else None))
    return office


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise BadInput(field="language", reason=language)
    return language
