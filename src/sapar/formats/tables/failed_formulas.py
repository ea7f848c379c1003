"""What failed formulas of a workbook show (#DIV/0!, #N/A): the workbook reader gives such cells as empty ones.

A failed formula is not a missing value. Kept as the text that the office saw, it is refused where a number is due.
Sources: ECMA-376 (XLSX), OASIS OpenDocument 1.2 (ODS), [MS-CFB] and [MS-XLS] (XLS), [MS-XLSB] (XLSB).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from xml.parsers import expat
from zipfile import ZipFile

from sapar.formats.tables.model import TableError

Cells = dict[tuple[int, int], str]

# [MS-XLS] 2.5.10; [MS-XLSB] 2.5.97.2 has the same numbers.
XLS_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
UNKNOWN = "#VALUE!"
BOF, EOF, BOUNDSHEET, FORMULA, BOOLERR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
# [MS-XLSB] 2.3.2: a row begins; a cell that holds an error; a formula that failed; a sheet is named.
ROW, CELL_ERROR, FORMULA_ERROR, SHEET = 0, 3, 11, 156
# Sector numbers from here on are marks and not places.
LAST_SECTOR = 0xFFFFFFFA


def failed_formulas(content: bytes, sheets: list[str], sheet: str, *, height: int, width: int) -> Cells:
    """By row and column counted from 0, of those within `height` and `width`.

    `sheets` are all of the workbook, in order.

    Raises:
        TableError: ``tables.broken_workbook`` for XML with definitions.
    """
    if content[:2] != b"PK":
        return _xls(content, sheets.index(sheet), len(sheets))
    with ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "content.xml" in names:
            return _ods(archive.read("content.xml"), sheet, height, width)
        if "xl/workbook.bin" in names:
            return _xlsb(archive, sheet)
        part = _sheet_part(archive, sheet)
        return _xlsx(archive.read(part)) if part in names else {}


def _xlsx(xml: bytes) -> Cells:
    if not re.search(rb"""\st\s*=\s*["']e["']""", xml):
        return {}
    found: Cells = {}
    row = column = -1
    for tag, named, text in _elements(xml):
        if tag == "row":
            number = named.get("r", "")
            row, column = int(number) - 1 if re.fullmatch(r"[1-9]\d{0,7}", number) else row + 1, -1
        elif tag == "c":
            letters = re.match("[A-Z]+", named.get("r", ""))
            column = _column_number(letters[0]) if letters else column + 1
            if named.get("t") == "e":
                found[row, column] = UNKNOWN
        elif tag == "v" and (row, column) in found:
            found[row, column] = "".join(text) or UNKNOWN
    return found


def _ods(xml: bytes, sheet: str, height: int, width: int) -> Cells:
    """Cells and rows may stand for several; the text of a cell is its last paragraph, after those of a comment."""
    if b'value-type="error"' not in xml:
        return {}
    found: Cells = {}
    inside, row, column, rows, columns = False, 0, 0, 0, 0
    failed: list[tuple[int, int]] = []
    for tag, named, text in _elements(xml):
        if tag == "table":
            inside, row, rows = named.get("name") == sheet, 0, 0
        elif not inside:
            continue
        elif tag == "table-row":
            row, rows = row + rows, _repeated(named, "number-rows-repeated")
            column, columns, failed = 0, 0, []
        elif tag in ("table-cell", "covered-table-cell"):
            column, columns, failed = column + columns, _repeated(named, "number-columns-repeated"), []
            if named.get("value-type") == "error":
                down = range(row, min(row + rows, height))
                failed = [(at, one) for at in down for one in range(column, min(column + columns, width))]
                found.update(dict.fromkeys(failed, UNKNOWN))
        elif tag == "p" and failed:
            found.update(dict.fromkeys(failed, "".join(text).strip() or UNKNOWN))
    return found


def _repeated(named: dict[str, str], name: str) -> int:
    number = named.get(name, "1")
    return max(int(number), 1) if re.fullmatch(r"\d{1,7}", number) else 1


def _xls(content: bytes, number: int, sheets: int) -> Cells:
    """The records of one sheet: FORMULA with a failed result, BOOLERR with an error."""
    stream = _workbook_stream(content)
    starts = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0) if kind == BOUNDSHEET]
    if len(starts) != sheets:
        return {}
    found: Cells = {}
    for kind, data in _records(stream, starts[number]):
        failure = None
        if kind == BOOLERR and len(data) >= 8 and data[7]:
            failure = data[6]
        elif kind == FORMULA and len(data) >= 14 and data[12:14] == b"\xff\xff" and data[6] == 2:
            failure = data[8]
        if failure is not None:
            row, column = struct.unpack_from("<HH", data)
            found[row, column] = XLS_ERRORS.get(failure, UNKNOWN)
    return found


def _xlsb(archive: ZipFile, sheet: str) -> Cells:
    found: Cells = {}
    row = 0
    part = _binary_sheet_part(archive, sheet)
    for kind, data in _binary_records(archive.read(part)) if part in archive.namelist() else ():
        if kind == ROW and len(data) >= 4:
            row = struct.unpack_from("<I", data)[0]
        elif kind in (CELL_ERROR, FORMULA_ERROR) and len(data) >= 9:
            found[row, struct.unpack_from("<I", data)[0]] = XLS_ERRORS.get(data[8], UNKNOWN)
    return found


