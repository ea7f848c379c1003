"""`sapar work`: a worker for background tasks."""

from __future__ import annotations

import typer

from sapar.cli.django import start_django
from sapar.cli.tick import tick

app = typer.Typer(help="Do background tasks; as many workers as wanted share one queue.")


@app.callback(invoke_without_command=True)
def work(
    once: bool = typer.Option(False, "--once", help="End when nothing is ready."),
    interval: float = typer.Option(1, help="Seconds between looks into an empty queue."),
) -> None:
    """Take tasks from the queue, what is due and what a killed worker left among them, until told to stop."""
    start_django()
    from sapar.core.worker import PatientWorker  # after Django has started

    worker = PatientWorker(once=once, interval=interval, each_minute=tick)
    worker.configure_signals()
    worker.run()
