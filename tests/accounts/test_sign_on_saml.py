"""Signing in through a university's SAML: what is accepted, and all that must not be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.accounts.test_sign_on_oidc import signed_in_as
from tests.accounts.universities import Answer, packed, request_id, saml_file, sign_on_by
from tests.cast import Cast

ACS = "/accounts/saml/tokmok/acs/"


@pytest.fixture
def client(cast: Cast, settings: Settings, tmp_path: Path) -> Client:
    sign_on_by(settings, tmp_path / "sign-on.toml", saml_file(tmp_path))
    return Client(headers={"host": "localhost"})


def leave(client: Client) -> str:
    """Go to the university; answers the id of the request."""
    away = client.post("/accounts/saml/tokmok/login/?process=login")
    assert away["Location"].startswith("https://sso.example.org/sso?SAMLRequest=")
    return request_id(away["Location"])


def come_back(client: Client, response: str) -> Any:
    return client.post(ACS, {"SAMLResponse": packed(response)}, follow=True)


def test_invited_person_comes_in(client: Client, cast: Cast) -> None:
    answer = come_back(client, Answer(leave(client)).response())
    assert signed_in_as(client) == "aigul@example.org"
    assert answer.redirect_chain[-1][0] == "/o/alatoo/"


def test_second_time_the_subject_counts(client: Client, cast: Cast) -> None:
    come_back(client, Answer(leave(client)).response())
    again = Client(headers={"host": "localhost"})
    come_back(again, Answer(leave(again), email="renamed@example.org").response())
    assert signed_in_as(again) == "aigul@example.org"


WRONG: dict[str, Callable[[str], str]] = {
    "not signed": lambda to: Answer(to, signed_by="").response(),
    "signed by another key": lambda to: Answer(to, signed_by="thief").response(),
    "expired": lambda to: Answer(to, minutes=-10).response(),
    "for another audience": lambda to: Answer(to, audience="https://other.example/metadata").response(),
    "for another address": lambda to: Answer(to, acs="https://other.example/acs").response(),
    "from another issuer": lambda to: Answer(to, issuer="https://other.example/idp").response(),
    "to a question nobody asked": lambda _to: Answer("ONELOGIN_0000").response(),
    "unasked": lambda _to: Answer("").response(),
    "changed after signing": lambda to: (
        Answer(to, email="gulnara@example.org").response().replace("gulnara@", "bakyt@")
    ),
    "with a forged assertion before the signed one": lambda to: Answer(to).response(
        Answer(to, email="bakyt@example.org", signed_by="").assertion(), Answer(to).signed_assertion()
    ),
    "with a forged assertion behind the signed one": lambda to: Answer(to).response(
        Answer(to).signed_assertion(), Answer(to, email="bakyt@example.org", signed_by="").assertion()
    ),
    "billion laughs": lambda to: (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        + Answer(to, email="&b;").response(Answer(to, email="&b;", signed_by="").assertion())
    ),
    "no XML": lambda _to: "hello",
}


@pytest.mark.parametrize("what", WRONG)
def test_answer_that_is_not_as_it_must_be_signs_nobody_in(client: Client, what: str) -> None:
    answer = come_back(client, WRONG[what](leave(client)))
    assert signed_in_as(client) is None
    assert "could not be accepted" in answer.content.decode()


def test_answer_is_accepted_once(client: Client) -> None:
    response = Answer(leave(client)).response()
    come_back(client, response)
    assert signed_in_as(client) == "aigul@example.org"
    client.logout()
    come_back(client, response)
    thief = Client(headers={"host": "localhost"})
    come_back(thief, response)
    assert (signed_in_as(client), signed_in_as(thief)) == (None, None)


def test_university_speaks_only_for_its_own_addresses(client: Client, cast: Cast) -> None:
    cast.rector.email = "rector@elsewhere.example"
    cast.rector.save(update_fields=["email"])
    answer = come_back(client, Answer(leave(client), email="rector@elsewhere.example").response())
    assert signed_in_as(client) is None
    assert "did not confirm an e-mail address" in answer.content.decode()


def test_unknown_person_reads_whom_to_ask(client: Client) -> None:
    answer = come_back(client, Answer(leave(client), email="stranger@example.org").response())
    assert signed_in_as(client) is None
    assert "no office has invited this address" in answer.content.decode()


def test_metadata_for_the_university_s_computer_centre_name_our_address(client: Client) -> None:
    answer = client.get("/accounts/saml/tokmok/metadata/")
    assert answer["Content-Type"] == "text/xml"
    assert f"http://localhost{ACS}" in answer.content.decode()
