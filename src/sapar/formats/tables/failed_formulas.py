"""What failed formulas of a workbook show (#DIV/0!, #N/A): the workbook reader gives such cells as empty ones.

A failed formula is not a missing value. Kept as the text that the office saw, it is refused where a number is due.
Sources: ECMA-376 (XLSX), OASIS OpenDocument 1.2 (ODS), [MS-XLSB] (XLSB). The reader of old workbooks (XLS) gives them.
"""

from __future__ import annotations

import io
import re
import struct
from zipfile import ZipFile

from sapar.formats.tables.containers import binary_records, elements, repeated

Cells = dict[tuple[int, int], str]

# [MS-XLSB] 2.5.97.2.
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
UNKNOWN = "#VALUE!"
# [MS-XLSB] 2.3.2: a row begins; a cell that holds an error; a formula that failed; a sheet is named.
ROW, CELL_ERROR, FORMULA_ERROR, SHEET = 0, 3, 11, 156


def failed_formulas(content: bytes, sheet: str, *, height: int, width: int) -> Cells:
    """By row and column counted from 0, of those within `height` and `width`.

    Raises:
        TableError: ``tables.broken_workbook`` for XML with definitions.
    """
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
    for tag, named, text in elements(xml):
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
    for tag, named, text in elements(xml):
        if tag == "table":
            inside, row, rows = named.get("name") == sheet, 0, 0
        elif not inside:
            continue
        elif tag == "table-row":
            row, rows = row + rows, repeated(named, "number-rows-repeated")
            column, columns, failed = 0, 0, []
        elif tag in ("table-cell", "covered-table-cell"):
            column, columns, failed = column + columns, repeated(named, "number-columns-repeated"), []
            if named.get("value-type") == "error":
                down = range(row, min(row + rows, height))
                failed = [(at, one) for at in down for one in range(column, min(column + columns, width))]
                found.update(dict.fromkeys(failed, UNKNOWN))
        elif tag == "p" and failed:
            found.update(dict.fromkeys(failed, "".join(text).strip() or UNKNOWN))
    return found


def _xlsb(archive: ZipFile, sheet: str) -> Cells:
    found: Cells = {}
    row = 0
    part = _binary_sheet_part(archive, sheet)
    for kind, data in binary_records(archive.read(part)) if part in archive.namelist() else ():
        if kind == ROW and len(data) >= 4:
            row = struct.unpack_from("<I", data)[0]
        elif kind in (CELL_ERROR, FORMULA_ERROR) and len(data) >= 9:
            found[row, struct.unpack_from("<I", data)[0]] = ERRORS.get(data[8], UNKNOWN)
    return found


def _binary_sheet_part(archive: ZipFile, sheet: str) -> str:
    """The file inside an XLSB that holds the sheet; '' when it is not found."""
    relations = "xl/_rels/workbook.bin.rels"
    if relations not in archive.namelist():
        return ""
    targets = _targets(archive.read(relations))
    for kind, data in binary_records(archive.read("xl/workbook.bin")):
        if kind == SHEET and len(data) >= 12:
            identifier, after = _wide_text(data, 8)
            if _wide_text(data, after)[0] == sheet:
                return _part_of(targets.get(identifier, ""))
    return ""


def _wide_text(data: bytes, at: int) -> tuple[str, int]:
    """A counted text of UTF-16, and where the next field begins."""
    after = at + 4 + 2 * int(struct.unpack_from("<I", data, at)[0])
    return data[at + 4 : after].decode("utf-16-le", "replace"), after


def _sheet_part(archive: ZipFile, sheet: str) -> str:
    """The file inside the workbook that holds the sheet; '' when it is no XLSX."""
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return ""
    targets = _targets(archive.read("xl/_rels/workbook.xml.rels"))
    for tag, named, _ in elements(archive.read("xl/workbook.xml")):
        if tag == "sheet" and named.get("name") == sheet:
            return _part_of(targets.get(named.get("id", ""), ""))
    return ""


def _targets(relations: bytes) -> dict[str, str]:
    return {named.get("Id", ""): named.get("Target", "") for _, named, _ in elements(relations)}


def _part_of(target: str) -> str:
    return target[1:] if target.startswith("/") else "xl/" + target


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
