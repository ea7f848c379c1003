"""What a program sends in the place of a passkey's answer is refused and never an error of ours."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def answer(**changed: Any) -> str:
    """An answer of the right shape, with what is changed."""
    told = {"type": "webauthn.get", "challenge": b64(b"c" * 32), "origin": "http://testserver"}
    data = {
        "clientDataJSON": b64(json.dumps(told).encode()),
        "authenticatorData": b64(b"\0" * 32 + b"\x05" + b"\0" * 4),
        "signature": b64(b"s" * 8),
        "userHandle": b64(b"1"),
    }
    return json.dumps(
        {"id": b64(b"id"), "rawId": b64(b"id"), "type": "public-key", "response": data | changed}
    )


BAD = {
    "a number of 5,000 digits": '{"id": ' + "1" * 5_000 + "}",
    "nothing but a number": "7",
    "nested without end": "[" * 50_000,
    "a list": '["public-key"]',
    "no parts": '{"id": "a", "response": {}}',
    "parts of another kind": '{"id": 1, "rawId": [], "type": {}, "response": 5}',
    "very long": '{"id": "' + "a" * 200_000 + '"}',
    "a user beyond all numbers": answer(userHandle=b64(b"z" * 13)),
    "a user that is no text": answer(userHandle=7),
    "data that are too short": answer(authenticatorData=b64(b"\0")),
    "client data that are no JSON": answer(clientDataJSON=b64(b"{")),
    "client data of numbers": answer(clientDataJSON=b64(b"1" * 5_000)),
    "letters beyond ASCII": answer(signature="подпись"),
}


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    cache.clear()


def test_answer_that_no_browser_makes_is_a_bad_request_in_words(db: None, client: Client) -> None:
    client.get(reverse("mfa_login_webauthn"))
    refused = client.post(reverse("mfa_login_webauthn"), {"credential": BAD["a number of 5,000 digits"]})
    assert (refused.status_code, "This request cannot be read" in refused.content.decode()) == (400, True)


# An app has codes, and to name a key is the one form of keys that takes no answer of one.
@pytest.mark.parametrize("name", sorted(settings.MFA_FORMS.keys() - {"activate_totp", "edit_webauthn"}))
def test_each_form_of_passkeys_refuses_all_of_them(name: str) -> None:
    form = import_string(settings.MFA_FORMS[name])
    taken = []
    for what, sent in BAD.items():
        try:
            form.base_fields["credential"].clean(sent)
            taken.append(what)
        except BadRequest:
            pass
    assert taken == []


def test_answer_of_the_right_shape_is_told_in_a_sentence(db: None, client: Client) -> None:
    client.get(reverse("mfa_login_webauthn"))
    for sent in (answer(), answer(userHandle=b64(b"zzzzzzzzzzzz")), "no JSON", ""):
        assert client.post(reverse("mfa_login_webauthn"), {"credential": sent}).status_code == 302
