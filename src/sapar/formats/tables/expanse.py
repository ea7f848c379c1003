"""How far the cells of a workbook stretch, told before they are laid out.

The workbook reader lays out the whole rectangle up to the farthest cell, and whatever an open document says is
repeated: one cell in the far corner of a small file would take more memory than any machine has, and end the process.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from zipfile import ZipFile

from sapar.formats.tables.containers import binary_records, elements
from sapar.formats.tables.model import MAX_CELLS, too_far

# Where a row or a cell of XLSX says that it stands: r="7", r="AB7". The reader takes small letters too.
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})(\d{0,12})["']""")
# [MS-XLSB] 2.3.2: a row begins; cells of every kind.
XLSB_ROW, XLSB_CELLS = 0, range(1, 12)
# By any of these a cell of ODS holds something, also without a text.
ODS_FILLED = {"value-type", "value", "date-value", "time-value", "string-value", "boolean-value", "formula"}


def refuse_expanse(content: bytes) -> None:
    """Refuse a workbook whose cells would not be laid out within a reasonable memory.

    Raises:
        TableError: ``tables.too_large``
        BadZipFile, struct.error, expat.ExpatError: the file is damaged.
    """
    for rows, columns, cells in _expanses(content):
        if cells > MAX_CELLS:
            raise too_far(rows, columns)


def _expanses(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Rows, columns and cells of each part that could be a sheet, whatever the workbook calls it.

    The sheets of an open document are laid out all at once: each counts with those before it.
    """
    with ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            inside = archive.read(part)
            if part.filename == "content.xml":
                cells = 0
                for rows, columns in _ods(inside):
                    cells += rows * columns
                    yield rows, columns, cells
                continue
            rows, columns = (_xlsb if part.filename.lower().endswith(".bin") else _xlsx)(inside)
            yield rows, columns, rows * columns


def _xlsx(xml: bytes) -> tuple[int, int]:
    if b"sheetData" not in xml:
        return 0, 0
    rows, letters = 0, set()
    for place in PLACE.finditer(xml):
        letters.add(place[1])
        rows = max(rows, int(place[2] or b"0"))
    return rows, max(map(_column_number, letters), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _xlsb(part: bytes) -> tuple[int, int]:
    rows = columns = 0
    for kind, data in binary_records(part):
        if len(data) < 4:
            continue
        if kind == XLSB_ROW:
            rows = max(rows, struct.unpack_from("<I", data)[0] + 1)
        elif kind in XLSB_CELLS:
            columns = max(columns, struct.unpack_from("<I", data)[0] + 1)
    return rows, columns


def _ods(xml: bytes) -> Iterator[tuple[int, int]]:
    """Rows up to the last that holds anything, and the widest of them; Calc fills each sheet up with empty ones."""
    passed = rows = columns = column = high = wide = 0
    for tag, named, _text in elements(xml):
        if tag == "table":
            yield rows, columns
            passed = rows = columns = high = 0
        elif tag == "table-row":
            passed, high, column = passed + high, _repeated(named, "number-rows-repeated"), 0
        elif tag in ("table-cell", "covered-table-cell"):
            wide = _repeated(named, "number-columns-repeated")
            column += wide
            if ODS_FILLED & named.keys():
                rows, columns = passed + high, max(columns, column)
        elif tag == "p" and high:
            rows, columns = passed + high, max(columns, column)
    yield rows, columns


def _repeated(named: dict[str, str], name: str) -> int:
    """As often as the reader takes it, which also reads +5 and 0000000005."""
    number = re.fullmatch(r"\+?(\d+)", named.get(name, "1"))
    return int(number[1]) if number else 1
