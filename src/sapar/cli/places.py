"""`sapar places`: prove or refute stored results of the giving of places."""

from __future__ import annotations

import typer

from sapar.cli.django import start_prepared
from sapar.cli.tables import err, out, show

app = typer.Typer(help="Prove or refute stored results of the giving of places.")


@app.callback()
def places() -> None:
    """Results of the giving of places, as they are stored."""


@app.command()
def verify(
    call: int = typer.Argument(help="Number of the call, as in the address of its page."),
    every: bool = typer.Option(
        False, "--all", help="All runs, also dry runs; else the adopted and replaced ones."
    ),
) -> None:
    """Verify the stored runs of a call from their stored data alone; exit code 1 when one does not hold."""
    start_prepared()
    from sapar.mobility.models import Call, PlacingRun
    from sapar.mobility.services.placing import verify_run
    from sapar.mobility.states import RunState

    found = Call.objects.filter(pk=call).first()
    if found is None:
        err.print(f"There is no call {call}.", style="red")
        raise typer.Exit(2)
    states = [RunState.ADOPTED, RunState.REPLACED] + ([RunState.TRIAL] if every else [])
    rows, sound = [], True
    for run in PlacingRun.objects.filter(call=found, state__in=states).order_by("number"):
        checked = verify_run(run)
        sound = sound and checked.sound
        rows.append(
            (
                run.number,
                run.state,
                run.seed,
                run.applicants,
                run.placed,
                "yes" if checked.sound else "NO",
                "yes" if checked.stable else "no",
                len(checked.blocking),
            )
        )
    if not rows:
        err.print("The call has no run to verify.", style="red")
        raise typer.Exit(2)
    show(
        found.title,
        ("run", "state", "seed", "applicants", "placed", "holds", "stable", "objections"),
        rows,
    )
    if not sound:
        err.print("A stored result does not hold: it was changed, or belongs to other data.", style="red")
        raise typer.Exit(1)
    out.print("Every result follows from its stored data.")
