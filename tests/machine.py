"""Real processes over a database of their own, of the kind that this run of the tests uses."""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import psycopg
import pytest
from tools.debian import find

ROOT = Path(__file__).parents[1]


def program(name: str) -> str:
    """A server's program; a test without it fails, since the set-up brings it."""
    return find(name) or pytest.fail(f"{name} is missing: python3 tools/bootstrap.py programs")


class Machine:
    """Programs with settings of the tests, and a look into their database that does not go through them."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.env = dict(os.environ) | {
            "SAPAR_DATA_DIR": str(folder / "data"),
            "SAPAR_DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def python(self, code: str) -> str:
        """Run lines in a process where Django is ready; answers what they print."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
            env=self.env, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def sapar(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sapar.cli", *words],
            env=self.env, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A process in the background; `stop` ends what is still running."""
        log = (self.folder / f"log-{len(self.running)}").open("wb")
        with log:
            process = subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "-m", "sapar.cli", "work", "--interval", "0.1")

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("log-*")))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(_name(self.database), timeout=30)) as base:
                return base.execute(query).fetchall()
        with psycopg.connect(conninfo(self.database)) as connection:
            return connection.execute(query.encode()).fetchall()

    def wait_for(self, query: str, wanted: Callable[[Any], bool], *, seconds: float = 120) -> Any:
        """Ask for one value until it is as wanted."""
        end = time.monotonic() + seconds
        while True:
            found = self.rows(query)
            value = found[0][0] if found else None
            if wanted(value):
                return value
            assert time.monotonic() < end, f"{query} is still {value!r}\n{self.logs()}"
            time.sleep(0.02)

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            if process.poll() is None:
                process.kill()
                process.wait(timeout=20)


def conninfo(database: str) -> str:
    parts = urlsplit(database)
    host = unquote(parts.netloc.rpartition("@")[2])
    return f"host={host} user={parts.username} dbname={parts.path.lstrip('/')}"


@contextmanager
def machine(
    folder: Path, *, migrated: bool = True, server: str | None = None, tablespace: str = "pg_default"
) -> Iterator[Machine]:
    """A machine whose database holds nobody; without `migrated`, not even tables.

    Args:
        server: the address of a database of another server than the one that all tests of this run share.
    """
    server = os.environ.get("SAPAR_DATABASE_URL", "") if server is None else server
    template = _migrated(server) if migrated else ""
    if server.startswith("postgres"):
        database = _created(server, template, tablespace)
    else:
        database = f"sqlite:///{folder / 'sapar.sqlite3'}"
        if template:
            shutil.copyfile(_name(template), _name(database))
    found = Machine(folder, database)
    try:
        yield found
    finally:
        found.stop()
        if server.startswith("postgres"):
            with psycopg.connect(conninfo(server), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {_name(database)} WITH (FORCE)".encode())


@cache
def _migrated(server: str) -> str:
    """A database that holds nobody, to be copied: to come through all migrations takes ten seconds."""
    folder = Path(tempfile.mkdtemp(prefix="sapar-machine-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = _created(server) if server.startswith("postgres") else f"sqlite:///{folder / 'sapar.sqlite3'}"
    Machine(folder, database).python(
        "from django.core.management import call_command; call_command('migrate', verbosity=0)"
    )
    return database


def _created(server: str, template: str = "", tablespace: str = "pg_default") -> str:
    name, source = f"machine_{uuid4().hex[:10]}", _name(template) or "template1"
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} TABLESPACE {tablespace}".encode())
    return f"{server.rpartition('/')[0]}/{name}"


def _name(database: str) -> str:
    """The file, or the name on the server."""
    return (
        database.removeprefix("sqlite:///") if database.startswith("sqlite") else database.rpartition("/")[2]
    )
