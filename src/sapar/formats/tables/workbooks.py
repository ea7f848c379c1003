"""The cells of a spreadsheet as the office sees them, failed formulas too."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from sapar.formats.tables.model import TableError

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 2_000_000


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
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet and sheet not in book.sheet_names:
            raise TableError(
                "tables.no_such_sheet", "There is no sheet “{sheet}”; the workbook has {found}.",
                sheet=sheet, found=", ".join(book.sheet_names),
            )  # fmt: skip
        for candidate in [sheet] if sheet else book.sheet_names:
            cells = book.get_sheet_by_name(candidate).to_python(skip_empty_area=False, nrows=MAX_ROWS)
            lines = [[_shown(cell) for cell in line] for line in cells]
            for (row, column), shown in _error_cells(content, candidate).items():
                if row < len(lines) and column < len(lines[row]):
                    lines[row][column] = shown
            if any(any(line) for line in lines):
                return lines, candidate
    except (CalamineError, BadZipFile, OSError, expat.ExpatError) as error:
        raise TableError("tables.broken_workbook", "The workbook is damaged.") from error
    raise TableError("tables.empty", "The workbook has no filled cell.")


def _error_cells(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """What failed formulas of an XLSX sheet show (#DIV/0!, #N/A), by row and column counted from 0.

    The workbook reader gives such cells as empty ones. A failed formula is not a missing value: kept as the text
    that the office saw, it is refused where a number is due.
    """
    if content[:2] != b"PK":
        return {}
    with ZipFile(io.BytesIO(content)) as archive:
        part = _sheet_part(archive, sheet)
        if part not in archive.namelist():
            return {}
        xml = archive.read(part)
    if not re.search(rb"""\st\s*=\s*["']e["']""", xml):
        return {}
    found: dict[tuple[int, int], str] = {}
    row = column = -1
    for tag, named, text in _elements(xml):
        if tag == "row":
            number = named.get("r", "")
            row, column = int(number) - 1 if re.fullmatch(r"[1-9]\d{0,7}", number) else row + 1, -1
        elif tag == "c":
            letters = re.match("[A-Z]+", named.get("r", ""))
            column = _column_number(letters[0]) if letters else column + 1
            if named.get("t") == "e":
                found[row, column] = "#VALUE!"
        elif tag == "v" and (row, column) in found:
            found[row, column] = "".join(text) or "#VALUE!"
    return found


def _elements(xml: bytes) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Elements in the order in which they begin: name and attributes without prefix, the text directly inside.

    Definitions (DOCTYPE), with which a small file can be made to unpack without end, are refused.
    """
    found: list[tuple[str, dict[str, str], list[str]]] = []
    within: list[list[str]] = []

    def begin(tag: str, named: dict[str, str]) -> None:
        plain = {name.rpartition(":")[2]: value for name, value in named.items()}
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
    targets = {
        named.get("Id"): named.get("Target", "")
        for _, named, _ in _elements(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for tag, named, _ in _elements(archive.read("xl/workbook.xml")):
        if tag == "sheet" and named.get("name") == sheet:
            target = targets.get(named.get("id"), "")
            return target[1:] if target.startswith("/") else "xl/" + target
    return ""


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


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
