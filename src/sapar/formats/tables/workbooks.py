"""The cells of a spreadsheet as the office sees them, failed formulas too."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from sapar.formats.tables.expanse import refuse_expanse
from sapar.formats.tables.failed_formulas import failed_formulas
from sapar.formats.tables.model import TableError

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 2_000_000
# What readers of archives, of XML and of cells raise; a part with a password is a RuntimeError.
DAMAGED = (
    CalamineError, BadZipFile, OSError, EOFError, RuntimeError, expat.ExpatError, struct.error, zlib.error,
)  # fmt: skip


def workbook_lines(content: bytes, sheet: str) -> tuple[list[list[str]], str]:
    if content[:2] == b"PK":
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                unpacked = sum(item.file_size for item in archive.infolist())
        except BadZipFile as error:
            raise TableError("tables.broken_workbook", "The workbook is damaged.") from error
        if unpacked > MAX_UNPACKED_BYTES:
            raise TableError(
                "tables.too_large", "The workbook unpacks to {size} bytes; at most {most} are read.",
                size=unpacked, most=MAX_UNPACKED_BYTES,
            )  # fmt: skip
    try:
        refuse_expanse(content)
        with _no_panic():
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet and sheet not in book.sheet_names:
            raise TableError(
                "tables.no_such_sheet", "There is no sheet “{sheet}”; the workbook has {found}.",
                sheet=sheet, found=", ".join(book.sheet_names),
            )  # fmt: skip
        for candidate in [sheet] if sheet else book.sheet_names:
            with _no_panic():
                cells = book.get_sheet_by_name(candidate).to_python(skip_empty_area=False, nrows=MAX_ROWS)
            lines = [[_shown(cell) for cell in line] for line in cells]
            failed = failed_formulas(
                content, book.sheet_names, candidate,
                height=len(lines), width=max(map(len, lines), default=0),
            )  # fmt: skip
            for (row, column), shown in failed.items():
                if row < len(lines) and column < len(lines[row]):
                    lines[row][column] = shown
            if any(any(line) for line in lines):
                return lines, candidate
    except DAMAGED as error:
        raise TableError("tables.broken_workbook", "The workbook is damaged.") from error
    raise TableError("tables.empty", "The workbook has no filled cell.")


@contextmanager
def _no_panic() -> Iterator[None]:
    """The reader ends some damaged files with a panic, which is no `Exception` in Python."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise TableError("tables.broken_workbook", "The workbook is damaged.") from error


def _shown(cell: Any) -> str:
    """A cell as the office sees it: whole numbers without '.0', dates as dd.mm.yyyy."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return f"{cell:%d.%m.%Y}" if cell.time() == dt.time() else f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, dt.date):
        return f"{cell:%d.%m.%Y}"
    return str(cell).strip()
