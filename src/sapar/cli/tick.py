"""`sapar tick`: do what is due; for a timer where no worker runs."""

from __future__ import annotations

import typer

from sapar.cli.django import start_django
from sapar.cli.tables import out

app = typer.Typer(help="Give what is due to the worker: expiries, renewals, warnings.")


def tick() -> list[str]:
    """Names of what was given to the queue now."""
    from django.utils import timezone  # after Django has started

    from sapar.config.schedule import give_out

    return [due.name for due in give_out(timezone.now())]


@app.callback(invoke_without_command=True)
def give(
    run: bool = typer.Option(False, "--run", help="Also do it here, where no worker runs."),
    what: bool = typer.Option(False, "--list", help="Only say what there is and how often."),
) -> None:
    """Put due tasks into the queue; a second call at once finds nothing due."""
    start_django()
    if what:
        from sapar.config.schedule import DUE  # after Django has started

        for due in DUE:
            out.print(f"{due.name}: every {due.every}", highlight=False)
        return
    given = tick()
    for name in given:
        out.print(f"due: {name}", highlight=False)
    if not given:
        out.print("Nothing is due.")
    if run:
        from sapar.core.worker import PatientWorker  # after Django has started

        PatientWorker(once=True).run()
