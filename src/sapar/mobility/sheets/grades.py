"""Counts of marks as a sheet: mark and how often it was given."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sapar.core.cells import reader_words
from sapar.formats.tables import Reader, RefusedRows
from sapar.methods.recognition import GradeScale
from sapar.mobility.sheets.columns import find_columns, table_of

CALLED = {
    "mark": ("mark", "grade", "оценка", "баа", "баға", "baho"),
    "count": ("count", "number", "students", "количество", "число", "саны", "soni"),
}


def read_counts(content: bytes, name: str, scale: GradeScale) -> dict[str, int]:
    """Label → how many; years in several rows of one mark are added up.

    Raises:
        SheetUnreadable; RefusedRows.
    """
    table = table_of(content, name)
    columns = find_columns(table, CALLED, required=("mark", "count"))
    known = {band.label for band in scale.bands}
    reader = Reader(table, words=reader_words())
    counts: dict[str, int] = {}
    for row in table.rows:
        mark, text = row[columns["mark"]], row[columns["count"]].replace("\u00a0", "").replace(" ", "")
        if mark not in known:
            labels = ", ".join(band.label for band in scale.bands)
            reader.refuse(row, columns["mark"], _("The scale has only: %(labels)s.") % {"labels": labels})
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            reader.refuse(row, columns["count"], _("A count is a whole number, not a share."))
        elif mark in known:
            counts[mark] = counts.get(mark, 0) + int(text)
    if reader.problems:
        raise RefusedRows(reader.problems)
    return counts
