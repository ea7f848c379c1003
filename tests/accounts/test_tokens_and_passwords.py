"""A person's tokens when the password becomes another: ended by choice where it is changed, all where it was lost."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from sapar.accounts.models import ApiToken, User
from sapar.accounts.services import make_token, withdraw_token
from sapar.audit.models import Entry
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password/change/"


def token(cast: Cast, name: str, *, user: User | None = None) -> ApiToken:
    owner = user or cast.officer
    return make_token(owner, cast.office, name=name, scopes=["read"], days=30, by=owner, at=timezone.now())[0]


def live() -> set[str]:
    return set(ApiToken.objects.filter(revoked_at=None).values_list("name", flat=True))


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def changed(client: Client, *withdrawn: int) -> int:
    new = secrets.token_urlsafe(12)
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new, "tokens": list(withdrawn)}
    return client.post(PAGE, form).status_code


def test_changing_the_password_withdraws_the_tokens_that_were_ticked(cast: Cast) -> None:
    ticked, kept = token(cast, "Old script"), token(cast, "Student system")
    gone = token(cast, "Gone")
    ApiToken.objects.filter(pk=gone.pk).update(expires_at=timezone.now() - timedelta(days=1))
    theirs = token(cast, "Of the rector", user=cast.rector)
    client = signed_in(cast.officer)
    page = client.get(PAGE).content.decode()
    assert ["Old script" in page, "Student system" in page, "Gone" in page] == [True, True, False]
    assert "Of the rector" not in page
    assert changed(client, theirs.pk) == 200
    assert cast.officer.check_password(PASSWORD)
    assert changed(client, ticked.pk) == 302
    assert live() == {kept.name, gone.name, theirs.name}


def test_whoever_has_no_token_is_asked_nothing_of_them(cast: Cast) -> None:
    assert 'name="tokens"' not in signed_in(cast.officer).get(PAGE).content.decode()


def test_password_set_by_letter_withdraws_all_tokens_and_says_so(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    token(cast, "Student system")
    token(cast, "Of the rector", user=cast.rector)
    client, new = Client(), secrets.token_urlsafe(12)
    client.post("/accounts/password/reset/", {"email": cast.officer.email})
    found = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert found
    page = client.get(found.group(), follow=True)
    assert "Student system" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    cast.officer.refresh_from_db()
    assert cast.officer.check_password(new)
    assert live() == {"Of the rector"}
    assert Entry.objects.filter(action="accounts.token.withdrawn").get().data["name"] == "Student system"


def test_making_and_withdrawing_a_token_is_on_the_trail(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = token(cast, "Student system")
        for _twice in range(2):
            withdraw_token(made, by=cast.administrator, at=timezone.now())
    entries = Entry.objects.filter(action__startswith="accounts.token.").order_by("position")
    assert [(entry.action, entry.user_id, entry.data["owner"]) for entry in entries] == [
        ("accounts.token.made", cast.officer.pk, cast.officer.pk),
        ("accounts.token.withdrawn", cast.administrator.pk, cast.officer.pk),
    ]
