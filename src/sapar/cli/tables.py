"""What every command does with a table: read it, list what is wrong with it, write the result.

Exit codes: 0 done; 1 the data do not allow an answer (a `MethodError`); 2 the call or a file is wrong.
"""

from __future__ import annotations

import csv
import json
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text

from sapar.formats.tables import (
    CellProblem,
    ReaderWords,
    RefusedRows,
    Table,
    TableError,
    moved_problems,
    read_table,
    write_csv,
    write_xlsx,
)
from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress as Heard

# Into a file or a pipe lines are as long as they need to be; a terminal has its own width.
out = Console(width=None if sys.stdout.isatty() else 200)
err = Console(stderr=True, width=None if sys.stderr.isatty() else 200)
# A cell beyond this is cut on the screen, never in a file.
WIDEST_CELL = 300
MOST_LISTED = 200
# Nobody reads more lines of a table on the screen, and drawing them would take longer than what they show.
MOST_DRAWN = 200
ENDINGS = (".csv", ".xlsx", ".json")
# From here on reading a file, or what is made of so many rows, may take a second and shows that it goes on.
MANY_BYTES = 2_000_000
MANY_ROWS = 50_000


class RefusedFiles(ValueError):
    """The faulty cells of several files, by the name of the file; nothing was taken."""

    def __init__(self, by_file: Mapping[str, Sequence[CellProblem]]) -> None:
        super().__init__(f"{sum(map(len, by_file.values()))} problems in {', '.join(by_file)}")
        self.by_file = {name: tuple(problems) for name, problems in by_file.items()}


def load(path: Path, *columns: str, filled: bool = False) -> Table:
    """Read a table that must have `columns`, and at least one row when it must be `filled`."""
    try:
        with at_work(f"reading {path.name}", path.stat().st_size > MANY_BYTES):
            table = read_table(path)
        table.require(*columns)
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    except csv.Error as error:
        raise TableError(
            "tables.broken_csv", "The text cannot be read as a table: {why}.", why=str(error)
        ) from error
    if moved := moved_problems(table, ReaderWords()):
        raise RefusedFiles({path.name: moved})
    if notes := table.notes:
        first = notes[0]
        err.print(
            visible(
                f"{path.name}: {len(notes)} rows have cells behind the last column “{table.columns[-1]}”, which were "
                f"not read; row {first.row}: “{', '.join(first.cells)}”."
            ),
            style="yellow", markup=False,
        )  # fmt: skip
    if filled and not table.rows:
        raise TableError(
            "tables.no_rows", "{path} has the columns {found} and no row.",
            path=str(path), found=", ".join(table.columns),
        )  # fmt: skip
    return table


def load_settings(path: Path) -> dict[str, Any]:
    """The settings of a TOML file."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    except RecursionError as error:
        raise TableError("tables.bad_toml", "{path}: {why}", path=str(path), why="nested too deep") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError("tables.bad_toml", "{path}: {why}", path=str(path), why=str(error)) from error


def hidden(text: str) -> bool:
    """Whether `text` has signs that nobody sees: two codes that look alike would be two, or one over two lines."""
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in text)


def visible(text: str) -> str:
    """`text` with such signs written as escapes, so that it cannot rearrange a line or steer a terminal."""
    return "".join(
        f"\\u{ord(sign):04x}" if hidden(sign) and sign not in "\n\u200c\u200d" else sign for sign in text
    )


def writable(*paths: Path | None) -> None:
    """Refuse, before anything is computed, a file that could not be written afterwards."""
    for path in paths:
        if path is not None and not path.parent.is_dir():
            raise TableError("tables.no_such_folder", "There is no folder {path}.", path=str(path.parent))
        if path is not None and path.suffix.lower() not in ENDINGS:
            raise _unknown_ending(path)


def _unknown_ending(path: Path) -> TableError:
    return TableError("tables.unknown_ending", "{path}: write .csv, .xlsx or .json.", path=str(path))


@contextmanager
def refusals() -> Iterator[None]:
    """Shows an expected refusal as sentences and ends with its exit code."""
    try:
        yield
    except RefusedRows as refused:
        _list_refused({"": refused.problems})
        raise typer.Exit(2) from None
    except RefusedFiles as refused:
        _list_refused(refused.by_file)
        raise typer.Exit(2) from None
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        err.print(f"{visible(where)}{error.strerror or error}.", style="red", markup=False)
        raise typer.Exit(2) from None
    except TableError as error:
        err.print(visible(str(error)), style="red", markup=False)
        raise typer.Exit(2) from None
    except MethodError as error:
        err.print(visible(str(error)), style="red", markup=False)
        err.print(f"({error.code})", style="dim", markup=False)
        raise typer.Exit(1) from None


def _list_refused(by_file: Mapping[str, Sequence[CellProblem]]) -> None:
    for name, problems in by_file.items():
        if name:
            err.print(f"{visible(name)}:", markup=False, highlight=False)
        # A terminal keeps no more; a file or a pipe gets all of them.
        shown = problems[:MOST_LISTED] if err.is_terminal else problems
        err.file.writelines(f"  {visible(str(problem))}\n" for problem in shown)
        if len(problems) > len(shown):
            more = len(problems) - len(shown)
            err.print(
                f"  … and {more} more; 2> problems.txt writes all of them", markup=False, highlight=False
            )
    err.print(f"{sum(map(len, by_file.values()))} problems; nothing was computed.", style="red")


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """A bar on standard error that only a terminal sees."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        bar.add_task(what, total=None)
        yield bar


@contextmanager
def at_work(what: str, long: bool) -> Iterator[None]:
    """A bar that only says that something goes on, if it may take `long`."""
    if not long:
        yield
        return
    with progress_bar(what):
        yield


def heard(bar: Progress) -> Heard:
    """What moves a bar on."""
    task = bar.task_ids[0]
    return lambda done, total: bar.update(task, completed=done, total=total)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A readable table in the terminal, its first rows if there are many; numbers stand right."""
    every = [list(row) for row in rows]
    rows = every[:MOST_DRAWN]
    table = RichTable(title=_cell(title), title_justify="left")
    for at, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[at], (int, float)) for row in rows)
        table.add_column(_cell(column), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*map(_cell, row))
    out.print(table)
    if len(every) > MOST_DRAWN:
        out.print(f"… and {len(every) - MOST_DRAWN} more rows.")


def _cell(cell: object) -> Text:
    """What stands in the file as it is: square brackets are no markup."""
    text = "" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else visible(str(cell))
    return Text(text if len(text) <= WIDEST_CELL else text[:WIDEST_CELL] + " …")


def save(
    path: Path, sheets: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]], *, beside: bool = False
) -> None:
    """Write by the file's ending: .xlsx all sheets, .json all of them, .csv the first one.

    With `beside`, a .csv has a file of its own for each further sheet that has rows: pairs.identical.csv.
    """
    ending = path.suffix.lower()
    if ending == ".csv" and beside:
        for name, (columns, rows) in list(sheets.items())[1:]:
            if rows:
                further = path.with_name(f"{path.stem}.{name.replace(' ', '-')}{path.suffix}")
                save(further, {name: (columns, rows)})
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
        raise _unknown_ending(path)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    partial.replace(path)
    err.print(f"written: {path}", markup=False)
