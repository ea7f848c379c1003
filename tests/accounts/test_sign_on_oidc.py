"""Signing in through a university's OpenID Connect, against a real provider on the loopback address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from sapar.accounts.models import User
from sapar.audit.models import Entry
from tests.accounts.universities import OIDC_FILE, oidc_provider, sign_on_by
from tests.cast import PASSWORD, Cast

PEOPLE: dict[str, dict[str, object]] = {
    "aigul": {"email": "Aigul@example.org", "email_verified": True, "name": "Aigul"},
    "successor": {"email": "aigul@example.org", "email_verified": True},
    "unverified": {"email": "bakyt@example.org", "email_verified": False},
    "silent": {"email": "bakyt@example.org"},
    "stranger": {"email": "stranger@example.org", "email_verified": True},
    "foreign": {"email": "bakyt@elsewhere.example", "email_verified": True},
    "lookalike": {"email": "bakyt@notexample.org", "email_verified": True},
    "nobody": {"email": "nobody@example.org", "email_verified": True},
    "no-address": {},
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with oidc_provider(PEOPLE) as address:
        yield address


@pytest.fixture
def sign_on(server: str, settings: Settings, tmp_path: Path) -> str:
    sign_on_by(settings, tmp_path / "sign-on.toml", OIDC_FILE.format(server=server))
    return server


def button(client: Client) -> str:
    """Where the sign-in page's button leads."""
    page = BeautifulSoup(client.get("/accounts/login/").content, "html.parser")
    (form,) = [
        form for form in page.select("form") if "Sign in through Osh Demo University" in form.get_text()
    ]
    return str(form["action"])


def come_back(client: Client, who: str) -> Any:
    """Press the button, sign in at the university, return."""
    leave = client.post(button(client))
    assert leave.status_code == 302
    assert "code_challenge=" in leave["Location"]
    at_home = requests.post(leave["Location"], data={"sub": who}, allow_redirects=False, timeout=30)
    assert at_home.headers["Location"].startswith("http://testserver/accounts/oidc/osh/login/callback/")
    return client.get(at_home.headers["Location"].removeprefix("http://testserver"))


def signed_in_as(client: Client) -> str | None:
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id).email if user_id else None


def test_invited_person_is_known_by_the_address_that_the_university_confirmed(
    cast: Cast, sign_on: str
) -> None:
    client = Client()
    answer = come_back(client, "aigul")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in_as(client) == "aigul@example.org"
    assert client.get("/o/alatoo/").status_code == 200
    assert SocialAccount.objects.get().user == cast.officer


def test_one_s_own_page_says_with_which_university_the_account_is_linked(cast: Cast, sign_on: str) -> None:
    client, page = Client(), "/accounts/3rdparty/"
    client.post("/accounts/login/", {"login": "aigul@example.org", "password": PASSWORD})
    before = client.get(page).content.decode()
    assert "Your account is not linked with the sign-on of a university." in before
    assert "Link with Osh Demo University" in before
    client = Client()
    come_back(client, "aigul")
    read = BeautifulSoup(client.get(page).content, "html.parser")
    (choice,) = read.select("form.form label")
    assert "Osh Demo University" in choice.get_text()
    linked = SocialAccount.objects.get()
    assert choice.select("input")[0]["value"] == str(linked.pk)
    assert "Please look at this again" in client.post(page, {}).content.decode()


