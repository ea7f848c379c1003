"""Nobody learns from Sapar whether an address has an account: neither by words, nor by the work it takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from sapar.accounts.models import User
from tests.cast import PASSWORD, Cast


@pytest.fixture(autouse=True)
def nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def addresses(cast: Cast) -> dict[str, str]:
    User.objects.create_user("closed@example.org", PASSWORD, name="Closed", is_active=False)
    User.objects.create_user("invited@example.org", None, name="Invited")
    return {
        "known": cast.officer.email,
        "unknown": "nobody-at-all@example.org",
        "closed": "closed@example.org",
        "invited, without a password": "invited@example.org",
        "without a role": cast.nobody.email,
    }


def test_sign_in_takes_the_same_words_and_the_same_work(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is that of hashing a password; all else is lost in it."""
    hashed = [0]
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed[0] += 1
        return encode(self, password, salt)

    found = {}
    emails = addresses(cast)
    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for who, email in emails.items():
        hashed[0] = 0
        answer = Client().post("/accounts/login/", {"login": email, "password": "a-wrong-password"})
        found[who] = (answer.status_code, str(answer.context["form"].errors), hashed[0])
    assert set(found.values()) == {found["known"]}
    assert found["known"][2] > 0


def test_asking_for_a_new_password_is_answered_alike(cast: Cast) -> None:
    found = {}
    for who, email in addresses(cast).items():
        mail.outbox.clear()
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": email})
        shown = BeautifulSoup(client.get(answer["Location"]).content, "html.parser").select_one("main")
        assert shown is not None
        letters = [one.to for one in mail.outbox]
        found[who] = (answer.status_code, answer["Location"], shown.get_text(), letters == [[email]])
    assert set(found.values()) == {found["known"]}
    assert found["known"][3]
