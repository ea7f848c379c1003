"""The rows of a list as a file, with the list's own filter, order and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise

from sapar.formats.tables import csv_into, xlsx_into
from sapar.web.components import Cell, Figure, Link, State
from sapar.web.downloads import download_large, kept_on_disk
from sapar.web.tables.drawing import Words, said
from sapar.web.tables.lean import CHUNK, ending, lean_rows
from sapar.web.tables.spec import Column, ListSpec, R

EXPORT_LIMIT = 100_000


def export(kind: str, spec: ListSpec[R], columns: Sequence[Column[R]], rows: QuerySet[R]) -> HttpResponse:
    """The file is whole before the first of it is sent: a fault in the middle is an error and no shorter file."""
    names = [str(column.label) for column in columns]
    read = lean_rows(rows, spec.reads) if spec.reads else rows.iterator(chunk_size=CHUNK)
    lines = _lines(columns, read)
    title = str(spec.title)
    with kept_on_disk() as file, ending(read):
        if kind == "csv":
            csv_into(file, names, map(_dated, lines))
        else:
            xlsx_into(file, {title: (names, lines)})
        return download_large(file, f"{title} {timezone.localdate().isoformat()}.{kind}")


def _lines(columns: Sequence[Column[R]], rows: Iterable[R]) -> Iterator[list[object]]:
    words: Words = {}
    for row in rows:
        yield [column.export(row) if column.export else plain(column.cell(row), words) for column in columns]


def plain(value: Cell, words: Words) -> object:
    """The value without its clothes: numbers stay numbers, dates dates; `words` are the labels met so far."""
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
            return said(value.word, words)
        case Link():
            return said(value.text, words)
        case Figure():
            return plain(value.value, words)
        case list() | tuple():
            return ", ".join(str(plain(each, words)) for each in value)
        case Promise():
            return said(value, words)
    return str(value)


def _dated(line: list[object]) -> list[object]:
    return [_day(value) if isinstance(value, date) else value for value in line]


@lru_cache(maxsize=4096)
def _day(value: date) -> str:
    return value.strftime("%d.%m.%Y")
