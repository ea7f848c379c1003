"""Whoever watches over an office sees when a colleague's way in became another."""

from __future__ import annotations

import secrets

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def signed_in(cast: Cast) -> Client:
    """By password a moment ago, as who changes a way in must be."""
    client = Client()
    client.post("/accounts/login/", {"login": cast.officer.email, "password": PASSWORD})
    return client


def acts(cast: Cast) -> list[tuple[str, str]]:
    found = Entry.objects.filter(office=cast.office, action__startswith="accounts.").exclude(
        action__startswith="accounts.role."
    )
    return [(entry.action, entry.data.get("which", "")) for entry in found.order_by("position")]


def test_new_password_is_on_the_trail_without_being_in_it(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client, new = signed_in(cast), secrets.token_urlsafe(12)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
    assert acts(cast) == [("accounts.password", "")]
    assert new not in str(list(Entry.objects.values()))
    assert list(breaks_in(cast.office)) == []


def test_second_step_is_on_the_trail_when_it_comes_and_when_it_goes(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(cast)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert ("accounts.second_step.added", "totp") in acts(cast)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/deactivate/")
    assert ("accounts.second_step.removed", "totp") in acts(cast)
    assert secret not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("act", ["action_add", "action_primary", "action_send", "action_remove"])
def test_nobody_takes_the_address_of_somebody_who_is_yet_to_be_invited(cast: Cast, act: str) -> None:
    client = signed_in(cast)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    mine = cast.officer.email
    EmailAddress.objects.create(user=cast.officer, email="new-rector@example.org")
    for address in ("new-rector@example.org", cast.rector.email, mine):
        assert client.post("/accounts/email/", {act: "", "email": address}).status_code == 404
    cast.officer.refresh_from_db()
    assert cast.officer.email == mine
    assert [row.email for row in EmailAddress.objects.filter(primary=True)] in ([], [mine])
    assert client.get("/accounts/confirm-email/").status_code == 404
    assert client.get("/accounts/confirm-email/MQ:1abc:xyz/").status_code == 404


def test_where_no_university_signs_on_the_page_says_so(cast: Cast, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    page = BeautifulSoup(signed_in(cast).get("/accounts/3rdparty/").content, "html.parser")
    main = page.select_one("main")
    assert main is not None
    assert [head.get_text() for head in main.select("h1, h2")] == ["Sign-on through a university"]
    assert "No university's sign-on is set up here." in main.get_text()


def test_whoever_wants_to_sign_up_is_told_how_one_comes_in_and_gets_back(client: Client) -> None:
    main = BeautifulSoup(client.get("/accounts/signup/").content, "html.parser").select_one("main")
    assert main is not None
    assert "An administrator of your office gives you a role" in main.get_text()
    assert [str(link["href"]) for link in main.select("a.button")] == ["/accounts/login/"]
