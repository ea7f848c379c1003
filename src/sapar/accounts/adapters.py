"""How the sign-in library meets our rules."""

from __future__ import annotations

from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.http import HttpRequest
from django.shortcuts import render

from sapar.accounts.errors import (
    AddressNotVouched,
    SignOnRefused,
    TakenByAnother,
    UniversitySilent,
    UnknownToUs,
)
from sapar.accounts.models import User
from sapar.core.crypto import box


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an administrator invites, or the university's sign-on vouches."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are unreadable without the server's keys."""

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A university vouches for people whom an office has invited, and for no one else.

    The first time the person is found by an address that the university confirmed and that lies in one of
    its own domains: another university cannot speak for it. From then on only the university's own
    identifier of the person counts, so that an address given to a successor opens nothing.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """The library's own way would also take the person's password away; see below."""

    def get_requests_session(self) -> requests.Session:
        """A university that does not answer is said as a sentence, not as a crash."""
        session = super().get_requests_session()
        ask = session.request

        def asked(*args: Any, **kwargs: Any) -> requests.Response:
            try:
                answer: requests.Response = ask(*args, **kwargs)
                if answer.request.method == "GET":
                    answer.raise_for_status()
                    _make_sense(answer)
            except (requests.RequestException, ValueError) as error:
                raise _answer(context.request, UniversitySilent()) from error
            return answer

        session.request = asked
        return session  # type: ignore[no-any-return]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        try:
            user = invited_user(sociallogin)
        except SignOnRefused as refused:
            raise _answer(request, refused) from refused
        sociallogin.connect(request, user)


# What a university must say of itself before anybody can be sent there.
DESCRIBED = {"issuer", "authorization_endpoint", "token_endpoint"}


def _make_sense(answer: requests.Response) -> None:
    """Raises where a page of the web server, say, stands in place of what the standard asks for."""
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError("an object was expected")
    describes = str(answer.url).partition("?")[0].endswith("/.well-known/openid-configuration")
    if describes and not all(isinstance(said.get(name), str) for name in DESCRIBED):
        raise ValueError("the addresses are missing")


def _answer(request: HttpRequest, refused: SignOnRefused) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(render(request, "refused.html", {"error": refused}, status=refused.status))


def invited_user(login: SocialLogin) -> User:
    """The user whom the university speaks of.

    Raises:
        AddressNotVouched, UnknownToUs, TakenByAnother
    """
    domains = login.provider.app.settings.get("domains", [])
    vouched = [
        address.email
        for address in login.email_addresses
        if address.verified and address.email.rpartition("@")[2].lower() in domains
    ]
    if not vouched:
        raise AddressNotVouched(name=login.provider.name, domains=", ".join(domains))
    user = User.objects.filter(email__in=[address.lower() for address in vouched]).first()
    if user is None or not user.grants.exists():
        raise UnknownToUs(email=vouched[0])
    if SocialAccount.objects.filter(user=user, provider=login.account.provider).exists():
        raise TakenByAnother(email=user.email)
    return user
