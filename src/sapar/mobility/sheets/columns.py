"""Finding the columns of a sheet by what people call them, in the languages of the region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from sapar.core.cells import notes_told, why_unreadable
from sapar.formats.tables import CellProblem, RefusedRows, Table, TableError, read_table
from sapar.methods.names import search_key
from sapar.mobility.errors import SheetUnreadable

MOST_ROWS = 5_000


def table_of(content: bytes, name: str) -> Table:
    """The sheet's table.

    Raises:
        SheetUnreadable: not a table, empty, damaged or far too long.
    """
    try:
        table = read_table(content, name=name)
    except TableError as refused:
        raise SheetUnreadable(why=why_unreadable(refused)) from refused
    if not len(table):
        raise SheetUnreadable(why=_("it has a head but no rows."))
    if len(table) > MOST_ROWS:
        raise SheetUnreadable(why=_("it has more than %(most)s rows.") % {"most": MOST_ROWS})
    return table


def beside(content: bytes, name: str) -> str:
    """What stands beside or below the table and is not read, as a sentence; '' when there is none or no table."""
    try:
        return notes_told(read_table(content, name=name).notes)
    except TableError:
        return ""


def find_columns(
    table: Table, called: Mapping[str, Sequence[str]], *, required: Sequence[str]
) -> dict[str, str]:
    """Our field → the sheet's column; each column is taken once, exact names first, then those that begin so.

    Raises:
        RefusedRows: a required column was not found; the problem names what would be known.
    """
    keys = {column: search_key(column) for column in table.columns}
    found: dict[str, str] = {}
    for exactly in (True, False):
        for field, names in called.items():
            if field in found:
                continue
            for name in map(search_key, names):
                free = (column for column in table.columns if column not in found.values())
                hit = next(
                    (
                        c
                        for c in free
                        if keys[c] == name or (not exactly and len(name) > 2 and keys[c].startswith(name))
                    ),
                    None,
                )
                if hit is not None:
                    found[field] = hit
                    break
    missing = [field for field in required if field not in found]
    if missing:
        raise RefusedRows(
            [
                CellProblem(
                    row=table.header_row,
                    column=called[field][0],
                    value=", ".join(table.columns)[:200],
                    reason=_("There is no such column. It may be called: %(names)s.")
                    % {"names": ", ".join(called[field])},
                )
                for field in missing
            ]
        )
    return found
