"""The rows of a list as a file, with the list's own filter, order and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from sapar.formats.tables import write_csv, write_xlsx
from sapar.web.components import Cell, Figure, Link, State
from sapar.web.downloads import download
from sapar.web.tables.spec import Column, ListSpec, R

EXPORT_LIMIT = 100_000


def export(kind: str, spec: ListSpec[R], columns: Sequence[Column[R]], rows: QuerySet[R]) -> HttpResponse:
    names = [str(column.label) for column in columns]
    lines = _lines(columns, rows)
    title = str(spec.title)
    content = write_csv(names, map(_dated, lines)) if kind == "csv" else write_xlsx({title: (names, lines)})
    return download(content, f"{title} {timezone.localdate().isoformat()}.{kind}")


def _lines(columns: Sequence[Column[R]], rows: QuerySet[R]) -> Iterator[list[object]]:
    for row in rows.iterator(chunk_size=2000):
        yield [column.export(row) if column.export else plain(column.cell(row)) for column in columns]


def plain(value: Cell) -> object:
    """The value without its clothes: numbers stay numbers, dates dates."""
    match value:
        case None | bool() | int() | float():
            return value
        case Decimal():
            return float(value)
        case datetime():
            return timezone.localtime(value).replace(tzinfo=None)
        case date():
            return value
        case State():
            return str(value.word)
        case Link():
            return str(value.text)
        case Figure():
            return plain(value.value)
        case list() | tuple():
            return ", ".join(str(plain(each)) for each in value)
    return str(value)


def _dated(line: list[object]) -> list[object]:
    return [value.strftime("%d.%m.%Y") if isinstance(value, date) else value for value in line]
