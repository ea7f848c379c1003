"""What every list has in common that an office brings: its file is kept, its table read, its columns named."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from sapar.accounts.actors import Actor, user_of
from sapar.accounts.models import Office, User
from sapar.core.cells import why_unreadable
from sapar.core.errors import NotAllowed
from sapar.files.models import StoredFile
from sapar.files.services import store
from sapar.files.sniffing import TABLES
from sapar.formats.tables import Table, TableError, read_table
from sapar.partners.columns import checked
from sapar.partners.errors import ColumnTwice, ListUnreadable

MOST_ROWS = 3_000
# So many rows are named.
MOST_NAMED = 20
NO_ROWS = _n("it has names of columns and no rows.")
MOVED = _n(
    "behind the last column, “%(column)s”, more cells are filled (%(rows)s). Put a cell that holds the sign between "
    "cells in quotes, or give these cells a column."
)


@dataclass(frozen=True)
class KeptList:
    """A list as it was brought, and who brought it."""

    by: User
    file: StoredFile
    table: Table


def keep_list(
    content: bytes, name: str, *, purpose: str, header_row: int, office: Office, by: Actor, at: datetime
) -> KeptList:
    """Keep the file of a list and read its table. Called by services that have asked their own policy.

    Args:
        header_row: the line with the names of the columns, counted from 1; 0 finds it.

    Raises:
        NotAllowed: only a person with an account brings lists.
        ListUnreadable, FileTooLarge, FileTypeRefused, FileDamaged
    """
    user = user_of(by)
    if user is None:
        raise NotAllowed
    content = _in_utf8(content)
    stored = store(content, name, office=office, purpose=purpose, taken=TABLES, by=by, at=at)
    return KeptList(user, stored, read_list(content, stored.name, header_row))


def read_list(content: bytes, name: str, header_row: int = 0) -> Table:
    """The table of a list.

    Raises:
        ListUnreadable: no table, without rows, or with too many.
    """
    try:
        table = read_table(content, name=name, header_row=header_row)
    except TableError as error:
        raise ListUnreadable(name=name, reason=why_unreadable(error)) from error
    if not table.rows:
        raise ListUnreadable(name=name, reason=_(NO_ROWS))
    if moved := table.moved:
        rows = [
            _("row %(row)s: “%(value)s”") % {"row": row.number, "value": ", ".join(row.beyond)}
            for row in moved[:MOST_NAMED]
        ]
        more = [] if len(moved) <= MOST_NAMED else ["…"]
        facts = {"column": table.columns[-1], "rows": "; ".join([*rows, *more])}
        raise ListUnreadable(name=name, reason=_(MOVED) % facts)
    if len(table.rows) > MOST_ROWS:
        reason = _("it has %(rows)s rows; at most %(most)s are taken at once. Divide it.")
        raise ListUnreadable(name=name, reason=reason % {"rows": len(table.rows), "most": MOST_ROWS})
    return table


def columns_chosen(
    mapping: Mapping[str, str], columns: Sequence[str], fields: Iterable[str]
) -> dict[str, str]:
    """Field → column, without fields and columns that do not exist.

    Raises:
        ColumnTwice: one column was chosen for two fields.
    """
    chosen = checked(mapping, columns, fields)
    taken: set[str] = set()
    for column in chosen.values():
        if column in taken:
            raise ColumnTwice(column=column)
        taken.add(column)
    return chosen


def _in_utf8(content: bytes) -> bytes:
    """Spreadsheets save "Unicode text" as UTF-16, which looks like no text at all."""
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return content.decode("utf-16", errors="replace").encode()
    return content
