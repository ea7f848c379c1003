"""Signing in through a university's SAML: what is accepted, and all that must not be."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from pytest_django.fixtures import Settings

from tests.accounts.test_sign_on_oidc import signed_in_as
from tests.accounts.universities import Answer, key_of, packed, request_id, saml_file, sign_on_by
from tests.cast import Cast

ACS, SLS = "/accounts/saml/tokmok/acs/", "/accounts/saml/tokmok/sls/"


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


def deflated(message: str) -> str:
    squeeze = zlib.compressobj(wbits=-15)
    return b64encode(squeeze.compress(message.encode()) + squeeze.flush()).decode()


def farewell(kind: str) -> str:
    """A message of the university that somebody else wrote: nobody signed it."""
    now = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = (
        f'<samlp:{kind} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:'
        f'assertion" ID="_1" Version="2.0" IssueInstant="{now}" Destination="http://localhost{SLS}">'
        "<saml:Issuer>https://sso.example.org/idp</saml:Issuer>"
    )
    body = (
        "<saml:NameID>aigul</saml:NameID>"
        if kind == "LogoutRequest"
        else '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
    )
    return f"{head}{body}</samlp:{kind}>"


FAREWELLS = {
    "nothing": {},
    "no message": {"SAMLRequest": "hello"},
    "no answer": {"SAMLResponse": "hello"},
    "no XML": {"SAMLRequest": deflated("hello")},
    "answer that is no XML": {"SAMLResponse": deflated("<a>")},
    "billion laughs": {
        "SAMLRequest": deflated('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>')
    },
    "a request that nobody signed": {"SAMLRequest": deflated(farewell("LogoutRequest"))},
    "an answer that nobody signed": {"SAMLResponse": deflated(farewell("LogoutResponse"))},
    "a large one": {"SAMLRequest": deflated("<a>" * 3_000_000)},
}


SLO = "https://sso.example.org/slo"
ALGORITHM = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@pytest.fixture
def parting(cast: Cast, settings: Settings, tmp_path: Path) -> Client:
    """Signed in by a university that says when somebody signs out there."""
    sign_on_by(settings, tmp_path / "sign-on.toml", f'{saml_file(tmp_path)}slo_url = "{SLO}"\n')
    client = Client(headers={"host": "localhost"})
    come_back(client, Answer(leave(client)).response())
    return client


def signed(key: str, **said: str) -> dict[str, str]:
    said["SigAlg"] = ALGORITHM
    mark = OneLogin_Saml2_Utils.sign_binary(urlencode(said).encode(), key_of(key).private)
    return {**said, "Signature": b64encode(mark).decode()}


def test_a_signed_farewell_ends_the_session_and_leads_back_to_the_university(parting: Client) -> None:
    sent = signed("idp", SAMLRequest=FAREWELLS["a request that nobody signed"]["SAMLRequest"])
    answer = parting.get(SLS, sent)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SLO)
    assert signed_in_as(parting) is None


def test_a_farewell_signed_by_somebody_else_is_none(parting: Client) -> None:
    sent = signed("thief", SAMLRequest=FAREWELLS["a request that nobody signed"]["SAMLRequest"])
    assert parting.get(SLS, sent).status_code == 400
    assert signed_in_as(parting) == "aigul@example.org"


@pytest.mark.parametrize("what", FAREWELLS)
def test_a_strange_farewell_signs_nobody_out_and_leads_nowhere(parting: Client, what: str) -> None:
    sent = {**FAREWELLS[what], "RelayState": "https://evil.example/"}
    for more in ({}, {"Signature": "AAAA", "SigAlg": ALGORITHM}, {"Signature": "%", "SigAlg": "x"}):
        assert parting.get(SLS, sent | more).status_code == 400
        assert parting.post(SLS, sent | more).status_code == 405
    assert signed_in_as(parting) == "aigul@example.org"


def test_where_no_farewells_are_agreed_there_is_no_page_for_them(client: Client) -> None:
    come_back(client, Answer(leave(client)).response())
    sent = signed("idp", SAMLRequest=deflated(farewell("LogoutRequest")), RelayState="https://evil.example/")
    assert client.get(SLS, sent).status_code == 404
    assert signed_in_as(client) == "aigul@example.org"
