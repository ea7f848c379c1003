"""Guessing is slowed down, per account and per address, for all processes together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from sapar.config import settings as product
from tests.cast import PASSWORD, Cast

LIMIT = 5


@pytest.fixture
def throttled(settings: Settings, db: None) -> Iterator[None]:
    """As the product sets it, with its cache in the database."""
    settings.ACCOUNT_RATE_LIMITS = product.ACCOUNT_RATE_LIMITS
    settings.CACHES = product.CACHES
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    call_command("createcachetable", verbosity=0)
    cache.clear()
    yield
    cache.clear()


def guess(email: str, password: str, address: str = "10.0.0.1") -> bool:
    """Whether it opened the door."""
    client = Client(headers={"x-forwarded-for": address})
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_account_is_closed_for_a_while_after_five_wrong_passwords(cast: Cast, throttled: None) -> None:
    for number in range(LIMIT):
        # From everywhere: the account itself is what is guessed at.
        assert not guess("aigul@example.org", f"wrong-{number}", f"10.0.1.{number}")
    assert not guess("aigul@example.org", PASSWORD, "10.0.2.1")
    assert guess("bakyt@example.org", PASSWORD, "10.0.2.2")


def test_address_that_tries_many_accounts_is_stopped_and_others_are_not(cast: Cast, throttled: None) -> None:
    for number in range(10):
        guess(f"somebody-{number}@example.org", "wrong")
    assert not guess("aigul@example.org", PASSWORD)
    assert guess("aigul@example.org", PASSWORD, "10.0.0.2")


def test_address_that_somebody_writes_before_the_proxy_s_does_not_count(cast: Cast, throttled: None) -> None:
    for number in range(10):
        guess(f"somebody-{number}@example.org", "wrong", f"1.2.3.{number}, 10.0.0.1")
    assert not guess("aigul@example.org", PASSWORD, "9.9.9.9, 10.0.0.1")


def test_counters_of_many_others_do_not_push_out_that_of_an_account(cast: Cast, throttled: None) -> None:
    for number in range(LIMIT):
        assert not guess("aigul@example.org", f"wrong-{number}", f"10.0.1.{number}")
    for number in range(500):
        cache.set(f"allauth:rl:zzz:{number}", [1.0], 300)
    assert not guess("aigul@example.org", PASSWORD, "10.0.2.1")


def test_unknown_account_and_wrong_password_read_alike(cast: Cast, throttled: None) -> None:
    answers = [
        Client(headers={"x-forwarded-for": "10.0.0.1"})
        .post("/accounts/login/", {"login": email, "password": "wrong-password"})
        .context["form"]
        .errors
        for email in ("aigul@example.org", "nobody-at-all@example.org")
    ]
    assert str(answers[0]) == str(answers[1])
