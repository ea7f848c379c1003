"""A program that got no answer sends its request again: with `Idempotency-Key` nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from sapar.accounts.models import ApiToken, Sending
from sapar.accounts.services import withdraw_token
from sapar.api.routes import api
from sapar.interop.models import Webhook
from sapar.mobility.models import Exchange, Message
from sapar.mobility.services.exchanges import note_arrival
from sapar.partners.models import AgreementImport
from tests.api import test_agreement_lists as agreement_lists
from tests.api.test_routes import client_of, stay
from tests.cast import NOW, Cast
from tests.mobility.stays import returned_stay
from tests.partners.signed_list import partners

Sent = tuple[Exchange | AgreementImport, Any]


def message(cast: Cast) -> Sent:
    return stay(cast), {"text": "Welcome"}


def arrival(cast: Cast) -> Sent:
    return stay(cast), {"on": "2026-10-02"}


def transcript(cast: Cast) -> Sent:
    line = {"code": "A1", "title": "Anatomy", "credits": "5", "mark": "A"}
    return returned_stay(cast), {"scale": "kz-12", "lines": [line]}


def webhook(cast: Cast) -> Sent:
    return stay(cast), {"url": "https://1.1.1.1/a", "facts": []}


def arrivals(cast: Cast) -> Sent:
    found = stay(cast)
    return found, [{"exchange": found.pk, "on": "2026-10-02"}]


def departures(cast: Cast) -> Sent:
    found = note_arrival(stay(cast), arrived_on=date(2026, 10, 2), by=cast.officer, at=NOW)
    return found, [{"exchange": found.pk, "on": "2026-10-20"}]


def cancelling(cast: Cast) -> Sent:
    return stay(cast), {"reason": "visa"}


def early_end(cast: Cast) -> Sent:
    found = note_arrival(stay(cast), arrived_on=date(2026, 10, 2), by=cast.officer, at=NOW)
    return found, {"on": "2026-10-04", "reason": "health", "results": False}


def reminders(cast: Cast) -> Sent:
    return stay(cast), {}


def mapped_list(cast: Cast) -> Sent:
    partners(cast)
    pk = agreement_lists.brought(client_of(cast.officer, cast.office)).json()["id"]
    return AgreementImport.objects.get(pk=pk), {}


def previewed_list(cast: Cast) -> Sent:
    found, data = mapped_list(cast)
    agreement_lists.post(client_of(cast.officer, cast.office), f"{found.pk}/columns")
    return found, data


# Every route that makes something, with a request that it takes.
MAKING: dict[str, Callable[[Cast], Sent]] = {
    "/exchanges/{pk}/messages": message,
    "/exchanges/{pk}/arrival": arrival,
    "/exchanges/{pk}/transcript": transcript,
    "/webhooks": webhook,
    "/exchanges/{pk}/cancelling": cancelling,
    "/exchanges/{pk}/early-end": early_end,
    "/arrivals": arrivals,
    "/departures": departures,
    "/reminders": reminders,
    "/agreement-lists/{pk}/columns": mapped_list,
    "/agreement-lists/{pk}/names": previewed_list,
    "/agreement-lists/{pk}/take": previewed_list,
    "/agreement-lists/{pk}/discard": previewed_list,
}
# A stay that has to have begun, a list that was taken: the same services as an arrival and a list given up.
LIKE = {"/exchanges/{pk}/departure", "/agreement-lists/{pk}/undo"}
# Sent with a file: `test_agreement_lists.py` repeats them.
FILES = {"/agreement-lists", "/agreement-scans"}


def described() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema()["paths"]
    return {path.removeprefix("/api/v1"): methods for path, methods in paths.items()}


def rows() -> dict[str, int]:
    return {m._meta.label: m._default_manager.count() for m in apps.get_models() if m is not Sending}


def post(client: Client, path: str, data: Any, key: str) -> Any:
    return client.post(
        f"/api/v1{path}", data, content_type="application/json", headers={"idempotency-key": key}
    )


def test_every_route_that_makes_something_is_tried_here() -> None:
    assert {path for path, methods in described().items() if "post" in methods} == {*MAKING, *LIKE, *FILES}


def test_every_route_that_changes_something_describes_the_header() -> None:
    for path, methods in described().items():
        for method, operation in methods.items():
            named = {one["name"] for one in operation.get("parameters", [])}
            assert ("Idempotency-Key" in named) == (method != "get"), (method, path)


@pytest.mark.parametrize("path", MAKING)
def test_request_that_comes_again_is_answered_as_before(cast: Cast, path: str) -> None:
    found, data = MAKING[path](cast)
    client, path = client_of(cast.administrator, cast.office), path.replace("{pk}", str(found.pk))
    first, once = post(client, path, data, "k1"), rows()
    second = post(client, path, data, "k1")
    assert first.status_code in (200, 201), first.content
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert (first.has_header("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (False, "true")
    assert rows() == once


def test_key_of_another_request_is_refused(cast: Cast) -> None:
    client = client_of(cast.administrator, cast.office)
    post(client, "/webhooks", {"url": "https://1.1.1.1/a", "facts": []}, "k1")
    other = post(client, "/webhooks", {"url": "https://1.1.1.1/b", "facts": []}, "k1")
    assert (other.status_code, other.json()["code"]) == (422, "SentOtherwise")
    assert Webhook.objects.count() == 1


def test_refused_request_may_be_mended_and_sent_again(cast: Cast) -> None:
    client = client_of(cast.administrator, cast.office)
    bad = post(client, "/webhooks", {"url": "http://127.0.0.1/", "facts": []}, "k1")
    good = post(client, "/webhooks", {"url": "https://1.1.1.1/a", "facts": []}, "k1")
    assert (bad.status_code, good.status_code) == (422, 201)


def test_key_is_its_tokens_own_and_ends_with_it(cast: Cast) -> None:
    data = {"url": "https://1.1.1.1/a", "facts": []}
    one, other = client_of(cast.administrator, cast.office), client_of(cast.administrator, cast.office)
    assert [post(each, "/webhooks", data, "k1").status_code for each in (one, other)] == [201, 201]
    assert Webhook.objects.count() == 2
    for token in ApiToken.objects.all():
        withdraw_token(token, by=cast.administrator, at=NOW)
    assert post(one, "/webhooks", data, "k1").status_code == 401


def test_key_beyond_its_length_is_refused(cast: Cast) -> None:
    found, data = message(cast)
    answer = post(client_of(cast.officer, cast.office), f"/exchanges/{found.pk}/messages", data, "k" * 256)
    assert (answer.status_code, Message.objects.count()) == (422, 0)
    assert answer.json()["message"] == "The header Idempotency-Key has at most 255 characters."


def test_secret_of_an_answer_is_not_kept_in_the_clear(cast: Cast) -> None:
    client = client_of(cast.administrator, cast.office)
    answer = post(client, "/webhooks", {"url": "https://1.1.1.1/a", "facts": []}, "k1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer_text FROM accounts_sending")
        assert answer.json()["secret"] not in cursor.fetchone()[0]


def test_form_in_the_place_of_json_is_no_crash(cast: Cast) -> None:
    client = client_of(cast.officer, cast.office)
    for _again in range(2):
        answer = client.post("/api/v1/reminders", {"a": "b"}, headers={"idempotency-key": "k1"})
        assert answer.status_code == 200
