"""What the sign-in library shows and sends is said in our words and drawn as our forms are."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from tests.cast import PASSWORD, Cast, signed_in

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "ru", "ky", "kk", "uz")
# Words of the library for the password and the second step, which our own pages do not use.
FOREIGN = {
    "ru": ("утентифик", "секрет", "восстановлен"),
    "ky": ("утентифик", "купуя", "калыбына"),
    "kk": ("утентифик",),
    "uz": ("utentifik", "tiklash"),
}


def speaking(client: Client, language: str) -> Client:
    client.cookies["sapar_language"] = language
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_about_passwords_say_nothing_twice(cast: Cast, language: str) -> None:
    client = speaking(signed_in(cast.officer), language)
    page = client.get("/accounts/password/change/").content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "placeholder" not in main
    assert "<ul" not in main  # a list inside a paragraph of help would break the paragraph
    assert main.count("/accounts/password/reset/") == 1
    asked = speaking(Client(), language).get("/accounts/password/reset/").content.decode()
    assert "placeholder" not in asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [True, False])
def test_letter_for_a_new_password_says_what_it_is(cast: Cast, language: str, known: bool) -> None:
    address = cast.officer.email if known else "stranger@example.org"
    speaking(Client(), language).post("/accounts/password/reset/", {"email": address})
    (letter,) = mail.outbox
    assert "Sapar" in letter.subject
    assert "[" not in letter.subject
    assert "signup" not in letter.body  # nobody signs up by themselves
    assert (re.search(r"/accounts/password/reset/key/\S+", str(letter.body)) is not None) == known
    assert not [word for word in FOREIGN.get(language, ("Hello from",)) if word in str(letter.body)]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_second_step_is_named_by_our_words(cast: Cast, language: str) -> None:
    client = speaking(signed_in(cast.officer), language)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for path in ("2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "password/change/"):
        page = client.get(f"/accounts/{path}").content.decode().lower()
        assert not [word for word in FOREIGN[language] if word in page], path
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "placeholder" not in main, path
        assert ">name " not in main, path
