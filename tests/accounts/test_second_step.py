"""The second step of signing in: each code opens once, and only its owner changes it, after saying again who it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.fixtures import Settings

from sapar.accounts.models import User
from sapar.config import settings as product
from tests.cast import PASSWORD, Cast, signed_in

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = "/accounts/2fa/authenticate/"
AGAIN = ("/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/")


@pytest.fixture(autouse=True)
def counted_and_still(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the product counts, at a moment that does not go on while the test runs."""
    settings.ACCOUNT_RATE_LIMITS = product.ACCOUNT_RATE_LIMITS
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([59_000_000]))
    cache.clear()
    yield
    cache.clear()


def code() -> str:
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, 59_000_000)))


def with_app(user: User) -> User:
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
    )


def lets_in(user: User, sent: str, address: str = "10.0.0.1") -> bool:
    client = Client(REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post(STEP, {"code": sent})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_opens_once(cast: Cast, kind: str) -> None:
    user = with_app(cast.officer)
    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    sent = code() if kind == "app" else RecoveryCodes(kept).get_unused_codes()[0]
    assert [lets_in(user, sent), lets_in(user, sent)] == [True, False]
    if kind == "recovery":
        assert lets_in(user, RecoveryCodes(kept).get_unused_codes()[1])


def test_code_that_added_the_app_opens_nothing_afterwards(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looked over a shoulder while the app was added cannot sign in with what stood on the page."""
    monkeypatch.setattr(totp, "generate_totp_secret", lambda: SECRET)
    client, page = signed_in(cast.officer), reverse("mfa_activate_totp")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get(page)
    client.post(page, {"code": code()})
    assert Authenticator.objects.filter(user=cast.officer, type=Authenticator.Type.TOTP).exists()
    assert not lets_in(cast.officer, code())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([59_000_001]))
    assert lets_in(cast.officer, str(totp.format_hotp_value(totp.hotp_value(SECRET, 59_000_001))))


def test_codes_are_not_guessed_at_for_long(cast: Cast) -> None:
    user = with_app(cast.officer)
    wrong = f"{(int(code()) + 1) % 1_000_000:06}"
    for number in range(5):
        assert not lets_in(user, wrong, f"10.0.1.{number}")
    assert not lets_in(user, code(), "10.0.2.1")


def test_password_alone_opens_no_page_of_the_second_step(cast: Cast) -> None:
    """A device is lost: whoever has the password cannot turn the second step off, nor look at the codes."""
    user = with_app(cast.officer)
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    for path in pages_of_second_step(passkey(user).pk):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in (302, 404, 405), path
            assert "2fa/recovery" not in answer.headers.get("Location", "").split("?")[0], path
    assert Authenticator.objects.filter(user=user).count() == 3


def pages_of_second_step(pk: int) -> list[str]:
    """All that change or show somebody's second step, as the library names them."""
    names = [str(name) for name in get_resolver().reverse_dict if isinstance(name, str)]
    found = [
        name
        for name in names
        if re.match("mfa_(activate|deactivate|generate|download|add|remove|edit)", name)
    ]
    assert len(found) == 7
    return [
        reverse(name, kwargs={"pk": pk} if "webauthn" in name and "add" not in name else {}) for name in found
    ]


def test_whoever_sits_down_at_an_open_session_changes_nothing(cast: Cast) -> None:
    key, client = passkey(with_app(cast.officer)), signed_in(cast.officer)
    before = list(Authenticator.objects.order_by("pk").values())
    for path in pages_of_second_step(key.pk):
        for answer in (client.get(path), client.post(path, {"name": "Mine"})):
            said = answer.headers.get("Location", "").split("?")[0]
            assert said in AGAIN or answer.status_code == 403, path
    assert list(Authenticator.objects.order_by("pk").values()) == before
    kept = RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES))
    shown = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert [one for one in kept.get_unused_codes() if one in shown] == []


@pytest.mark.parametrize("act", ["remove", "edit"])
def test_passkey_of_somebody_else_is_not_there(cast: Cast, act: str) -> None:
    theirs, mine = passkey(cast.rector), passkey(cast.officer)
    client = signed_in(cast.officer)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    pages = {key.pk: reverse(f"mfa_{act}_webauthn", args=[key.pk]) for key in (theirs, mine)}
    assert client.get(pages[theirs.pk]).status_code == 404
    assert client.post(pages[theirs.pk], {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Phone"
    assert client.post(pages[mine.pk], {"name": "Mine"}).status_code == 302


def test_sign_on_is_unlinked_only_after_saying_again_who_it_is(cast: Cast) -> None:
    linked = SocialAccount.objects.create(user=cast.officer, provider="alatoo", uid="77")
    client, page = signed_in(cast.officer), reverse("socialaccount_connections")
    answer = client.post(page, {"account": linked.pk})
    assert answer.headers.get("Location", "").split("?")[0] in AGAIN
    assert SocialAccount.objects.filter(pk=linked.pk).exists()


def test_whoever_asked_for_a_new_password_can_still_add_a_second_step(cast: Cast) -> None:
    Client().post("/accounts/password/reset/", {"email": cast.officer.email})
    client = signed_in(cast.officer)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for page in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(page)).status_code == 200, page
