"""Every door that reads a table takes the workbooks that offices have: of Excel 97, binary ones, open documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
import xlwt
from bs4 import BeautifulSoup
from django.test import Client

from sapar.directory.services.courses import read_courses
from sapar.files.errors import FileDangerous
from sapar.formats.registries import read_register
from sapar.methods.recognition import shipped_scale
from sapar.mobility.errors import SheetUnreadable
from sapar.mobility.services.earlier import bring_stays
from sapar.mobility.services.earlier import table_of as stays_of
from sapar.mobility.services.studies import keep_sheet, take_sheet
from sapar.mobility.sheets.grades import read_counts
from sapar.mobility.sheets.transcripts import read_transcript
from sapar.mobility.sheets.visitors import read_visitors
from sapar.partners.errors import ListUnreadable
from sapar.partners.models import PartnerImportRow
from sapar.partners.services.imports.bringing import bring_list
from sapar.partners.services.signed.bringing import bring_agreements, table_of
from tests.cast import NOW, Cast
from tests.formats.test_expanse import cell, ods, row
from tests.formats.test_old_workbooks import locked
from tests.formats.test_tables import _xlsb

PAGE = b"<html><table><tr><td>Partner</td></tr></table></html>"


def lines_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def xls(text: str) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("S")
    for at, line in enumerate(lines_of(text)):
        for column, value in enumerate(line):
            sheet.write(at, column, float(value) if value.isdigit() else value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsb(text: str) -> bytes:
    return _xlsb("S", lines_of(text))  # type: ignore[arg-type]


def open_document(text: str) -> bytes:
    return ods("".join(row("".join(map(cell, line))) for line in lines_of(text)))


MAKERS = pytest.mark.parametrize("made", [xls, xlsb, open_document], ids=["xls", "xlsb", "ods"])
Maker = Callable[[str], bytes]


@MAKERS
def test_lists_that_are_kept_are_read(cast: Cast, made: Maker) -> None:
    who = {"office": cast.office, "by": cast.officer, "at": NOW}
    partners = bring_list(made("Партнёр,Страна\nFar University,TR\n"), "a.xls", **who)  # type: ignore[arg-type]
    assert PartnerImportRow.objects.get(batch=partners).cells == {"Партнёр": "Far University", "Страна": "TR"}
    agreements = bring_agreements(
        made("Partner,Kind,Signed\nFar University,memorandum,01.02.2026\n"), "b.xls", **who,  # type: ignore[arg-type]
    )  # fmt: skip
    assert table_of(agreements).column("Signed") == ["01.02.2026"]
    stays = bring_stays(made("Name,University\nAida Demo,Far University\n"), "c.xls", **who)  # type: ignore[arg-type]
    assert stays_of(stays).column("Name") == ["Aida Demo"]
    ending = {"xls": ".xls", "xlsb": ".xlsb"}.get(made.__name__, ".ods")
    assert {one.file.name[-len(ending) :] for one in (partners, agreements, stays)} == {ending}
    kept = keep_sheet(
        made("student number,surname,faculty,level,year,programme,gpa\n77,Demo,MED,bachelor,2,CS,88\n"),
        "d.xls", **who,  # type: ignore[arg-type]
    )  # fmt: skip
    sheet = take_sheet(kept, by=cast.officer, at=NOW)
    assert [(one.student_number, one.gpa) for one in sheet.students] == [("77", Decimal("88.00"))]


@MAKERS
def test_lists_that_are_only_read_are_read(made: Maker) -> None:
    read = read_courses(made("code,title,credits\nCS1,Algebra,6\n"), "a.xls")
    assert ([(one.code, one.credits) for one in read.entries], read.problems) == ([("CS1", Decimal(6))], ())
    visitors = read_visitors(made("surname,given names\nDemo,Aida\n"), "b.xls")
    assert [one.person.passport_surname for one in visitors] == ["Demo"]
    scale = shipped_scale("kz-12")
    assert read_counts(made("mark,count\nA,10\nB,20\n"), "c.xls", scale) == {"A": 10, "B": 20}
    [line] = read_transcript(made("title,credits,mark\nAnatomy,6,A\n"), "d.xls", scale)
    assert (line.title, line.mark) == ("Anatomy", "A")
    register = read_register(made("name,country_code\nFar University,TR\n"), "e.xls")
    assert [one.name for one in register.institutions] == ["Far University"]


def test_a_password_and_a_page_are_told(cast: Cast) -> None:
    who = {"office": cast.office, "by": cast.officer, "at": NOW}
    with pytest.raises(FileDangerous, match="protected with a password"):
        bring_list(locked(), "a.xls", **who)  # type: ignore[arg-type]
    with pytest.raises(SheetUnreadable, match="protected with a password"):
        read_visitors(locked(), "a.xls")
    with pytest.raises(ListUnreadable, match="web page"):
        bring_list(PAGE, "a.xls", **who)  # type: ignore[arg-type]
    with pytest.raises(SheetUnreadable, match="web page"):
        keep_sheet(PAGE, "a.xls", **who)  # type: ignore[arg-type]


@pytest.mark.parametrize("page", ["imports/new/", "agreements/lists/new/", "stays/earlier/new/", "studies/"])
def test_the_page_offers_them(cast: Cast, client: Client, page: str) -> None:
    client.force_login(cast.officer)
    soup = BeautifulSoup(client.get(f"/o/{cast.office.slug}/{page}").content, "html.parser")
    [field] = soup.select("input[type=file]")
    assert {".xls", ".xlsb", ".ods", ".xlsx", ".csv"} <= set(str(field["accept"]).split(","))
