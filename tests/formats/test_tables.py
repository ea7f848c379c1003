"""Tables that offices really send: cells of failed formulas, unmarked UTF-16, cells without end."""

from __future__ import annotations

import csv
import io
import re
import struct
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from sapar.formats.tables import Reader, RefusedRows, TableError, read_table, write_csv, write_xlsx
from sapar.formats.tables.reading import MAX_CELL


def _workbook(*, first_sheet: str = "") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        if first_sheet:
            book.add_worksheet(first_sheet).write_row(0, 0, ["key", "seats"])
        sheet = book.add_worksheet("Places & seats")
        sheet.write_row(0, 0, ["key", "seats", "score"])
        sheet.write_row(1, 0, ["A", 2])
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write(2, 0, "B")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
        sheet.write(2, 2, 7.5)
    return out.getvalue()


@pytest.mark.parametrize("sheet", ["", "Places & seats"])
def test_a_failed_formula_is_read_as_what_it_shows(sheet: str) -> None:
    table = read_table(_workbook(first_sheet="Empty" if sheet else ""), sheet=sheet)
    assert [dict(row.cells) for row in table.rows] == [
        {"key": "A", "seats": "2", "score": "#DIV/0!"},
        {"key": "B", "seats": "#N/A", "score": "7.5"},
    ]


def test_a_failed_formula_is_no_missing_value() -> None:
    reader = Reader(table := read_table(_workbook()))
    for row in table.rows:
        reader.whole(row, "seats", default=0)
        reader.number(row, "score", default=0.0)
    with pytest.raises(RefusedRows) as refused:
        reader.finish()
    assert [(p.row, p.column, p.value) for p in refused.value.problems] == [
        (2, "score", "#DIV/0!"),
        (3, "seats", "#N/A"),
    ]


