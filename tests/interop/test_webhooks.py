"""Facts reach other systems once they happened, signed, and again when nobody took them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from sapar.core.announce import announce_each
from sapar.core.errors import NotAllowed
from sapar.interop.errors import AddressRefused, UnknownFacts
from sapar.interop.models import Delivery
from sapar.interop.queries import fact_names
from sapar.interop.services import PATIENCE, add_webhook, remove_webhook
from sapar.interop.tasks import deliver_due
from sapar.partners.facts import PartnershipBegun
from tests.cast import NOW, Cast
from tests.story import draft

LOCAL = override_settings(WEBHOOKS_MAY_BE_LOCAL=True)


class Receiver(HTTPServer):
    """Takes messages on a loopback port and answers with `status`."""

    status = 204

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


@LOCAL
def test_fact_arrives_with_a_signature_the_receiver_can_check(cast: Cast, receiver: Receiver) -> None:
    _webhook, secret = add_webhook(cast.office, url=receiver.url, by=cast.administrator, at=NOW)
    agreement = draft(cast)
    assert deliver_due() == 1
    headers, body = receiver.messages[0]
    sent_at, digest = (part.split("=")[1] for part in headers["Sapar-Signature"].split(","))
    expected = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    assert digest == expected
    message = json.loads(body)
    assert (message["fact"], message["data"]["partnership_id"]) == (
        "partners.PartnershipBegun",
        agreement.partnership_id,
    )


@LOCAL
def test_refused_message_is_tried_again_later_and_given_up_in_the_end(cast: Cast, receiver: Receiver) -> None:
    add_webhook(cast.office, url=receiver.url, by=cast.administrator, at=NOW)
    receiver.status = 500
    draft(cast)
    made = Delivery.objects.get()
    at = made.made_at
    assert deliver_due(at) == 0
    made.refresh_from_db()
    assert (made.state, made.attempts, made.next_try_at) == ("waiting", 1, at + timedelta(minutes=1))
    for minutes in PATIENCE:
        at += timedelta(minutes=minutes)
        deliver_due(at)
    made.refresh_from_db()
    assert (made.state, made.attempts, made.last_answer) == ("failed", len(PATIENCE) + 1, "500")


@LOCAL
def test_message_is_not_sent_for_what_was_rolled_back(cast: Cast, receiver: Receiver) -> None:
    add_webhook(cast.office, url=receiver.url, by=cast.administrator, at=NOW)
    with transaction.atomic():
        draft(cast)
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


@LOCAL
def test_address_hears_only_what_it_asked_for_and_only_of_its_office(cast: Cast, receiver: Receiver) -> None:
    add_webhook(
        cast.office, url=receiver.url, facts=["mobility.PersonNominated"], by=cast.administrator, at=NOW
    )
    draft(cast)
    assert not Delivery.objects.exists()


@LOCAL
def test_removed_address_hears_nothing(cast: Cast, receiver: Receiver) -> None:
    webhook, _secret = add_webhook(cast.office, url=receiver.url, by=cast.administrator, at=NOW)
    draft(cast)
    remove_webhook(webhook, by=cast.administrator, at=NOW)
    assert (deliver_due(), receiver.messages) == (0, [])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "ftp://example.org",
        "https://[::1",
        "https://example.org:99999/",
        "https://example.org:port/",
        f"https://{'a' * 400}/",
        "https://u:p@example.org",
        "https://127.0.0.1/ x",
        "https://127.0.0.1/\u044f",
    ],
)
def test_addresses_inside_the_network_and_broken_ones_are_refused(cast: Cast, url: str) -> None:
    with pytest.raises(AddressRefused):
        add_webhook(cast.office, url=url, by=cast.administrator, at=NOW)


@LOCAL
def test_only_administrators_connect_and_facts_must_exist(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        add_webhook(cast.office, url="http://127.0.0.1/x", by=cast.officer, at=NOW)
    with pytest.raises(UnknownFacts):
        add_webhook(cast.office, url="http://127.0.0.1/x", facts=["no.Such"], by=cast.administrator, at=NOW)
    assert "mobility.CreditsRecognised" in fact_names()


@LOCAL
def test_facts_told_together_arrive_one_by_one(cast: Cast, receiver: Receiver) -> None:
    add_webhook(cast.office, url=receiver.url, by=cast.administrator, at=NOW)
    own, other = cast.office.pk, cast.other_office.pk
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        announce_each([PartnershipBegun(office_id=own, partnership_id=at) for at in (1, 2, 3)])
        announce_each([PartnershipBegun(office_id=other, partnership_id=4)])
        announce_each([])
    assert len([one for one in queries if "interop_webhook" in one["sql"].partition("WHERE")[0]]) == 2
    assert deliver_due() == 3
    assert [json.loads(body)["data"]["partnership_id"] for _headers, body in receiver.messages] == [1, 2, 3]
