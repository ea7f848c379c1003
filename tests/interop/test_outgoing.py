"""An address that somebody names is no way into the own network, and no way to stop the messages of others."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import override_settings

from sapar.interop import outgoing
from sapar.interop.errors import AddressRefused
from sapar.interop.models import Delivery, Webhook
from sapar.interop.outgoing import NoAnswer, addresses_of, is_outside, post
from sapar.interop.services import add_webhook
from sapar.interop.tasks import deliver_due
from tests.cast import NOW, Cast
from tests.interop.test_webhooks import LOCAL, Receiver, receiver
from tests.story import draft

__all__ = ["receiver"]

INSIDE = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2001::7f00:1", "2002:7f00:1::", "2002:a00:1::1", "fc00::1", "fd00::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1", "no address",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_address_inside_is_none_of_the_internet(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_address_of_the_internet_is_outside(address: str) -> None:
    assert is_outside(address)


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Iterator[list[str]]:
    """A server of names that says another thing each time it is asked; the last one again and again."""
    asked: list[str] = []

    def ask(host: str, port: int, *_more: object, **_named: object) -> list[object]:
        answer = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", ask)
        yield asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["64:ff9b::7f00:1"]])
def test_name_that_leads_inside_is_refused_by_whatever_else_it_says(
    monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    with names(monkeypatch, found), pytest.raises(AddressRefused):
        addresses_of("https://evil.example/hook")


def test_connection_goes_where_the_check_was_and_the_name_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_more: object) -> socket.socket:
        gone.append(address)
        raise ConnectionRefusedError

    with names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"]) as asked:
        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(NoAnswer):
            post("https://evil.example/hook", b"{}", {})
    assert (asked, gone) == (["evil.example"], [("8.8.8.8", 443)])


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server on the loopback that does with each connection what it likes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(timeout=5)


def trickle(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _second in range(100):
        connection.sendall(b"X: y\r\n")
        time.sleep(0.05)


HOSTILE: dict[str, Callable[[socket.socket], None]] = {
    "garbage": lambda connection: connection.sendall(b"\x00\xff garbage\r\n\r\n"),
    "nothing": lambda connection: None,
    "a status that is none": lambda connection: connection.sendall(b"HTTP/1.1 abc OK\r\n\r\n"),
    "a line without end": lambda connection: connection.sendall(b"HTTP/1.1 200 " + b"a" * 200_000),
    "heads without end": lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500),
    "a byte at a time": trickle,
}


@LOCAL
@pytest.mark.django_db
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_address_is_tried_once_and_the_next_one_hears(
    cast: Cast, receiver: Receiver, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "SECONDS_IN_ALL", 0.3)
    with answering(HOSTILE[what]) as url:
        for address in (url, receiver.url):
            add_webhook(cast.office, url=address, by=cast.administrator, at=NOW)
        draft(cast)
        Delivery.objects.create(
            office=cast.office,
            webhook=Webhook.objects.get(url=url),
            fact="partners.PartnershipBegun",
            body={"data": {}},
            made_at=NOW,
            next_try_at=NOW,
        )
        assert deliver_due() == len(receiver.messages) == 1
    tries = Delivery.objects.filter(webhook__url=url).values_list("attempts", flat=True)
    assert sorted(tries) == [0, 1]


@LOCAL
@pytest.mark.django_db
def test_redirect_counts_as_a_refusal(cast: Cast, receiver: Receiver) -> None:
    def lead(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {receiver.url}\r\n\r\n".encode())

    with answering(lead) as url:
        add_webhook(cast.office, url=url, by=cast.administrator, at=NOW)
        draft(cast)
        assert (deliver_due(), receiver.messages) == (0, [])
    assert Delivery.objects.get().last_answer == "302"


def test_proxy_of_the_machine_is_not_asked(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with override_settings(WEBHOOKS_MAY_BE_LOCAL=True):
        assert post(receiver.url, b"{}", {}) == 204
