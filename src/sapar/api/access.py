"""Who comes in: a token acts as its user, in one office, within its scopes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from sapar.accounts.errors import TokenInvalid
from sapar.accounts.models import ApiToken, Office, User
from sapar.accounts.queries import belongs_to, token_by_key
from sapar.core.errors import DomainError


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"
    CONNECT = "connect"


class ScopeMissing(DomainError):
    template = "The token lacks the scope “%(scope)s”."
    status = 403


def valid_token(key: str, *, at: datetime) -> ApiToken | None:
    """The token whose key this is, if it and its user's place in the office still stand."""
    try:
        found = token_by_key(key, at=at)
    except TokenInvalid:
        return None
    return found if belongs_to(found.user, found.office_id) else None


class TokenAuth(HttpBearer):
    """Lets in whoever bears a token with the scope; an administrator's token is no exception."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        now = timezone.now()
        found = valid_token(token, at=now)
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise ScopeMissing(scope=self.scope)
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        return found


READS, WRITES, CONNECTS = TokenAuth(Scope.READ), TokenAuth(Scope.WRITE), TokenAuth(Scope.CONNECT)


def actor(request: HttpRequest) -> User:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token.user


def office(request: HttpRequest) -> Office:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token.office
