"""A throw-away PostgreSQL server for the tests, reachable through a socket file only.

Started from the server programs of the machine or of Debian's package, never as root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoPostgres(RuntimeError):
    """The server programs are missing and cannot be installed here."""


def programs() -> Path:
    """The folder with initdb and postgres; installs Debian's package when we are root there."""
    for attempt in (1, 2):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if found:
            return found[-1].parent
        if initdb := shutil.which("initdb"):
            return Path(initdb).resolve().parent
        if attempt == 1 and os.geteuid() == 0 and shutil.which("apt-get"):
            env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
            install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql"]
            if subprocess.run(install, env=env, check=False, capture_output=True).returncode != 0:
                subprocess.run(["apt-get", "update", "-q"], env=env, check=False, capture_output=True)
                subprocess.run(install, env=env, check=False, capture_output=True)
    raise NoPostgres("Install PostgreSQL's server programs: sudo apt install postgresql")


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """A running server; yields its database address, and ends the process it started.

    Tests need no durability; measurements ask for it, so that a commit costs what it costs in production.
    """
    bin_ = programs()
    folder = Path(tempfile.mkdtemp(prefix="sapar-pg-", dir="/tmp"))
    as_owner: list[str] = []
    owner = "postgres"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    else:
        owner = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
    data = folder / "data"
    subprocess.run(
        [
            *as_owner,
            bin_ / "initdb",
            "-D",
            data,
            "-U",
            owner,
            "-A",
            "peer",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        check=True,
        capture_output=True,
        cwd="/",
    )
    with (data / "pg_ident.conf").open("a") as ident:
        ident.write(f"any {owner} {owner}\nany root {owner}\n")
    (data / "pg_hba.conf").write_text("local all all peer map=any\n")
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    if not durable:
        options += " -c fsync=off -c full_page_writes=off"
    process = subprocess.Popen(
        [*as_owner, bin_ / "postgres", "-D", data, *options.split(), "-c", "max_connections=60"],
        stdout=subprocess.DEVNULL,
        stderr=(Path(tempfile.gettempdir()) / "sapar-pg.log").open("w"),
        cwd="/",
    )
    try:
        _wait(bin_, folder, owner)
        yield f"postgres://{owner}@{str(folder).replace('/', '%2F')}/postgres"
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


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
