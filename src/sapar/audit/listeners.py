"""The trail hears of accounts, which stand below it."""

from __future__ import annotations

from django.utils import timezone

from sapar.accounts.actors import System
from sapar.accounts.facts import (
    KeepingSet,
    RoleGranted,
    RoleWithdrawn,
    TokenMade,
    TokenWithdrawn,
    WayInChanged,
)
from sapar.accounts.models import ApiToken, Office, RoleGrant, User
from sapar.audit.services import record
from sapar.core.announce import listens_to


def _by(user_id: int | None) -> User | System:
    return User.objects.get(pk=user_id) if user_id else System("set-up")


@listens_to(RoleGranted)
def role_was_granted(fact: RoleGranted) -> None:
    grant = RoleGrant.objects.filter(pk=fact.grant_id).first()
    if grant is not None:
        record(
            "accounts.role.granted",
            subject=grant,
            by=_by(fact.by_id),
            at=timezone.now(),
            user=grant.user_id,
            role=grant.role,
            scope=[grant.scope_kind, grant.scope_id],
        )


@listens_to(RoleWithdrawn)
def role_was_withdrawn(fact: RoleWithdrawn) -> None:
    office = Office.objects.get(pk=fact.office_id)
    record(
        "accounts.role.withdrawn",
        subject=office,
        by=_by(fact.by_id),
        at=timezone.now(),
        user=fact.user_id,
        role=fact.role,
    )


@listens_to(KeepingSet)
def keeping_was_set(fact: KeepingSet) -> None:
    record(
        "accounts.office.keeping_set",
        subject=Office.objects.get(pk=fact.office_id),
        by=_by(fact.by_id),
        at=timezone.now(),
        before=fact.before,
        years=fact.years,
    )


@listens_to(TokenMade)
def token_was_made(fact: TokenMade) -> None:
    token = ApiToken.objects.select_related("office").get(pk=fact.token_id)
    record(
        "accounts.token.made",
        subject=token.office,
        by=_by(fact.by_id),
        at=timezone.now(),
        name=token.name,
        owner=token.user_id,
        scopes=token.scopes,
    )


@listens_to(TokenWithdrawn)
def token_was_withdrawn(fact: TokenWithdrawn) -> None:
    token = ApiToken.objects.select_related("office").get(pk=fact.token_id)
    record(
        "accounts.token.withdrawn",
        subject=token.office,
        by=_by(fact.by_id),
        at=timezone.now(),
        name=token.name,
        owner=token.user_id,
    )


@listens_to(WayInChanged)
def way_in_was_changed(fact: WayInChanged) -> None:
    record(
        f"accounts.{fact.what}",
        subject=Office.objects.get(pk=fact.office_id),
        by=_by(fact.user_id),
        at=timezone.now(),
        which=fact.which,
    )
