"""`sapar directory`: fill the shared directory of institutions."""

from __future__ import annotations

import time
from pathlib import Path

import typer

from sapar.cli.django import start_prepared
from sapar.cli.tables import err, out, progress_bar, refusals
from sapar.formats.registries import read_register

app = typer.Typer(help="Fill the shared directory of institutions.", no_args_is_help=True)


@app.command()
def load(
    file: Path | None = typer.Argument(
        None, help="A ROR data dump (zip, JSON, CSV), or a list of Erasmus Charter holders."
    ),
    unsure: Path | None = typer.Option(
        None, help="Write the names that a person should look at to this file."
    ),
) -> None:
    """Load a register: ROR adds or renews institutions, the charter list joins its codes to them.

    Without a file, the small directory of Central Asian institutions that comes with Sapar.
    """
    if file is None:
        _load_shipped()
        return
    with refusals():
        register = read_register(file.read_bytes(), file.name)
    start_prepared()
    from sapar.directory.services.loading import (  # after Django has started
        join_identifiers,
        load_institutions,
    )

    institutions = register.institutions
    service = join_identifiers if register.is_charter else load_institutions
    started = time.perf_counter()
    with progress_bar(f"{len(institutions)} institutions") as bar:

        def progress(done: int, total: int, /) -> None:
            bar.update(bar.task_ids[0], completed=done, total=total)

        done = service(institutions, source=file.name, progress=progress)
    out.print(
        f"{done.added} added, {done.renewed} renewed, {done.joined} joined, {len(done.unsure)} left for a person; "
        f"{time.perf_counter() - started:.1f} s",
        soft_wrap=True,
    )
    if unsure is not None:
        unsure.write_text("\n".join(done.unsure) + "\n")
    elif done.unsure:
        err.print("Name a file with --unsure to see which.")


def _load_shipped() -> None:
    start_prepared()
    from sapar.directory.services.loading import load_shipped  # after Django has started

    done = load_shipped()
    out.print(f"{done.added} added, {done.renewed} renewed")


@app.callback()
def main() -> None:
    """Fill the shared directory of institutions."""
