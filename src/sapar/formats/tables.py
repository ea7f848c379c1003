"""Tables as offices keep them: CSV in any encoding they use, XLSX with titles above the header.

Reading keeps every cell as the text a person saw, with its row number in the file, so that a refusal
can name row, column, value and reason. Nothing is guessed silently: what was assumed is in `Table`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_CELL = 1_000_000  # characters
ENCODINGS = ("utf-8-sig", "cp1251")
DELIMITERS = ",;\t|"


N = TypeVar("N", int, float)


class TableError(ValueError):
    """A file that is not a table we can read; `code` is stable, `facts` say what was found."""

    def __init__(self, code: str, message: str, /, **facts: str | int) -> None:
        super().__init__(message.format(**facts))
        self.code = code
        self.facts = facts


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """One refused cell, or a whole row when `column` is empty.

    `row` counts as the spreadsheet does: the first line of the file is 1.
    """

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"row {self.row}" + (f", column “{self.column}”" if self.column else "")
        return f"{where}: “{self.value}” – {self.reason}"


class RefusedRows(ValueError):
    """All problems of a file at once; nothing of it was taken."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__(f"{len(problems)} problems: " + "; ".join(str(p) for p in problems[:3]))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Row:
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """`columns` in file order; `rows` without empty ones. `encoding` and `delimiter` are '' for XLSX."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    header_row: int
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    def require(self, *names: str) -> None:
        """Refuse the file when a column is missing."""
        if missing := [name for name in names if name not in self.columns]:
            raise TableError(
                "tables.missing_columns",
                "The columns {missing} are missing; the file has {found}.",
                missing=", ".join(missing),
                found=", ".join(self.columns),
            )


def read_table(source: Path | bytes, *, name: str = "", sheet: str = "", header_row: int = 0) -> Table:
    """Read CSV, TSV or XLSX.

    Args:
        source: a path, or the content itself.
        name: the file's name when `source` is bytes; its ending is only a hint, the content decides.
        sheet: an XLSX sheet; the first one that has cells when empty.
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
        lines, sheet = _workbook_lines(content, sheet)
        return _table(lines, header_row, sheet=sheet)
    text, encoding = _decode(content, name)
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
        return content.decode("utf-16", errors="replace"), "utf-16"
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


def _workbook_lines(content: bytes, sheet: str) -> tuple[list[list[str]], str]:
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
    rows = tuple(
        Row(number, dict(zip(columns, line + [""] * (len(columns) - len(line)), strict=False)))
        for number, line in enumerate(lines[at + 1 :], start=at + 2)
        if any(line)
    )
    return Table(columns, rows, at + 1, sheet, encoding, delimiter)


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


@dataclass
class Reader:
    """Turns the cells of a table into values and collects every problem instead of stopping at the first.

    >>> table = read_table(b"name,seats\\nAnkara,two\\n")
    >>> reader = Reader(table)
    >>> for row in table.rows:
    ...     _ = reader.whole(row, "seats", least=0)
    >>> print(reader.problems[0])
    row 2, column “seats”: “two” – is not a whole number
    """

    table: Table
    problems: list[CellProblem] = field(default_factory=list)

    def refuse(self, row: Row, column: str, reason: str) -> None:
        self.problems.append(
            CellProblem(row=row.number, column=column, value=row[column] if column else "", reason=reason)
        )

    def text(self, row: Row, column: str, *, required: bool = True) -> str:
        value = row[column]
        if required and not value:
            self.refuse(row, column, "is empty")
        return value

    def whole(self, row: Row, column: str, *, least: int | None = None, most: int | None = None,
              default: int | None = None) -> int:  # fmt: skip
        return self._number(row, column, int, "is not a whole number", least, most, default)

    def number(self, row: Row, column: str, *, least: float | None = None, most: float | None = None,
               default: float | None = None) -> float:  # fmt: skip
        return self._number(row, column, _plain_float, "is not a number", least, most, default)

    def date(self, row: Row, column: str, *, required: bool = True) -> dt.date | None:
        value = row[column]
        if not value:
            if required:
                self.refuse(row, column, "is empty")
            return None
        try:
            return parse_date(value)
        except ValueError:
            self.refuse(row, column, "is not a date like 31.12.2026")
            return None

    def one_of(self, row: Row, column: str, known: Iterable[str], *, required: bool = True) -> str:
        value, known = row[column], tuple(known)
        if not value and not required:
            return ""
        if value not in known:
            shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
            self.refuse(row, column, f"is not one of: {shown}" if value else "is empty")
        return value

    def _number(
        self, row: Row, column: str, read: Callable[[str], N], what: str,
        least: N | None, most: N | None, default: N | None,
    ) -> N:  # fmt: skip
        value = row[column]
        if not value and default is not None:
            return default
        try:
            number = read(value.replace("\u00a0", "").replace(" ", ""))
        except ValueError:
            self.refuse(row, column, what if value else "is empty")
            return read("0")
        if least is not None and number < least:
            self.refuse(row, column, f"is below {least}")
        elif most is not None and number > most:
            self.refuse(row, column, f"is above {most}")
        return number

    def finish(self) -> None:
        """Raise everything that was found wrong."""
        if self.problems:
            raise RefusedRows(self.problems)


def _plain_float(text: str) -> float:
    """A decimal number with point or comma; not infinity, not NaN."""
    if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", text):
        raise ValueError(text)
    return float(text.replace(",", "."))


def parse_date(text: str) -> dt.date:
    """dd.mm.yyyy as offices write it, or ISO yyyy-mm-dd."""
    if found := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text.strip()):
        day, month, year = (int(part) for part in found.groups())
        return dt.date(year, month, day)
    return dt.date.fromisoformat(text.strip())


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV that spreadsheets open with the right letters (UTF-8 with a mark)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[harmless(value) for value in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def harmless(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def write_xlsx(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]) -> bytes:
    """A workbook: sheet name → (columns, rows). Text is never taken for a formula or a link."""
    import xlsxwriter  # some 10 MB that a process without exports does not need

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
        },
    ) as book:
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
        for name, (columns, rows) in sheets.items():
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31])
            widths = [len(str(column)) for column in columns]
            sheet.write_row(0, 0, columns, bold)
            last = 0
            for last, row in enumerate(rows, start=1):
                for at, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(last, at, value, date)
                    elif value is None or isinstance(value, (bool, int, float, str)):
                        sheet.write(last, at, value)
                    else:
                        sheet.write_string(last, at, str(value))
                    if at < len(widths):
                        widths[at] = max(widths[at], min(len(str(value)), 60))
            for at, width in enumerate(widths):
                sheet.set_column(at, at, width + 2)
            sheet.freeze_panes(1, 0)
            if columns:
                sheet.autofilter(0, 0, last, len(columns) - 1)
    return out.getvalue()
