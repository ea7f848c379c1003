"""The file that a list's rejected rows come back as: the rows as they came, and beside them why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.http import HttpResponse
from django.utils.translation import gettext as _

from sapar.core.cells import CellWords
from sapar.files.models import StoredFile
from sapar.formats.tables import Table, write_xlsx
from sapar.web.downloads import download


class Refusing(Protocol):
    """A list that was brought; `refused` says of which rows why, as `rejected_rows` takes it."""

    file: StoredFile
    columns: list[str]
    refused: list[dict[str, Any]]


def refused_rows(batch: Refusing, table: Table, words: CellWords) -> HttpResponse:
    """The rejected rows of a list whose file is read anew."""
    numbers = {one["row"] for one in batch.refused}
    rows = [[row[column] for column in batch.columns] for row in table.rows if row.number in numbers]
    return rejected_rows(batch.file.name, batch.columns, rows, batch.refused, words)


def rejected_rows(
    list_name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    problems: Iterable[Mapping[str, Any]],
    words: CellWords,
) -> HttpResponse:
    """Corrected, the first sheet is a list to bring again.

    Args:
        list_name: the file that was brought.
        problems: each with `row`, `column`, `value` and `reason`.
    """
    why = [
        (one["row"], one["column"], one["value"], words.reason(one), words.remedy(one)) for one in problems
    ]
    content = write_xlsx(
        {
            _("Rows to correct"): (columns, list(rows)),
            _("Why"): ([_("Row"), _("Column"), _("Value"), _("Reason"), _("What to do")], why),
        }
    )
    name = _("rejected rows of %(name)s") % {"name": list_name.rpartition(".")[0] or list_name}
    return download(content, f"{name}.xlsx")
