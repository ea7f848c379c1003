"""Secrets planted in requests, errors and tasks do not come out in the logs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from sapar.core.logs import JsonLine, without_secrets
from tests.cast import Cast
from tests.core.work import do_what_is_ready, fail

SECRET = "Tr4velling-light-by-night"
KEY = "kX9vB2mQ7nL4pR8sT1wY6zA3cE5gJ0hU"


def crash(request: HttpRequest, key: str) -> HttpResponse:
    raise RuntimeError(f"password={request.POST['password']} at /l/{key}/ with {settings.SECRET_KEY}")


urlpatterns = [path("l/<str:key>/", crash)]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that the server would write on standard error."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLine())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django_tasks", "sapar")]
    levels = [logger.level for logger in loggers]
    logging.getLogger().addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield out
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_secrets_of_a_request_that_crashes_stay_out(written: io.StringIO, db: None) -> None:
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer sapar_{KEY}"})
    with override_settings(ROOT_URLCONF=__name__):
        client.post(f"/l/{KEY}/?token={KEY}", {"password": SECRET})
    text = written.getvalue()
    assert "RuntimeError" in text
    for secret in (KEY, SECRET, settings.SECRET_KEY):
        assert secret not in text
    assert all(json.loads(line) for line in text.splitlines())


def test_unknown_address_with_a_key_in_it_is_logged_without(written: io.StringIO, cast: Cast) -> None:
    Client().get(f"/l/{KEY}/nothing/?key={KEY}")
    assert "/l/…" in written.getvalue()
    assert [line for line in written.getvalue().splitlines() if KEY in line] == []


def test_failed_sign_in_does_not_write_the_password(written: io.StringIO, cast: Cast) -> None:
    Client().post("/accounts/login/", {"login": "aigul@example.org", "password": SECRET})
    assert SECRET not in written.getvalue()


def test_failed_task_does_not_write_what_it_was_given(written: io.StringIO, cast: Cast) -> None:
    fail.enqueue(cast.office.pk, secret=SECRET)
    do_what_is_ready()
    assert "ConnectionRefusedError" in written.getvalue()
    assert SECRET not in written.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        f"GET /l/{KEY}/ 404",
        f'{{"token": "{KEY}"}}',
        f"Authorization: Bearer {KEY}",
        f"api_key={KEY}&x=1",
        f"client_secret='{KEY}'",
        f"postgres://sapar:{KEY}@db/sapar",
        f"sessionid={KEY}; csrftoken={KEY}",
        f"callback?code={KEY}&state=1",
        f"webhook whsec_{KEY}",
        f"sapar_{KEY} was refused",
    ],
)
def test_secret_is_cut_out_of_a_line(line: str) -> None:
    assert KEY not in without_secrets(line)


@pytest.mark.parametrize("line", ["12 rows imported", "task sapar.partners.tasks.invite failed", "code 404"])
def test_line_without_secrets_stays_as_it_is(line: str) -> None:
    assert without_secrets(line) == line


@override_settings(EMAIL_HOST_PASSWORD=SECRET, METRICS_TOKEN=KEY)
def test_server_s_own_secrets_are_known_wherever_they_stand() -> None:
    assert without_secrets(f"AUTH {SECRET} {KEY}") == "AUTH … …"
