"""CSV in any encoding that offices use; where the table begins."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from sapar.formats.tables.model import Note, Row, Table, TableError
from sapar.formats.tables.workbooks import MAX_ROWS, workbook_lines

MAX_BYTES = 64 * 1024 * 1024
MAX_COLUMNS = 2_000
MAX_CELL = 1_000_000  # characters
ENCODINGS = ("utf-8-sig", "cp1251")
# What systems export under the name of a workbook: a page, or the XML of Excel 2003.
PAGE = re.compile(r"\s*<(?:!doctype\b|html\b|head\b|meta\b|table\b|\?xml\b)", re.IGNORECASE)
DELIMITERS = ",;\t|"


def read_table(source: Path | bytes, *, name: str = "", sheet: str = "", header_row: int = 0) -> Table:
    """Read CSV, TSV, XLSX, XLSB, XLS (Excel 5 to 2003) or ODS.

    Args:
        source: a path, or the content itself.
        name: the file's name when `source` is bytes; its ending is only a hint, the content decides.
        sheet: a sheet of a workbook; the first one that has cells when empty.
        header_row: the line with the column names, counted from 1; 0 finds it: the first line that has
            at least as many filled cells as half of the widest line and no repeated name.

    Raises:
        TableError: not a table, too large, empty, or the named sheet or line does not exist.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    if len(content) > MAX_BYTES:
        raise TableError(
            "tables.too_large", "The file has {size} bytes; at most {most} are read.",
            size=len(content), most=MAX_BYTES,
        )  # fmt: skip
    if not content.strip():
        raise TableError("tables.empty", "The file is empty.")
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        lines, sheet = workbook_lines(content, sheet)
        return _table(lines, header_row, sheet=sheet)
    text, encoding = _decode(content, name)
    if PAGE.match(text):
        raise TableError(
            "tables.web_page",
            "{name} is a web page or XML that bears the name of a spreadsheet; open it in one and save it as XLSX.",
            name=name or "This",
        )
    csv.field_size_limit(MAX_CELL)
    delimiter = _delimiter(text)
    try:
        lines = [list(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise TableError(
            "tables.broken_csv", "The text cannot be read as a table: {why}.", why=str(error)
        ) from error
    return _table(lines, header_row, encoding=encoding, delimiter=delimiter)


def _decode(content: bytes, name: str) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_marked_utf16(content), "utf-16"
    if b"\x00" in content[:4096]:
        return _decode_unmarked_utf16(content, name)
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise TableError(
        "tables.encoding", "The text is in none of the encodings {known}.", known=", ".join(ENCODINGS)
    )


def _decode_marked_utf16(content: bytes) -> str:
    """Letters that are no letters are refused with their place; a file cut off within one is the usual reason."""
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        read = content[: error.start].decode("utf-16", errors="ignore")
        raise TableError(
            "tables.encoding",
            "Row {row} holds bytes that are no text in UTF-16, at byte {place} of {size}; was the file cut off?",
            row=read.count("\n") + 1, place=error.start + 1, size=len(content),
        ) from error  # fmt: skip


def _decode_unmarked_utf16(content: bytes, name: str) -> tuple[str, str]:
    """UTF-16 without a byte order mark, told by the side of the pairs on which zeros stand.

    The reading is taken only when it holds no character that a table cannot hold: no NUL, nothing unassigned
    or private.
    """
    head = content[:4096]
    little = head[1::2].count(0) >= head[::2].count(0)
    for encoding in ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = (sign for sign in set(text) if unicodedata.category(sign) in ("Cc", "Cn", "Co", "Cs"))
        if not set(strange) - set("\r\n\t"):
            return text, encoding
    raise TableError("tables.not_a_table", "{name} is neither a spreadsheet nor text.", name=name or "This")


def _delimiter(text: str) -> str:
    """The sign that splits the first lines most evenly; a comma when nothing does."""
    head = [line for line in text.splitlines()[:50] if line.strip()]
    best, best_score = ",", (0, 0)
    for sign in DELIMITERS:
        try:
            counts = [len(fields) for fields in csv.reader(head, delimiter=sign)]
        except csv.Error:  # with this sign a cell would be too long
            continue
        if not counts:
            continue
        widest = max(set(counts), key=lambda n: (counts.count(n), n))
        score = (counts.count(widest) if widest > 1 else 0, widest)
        if score > best_score:
            best, best_score = sign, score
    return best


def _table(
    lines: list[list[str]], header_row: int, *, sheet: str = "", encoding: str = "", delimiter: str = ""
) -> Table:
    if len(lines) > MAX_ROWS:
        raise TableError("tables.too_many_rows", "More than {most} rows.", most=MAX_ROWS)
    lines = [[cell.strip() for cell in line] for line in lines]
    if header_row < 0 or header_row > len(lines):
        raise TableError("tables.no_such_row", "There is no row {row}.", row=header_row)
    at = header_row - 1 if header_row else _find_header(lines)
    header = list(lines[at])
    while header and not header[-1]:
        header.pop()
    if not any(header):
        raise TableError("tables.empty", "No row with column names was found.")
    if len(header) > MAX_COLUMNS:
        raise TableError("tables.too_many_columns", "More than {most} columns.", most=MAX_COLUMNS)
    columns = tuple(_unique_names(header))
    rows = [
        Row(
            number,
            dict(zip(columns, line + [""] * (len(columns) - len(line)), strict=False)),
            tuple(filter(None, line[len(columns) :])),
        )
        for number, line in enumerate(lines[at + 1 :], start=at + 2)
        if any(line)
    ]
    notes: tuple[Note, ...] = ()
    if not delimiter:
        # A row that holds a note and nothing else is no row of the table.
        notes = tuple(Note(row.number, row.beyond) for row in rows if row.beyond)
        rows = [row for row in rows if any(row.cells.values())]
    return Table(columns, tuple(rows), at + 1, sheet, encoding, delimiter, notes)


def _find_header(lines: list[list[str]]) -> int:
    filled = [sum(1 for cell in line if cell) for line in lines[:30]]
    enough = max(filled, default=0) / 2
    for at, line in enumerate(lines[:30]):
        names = [cell for cell in line if cell]
        if filled[at] and filled[at] >= enough and len(set(names)) == len(names):
            return at
    return next((at for at, count in enumerate(filled) if count), 0)


def _unique_names(header: Iterable[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for at, cell in enumerate(header, start=1):
        name = re.sub(r"\s+", " ", cell) or f"column {at}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