def test_first_time_is_on_the_office_s_trail_and_later_times_are_not(
    cast: Cast, sign_on: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        come_back(Client(), "aigul")
        come_back(Client(), "aigul")
    entry = Entry.objects.get(action="accounts.sign_on.linked")
    assert (entry.office, entry.user, entry.data["which"]) == (
        cast.office, cast.officer, "Osh Demo University",
    )  # fmt: skip


def test_password_still_opens_the_account_afterwards(cast: Cast, sign_on: str) -> None:
    come_back(Client(), "aigul")
    client = Client()
    client.post("/accounts/login/", {"login": "aigul@example.org", "password": PASSWORD})
    assert signed_in_as(client) == "aigul@example.org"


def test_second_time_the_university_s_own_identifier_counts(cast: Cast, sign_on: str) -> None:
    come_back(Client(), "aigul")
    cast.officer.email = "married@example.org"
    cast.officer.save(update_fields=["email"])
    client = Client()
    come_back(client, "aigul")
    assert signed_in_as(client) == "married@example.org"
    assert SocialAccount.objects.count() == 1


def test_address_given_to_a_successor_opens_nothing(cast: Cast, sign_on: str) -> None:
    come_back(Client(), "aigul")
    client = Client()
    answer = come_back(client, "successor")
    assert (answer.status_code, signed_in_as(client)) == (403, None)
    assert "already signs in here as another person" in answer.content.decode()


@pytest.mark.parametrize("who", ["unverified", "silent", "foreign", "lookalike", "no-address"])
def test_account_is_not_opened_by_an_address_nobody_vouched_for(cast: Cast, sign_on: str, who: str) -> None:
    client = Client()
    answer = come_back(client, who)
    assert (answer.status_code, signed_in_as(client)) == (403, None)
    assert "did not confirm an e-mail address of yours that ends in example.org" in answer.content.decode()
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_person_whom_no_office_invited_reads_why_and_whom_to_ask(cast: Cast, sign_on: str, who: str) -> None:
    users = User.objects.count()
    client = Client()
    answer = come_back(client, who)
    assert (answer.status_code, signed_in_as(client), User.objects.count()) == (403, None, users)
    assert "no office has invited this address" in answer.content.decode()
    assert "UnknownToUs" in answer.content.decode()


def test_closed_account_stays_closed(cast: Cast, sign_on: str) -> None:
    come_back(Client(), "aigul")
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    client = Client()
    answer = come_back(client, "aigul")
    assert signed_in_as(client) is None
    assert "This account is closed" in client.get(answer["Location"]).content.decode()


def test_answer_to_a_question_of_another_browser_is_refused(cast: Cast, sign_on: str) -> None:
    attacker, victim = Client(), Client()
    leave = attacker.post(button(attacker))
    at_home = requests.post(leave["Location"], data={"sub": "aigul"}, allow_redirects=False, timeout=30)
    answer = victim.get(at_home.headers["Location"].removeprefix("http://testserver"))
    assert signed_in_as(victim) is None
    assert "could not be accepted" in answer.content.decode()


def test_person_who_says_no_at_the_university_comes_back_signed_out(cast: Cast, sign_on: str) -> None:
    client = Client()
    leave = client.post(button(client))
    refused = requests.post(leave["Location"], data={"action": "deny"}, allow_redirects=False, timeout=30)
    # The standard asks for the state to be sent back; this provider forgets it where a person says no.
    state = parse_qs(urlsplit(leave["Location"]).query)["state"][0]
    back = refused.headers["Location"].removeprefix("http://testserver")
    answer = client.get(f"{back}&state={state}", follow=True)
    assert signed_in_as(client) is None
    assert "You came back without signing in" in answer.content.decode()


def test_university_that_is_out_of_reach_is_said(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    sign_on_by(settings, tmp_path / "sign-on.toml", OIDC_FILE.format(server="http://127.0.0.1:9"))
    client = Client()
    answer = client.post(button(client))
    assert (answer.status_code, "does not answer" in answer.content.decode()) == (502, True)


def test_nobody_signs_up_through_the_back_doors(cast: Cast, sign_on: str) -> None:
    client = Client()
    assert client.get("/accounts/3rdparty/signup/").status_code in (302, 404)
    client.post("/accounts/signup/", {"email": "x@example.org", "password1": PASSWORD})
    assert not User.objects.filter(email="x@example.org").exists()
