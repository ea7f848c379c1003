"""A disk that takes no more while people work: the page is calm, nothing is half written, and later all goes on."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.core.test_killed_server import TOKEN, serve
from tests.deploy.test_server import free_port
from tests.machine import Machine, machine

PREPARE = """
from tests.cast import build_cast, signed_in
print(signed_in(build_cast().officer).cookies["sessionid"].value)
"""
UNITS = "SELECT COUNT(*) FROM directory_unit WHERE name LIKE 'House %'"
ACTS = "SELECT COUNT(*) FROM audit_entry WHERE action = 'directory.unit.added'"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path) as found:
        if not found.database.startswith("sqlite"):
            pytest.skip("PostgreSQL has a disk of its own; its answer is tried in tests/web/test_broken.py")
        yield found


def processes(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for at in found:
        for children in Path(f"/proc/{at}/task").glob("*/children"):
            found += [int(word) for word in children.read_text().split()]
    return found


def limit(pid: int, size: int) -> None:
    """No file of the server may become larger: the system refuses in the middle of writing, as on a full disk."""
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
def test_forms_on_a_full_disk_are_refused_calmly_whole_and_only_so_long(here: Machine) -> None:
    session, port = here.python(PREPARE), free_port()
    server = serve(here, port)
    assert press(port, session, "House 0")[0] == 302
    journal = Path(here.database.removeprefix("sqlite:///") + "-wal")
    limit(server.pid, journal.stat().st_size + 6_000)
    answers = [press(port, session, f"House full {number}") for number in range(6)]
    refused = [text for status, text in answers if status != 302]
    saved = 1 + len(answers) - len(refused)
    assert refused, "the disk was never full"
    assert {status for status, _text in answers} <= {302, 503}
    assert all("What was saved before is safe" in text and "Traceback" not in text for text in refused)
    assert page(port, session) == 200
    assert (here.rows(UNITS), here.rows(ACTS)) == ([(saved,)], [(saved,)])
    limit(server.pid, resource.RLIM_INFINITY)
    assert press(port, session, "House later")[0] == 302
    os.killpg(server.pid, signal.SIGKILL)
    server.wait(timeout=30)
    assert (here.rows(UNITS), here.rows(ACTS)) == ([(saved + 1,)], [(saved + 1,)])
    with closing(sqlite3.connect(here.database.removeprefix("sqlite:///"))) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert here.sapar("audit", "verify").returncode == 0
