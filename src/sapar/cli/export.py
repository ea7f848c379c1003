"""`sapar export`: tables for analysis, without names."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import typer

from sapar.cli.django import start_prepared
from sapar.cli.tables import err, out, progress_bar

app = typer.Typer(help="Write tables for analysis as Parquet files, without names or personal data.")


@app.command()
def export(
    folder: Path = typer.Argument(help="Folder for the files; made when it is not there."),
    office: list[str] = typer.Option([], help="Only this office, by its short name; may be repeated."),
) -> None:
    """Partnerships, agreements, rows of places and exchanges of all offices, or of those named."""
    if importlib.util.find_spec("pyarrow") is None or importlib.util.find_spec("ibis") is None:
        err.print(
            "This word needs further packages: pip install 'sapar[server,analytics]'",
            style="red",
            markup=False,
        )
        raise typer.Exit(2)
    start_prepared()
    from sapar.accounts.models import Office  # after Django has started
    from sapar.reporting.analytics.export import export_tables

    offices = list(Office.objects.filter(slug__in=office) if office else Office.objects.all())
    if unknown := sorted(set(office) - {one.slug for one in offices}):
        err.print(f"There is no office called {', '.join(unknown)}.", style="red", markup=False)
        raise typer.Exit(2)
    with progress_bar("writing tables") as bar:
        written = export_tables(
            folder,
            offices,
            progress=lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total),
        )
    for name, rows in written.items():
        out.print(f"{name}.parquet: {rows} rows", highlight=False)
