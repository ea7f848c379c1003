"""Workbooks of Excel 5 to 2003 are read as the same table kept as XLSX is, and harm nobody."""

from __future__ import annotations

import datetime as dt
import io
import struct
import time
from collections.abc import Iterator, Sequence
from zipfile import ZipFile

import pytest
import xlsxwriter
import xlwt

from sapar.formats.tables import TableError, read_table
from sapar.formats.tables.containers import compound
from sapar.formats.tables.expanse import refuse_expanse
from tests.formats.test_expanse import cell, ods, row
from tests.formats.test_tables import _label, _record, _sheet, _xls

DAY, MOMENT, CLOCK, SHARE = "dd.mm.yyyy", "dd.mm.yyyy hh:mm", "hh:mm", "0%"
Cell = tuple[object, str]
LINES: Sequence[Sequence[Cell]] = (
    (("Партнёр", ""), ("Подписано", ""), ("Мест", ""), ("Доля", ""), ("Начало", ""), ("Да", "")),
    (("Ош мамлекеттик университети", ""), (dt.datetime(2024, 5, 3), DAY), (3, ""), (0.25, SHARE), (None, ""),
     (True, "")),
    (("  Oʻzbekiston “Milliy”  ", ""), (dt.datetime(2024, 5, 3, 14, 30), MOMENT), (2.5, ""), (None, ""),
     (dt.time(9, 45), CLOCK), (False, "")),
    (("00123", ""), (dt.datetime(1999, 12, 31), DAY), (12345678901234, ""), (1e-7, ""), (None, ""), (None, "")),
)  # fmt: skip


def old(
    lines: Sequence[Sequence[Cell]] = LINES, *, title: str = "", hidden: int = -1, before: bool = False
) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    if before:
        book.add_sheet("Пусто")
    sheet, first = book.add_sheet("Партнёры"), 0
    if title:
        sheet.write_merge(0, 0, 0, 3, title)
        first = 2
    for at, line in enumerate(lines, start=first):
        for column, (value, shape) in enumerate(line):
            if value is not None:
                sheet.write(at, column, value, xlwt.easyxf(num_format_str=shape or "General"))
    if hidden >= 0:
        sheet.row(hidden).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def new(
    lines: Sequence[Sequence[Cell]] = LINES, *, title: str = "", hidden: int = -1, before: bool = False
) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        if before:
            book.add_worksheet("Пусто")
        sheet, first = book.add_worksheet("Партнёры"), 0
        if title:
            sheet.merge_range(0, 0, 0, 3, title)
            first = 2
        for at, line in enumerate(lines, start=first):
            for column, (value, shape) in enumerate(line):
                if isinstance(value, (dt.datetime, dt.time)):
                    sheet.write_datetime(at, column, value, book.add_format({"num_format": shape}))
                elif value is not None:
                    sheet.write(at, column, value, book.add_format({"num_format": shape or "General"}))
        if hidden >= 0:
            sheet.set_row(hidden, None, None, {"hidden": True})
    return out.getvalue()


@pytest.mark.parametrize(
    ("title", "hidden", "before"),
    [("", -1, False), ("Список партнёров", -1, False), ("Список", 3, True), ("", 1, True)],
    ids=["plain", "title over merged cells", "hidden row on the second sheet", "hidden row"],
)
def test_an_old_workbook_is_read_as_the_new_one(title: str, hidden: int, before: bool) -> None:
    tables = [read_table(write(title=title, hidden=hidden, before=before)) for write in (old, new)]
    assert tables[0] == tables[1]
    assert (tables[0].sheet, len(tables[0])) == ("Партнёры", 3)
    assert tables[0].column("Подписано") == ["03.05.2024", "03.05.2024 14:30", "31.12.1999"]
    assert tables[0].column("Начало") == ["", "09:45:00", ""]
    assert tables[0].column("Мест") == ["3", "2.5", "12345678901234"]
    assert tables[0].rows[2]["Партнёр"] == "00123"


def test_sheets_of_an_old_workbook_are_named() -> None:
    assert read_table(old(before=True), sheet="Партнёры").columns[0] == "Партнёр"
    for sheet, code in (("Пусто", "tables.empty"), ("Лист9", "tables.no_such_sheet")):
        with pytest.raises(TableError) as refused:
            read_table(old(before=True), sheet=sheet)
        assert refused.value.code == code


def test_counting_from_1904_moves_no_day() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "day")
    sheet.write(1, 0, dt.date(2024, 5, 3), xlwt.easyxf(num_format_str=DAY))
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).column("day") == ["03.05.2024"]


def test_letters_of_excel_5_are_those_of_the_region() -> None:
    def label(row: int, text: str) -> bytes:
        return _record(0x0204, struct.pack("<HHHH", row, 0, 0, len(text)) + text.encode("cp1251"))

    content = _xls({"S": _sheet(label(0, "Партнёр"), label(1, "Ошский университет"))})
    for kind in (0x05, 0x10):
        content = content.replace(struct.pack("<HHHH", 0x0809, 16, 0x0600, kind),
                                  struct.pack("<HHHH", 0x0809, 16, 0x0500, kind))  # fmt: skip
    assert read_table(content).column("Партнёр") == ["Ошский университет"]


def codes_of(content: bytes) -> str:
    try:
        read_table(content)
    except TableError as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("size", [(65_536, 256), (0x7FFFFFFF, 0xFF), (0xFFFFFFFF, 0xFFFF)])
