"""What every command does with a table: read it, list what is wrong with it, write the result.

Exit codes: 0 done; 1 the data do not allow an answer (a `MethodError`); 2 the call or a file is wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from sapar.formats.tables import RefusedRows, Table, TableError, read_table, write_csv, write_xlsx
from sapar.methods.errors import MethodError

# Into a file or a pipe lines are as long as they need to be; a terminal has its own width.
out = Console(width=None if sys.stdout.isatty() else 200)
err = Console(stderr=True, width=None if sys.stderr.isatty() else 200)


def load(path: Path, *columns: str) -> Table:
    """Read a table that must have `columns`."""
    try:
        table = read_table(path)
        table.require(*columns)
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    return table


@contextmanager
def refusals() -> Iterator[None]:
    """Shows an expected refusal as sentences and ends with its exit code."""
    try:
        yield
    except RefusedRows as refused:
        for problem in refused.problems[:200]:
            err.print(f"  {problem}", markup=False, highlight=False)
        if len(refused.problems) > 200:
            err.print(f"  … and {len(refused.problems) - 200} more")
        err.print(f"{len(refused.problems)} problems; nothing was computed.", style="red")
        raise typer.Exit(2) from None
    except (TableError, OSError) as error:
        err.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    except MethodError as error:
        err.print(str(error), style="red", markup=False)
        err.print(f"({error.code})", style="dim", markup=False)
        raise typer.Exit(1) from None


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """A bar on standard error that only a terminal sees."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        bar.add_task(what, total=None)
        yield bar


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A readable table in the terminal; numbers stand right."""
    rows = [list(row) for row in rows]
    table = RichTable(title=title, title_justify="left")
    for at, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[at], (int, float)) for row in rows)
        table.add_column(column, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(
            *("" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else str(cell) for cell in row)
        )
    out.print(table)


def save(path: Path, sheets: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]]) -> None:
    """Write by the file's ending: .xlsx all sheets, .csv the first one, .json all of them."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        content = write_xlsx(dict(sheets))
    elif ending == ".csv":
        columns, rows = next(iter(sheets.values()))
        content = write_csv(columns, rows)
    elif ending == ".json":
        data = {
            name: [dict(zip(columns, row, strict=True)) for row in rows]
            for name, (columns, rows) in sheets.items()
        }
        content = json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()
    else:
        raise TableError("tables.unknown_ending", "{path}: write .csv, .xlsx or .json.", path=str(path))
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    partial.replace(path)
    err.print(f"written: {path}", markup=False)
