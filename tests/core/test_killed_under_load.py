"""Server and worker killed while forms come in: what a person was told is saved is there, once."""

from __future__ import annotations

import http.client
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from urllib.parse import urlencode

import pytest

from tests.core.test_killed_server import TOKEN, serve
from tests.deploy.test_server import free_port
from tests.machine import Machine, machine

WRITERS, MOST_EACH, ROUNDS, ENOUGH = 3, 60, 3, 12
PREPARE = """
from tests.cast import build_cast, signed_in
cast = build_cast()
print(signed_in(cast.officer).cookies["sessionid"].value)
"""


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("machine")) as found:
        yield found


class Writer(threading.Thread):
    """A person who adds one faculty after another until nobody answers."""

    def __init__(self, port: int, session: str, names: Sequence[str], saved: list[str]) -> None:
        super().__init__()
        self.port, self.session, self.names, self.saved = port, session, names, saved

    def run(self) -> None:
        with suppress(OSError, http.client.HTTPException):
            for name in self.names:
                if self.add(name):
                    self.saved.append(name)

    def add(self, name: str) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            form = {"csrfmiddlewaretoken": TOKEN, "name": name, "kind": "faculty"}
            heads = {
                "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            line.request("POST", "/o/alatoo/units/new/", urlencode(form), heads)
            answer = line.getresponse()
            answer.read()
            assert answer.status == 302, answer.status
            return True


def one_round(here: Machine, number: int, session: str, saved: list[str]) -> None:
    port = free_port()
    server, worker = serve(here, port), here.worker()
    told_before = len(saved)
    writers = [
        Writer(port, session, [f"House {number}-{who}-{at}" for at in range(MOST_EACH)], saved)
        for who in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    end = time.monotonic() + 120
    while len(saved) - told_before < ENOUGH and any(writer.is_alive() for writer in writers):
        assert time.monotonic() < end, here.logs()
        time.sleep(0.005)
    os.killpg(server.pid, signal.SIGKILL)
    worker.kill()
    for process in (server, worker):
        process.wait(timeout=30)
    for writer in writers:
        writer.join(timeout=120)
        assert not writer.is_alive()
    assert len(saved) - told_before >= ENOUGH


@pytest.mark.slow
def test_nothing_that_was_told_saved_is_lost_and_nothing_is_half_done(here: Machine) -> None:
    session, saved = here.python(PREPARE), list[str]()
    for number in range(ROUNDS):
        one_round(here, number, session, saved)
        found = [name for (name,) in here.rows("SELECT name FROM directory_unit WHERE name LIKE 'House %'")]
        assert len(found) == len(set(found))
        assert set(saved) <= set(found)
        # At most what each writer was sending at the last moment is there without having been told.
        assert len(set(found) - set(saved)) <= WRITERS * (number + 1)
        verified = here.sapar("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        acts = here.rows("SELECT COUNT(*) FROM audit_entry WHERE action = 'directory.unit.added'")
        assert acts == [(len(found),)]
        if here.database.startswith("sqlite"):
            with closing(sqlite3.connect(here.database.removeprefix("sqlite:///"))) as base:
                assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert base.execute("PRAGMA foreign_key_check").fetchall() == []
