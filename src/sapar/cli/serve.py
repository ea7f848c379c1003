"""`sapar serve`: the server and a worker beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import typer

from sapar.cli.django import start_django
from sapar.cli.tables import err, out
from sapar.cli.tick import tick

app = typer.Typer(help="Start the web server and a worker for background tasks.")


def server_command(host: str, port: int, *, processes: int, threads: int) -> list[str]:
    """Granian in WSGI mode; more threads than cores make synchronous Django slower."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(processes), "--blocking-threads", str(threads), "--respawn-failed-workers",
        "--no-access-log", "--log-level", "warning", "sapar.config.wsgi:application",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [sys.executable, "-m", "sapar.cli", "work"]


def prepare(*, quiet: bool = False) -> None:
    """Bring the database, translations and static files up to date; safe to repeat."""
    from django.core.management import call_command  # after the settings are loaded

    from sapar.config.statics import collect_statics
    from sapar.config.translations import compile_messages
    from sapar.core.planner import refresh_statistics

    compile_messages()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    refresh_statistics()
    collect_statics()
    if not quiet:
        out.print("Database, translations and static files are up to date.")


TICK_SECONDS = 60


def give_out_what_is_due() -> None:
    """Once a minute in the process that watches over the others. A busy database is asked again a minute later."""
    from django.db import DatabaseError, close_old_connections, connection  # after Django has started

    try:
        tick()
    except DatabaseError as error:
        err.print(f"What is due could not be looked up: {error}", style="red")
        connection.close()
    close_old_connections()


def run_until_stopped(commands: list[list[str]]) -> int:
    """Run the processes together; when one ends or we are told to stop, all are ended."""
    next_tick = time.monotonic() + 5
    running = [subprocess.Popen(command, env=os.environ) for command in commands]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.3)
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_SECONDS
                give_out_what_is_due()
        return next(process.returncode for process in running if process.poll() is not None) or 0
    except KeyboardInterrupt:
        return 0
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


@app.callback(invoke_without_command=True)
def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8000),
    processes: int = typer.Option(2, help="Web processes; one for each core."),
    threads: int = typer.Option(2, help="Threads in each process."),
    worker: bool = typer.Option(True, help="Also run a worker for background tasks."),
) -> None:
    """Prepare the database and serve."""
    start_django()
    prepare(quiet=True)
    commands = [server_command(host, port, processes=processes, threads=threads)]
    if worker:
        commands.append(worker_command())
    raise typer.Exit(run_until_stopped(commands))
