"""A disk that takes no more while people work: the page is calm, nothing is half written, and later all goes on."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import psycopg
import pytest

from tests.core.test_killed_server import TOKEN, serve
from tests.deploy.test_server import free_port
from tests.machine import Machine, conninfo, machine
from tests.postgres import Disk, NoPostgres, cramped_server

PREPARE = """
from tests.cast import build_cast, signed_in
print(signed_in(build_cast().officer).cookies["sessionid"].value)
"""
UNITS = "SELECT COUNT(*) FROM directory_unit WHERE name LIKE 'House %'"
ACTS = "SELECT COUNT(*) FROM audit_entry WHERE action = 'directory.unit.added'"


FORMS = 60  # on PostgreSQL about twenty go into the room that pages have left


class Room(Protocol):
    """What the database writes on, of which a test can take all that is free."""

    def take(self, server: int) -> None: ...

    def give_back(self, server: int) -> None: ...


class SmallFiles:
    """No file of the server may become larger: the system refuses in the middle of writing, as on a full disk."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal

    def take(self, server: int) -> None:
        limit(server, self.journal.stat().st_size + 6_000)

    def give_back(self, server: int) -> None:
        limit(server, resource.RLIM_INFINITY)


class FullDisk:
    """The disk of PostgreSQL's tables is full, that of its journal is another."""

    def __init__(self, disk: Disk) -> None:
        self.filler = disk.seen / "filler"

    def take(self, server: int) -> None:
        with suppress(OSError), self.filler.open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))

    def give_back(self, server: int) -> None:
        self.filler.unlink()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[tuple[Machine, Room]]:
    if os.environ.get("SAPAR_DATABASE_URL", "").startswith("postgres"):
        try:
            with cramped_server("160m") as (server, disk):
                with psycopg.connect(conninfo(server), autocommit=True) as base:
                    base.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'".encode())
                with machine(tmp_path, server=server, tablespace="small") as found:
                    yield found, FullDisk(disk)
        except NoPostgres as why:
            pytest.skip(f"{why} What PostgreSQL then says is tried in tests/web/test_broken.py.")
    else:
        with machine(tmp_path) as found:
            yield found, SmallFiles(Path(found.database.removeprefix("sqlite:///") + "-wal"))


def processes(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for at in found:
        for children in Path(f"/proc/{at}/task").glob("*/children"):
            found += [int(word) for word in children.read_text().split()]
    return found


def limit(pid: int, size: int) -> None:
    for one in processes(pid):
        _soft, hard = resource.prlimit(one, resource.RLIMIT_FSIZE)
        resource.prlimit(one, resource.RLIMIT_FSIZE, (size, hard))


def press(port: int, session: str, name: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        heads = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        form = {"csrfmiddlewaretoken": TOKEN, "name": name, "kind": "faculty", "head_name": "x" * 150}
        line.request("POST", "/o/alatoo/units/new/", urlencode(form), heads)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def page(port: int, session: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", "/o/alatoo/units/", headers={"Cookie": f"sessionid={session}"})
        return line.getresponse().status


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
def test_forms_on_a_full_disk_are_refused_calmly_whole_and_only_so_long(here: tuple[Machine, Room]) -> None:
    base, room = here
    session, port = base.python(PREPARE), free_port()
    server = serve(base, port)
    assert press(port, session, "House 0")[0] == 302
    room.take(server.pid)
    answers = [press(port, session, f"House full {number}") for number in range(FORMS)]
    refused = [text for status, text in answers if status != 302]
    saved = 1 + len(answers) - len(refused)
    assert refused, "the disk was never full"
    assert {status for status, _text in answers} <= {302, 503}
    assert all("What was saved before is safe" in text and "Traceback" not in text for text in refused)
    assert page(port, session) == 200
    assert (base.rows(UNITS), base.rows(ACTS)) == ([(saved,)], [(saved,)])
    room.give_back(server.pid)
    assert press(port, session, "House later")[0] == 302
    os.killpg(server.pid, signal.SIGKILL)
    server.wait(timeout=30)
    assert (base.rows(UNITS), base.rows(ACTS)) == ([(saved + 1,)], [(saved + 1,)])
    if base.database.startswith("sqlite"):
        with closing(sqlite3.connect(base.database.removeprefix("sqlite:///"))) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.sapar("audit", "verify").returncode == 0
