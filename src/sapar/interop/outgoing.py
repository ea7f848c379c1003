"""One message to an address that somebody else named: never into the own network, never for long.

The name is asked once. What it answers is checked and is what the connection goes to, so that a server of names
cannot answer something harmless first and the own network a moment later.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from sapar.interop.errors import AddressRefused

# Waiting for one answer of the network, and for all of them together: some answer a byte at a time.
SECONDS, SECONDS_IN_ALL = 10, 20
PLAIN = re.compile(r"[!-~]+")
# Addresses of IPv6 that lead on to one of IPv4 written inside: NAT64, 6to4, Teredo, compatible ones of old.
# `ipaddress` calls them global whatever is inside.
LEADING_ON = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class NoAnswer(Exception):
    """Nobody took the message; the words are the kind of failure and nothing of its content."""


def is_outside(address: str) -> bool:
    """A machine of the internet, and not of any network of our own or of many machines at once."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_outside(str(found.ipv4_mapped))
        if found.is_site_local or any(found in net for net in LEADING_ON):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def addresses_of(url: str) -> tuple[SplitResult, int, list[str]]:
    """The address taken apart, its port, and the machines it means; all of them lie outside.

    Raises:
        AddressRefused
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError as error:
        raise AddressRefused(url=url, reason="https://…") from error
    wanted = ("https", "http") if settings.WEBHOOKS_MAY_BE_LOCAL else ("https",)
    if parts.scheme not in wanted or not parts.hostname or parts.username or not PLAIN.fullmatch(url):
        raise AddressRefused(url=url, reason="https://…")
    try:
        found = sorted({str(info[4][0]) for info in socket.getaddrinfo(parts.hostname, port)})
    except (OSError, UnicodeError) as error:  # a name that no server of names can be asked
        raise AddressRefused(url=url, reason=parts.hostname) from error
    if not settings.WEBHOOKS_MAY_BE_LOCAL and not all(map(is_outside, found)):
        raise AddressRefused(url=url, reason=", ".join(found))
    return parts, port, found


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer, whose content nobody reads. Redirects are not followed, proxies not asked.

    Raises:
        AddressRefused, NoAnswer
    """
    parts, port, found = addresses_of(url)
    connection = _Connection(parts, port, found)
    cut = Timer(SECONDS_IN_ALL, connection.cut)
    cut.daemon = True
    cut.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        status = connection.getresponse().status
        if connection.was_cut:  # what came before looks as if it were whole
            raise TimeoutError
        return status
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise NoAnswer(type(failed).__name__) from failed
    finally:
        cut.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """Goes to one of the machines that were checked; its certificate must be the name's."""

    def __init__(self, parts: SplitResult, port: int, found: list[str]) -> None:
        super().__init__(parts.hostname or "", port, timeout=SECONDS)
        self.name, self.found, self.secure = parts.hostname or "", found, parts.scheme == "https"
        if self.secure:
            self.default_port = 443
        self.sock: Any = None
        self.was_cut = False

    def connect(self) -> None:
        failure: OSError | None = None
        for address in self.found:
            try:
                self.sock = socket.create_connection((address, self.port), SECONDS)
                break
            except OSError as error:
                failure = error
        else:
            raise failure or OSError("no address")
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.name)

    def cut(self) -> None:
        """Whoever waits for an answer of this connection waits no longer."""
        self.was_cut = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has ended by itself
                return
