"""A web server killed in the middle of an import: the list is taken whole, or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pytest

from tests.deploy.test_server import free_port
from tests.machine import ROOT, Machine, conninfo, machine

ROWS = 300
PREPARE = f"""
from django.utils import timezone
from sapar.partners.models import PartnerImport
from sapar.partners.services.imports import bringing, comparing
from tests.cast import build_cast, signed_in
cast, now = build_cast(), timezone.now()
lines = "\\n".join(f"Institute of Far Mountains {{n:03}},KG" for n in range({ROWS}))
batch = bringing.bring_list(("Partner,Country\\n" + lines).encode(), "partners.csv",
                            office=cast.office, by=cast.officer, at=now)
bringing.choose_columns(batch, {{"name": "Partner", "country": "Country"}}, by=cast.officer, at=now)
comparing.compare_rows(PartnerImport.objects.get(), at=now)
from sapar.partners.models import PartnerImportRow
PartnerImportRow.objects.update(decision="new", same_as=None)
print(batch.pk, signed_in(cast.officer).cookies["sessionid"].value)
"""
TOKEN = "a" * 32


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("machine")) as found:
        yield found


def serve(here: Machine, port: int) -> subprocess.Popen[bytes]:
    """The real server in a process group of its own, so that all of it can be killed at once."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "2", "--no-access-log", "sapar.config.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=here.env, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
    )
    here.running.append(process)
    end = time.monotonic() + 120
    while True:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5):
            return process
        assert time.monotonic() < end, "the server does not answer"
        time.sleep(0.1)


def take(port: int, batch: str, session: str) -> int:
    """What the button of the page sends."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/o/alatoo/imports/{batch}/take/",
        data=urllib.parse.urlencode({"csrfmiddlewaretoken": TOKEN}).encode(),
        headers={"Cookie": f"sessionid={session}; csrftoken={TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return int(answer.status)


def is_writing(here: Machine) -> bool:
    """The server is inside a transaction that writes."""
    if here.database.startswith("postgres"):
        query = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_xid IS NOT NULL"
        )
        with psycopg.connect(conninfo(here.database)) as connection:
            return connection.execute(query.encode()).fetchone() is not None
    path = here.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as base:
        try:
            base.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        base.execute("ROLLBACK")
        return False


def state(here: Machine) -> tuple[int, str]:
    (partners,) = here.rows("SELECT COUNT(*) FROM partners_partnership")
    (batch,) = here.rows("SELECT state FROM partners_partnerimport")
    return partners[0], batch[0]


@pytest.mark.slow
def test_list_is_taken_whole_or_not_at_all_when_the_server_is_killed(here: Machine) -> None:
    batch, session = here.python(PREPARE).split()
    seen = []
    for moment in (0.0, 0.15, 0.4):
        port = free_port()
        server = serve(here, port)

        def press(port: int = port) -> None:
            with suppress(OSError):  # the answer is cut off
                take(port, batch, session)

        button = threading.Thread(target=press)
        button.start()
        end = time.monotonic() + 60
        while not is_writing(here) and button.is_alive():
            assert time.monotonic() < end
        time.sleep(moment)
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=30)
        button.join(timeout=30)
        seen.append(state(here))
    assert set(seen) <= {(0, "previewed"), (ROWS, "taken")}, seen
    assert seen[0] == (0, "previewed"), "the first kill came too late to prove anything"
    if seen[-1][0] == 0:
        port = free_port()
        serve(here, port)
        assert take(port, batch, session) == 200
    assert state(here) == (ROWS, "taken")
    verified = here.sapar("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
