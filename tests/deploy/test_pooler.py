"""Behind pgbouncer, in both of its ways to lend connections: the server, its workers and long lists work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.deploy.test_server import free_port
from tests.machine import Machine, program
from tests.postgres import server as postgres

pytestmark = pytest.mark.slow

LOOK = """
import json
from django.conf import settings
from django.db import connection, transaction
from sapar.accounts.models import Office
from sapar.audit.queries import breaks_in
from tests.cast import build_cast
from sapar.accounts.models import NumberSeries
office = Office.objects.first() or build_cast().office
for number in range(30):  # beyond the number of times after which a query is kept read
    Office.objects.filter(pk=number).first()
NumberSeries.objects.bulk_create(NumberSeries(office=office, series=f"n{n}", year=1000) for n in range(300))
rows = sum(1 for _ in NumberSeries.objects.filter(year=1000).iterator(chunk_size=50))
NumberSeries.objects.filter(year=1000).delete()
print(json.dumps([rows, len(list(breaks_in(office))), office.pk]))
"""


@contextmanager
def pooler(database: str, mode: str, folder: Path) -> Iterator[str]:
    """pgbouncer before the server of `database`; yields the address to connect to."""
    parts = urlsplit(database)
    host, port = unquote(parts.netloc.rpartition("@")[2]), free_port()
    as_owner: list[str] = []
    if os.geteuid() == 0:  # neither pgbouncer nor PostgreSQL's peers like root
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    config = Path(host) / f"pooler-{mode}.ini"
    config.write_text(
        f"[databases]\npostgres = host={host} user={parts.username} dbname=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = {mode}\ndefault_pool_size = 20\nmax_client_conn = 100\n"
    )
    process = subprocess.Popen(
        [*as_owner, program("pgbouncer"), "-q", config], cwd="/", stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(1)
        assert process.poll() is None, "pgbouncer does not start"
        yield f"postgres://{parts.username}@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_server_and_workers_work_behind_a_pooler(mode: str, tmp_path: Path) -> None:
    with postgres() as direct, pooler(direct, mode, tmp_path) as pooled:
        seen = Machine(tmp_path, direct)  # what is in the database is asked without the pooler
        seen.env |= {"SAPAR_DATABASE_URL": pooled, "SAPAR_POOLER": mode}
        try:
            for _ in range(2):  # the lock of the first does not stay behind
                prepared = seen.sapar("prepare")
                assert prepared.returncode == 0, prepared.stderr
            rows, breaks, office = json.loads(seen.python(LOOK).splitlines()[-1])
            assert (rows, breaks) == (300, 0)
            killed_worker_is_inherited(seen, tmp_path, office)
        finally:
            seen.stop()


def killed_worker_is_inherited(here: Machine, folder: Path, office: int) -> None:
    """A worker that lives keeps its task from the others; when it is killed another does it."""
    (folder / "stand-still").touch()
    here.python(f"from tests.core.work import count_up; count_up.enqueue({office}, {str(folder)!r})")
    first = here.start(sys.executable, "-m", "sapar.cli", "work", "--interval", "0.1")
    end = time.monotonic() + 120
    while not (folder / "in-the-middle").exists():
        assert time.monotonic() < end, here.logs()
        time.sleep(0.05)
    lost = here.python("from sapar.core.worker import take_up_lost; print(take_up_lost())")
    assert lost == "0", "the living worker was taken for dead"
    first.kill()
    first.wait(timeout=30)
    (folder / "stand-still").unlink()
    here.worker()
    here.wait_for(
        "SELECT status FROM django_tasks_database_dbtaskresult", lambda status: status == "SUCCESSFUL"
    )
    assert here.rows("SELECT COUNT(*) FROM accounts_numberseries") == [(2,)]
