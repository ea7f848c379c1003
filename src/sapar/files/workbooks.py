"""Workbooks that are no XLSX: old ones (XLS), binary ones (XLSB), open documents (ODS); and what comes in with them."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from zipfile import ZipFile

from sapar.formats.tables.containers import compound, elements, records
from sapar.formats.tables.old_workbooks import SHEET, is_locked, sheet_starts

XLS = "application/vnd.ms-excel"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
# Every binary workbook calls its main part so, also without a program.
XLSB_MAIN = b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"
# [MS-XLS] 2.4.28: sheets of programs, as Excel 4 had them, and modules.
PROGRAMS = (0x01, 0x06)
# Documents and letters of the same age; they are none of the kinds taken.
OTHERS = {"worddocument", "powerpoint document", "__substg1.0_001a001f"}
VBA, CONTROLS = {"_vba_project_cur", "_vba_project", "vba"}, "ctls"
# Elements of an open document that fetch by themselves what their address names.
FETCHED = {"object", "object-ole", "plugin", "applet", "floating-frame", "table-source", "cell-range-source"}


def old_danger(content: bytes) -> str | None:
    """What harms in an old workbook: a code of `errors.REASONS`, '' for nothing. None when it is no workbook.

    One that was cut off on the way has no workbook inside, and nothing else either.
    """
    try:
        inside = compound(content)
        if is_locked(inside):
            return "locked"
        if not sheet_starts(inside.workbook):
            return None if OTHERS & {name.lower() for name in inside.names} else "damaged"
        kinds = {data[5] for kind, data in records(inside.workbook, 0) if kind == SHEET and len(data) > 5}
    except struct.error:
        return "damaged"
    names = {name.lower() for name in inside.names}
    if names & VBA or kinds.intersection(PROGRAMS):
        return "macros"
    return "controls" if CONTROLS in names else ""


def is_open_document(archive: ZipFile, names: Iterable[str]) -> bool:
    return {"mimetype", "content.xml"} <= set(names) and archive.read("mimetype").strip() == ODS.encode()


def open_danger(archive: ZipFile, names: Iterable[str]) -> tuple[str, list[tuple[str, str]]]:
    """What harms in an open document, '' for nothing; and the addresses it fetches from, with the element's name."""
    if any(name.lower().startswith(("basic/", "scripts/")) for name in names):
        return "macros", []
    fetched: list[tuple[str, str]] = []
    for part in names:
        if part.lower().rpartition("/")[2] not in ("content.xml", "styles.xml"):
            continue
        for tag, named, _text in elements(archive.read(part)):
            if tag == "event-listener":
                return "macros", []
            if tag == "dde-source":
                return "elsewhere", []
            if tag == "image" or tag in FETCHED:
                fetched.append((tag, named.get("href", "")))
    return "", fetched
