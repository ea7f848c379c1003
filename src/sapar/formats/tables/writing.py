"""Tables as files that spreadsheets open as they are meant."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

BEFORE_FORMULAS = ("\t", "\r", "\n")
WIDEST = 60
FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


Sheets = Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV that spreadsheets open with the right letters (UTF-8 with a mark)."""
    out = io.BytesIO()
    csv_into(out, columns, rows)
    return out.getvalue()


def csv_into(out: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """As `write_csv`, one row at a time: a list may have a hundred thousand."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(column) for column in columns])
    for row in rows:
        writer.writerow([harmless(value) for value in row])
    text.detach()


def harmless(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front.

    Spreadsheets pass over spaces before a formula, and those of East Asia know the wide signs too.
    """
    if not isinstance(value, str) or value[:1].isalnum() or _is_number(value):
        return value
    risky = value[:1] in BEFORE_FORMULAS or value.lstrip()[:1] in FORMULA_SIGNS
    return "'" + value if risky else value


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def write_xlsx(sheets: Sheets) -> bytes:
    """A workbook: sheet name → (columns, rows). Text is never taken for a formula or a link."""
    out = io.BytesIO()
    xlsx_into(out, sheets)
    return out.getvalue()


def xlsx_into(out: IO[bytes], sheets: Sheets) -> None:
    """As `write_xlsx`, one row at a time."""
    import xlsxwriter  # some 10 MB that a process without exports does not need

    with xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
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
                    match value:
                        case None | "":
                            text = str(value)
                        case str():
                            text = value
                            sheet.write_string(last, at, value)
                        case dt.date():
                            text = str(value)
                            sheet.write_datetime(last, at, value, date)
                        case bool():
                            text = str(value)
                            sheet.write_boolean(last, at, value)
                        case int() | float():
                            text = str(value)
                            sheet.write_number(last, at, value)
                        case _:
                            text = str(value)
                            sheet.write_string(last, at, text)
                    if at < len(widths):
                        widths[at] = max(widths[at], min(len(text), WIDEST))
            for at, width in enumerate(widths):
                sheet.set_column(at, at, width + 2)
            sheet.freeze_panes(1, 0)
            if columns:
                sheet.autofilter(0, 0, last, len(columns) - 1)
