"""The cells of a spreadsheet as the office sees them, failed formulas too."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from sapar.formats.tables.expanse import refuse_expanse
from sapar.formats.tables.failed_formulas import failed_formulas
from sapar.formats.tables.model import TableError
from sapar.formats.tables.old_workbooks import OldWorkbook
from sapar.formats.tables.shown import shown

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAIN_PARTS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
MAX_ROWS = 2_000_000
ENCRYPTED_BIT, OPEN_LIST = 0x1, "META-INF/manifest.xml"
# What readers of archives, of XML and of cells raise; a part with a password is a RuntimeError.
DAMAGED = (
    CalamineError, BadZipFile, OSError, EOFError, RuntimeError, expat.ExpatError, struct.error, zlib.error,
)  # fmt: skip


class Workbook(Protocol):
    """Opened, of whatever kind; `lines` are the cells of a sheet as the office sees them."""

    sheet_names: list[str]

    def lines(self, name: str) -> list[list[str]]: ...


def workbook_lines(content: bytes, sheet: str) -> tuple[list[list[str]], str]:
    """The cells of the named sheet, or of the first one that holds any, and its name.

    Raises:
        TableError: ``tables.broken_workbook``, ``tables.locked``, ``tables.too_large``, ``tables.no_such_sheet``,
            ``tables.empty``
    """
    try:
        book: Workbook = NewWorkbook(content) if content[:2] == b"PK" else OldWorkbook(content)
        if sheet and sheet not in book.sheet_names:
            raise TableError(
                "tables.no_such_sheet", "There is no sheet “{sheet}”; the workbook has {found}.",
                sheet=sheet, found=", ".join(book.sheet_names),
            )  # fmt: skip
        for candidate in [sheet] if sheet else book.sheet_names:
            lines = book.lines(candidate)
            if any(any(line) for line in lines):
                return lines, candidate
    except DAMAGED as error:
        raise TableError("tables.broken_workbook", "The workbook is damaged.") from error
    raise TableError("tables.empty", "The workbook has no filled cell.")


def is_workbook(content: bytes) -> bool:
    """Whether an archive is one of the newer workbooks; damaged ones are none."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return not MAIN_PARTS.isdisjoint(archive.namelist())
    except BadZipFile:
        return False


class NewWorkbook:
    """XLSX, XLSB and ODS, which are archives. Raises `DAMAGED` and `TableError`."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        _refuse_archive(content)
        refuse_expanse(content)
        with _no_panic():
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.sheet_names = self._book.sheet_names

    def lines(self, name: str) -> list[list[str]]:
        with _no_panic():
            cells = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_ROWS)
        lines = [[shown(cell) for cell in line] for line in cells]
        width = max(map(len, lines), default=0)
        failed = failed_formulas(self._content, name, height=len(lines), width=width)
        for (row, column), text in failed.items():
            if row < len(lines) and column < len(lines[row]):
                lines[row][column] = text
        return lines


def _refuse_archive(content: bytes) -> None:
    with ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise TableError(
                "tables.too_large", "The workbook unpacks to {size} bytes; at most {most} are read.",
                size=unpacked, most=MAX_UNPACKED_BYTES,
            )  # fmt: skip
        if is_locked_archive(archive):
            raise TableError("tables.locked", "The workbook is protected with a password.")


def is_locked_archive(archive: ZipFile) -> bool:
    """Whether parts need a password; open documents encrypt them within the archive and say so in its list."""
    if any(part.flag_bits & ENCRYPTED_BIT for part in archive.infolist()):
        return True
    return OPEN_LIST in archive.namelist() and b"encryption-data" in archive.read(OPEN_LIST)


@contextmanager
def _no_panic() -> Iterator[None]:
    """The reader ends some damaged files with a panic, which is no `Exception` in Python."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise TableError("tables.broken_workbook", "The workbook is damaged.") from error