def test_failed_formulas_of_a_long_sheet_are_all_found() -> None:
    """The sheet is read in pieces; no piece may swallow a cell or part of its text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["key", "score"])
        for at in range(1, 6001):
            sheet.write(at, 0, at)
            sheet.write_formula(at, 1, "=1/0", None, "#DIV/0!" if at % 3 else "#N/A")
    rows = read_table(out.getvalue()).rows
    assert [row["score"] for row in rows] == ["#DIV/0!" if at % 3 else "#N/A" for at in range(1, 6001)]


def test_cells_without_addresses_are_counted() -> None:
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(_workbook())) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for item in source.namelist():
            content = source.read(item)
            if item == "xl/worksheets/sheet1.xml":
                content = re.sub(rb'(<(?:c|row)) r="\w+"', rb"\1", content)
            target.writestr(item, content)
    assert [row["score"] for row in read_table(packed.getvalue()).rows] == ["#DIV/0!", "7.5"]


def test_a_sheet_with_definitions_is_refused() -> None:
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(_workbook())) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for item in source.namelist():
            content = source.read(item)
            if item == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]>\n<worksheet", 1)
            target.writestr(item, content)
    with pytest.raises(TableError) as refused:
        read_table(packed.getvalue())
    assert refused.value.code == "tables.broken_workbook"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["key;name\r\n1;Айжан Токтогулова\r\n", "key\tname\n1\tOʻzbekiston\n"])
def test_utf16_needs_no_mark(encoding: str, text: str) -> None:
    table = read_table(text.encode(encoding))
    assert table.encoding == encoding
    assert table.columns == ("key", "name")
    assert table.rows[0]["name"] == text.splitlines()[1][2:]


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 64,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        b"key,name\n1,\x00\n",
        bytes(range(256)) * 4,
    ],
)
def test_bytes_with_zeros_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(TableError) as refused:
        read_table(content, name="photo.csv")
    assert refused.value.code == "tables.not_a_table"


def test_a_cell_as_long_as_is_read_and_one_that_is_longer() -> None:
    assert len(read_table(b"key,text\n1," + b"x" * (MAX_CELL - 1) + b"\n").rows[0]["text"]) == MAX_CELL - 1
    with pytest.raises(TableError) as refused:
        read_table(b"key,text\n1," + b"x" * (MAX_CELL + 1) + b"\n")
    assert refused.value.code == "tables.broken_csv"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_marked_utf16_that_is_cut_off_or_broken_is_refused_with_its_place(encoding: str) -> None:
    mark = "\ufeff".encode(encoding)
    whole = mark + "key;name\r\n1;Айжан\r\n2;Бота\r\n".encode(encoding)
    assert read_table(whole).rows[1]["name"] == "Бота"
    lone = mark + "key;name\n1;".encode(encoding) + b"\xd8\xd8" + "\n".encode(encoding)
    for content, row, place in ((whole[:-1], 3, len(whole) - 1), (lone, 2, 25)):
        with pytest.raises(TableError) as refused:
            read_table(content)
        assert (refused.value.code, refused.value.facts["row"]) == ("tables.encoding", row)
        assert refused.value.facts["place"] == place


def _cell(text: str, *, kind: str = "string", attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {attributes}><text:p>{text}</text:p></table:table-cell>'


def _failed(text: str, attributes: str = "", inside: str = "") -> str:
    return (
        f'<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" {attributes} '
        f'calcext:value-type="error">{inside}<text:p>{text}</text:p></table:table-cell>'
    )


def _ods(*sheets: tuple[str, list[str]]) -> bytes:
    spaces = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{name}">{"".join(rows)}</table:table>' for name, rows in sheets
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>',
        )
    return out.getvalue()


def test_failed_formulas_of_an_open_document_are_read_as_what_they_show() -> None:
    remark = "<office:annotation><text:p>why?</text:p></office:annotation>"
    head = "".join(_cell(name) for name in ("key", "a", "b", "c"))
    twice = _failed("Err:502", 'table:number-columns-repeated="2"')
    rows = [
        f"<table:table-row>{head}</table:table-row>",
        f"<table:table-row>{_cell('A')}{_failed('#DIV/0!')}{_cell('2')}"
        f"{_failed('#N/A', inside=remark)}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="2">{_cell("B")}{twice}{_cell("7")}</table:table-row>',
        f"<table:table-row>{_cell('C')}{_cell('1')}{_failed('')}{_cell('0')}</table:table-row>",
    ]
    other = f"<table:table-row>{_failed('#REF!')}{_failed('#REF!')}</table:table-row>"
    table = read_table(_ods(("Other", [other]), ("Places", rows)), sheet="Places")
    assert [list(row.cells.values()) for row in table.rows] == [
        ["A", "#DIV/0!", "2", "#N/A"],
        ["B", "Err:502", "Err:502", "7"],
        ["B", "Err:502", "Err:502", "7"],
        ["C", "1", "#VALUE!", "0"],
    ]


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _label(row: int, column: int, text: str) -> bytes:
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))


def _sheet(*records: bytes) -> bytes:
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    chart = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0020, 0, 0, 0, 0))
    inner = chart + _record(0x0205, struct.pack("<HHHBB", 1, 0, 0, 0x17, 1)) + _record(0x000A)
    return begin + b"".join(records[:1]) + inner + b"".join(records[1:]) + _record(0x000A)


def _xls(sheets: dict[str, bytes], *, padding: int = 4096) -> bytes:
    """A compound file with one stream, as [MS-CFB] has it: header, table of sectors, directory, the stream."""
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    size = len(begin) + sum(12 + len(name) for name in sheets) + 4
    bounds = b""
    for name, content in sheets.items():
        bounds += _record(0x0085, struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name.encode("latin-1"))
        size += len(content)
    stream = begin + bounds + _record(0x000A) + b"".join(sheets.values())
    stream = stream.ljust(max(padding, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    table = [0xFFFFFFFD, end, *range(3, 2 + sectors), end]
    entries = b""
    for name, kind, child, start, length in (
        ("Root Entry", 5, 1, end, 0), ("Workbook", 2, free, 2, len(stream))
    ):  # fmt: skip
        label = (name + "\0").encode("utf-16-le")
        entries += label.ljust(64, b"\0") + struct.pack("<HBB3I", len(label), kind, 1, free, free, child)
        entries += bytes(36) + struct.pack("<IQ", start, length)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return (
        header
        + struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
        + entries.ljust(512, b"\0")
        + stream
    )


def test_failed_formulas_of_an_old_workbook_are_read_as_what_they_show() -> None:
    number = _record(0x0203, struct.pack("<HHHd", 2, 2, 0, 7.5))
    constant = _record(0x0205, struct.pack("<HHHBB", 2, 1, 0, 0x2A, 1))
    truth = _record(0x0205, struct.pack("<HHHBB", 3, 1, 0, 1, 0))
    formula = _record(0x0006, struct.pack("<HHH8sHIH", 1, 2, 0, b"\2\0\7\0\0\0\xff\xff", 0, 0, 0))
    plain = _record(0x0006, struct.pack("<HHHdHIH", 3, 2, 0, 0.5, 0, 0, 0))
    labels = [_label(0, at, name) for at, name in enumerate(("key", "seats", "score"))]
    keys = [_label(row, 0, name) for row, name in ((1, "A"), (2, "B"), (3, "C"))]
    filled = _sheet(*labels, *keys, _label(1, 1, "2"), formula, constant, number, truth, plain)
    content = _xls({"Empty": _sheet(), "Places": filled})
    table = read_table(content)
    assert table.sheet == "Places"
    assert [dict(row.cells) for row in table.rows] == [
        {"key": "A", "seats": "2", "score": "#DIV/0!"},
        {"key": "B", "seats": "#N/A", "score": "7.5"},
        {"key": "C", "seats": "TRUE", "score": "0.5"},
    ]


@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"\7"])
def test_a_damaged_old_workbook_is_read_or_refused(fill: bytes) -> None:
    content = _xls({"Places": _sheet(_label(0, 0, "key"), _label(1, 0, "A"))})
    codes = set()
    for cut in range(0, len(content), 37):
        try:
            read_table(content[:cut] + fill * 40 + content[cut + 40 :])
        except TableError as refused:
            codes.add(refused.code)
    assert codes <= {"tables.broken_workbook", "tables.empty", "tables.encoding", "tables.not_a_table"}


def _sevens(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _sevens(high) if high else bytes([low])


def _binary(kind: int, data: bytes = b"") -> bytes:
    return _sevens(kind) + _sevens(len(data)) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb(name: str, lines: list[list[str | float | int]]) -> bytes:
    """A binary workbook of [MS-XLSB]: texts, numbers, and errors as whole numbers (of a formula when below 0)."""
    rows = b""
    for number, line in enumerate(lines):
        rows += _binary(0, struct.pack("<I", number) + bytes(13))
        for column, value in enumerate(line):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                rows += _binary(6, place + _wide(value))
            elif isinstance(value, float):
                rows += _binary(5, place + struct.pack("<d", value))
            elif value < 0:
                rows += _binary(11, place + bytes([-value]) + struct.pack("<HII", 0, 0, 0))
            else:
                rows += _binary(3, place + bytes([value]))
    size = struct.pack("<IIII", 0, len(lines) - 1, 0, max(map(len, lines)) - 1)
    sheet = _binary(129) + _binary(148, size) + _binary(145) + rows + _binary(146) + _binary(130)
    named = _binary(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name))
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", _binary(131) + _binary(143) + named + _binary(144) + _binary(132))
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()


def test_failed_formulas_of_a_binary_workbook_are_read_as_what_they_show() -> None:
    long = "a text so long that its length takes more than one group of seven bits " * 3
    lines = [["key", "a", "b"], ["A", 0x2A, -0x07], [long, 7.5, 0x17], ["C", -0x63, 2.0]]
    table = read_table(_xlsb("Places", lines))  # type: ignore[arg-type]
    assert [list(row.cells.values()) for row in table.rows] == [
        ["A", "#N/A", "#DIV/0!"],
        [long.strip(), "7.5", "#REF!"],
        ["C", "#VALUE!", "2"],
    ]


RISKY = ("=1+1", "+cmd|1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\u00a0=1")


@pytest.mark.parametrize("text", RISKY)
def test_no_text_of_a_file_is_taken_for_a_formula_not_even_a_column_s_name(text: str) -> None:
    lines = list(csv.reader(io.StringIO(write_csv([text], [[text]]).decode("utf-8-sig"), newline="")))
    assert lines == [["'" + text], ["'" + text]]
    with ZipFile(io.BytesIO(write_xlsx({text[:20]: ([text, "{=1}"], [[text, "{=1}"]])}))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["-5", "+996", "-0,5", "a=b", "–", "", "2026-11-01"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert write_csv(["a"], [[text, 1]]).decode("utf-8-sig") == f"a\r\n{_quoted(text)},1\r\n"


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


def test_cells_behind_the_last_column_of_a_text_are_a_problem_of_their_row() -> None:
    content = b"name;seats\nAnkara;2\nOsh;3;5\nNaryn;1;;x\n"
    table = read_table(content)
    problems = Reader(table).problems
    assert [(one.row, one.column, one.value) for one in problems] == [(3, "seats", "3"), (4, "seats", "1")]
    assert "“5”" in problems[0].reason
    book = read_table(write_xlsx({"one": (["name", "seats", ""], [["Ankara", 2, ""], ["Osh", 3, "a note"]])}))
    assert (book.rows[1].beyond, Reader(book).problems) == (("a note",), [])
