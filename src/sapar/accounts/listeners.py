"""Accounts hear from the sign-in library how people changed their ways in, and announce it."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.dispatch import receiver

from sapar.accounts.facts import WayInChanged
from sapar.accounts.models import User
from sapar.accounts.queries import offices_of
from sapar.core.announce import announce


def _announce(user: User, what: str, which: str = "") -> None:
    for office in offices_of(user):
        announce(WayInChanged(office_id=office.pk, user_id=user.pk, what=what, which=which))


@receiver([password_changed, password_reset, password_set])
def password_is_new(user: User, **_more: Any) -> None:
    _announce(user, "password")


@receiver(social_account_added)
def sign_on_was_linked(sociallogin: SocialLogin, **_more: Any) -> None:
    _announce(sociallogin.user, "sign_on.linked", sociallogin.provider.name)


@receiver(social_account_removed)
def sign_on_was_unlinked(socialaccount: SocialAccount, **_more: Any) -> None:
    _announce(socialaccount.user, "sign_on.unlinked", socialaccount.get_provider().name)


@receiver(authenticator_added)
def second_step_was_added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    _announce(user, "second_step.added", authenticator.type)


@receiver(authenticator_removed)
def second_step_was_removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    _announce(user, "second_step.removed", authenticator.type)
