"""Tables that offices really send: cells of failed formulas, unmarked UTF-16, cells without end."""

from __future__ import annotations

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from sapar.formats.tables import Reader, RefusedRows, TableError, read_table
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
