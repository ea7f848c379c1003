"""`sapar prepare`: what has to be there before the server starts; `sapar serve` begins with it."""

from __future__ import annotations

import typer

from sapar.cli.django import start_django
from sapar.cli.tables import out

app = typer.Typer(help="Bring the database, translations and static files up to date.")


def prepare() -> None:
    """Migrate and compile what changed since last time; safe to repeat."""
    from django.core.management import call_command  # after Django has started

    from sapar.config.statics import collect_statics
    from sapar.config.translations import compile_messages
    from sapar.core.planner import refresh_statistics

    compile_messages()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    refresh_statistics()
    collect_statics()


@app.callback(invoke_without_command=True)
def make_ready(quiet: bool = typer.Option(False, "--quiet", help="Say nothing when all is well.")) -> None:
    """Bring the database, translations and static files up to date; safe to repeat."""
    start_django()
    prepare()
    if not quiet:
        out.print("Database, translations and static files are up to date.")
