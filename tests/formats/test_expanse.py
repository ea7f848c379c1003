"""A small file cannot ask for more memory than the machine has: how far its cells stretch is told beforehand."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from sapar.formats.tables import TableError, read_table
from sapar.formats.tables.model import MAX_CELLS
from tests.formats.test_tables import _binary, _label, _record, _sheet, _xls, _xlsb


def xlsx(*far: tuple[int, int], rewrite: Callable[[bytes], bytes] = lambda xml: xml) -> bytes:
    """A table of two lines, with further cells; `rewrite` changes the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(("Name", "Ankara")):
            sheet.write(row, 0, text)
        for row, column in far:
            sheet.write(row, column, "far")
    again = io.BytesIO()
    with ZipFile(out) as old, ZipFile(again, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            inside = old.read(part)
            new.writestr(part.filename, rewrite(inside) if "sheet1.xml" in part.filename else inside)
    return again.getvalue()


def ods(rows: str) -> bytes:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{name}:manifest:1.0"><m:file-entry m:full-path="/" '
            'm:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0" '
            f'xmlns:text="{name}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def cell(text: str, times: str = "1") -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{times}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def row(cells: str, times: str = "1") -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


NAMED = row(cell("Name")) + row(cell("Ankara"))
EMPTY = '<table:table-cell table:number-columns-repeated="16383"/>'


def _xlsb_far() -> bytes:
    """A binary workbook whose second row says that it is the last that there can be."""
    out = io.BytesIO()
    with (
        ZipFile(io.BytesIO(_xlsb("S", [["Name"], ["Ankara", *["x"] * 9]]))) as old,
        ZipFile(out, "w") as new,
    ):
        for part in old.infolist():
            second, last = (_binary(0, struct.pack("<I", row) + bytes(13)) for row in (1, 1_048_575))
            new.writestr(part.filename, old.read(part).replace(second, last))
    return out.getvalue()


SEVERAL = _record(0x00BD, struct.pack("<HHHIHIH", 65_535, 254, 0, 2, 0, 2, 255))

FAR: dict[str, bytes] = {
    "one cell in the far corner": xlsx((1_048_575, 16_383)),
    "wide and long": xlsx((1_048_575, 0), (0, 16_383)),
    "small letters": xlsx(
        (1_048_575, 5), rewrite=lambda xml: xml.replace(b'r="F1048576"', b'r="xfd1048576"')
    ),
    "only rows say where": xlsx(
        (1_048_575, 40), rewrite=lambda xml: xml.replace(b' r="AO1048576"', b"").replace(b"A1", b"ZZ1")
    ),
    "single quotes": xlsx(
        (1_048_575, 16_383), rewrite=lambda xml: xml.replace(b'r="XFD1048576"', b"r = 'XFD1048576'")
    ),
    "old workbook": _xls({"S": _sheet(_label(0, 0, "Name"), _label(65_535, 255, "far"))}),
    "old workbook, several in one": _xls({"S": _sheet(_label(0, 0, "Name"), SEVERAL)}),
    "binary workbook": _xlsb_far(),
    "open document, one cell for many": ods(NAMED + row(cell("x", "1600"), "20000")),
    "open document, far corner": ods(NAMED + row(EMPTY, "60000") + row(EMPTY + cell("x"))),
    "open document, with a sign": ods(NAMED + row(cell("x", "+1600"), "000020000")),
    "open document, value without a kind": ods(
        NAMED + row('<table:table-cell office:value="1" table:number-columns-repeated="1600"/>', "20000")
    ),
}


@pytest.mark.parametrize("what", FAR)
def test_cells_that_stretch_too_far_are_refused_at_once(what: str) -> None:
    began = time.process_time()
    with pytest.raises(TableError) as refused:
        read_table(FAR[what])
    assert refused.value.code == "tables.too_large"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "content",
    [
        xlsx(),
        xlsx((MAX_CELLS // 100, 2)),
        xlsx(rewrite=lambda xml: xml.replace(b"A1:A2", b"A1:XFD1048576")),
        ods(NAMED),
        ods(row(cell("Name") + EMPTY) + row(cell("Ankara") + EMPTY) + row(EMPTY, "1048570")),
    ],
    ids=["workbook", "long workbook", "false dimension", "open document", "open document filled up"],
)
def test_what_an_office_writes_is_read(content: bytes) -> None:
    table = read_table(content)
    assert (table.columns[0], table.rows[0].cells["Name"]) == ("Name", "Ankara")


def test_reader_refuses_places_that_are_written_in_references_to_characters() -> None:
    """They would not be seen by who looks how far the cells stretch."""
    hidden = xlsx((1_048_575, 5), rewrite=lambda xml: xml.replace(b'r="F1048576"', b'r="&#88;FD1048576"'))
    with pytest.raises(TableError):
        read_table(hidden)


def test_part_that_unpacks_to_more_than_it_says_is_damaged() -> None:
    content = xlsx(rewrite=lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + b" " * 100_000))
    with ZipFile(io.BytesIO(content)) as archive:
        said = next(part for part in archive.infolist() if "sheet1.xml" in part.filename).file_size
    with pytest.raises(TableError) as refused:
        read_table(content.replace(struct.pack("<I", said), struct.pack("<I", 500)))
    assert refused.value.code == "tables.broken_workbook"
