"""`sapar backup` and `sapar restore`: database and files in one archive, verified."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from sapar.cli.django import start_django
from sapar.cli.tables import err, out

app = typer.Typer(help="Keep database and files in one archive, and bring them back.", no_args_is_help=True)


@app.command("make")
def make(
    target: Path = typer.Argument(Path(), help="A folder, or the archive's own name."),
) -> None:
    """Write an archive while the server may go on working, then read it back and compare."""
    start_django()
    from sapar.config.backups import BackupError, make_backup  # after Django has started

    try:
        if target.is_dir():
            target = target / f"sapar-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"
        made = make_backup(target)
    except (BackupError, PermissionError) as refused:
        err.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    out.print(
        f"{target}: {made.tables} tables, {made.rows} rows, {made.files} files; verified.", soft_wrap=True
    )


@app.command("verify")
def verify(archive: Path = typer.Argument(help="Archive that `make` wrote.")) -> None:
    """Check that an archive is whole; ends with 1 when it is not."""
    start_django()
    from sapar.config.backups import verify_backup  # after Django has started

    problems = verify_backup(archive)
    for problem in problems:
        err.print(problem, style="red", markup=False)
    out.print("whole" if not problems else f"{len(problems)} problems")
    raise typer.Exit(1 if problems else 0)


@app.command("restore")
def restore(
    archive: Path = typer.Argument(help="Archive that `make` wrote."),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace what is in the database now."),
) -> None:
    """Bring an archive back into an empty database, of either kind, and the files beside it."""
    start_django()
    from sapar.config.backups import BackupError, restore_backup  # after Django has started
    from sapar.config.encryption import unreadable_fields

    try:
        done = restore_backup(archive, overwrite=overwrite)
    except BackupError as refused:
        err.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    out.print(f"{done.tables} tables, {done.rows} rows, {done.files} files are back.")
    if unreadable := unreadable_fields():
        err.print(
            "The keys of this machine do not open what is encrypted: " + ", ".join(unreadable) + ". "
            "Write the keys of the machine that made the archive into SAPAR_FIELD_KEYS (where it had none, its "
            "SAPAR_SECRET_KEY into SAPAR_SECRET_KEY) and start anew; nothing else is to be done.",
            style="red", markup=False, soft_wrap=True,
        )  # fmt: skip
        raise typer.Exit(3)
