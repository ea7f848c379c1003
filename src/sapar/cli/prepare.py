"""`sapar prepare`: what has to be there before the server starts; `sapar serve` begins with it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from sapar.cli.django import start_django
from sapar.cli.tables import out

PREPARE_LOCK = 0x5A9A7  # a number of our own among those of PostgreSQL's advisory locks
app = typer.Typer(help="Bring the database, translations and static files up to date.")


def prepare() -> None:
    """Migrate and compile what changed since last time; safe to repeat, and for several servers at once."""
    from django.core.management import call_command  # after Django has started

    from sapar.config.statics import collect_statics
    from sapar.config.translations import compile_messages
    from sapar.core.planner import refresh_statistics

    with _one_at_a_time():
        compile_messages()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        refresh_statistics()
        collect_statics()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Servers that start together wait for each other: on one machine by a file, over one PostgreSQL by its lock."""
    from django.conf import settings  # after Django has started
    from django.db import connection

    path = Path(settings.DATA_DIR) / "prepare.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        session = connection.copy()
        try:
            session.set_autocommit(False)  # a lock of the transaction: a pooler may lend out the rest
            with session.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PREPARE_LOCK])
            yield
        finally:
            session.close()  # which ends transaction and lock


@app.callback(invoke_without_command=True)
def make_ready(quiet: bool = typer.Option(False, "--quiet", help="Say nothing when all is well.")) -> None:
    """Bring the database, translations and static files up to date; safe to repeat."""
    start_django()
    prepare()
    if not quiet:
        out.print("Database, translations and static files are up to date.")
