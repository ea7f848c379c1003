"""`sapar serve`: the server and a worker beside it."""

from __future__ import annotations

import subprocess
import sys

import typer

from sapar.config.watch import become_watcher

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


@app.callback(invoke_without_command=True)
def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8000, help="Port."),
    processes: int = typer.Option(2, help="Web processes; one for each core."),
    threads: int = typer.Option(2, help="Threads in each process."),
    worker: bool = typer.Option(True, help="Also run a worker for background tasks."),
) -> None:
    """Prepare the database and serve.

    This process only watches over the others, and stays as small as that: what loads the application ends first.
    """
    if failed := subprocess.run([sys.executable, "-m", "sapar.cli", "prepare", "--quiet"]).returncode:
        raise typer.Exit(failed)
    commands = [server_command(host, port, processes=processes, threads=threads)]
    if worker:
        commands.append(worker_command())
    become_watcher(commands)