def _binary_sheet_part(archive: ZipFile, sheet: str) -> str:
    """The file inside an XLSB that holds the sheet; '' when it is not found."""
    relations = "xl/_rels/workbook.bin.rels"
    if relations not in archive.namelist():
        return ""
    targets = _targets(archive.read(relations))
    for kind, data in _binary_records(archive.read("xl/workbook.bin")):
        if kind == SHEET and len(data) >= 12:
            identifier, after = _wide_text(data, 8)
            if _wide_text(data, after)[0] == sheet:
                return _part_of(targets.get(identifier, ""))
    return ""


def _wide_text(data: bytes, at: int) -> tuple[str, int]:
    """A counted text of UTF-16, and where the next field begins."""
    after = at + 4 + 2 * int(struct.unpack_from("<I", data, at)[0])
    return data[at + 4 : after].decode("utf-16-le", "replace"), after


def _binary_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content; both number and length are written in groups of seven bits, the lowest first."""
    at = 0
    while at < len(stream):
        kind, at = _sevens(stream, at, 2)
        size, at = _sevens(stream, at, 4)
        yield kind, stream[at : at + size]
        at += size


def _sevens(stream: bytes, at: int, most: int) -> tuple[int, int]:
    number = 0
    for group in range(most):
        byte = stream[at] if at < len(stream) else 0
        number, at = number | (byte & 0x7F) << 7 * group, at + 1
        if byte < 0x80:
            break
    return number, at


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream; parts within it, such as charts, are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1 and kind != BOF:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size


def _workbook_stream(content: bytes) -> bytes:
    """The stream Workbook (or Book) of a compound file; empty when it is not found."""
    shift, short_shift = struct.unpack_from("<HH", content, 30)
    directory, cutoff, short_table = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    size = 1 << shift if shift in (9, 12) else 512

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    places = list(struct.unpack_from("<109I", content, 76))
    further = struct.unpack_from("<I", content, 68)[0]
    seen: set[int] = set()
    while further < LAST_SECTOR and further not in seen:
        seen.add(further)
        more = _numbers(sector(further))
        if not more:
            break
        places += more[:-1]
        further = more[-1]
    table = [next_ for place in places if place < LAST_SECTOR for next_ in _numbers(sector(place))]

    def chain(start: int, following: list[int]) -> Iterator[int]:
        passed: set[int] = set()
        while start < len(following) and start not in passed:
            passed.add(start)
            yield start
            start = following[start]

    entries = b"".join(map(sector, chain(directory, table)))
    root = b""
    for at in range(0, len(entries) - 127, 128):
        entry = entries[at : at + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        start, length = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = b"".join(map(sector, chain(start, table)))
        elif name in ("Workbook", "Book") and length >= cutoff:
            return b"".join(map(sector, chain(start, table)))[:length]
        elif name in ("Workbook", "Book"):
            short = _numbers(b"".join(map(sector, chain(short_table, table))))
            piece = 1 << min(short_shift, 12)
            return b"".join(root[n * piece : (n + 1) * piece] for n in chain(start, short))[:length]
    return b""


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _elements(xml: bytes) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Elements in the order in which they begin: name and attributes without prefix, the text directly inside.

    Definitions (DOCTYPE), with which a small file can be made to unpack without end, are refused.
    """
    found: list[tuple[str, dict[str, str], list[str]]] = []
    within: list[list[str]] = []

    def begin(tag: str, named: dict[str, str]) -> None:
        # Of two that differ in their prefix alone, value-type by name, that of Calc says "error".
        ordered = sorted(named.items(), key=lambda item: item[0].startswith("calcext:"))
        plain = {name.rpartition(":")[2]: value for name, value in ordered}
        within.append([])
        found.append((tag.rpartition(":")[2], plain, within[-1]))

    def refuse(*_: object) -> None:
        raise TableError("tables.broken_workbook", "The workbook is damaged.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: within.pop()
    parser.CharacterDataHandler = lambda text: within[-1].append(text)
    for at in range(0, len(xml), 1 << 16):
        parser.Parse(xml[at : at + (1 << 16)], False)
        # The text of the last one may go on in the next piece.
        ready = found[:-1]
        del found[:-1]
        yield from ready
    parser.Parse(b"", True)
    yield from found


def _sheet_part(archive: ZipFile, sheet: str) -> str:
    """The file inside the workbook that holds the sheet; '' when it is no XLSX."""
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return ""
    targets = _targets(archive.read("xl/_rels/workbook.xml.rels"))
    for tag, named, _ in _elements(archive.read("xl/workbook.xml")):
        if tag == "sheet" and named.get("name") == sheet:
            return _part_of(targets.get(named.get("id", ""), ""))
    return ""


def _targets(relations: bytes) -> dict[str, str]:
    return {named.get("Id", ""): named.get("Target", "") for _, named, _ in _elements(relations)}


def _part_of(target: str) -> str:
    return target[1:] if target.startswith("/") else "xl/" + target


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