def test_a_size_that_is_not_true_ends_nothing(size: tuple[int, int]) -> None:
    """A reader that sets memory aside for what the file says would end the whole process."""
    said = _record(0x0200, struct.pack("<IIHHH", 0, size[0], 0, size[1], 0))
    table = read_table(_xls({"S": _sheet(said, _label(0, 0, "key"), _label(1, 0, "A"))}))
    assert table.column("key") == ["A"]


def test_a_number_of_texts_that_is_not_true_ends_nothing() -> None:
    content = old()
    stream = compound(content).workbook
    at = content.index(stream[:512]) + next(place for kind, place in places(stream) if kind == 0x00FC)
    broken = content[: at + 4] + struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF) + content[at + 12 :]
    assert codes_of(broken) == "tables.broken_workbook"


def places(stream: bytes) -> Iterator[tuple[int, int]]:
    """Kind and place of each record."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, at
        at += 4 + size


def test_a_stream_that_says_it_is_longer_than_the_file_ends_nothing() -> None:
    content = old()
    at = content.index("Workbook".encode("utf-16-le")) + 120
    for length in (0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF):
        codes_of(content[:at] + struct.pack("<Q", length) + content[at + 8 :])


def test_sheets_within_a_sheet_are_not_read_again_and_again() -> None:
    one = _sheet(*(_label(row, 0, "x") for row in range(3_000)))
    stream = {f"S{at}": one if not at else b"" for at in range(200)}
    whole = _xls(stream)
    starts = compound(whole).workbook
    first = struct.unpack_from("<I", starts, starts.index(struct.pack("<H", 0x0085)) + 4)[0]
    again = whole
    for at in range(1, 200):
        named = struct.pack("<IBBBB", first + len(one), 0, 0, len(f"S{at}"), 0) + f"S{at}".encode()
        again = again.replace(named, struct.pack("<I", first) + named[4:])
    assert again != whole
    began = time.monotonic()
    assert codes_of(again) == "tables.broken_workbook"
    assert time.monotonic() - began < 2


def test_many_sheets_are_not_laid_out_all_at_once() -> None:
    """Each of them is within the limit; twenty of them took three gigabytes."""
    empty = _sheet(_label(0, 0, ""), _label(19_000, 255, ""))
    content = _xls(
        {**{f"S{at}": empty for at in range(20)}, "T": _sheet(_label(0, 0, "a"), _label(1, 0, "b"))}
    )
    assert read_table(content).sheet == "T"
    wide = row(cell("Name")) + row(cell("x", "1000"), "2000")
    between = '</table:table><table:table table:name="T">'
    refuse_expanse(ods(between.join([wide] * 2)))
    assert codes_of(ods(between.join([wide] * 3))) == "tables.too_large"


def test_an_old_workbook_that_is_cut_off_is_refused_or_read() -> None:
    content = old(title="Список", before=True)
    found = {codes_of(content[:cut]) for cut in range(8, len(content), 61)}
    assert "tables.broken_workbook" in found
    assert found <= {"", "tables.broken_workbook", "tables.empty"}


def locked() -> bytes:
    """An old workbook that says before its first sheet that it is encrypted."""
    plain = _xls({"S": _sheet(_label(0, 0, "key"), _label(1, 0, "A"))})
    stream = compound(plain).workbook
    begin = stream[: stream.index(struct.pack("<H", 0x0085))]
    return plain.replace(
        stream, (begin + _record(0x002F, bytes(54)) + _record(0x000A)).ljust(len(stream), b"\0")
    )


def renamed(content: bytes, to: str) -> bytes:
    """A compound file whose stream is no workbook but something else."""

    def label(name: str) -> bytes:
        letters = (name + "\0").encode("utf-16-le")
        return letters.ljust(64, b"\0") + struct.pack("<H", len(letters))

    return content.replace(label("Workbook"), label(to))


def test_a_password_is_told() -> None:
    plain = _xls({"S": _sheet(_label(0, 0, "key"), _label(1, 0, "A"))})
    assert codes_of(plain) == ""
    assert codes_of(locked()) == "tables.locked"
    assert codes_of(renamed(plain, "EncryptedPackage")) == "tables.locked"
    assert codes_of(renamed(plain, "WordDocument")) == "tables.broken_workbook"


@pytest.mark.parametrize(
    "content",
    [
        "<html><body><table><tr><td>Партнёр</td></tr></table></body></html>",
        "\ufeff<!DOCTYPE html>\n<table><tr><td>Партнёр</td></tr></table>",
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>',
    ],
)
def test_a_page_under_the_name_of_a_workbook_is_told(content: str) -> None:
    with pytest.raises(TableError) as refused:
        read_table(content.encode(), name="partners.xls")
    assert refused.value.code == "tables.web_page"
    assert "partners.xls" in str(refused.value)


def test_an_open_document_with_a_password_is_told() -> None:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(ods(row(cell("Name"))))) as before, ZipFile(out, "w") as after:
        for part in before.namelist():
            inside = before.read(part)
            if part == "META-INF/manifest.xml":
                inside = inside.replace(
                    b"/></m:manifest>", b"><m:encryption-data/></m:file-entry></m:manifest>"
                )
            after.writestr(part, inside)
    assert codes_of(out.getvalue()) == "tables.locked"
