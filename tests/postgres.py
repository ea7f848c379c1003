"""A throw-away PostgreSQL server for the tests, reachable through a socket file only.

Started from the server programs that `tools/bootstrap.py programs` found or brought, never as root.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.debian import find


class NoPostgres(RuntimeError):
    """The server programs are missing, or do not start."""


def programs() -> Path:
    """The folder with initdb and postgres."""
    if initdb := find("initdb"):
        return Path(initdb).resolve().parent  # a link leads to it; a starter stands beside the others
    raise NoPostgres("PostgreSQL's server programs are missing: python3 tools/bootstrap.py programs")


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """A running server; yields its database address, and ends the process it started.

    Tests need no durability; measurements ask for it, so that a commit costs what it costs in production.
    """
    options = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
    with _folder() as folder, _running(folder, options, before=[]):
        yield _address(folder)


@dataclass(frozen=True)
class Disk:
    """A small disk of one server: the folder as the server names it, and as others see it."""

    folder: Path
    seen: Path


@contextmanager
def cramped_server(size: str) -> Iterator[tuple[str, Disk]]:
    """A server with a second, small disk for tablespaces, such as "64m"; the trail of its writes lies elsewhere.

    The disk is mounted where only this server sees it, and goes with it.

    Raises:
        NoPostgres: the system lets nobody mount here, not even within a process's own view.
    """
    as_whom = [] if os.geteuid() == 0 else ["--map-current-user", "--keep-caps"]
    own_view = ["unshare", *as_whom, "--mount"]
    with _folder() as folder:
        disk = folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "none", str(disk)]
        if subprocess.run([*own_view, *mount], check=False, capture_output=True).returncode != 0:
            raise NoPostgres("This system lets the tests mount no disk of their own.")
        before = [*own_view, "sh", "-c", f'{shlex.join(mount)} && exec "$@"', "sh"]
        with _running(folder, [], before=before) as process:
            seen = Path(f"/proc/{process.pid}/root") / disk.relative_to("/")
            place = disk / "place"
            (seen / "place").mkdir()
            if os.geteuid() == 0:
                shutil.chown(seen / "place", "postgres", "postgres")
            yield _address(folder), Disk(place, seen)


def _owner() -> str:
    """Who runs the server: never root."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _as_owner() -> list[str]:
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def _address(folder: Path) -> str:
    return f"postgres://{_owner()}@{str(folder).replace('/', '%2F')}/postgres"


@contextmanager
def _folder() -> Iterator[Path]:
    """A server's files, made anew: `data` and the socket."""
    folder, bin_, owner = Path(tempfile.mkdtemp(prefix="sapar-pg-", dir="/tmp")), programs(), _owner()
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        subprocess.run(
            [*_as_owner(), bin_ / "initdb", "-D", data, "-U", owner, "-A", "peer", "-E", "UTF8",
             "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        with (data / "pg_ident.conf").open("a") as ident:
            ident.write(f"any {owner} {owner}\nany root {owner}\n")
        (data / "pg_hba.conf").write_text("local all all peer map=any\n")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path, options: list[str], *, before: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process; `before` are programs that end by becoming it."""
    bin_ = programs()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*before, *_as_owner(), bin_ / "postgres", "-D", folder / "data", "-c", "listen_addresses=",
             "-c", f"unix_socket_directories={folder}", "-c", "max_connections=60", *options],
            stdout=subprocess.DEVNULL, stderr=log, cwd="/",
        )  # fmt: skip
    try:
        _wait(bin_, folder, _owner())
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(bin_: Path, folder: Path, owner: str) -> None:
    for _ in range(150):
        ready = subprocess.run(
            [bin_ / "pg_isready", "-q", "-h", folder, "-U", owner, "-t", "1"],
            check=False,
            capture_output=True,
        )
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise NoPostgres("The PostgreSQL server did not start within 15 seconds.")
