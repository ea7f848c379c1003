"""Workbooks of Excel 5 to 2003 (XLS).

They have a reader of their own: that of the newer kinds sets memory aside for as many cells and texts as the file
says it has, and a few false bytes would end the process. This one takes what is there.

Sources: [MS-XLS], [MS-CFB]; an encrypted workbook of any age lies in a compound file too ([MS-OFFCRYPTO] 2.3).
"""

from __future__ import annotations

import datetime as dt
import io
import struct

from sapar.formats.tables.containers import BOF, Compound, compound, records, span
from sapar.formats.tables.model import MAX_CELLS, TableError, too_far
from sapar.formats.tables.shown import shown

ENCRYPTED = "encryptedpackage"
SHEET, FILE_PASSWORD = 0x0085, 0x002F
# Without a word about the letters of an Excel 5 workbook, those of the region are likelier than those of the west.
LETTERS = "cp1251"
UNICODE = 80  # the version, times ten, from which texts are in Unicode
PARTIAL = "#VALUE!"


class OldWorkbook:
    """Opened; sheets are read one at a time.

    Raises:
        TableError: ``tables.locked``, ``tables.broken_workbook``
    """

    def __init__(self, content: bytes) -> None:
        import xlrd  # a process that never meets an old workbook does without

        inside = _opened(content)
        self._types = xlrd
        # Damage ends the reader with whatever error it meets first, an IndexError or an assertion of its own.
        try:
            self._book = _book(inside.workbook, None)
            if self._book.biff_version < UNICODE and self._book.codepage is None:
                self._book = _book(inside.workbook, LETTERS)
        except Exception as error:
            raise _damaged() from error
        self.sheet_names: list[str] = list(self._book.sheet_names())

    def lines(self, name: str) -> list[list[str]]:
        """The cells of a sheet as the office sees them, all lines equally long.

        Raises:
            TableError: ``tables.too_large``, ``tables.broken_workbook``
        """
        try:
            sheet = self._book.sheet_by_name(name)
        except Exception as error:
            raise _damaged() from error
        width = max(map(sheet.row_len, range(sheet.nrows)), default=0)
        if sheet.nrows * width > MAX_CELLS:
            raise too_far(sheet.nrows, width)
        lines = []
        for row in range(sheet.nrows):
            cells = zip(sheet.row_types(row), sheet.row_values(row), strict=True)
            line = [self._shown(kind, value) for kind, value in cells]
            lines.append(line + [""] * (width - len(line)))
        self._book.unload_sheet(name)
        return lines

    def _shown(self, kind: int, value: object) -> str:
        types = self._types
        if kind == types.XL_CELL_ERROR:
            return str(types.error_text_from_code.get(value, PARTIAL))
        if kind == types.XL_CELL_BOOLEAN:
            return shown(bool(value))
        if kind == types.XL_CELL_DATE and isinstance(value, float):
            return shown(self._moment(value))
        return shown(value)

    def _moment(self, days: float) -> object:
        """Below one day it is a time of day; what no calendar holds stays the number that it is."""
        try:
            moment = self._types.xldate.xldate_as_datetime(days, self._book.datemode)
        except (OverflowError, ValueError):
            return days
        moment = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        return moment.time() if 0 < days < 1 else moment


def _opened(content: bytes) -> Compound:
    try:
        inside = compound(content)
    except struct.error as error:
        raise _damaged() from error
    if is_locked(inside):
        raise TableError("tables.locked", "The workbook is protected with a password.")
    starts = sheet_starts(inside.workbook)
    if not starts:
        raise _damaged()
    # Sheets that lie one within the other would be read again and again.
    walked = 0
    for start in starts:
        walked += span(inside.workbook, start) - start
        if walked > len(inside.workbook):
            raise _damaged()
    return inside


def is_locked(inside: Compound) -> bool:
    """Whether a password is needed to read it; also of newer workbooks, which are wrapped up in a compound file."""
    if any(name.lower() == ENCRYPTED for name in inside.names):
        return True
    return any(kind == FILE_PASSWORD for kind, _ in records(inside.workbook, 0))


def sheet_starts(stream: bytes) -> list[int]:
    """Where the sheets of a workbook begin; none when it is no workbook."""
    if len(stream) < 4 or struct.unpack_from("<H", stream)[0] != BOF:
        return []
    return [
        struct.unpack_from("<I", data)[0]
        for kind, data in records(stream, 0)
        if kind == SHEET and len(data) >= 4
    ]


def _book(stream: bytes, letters: str | None):  # type: ignore[no-untyped-def]
    import xlrd

    return xlrd.open_workbook(
        file_contents=stream,
        logfile=io.StringIO(),
        encoding_override=letters,
        on_demand=True,
        ragged_rows=True,
    )


def _damaged() -> TableError:
    return TableError("tables.broken_workbook", "The workbook is damaged.")
