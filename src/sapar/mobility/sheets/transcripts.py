"""A transcript of records as a sheet: one course a row, marks to the letter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from sapar.core.cells import reader_words
from sapar.formats.tables import FAILED_FORMULAS, Reader, RefusedRows, parse_date
from sapar.methods.errors import MethodError
from sapar.methods.recognition import GradeScale
from sapar.mobility.services.transcripts import LineEntry
from sapar.mobility.sheets.columns import find_columns, table_of
from sapar.mobility.wording.grades import mark_refusal

CALLED = {
    "title": ("title", "course title", "course name", "component", "subject", "course", "name",
              "дисциплина", "наименование", "название", "предмет", "сабак", "пән", "fan"),
    "credits": ("credits", "ECTS", "credit", "кредиты", "кредит", "kredit"),
    "mark": ("mark", "grade", "result", "оценка", "баа", "баға", "baho"),
    "code": ("code", "course code", "код", "шифр", "kod"),
    "examined_on": ("date", "examined on", "exam date", "дата", "күнү", "күні", "sana"),
}  # fmt: skip


def read_transcript(content: bytes, name: str, scale: GradeScale) -> list[LineEntry]:
    """All lines, or none.

    Raises:
        SheetUnreadable; RefusedRows with row, column, value and reason of every cell that is wrong.
    """
    table = table_of(content, name)
    columns = find_columns(table, CALLED, required=("title", "credits", "mark"))
    reader = Reader(table, words=reader_words())
    lines = []
    for row in table.rows:
        title, mark = row[columns["title"]], row[columns["mark"]]
        if not title:
            reader.refuse(row, columns["title"], _("The title is missing."))
        if title in FAILED_FORMULAS:
            reader.refuse(row, columns["title"], _("The formula failed."))
        if len(title) > 250:
            reader.refuse(row, columns["title"], _("The title is longer than 250 letters."))
        credits = credits_of(row[columns["credits"]])
        if credits is None:
            reader.refuse(row, columns["credits"], _("Credits are a number above 0, at most 999."))
        if not mark:
            reader.refuse(row, columns["mark"], _("The mark is missing."))
        else:
            try:
                scale.band(mark)
            except MethodError as refused:
                reader.refuse(row, columns["mark"], mark_refusal(mark, refused, scale))
        day: date | None = None
        if (column := columns.get("examined_on")) and row[column]:
            try:
                day = parse_date(row[column])
            except ValueError:
                reader.refuse(row, column, _("Write the date like 05.03.2027."))
        code = row[columns["code"]][:40] if "code" in columns else ""
        lines.append(
            LineEntry(title=title, credits=credits or Decimal(0), mark=mark, code=code, examined_on=day)
        )
    if reader.problems:
        raise RefusedRows(reader.problems)
    return lines


def credits_of(text: str) -> Decimal | None:
    """A number above 0 and at most 999 with at most two decimals; None for anything else."""
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 < value <= 999 or value != value.quantize(Decimal("0.01")):
        return None
    return value
