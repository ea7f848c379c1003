"""How the sign-in library meets our rules."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an administrator invites, or the university's sign-on vouches."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
