"""A university's sign-on that answers nonsense: the person reads so, and the other ways in stay open."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from sapar.accounts.models import User
from tests.accounts.test_sign_on_oidc import button, signed_in_as
from tests.accounts.universities import OIDC_FILE, sign_on_by
from tests.cast import PASSWORD, Cast

Answer = tuple[int, bytes]


@contextmanager
def university(answers: dict[str, Answer]) -> Iterator[str]:
    """A server on loopback with these answers by path; it says where it is in the first of them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = answers.get(urlsplit(self.path).path, (404, b""))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = content.replace(b"{server}", address.encode())
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: what is asked stands in the assertions."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join(timeout=30)
        server.server_close()


WELL_KNOWN = "/.well-known/openid-configuration"
CONFIGURATION = json.dumps(
    {
        "issuer": "{server}",
        "authorization_endpoint": "{server}/authorize",
        "token_endpoint": "{server}/token",
        "userinfo_endpoint": "{server}/userinfo",
        "jwks_uri": "{server}/keys",
    }
).encode()
PAGE = b"<html><body>It works!</body></html>"
NONSENSE: dict[str, Answer] = {
    "error": (500, b"Traceback"),
    "maintenance": (503, PAGE),
    "page": (200, PAGE),
    "empty": (200, b""),
    "no-object": (200, b"[1, 2]"),
    "word": (200, b'"yes"'),
    "nothing": (200, b"null"),
    "other-object": (200, b"{}"),
    "broken": (200, b'{"issuer": '),
    "bytes": (200, b"\xff\xfe\x00\x01"),
}


def other_ways_stay_open(client: Client) -> None:
    assert signed_in_as(client) is None
    assert client.get("/accounts/login/").status_code == 200
    client.post("/accounts/login/", {"login": "aigul@example.org", "password": PASSWORD})
    assert signed_in_as(client) == "aigul@example.org"


@pytest.mark.parametrize("what", NONSENSE)
def test_button_of_a_university_that_describes_itself_in_nonsense(
    cast: Cast, settings: Settings, tmp_path: Path, what: str
) -> None:
    client = Client(raise_request_exception=False)
    with university({WELL_KNOWN: NONSENSE[what]}) as server:
        sign_on_by(settings, tmp_path / "sign-on.toml", OIDC_FILE.format(server=server))
        answer = client.post(button(client))
    assert (answer.status_code, "does not answer" in answer.content.decode()) == (502, True)
    other_ways_stay_open(client)


@pytest.mark.parametrize("what", [*NONSENSE, "no-keys"])
def test_return_from_a_university_that_vouches_in_nonsense(
    cast: Cast, settings: Settings, tmp_path: Path, what: str
) -> None:
    client = Client(raise_request_exception=False)
    token = (200, b'{"access_token": "a", "id_token": "a.b.c", "token_type": "bearer"}')
    answers = {WELL_KNOWN: (200, CONFIGURATION), "/token": NONSENSE.get(what, token), "/keys": (200, b"[]")}
    with university(answers) as server:
        sign_on_by(settings, tmp_path / "sign-on.toml", OIDC_FILE.format(server=server))
        leave = client.post(button(client))
        state = parse_qs(urlsplit(leave["Location"]).query)["state"][0]
        answer = client.get(f"/accounts/oidc/osh/login/callback/?code=c&state={state}")
    assert 400 <= answer.status_code < 600
    assert answer.status_code != 500
    said = answer.content.decode()
    assert "could not be accepted" in said or "does not answer" in said
    assert User.objects.filter(email="aigul@example.org").count() == 1
    other_ways_stay_open(client)
