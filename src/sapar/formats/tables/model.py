"""A table with its rows as a person saw them, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_CELLS = 5_000_000


class TableError(ValueError):
    """A file that is not a table we can read; `code` is stable, `facts` say what was found."""

    def __init__(self, code: str, message: str, /, **facts: str | int) -> None:
        super().__init__(message.format(**facts))
        self.code = code
        self.facts = facts


def too_far(rows: int, columns: int) -> TableError:
    return TableError(
        "tables.too_large",
        "The cells stretch over {rows} rows and {columns} columns; at most {most} cells are read.",
        rows=rows, columns=columns, most=MAX_CELLS,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """One refused cell, or a whole row when `column` is empty.

    `row` counts as the spreadsheet does: the first line of the file is 1.
    """

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"row {self.row}" + (f", column “{self.column}”" if self.column else "")
        return f"{where}: “{self.value}” – {self.reason}"


class RefusedRows(ValueError):
    """All problems of a file at once; nothing of it was taken."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__(f"{len(problems)} problems: " + "; ".join(str(p) for p in problems[:3]))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Row:
    """`beyond` are filled cells behind the last column, such as half of a number with a comma."""

    number: int
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Note:
    """What stands in a row of a workbook behind the last column, or below the table where no column is."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`columns` in file order; `rows` without empty ones.

    `notes` are cells of a workbook that belong to no column. `encoding` and `delimiter` are '' for workbooks."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    header_row: int
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    @property
    def moved(self) -> tuple[Row, ...]:
        """Rows of a text with filled cells behind the last column: a comma too many moves everything behind it.

        A note beside the table of a workbook moves nothing.
        """
        return tuple(row for row in self.rows if row.beyond) if self.delimiter else ()

    def require(self, *names: str) -> None:
        """Refuse the file when a column is missing."""
        if missing := [name for name in names if name not in self.columns]:
            raise TableError(
                "tables.missing_columns",
                "The columns {missing} are missing; the file has {found}.",
                missing=", ".join(missing),
                found=", ".join(self.columns),
            )
