"""What is wrong with a cell of somebody's list, told the same way for every kind of list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.utils.translation import ngettext

from sapar.formats.tables import Note, ReaderWords, TableError

Table = Mapping[str, tuple[str | Promise, str | Promise]]
"""Code of a problem → what is wrong, without a full stop, and what to do about it."""


def reader_words() -> ReaderWords:
    """How a reader of tables says what is wrong, in the language of who looks at it now."""
    return ReaderWords(
        empty=_("is empty"),
        failed=_("is a formula that failed"),
        whole=_("is not a whole number"),
        number=_("is not a number"),
        date=_("is not a date like 31.12.2026"),
        one_of=_("is not one of: {known}"),
        below=_("is below {least}"),
        above=_("is above {most}"),
        moved=_(
            "is followed by “{beyond}”, for which there is no column: a sign that parts cells needs quotes"
        ),
    )


@dataclass(frozen=True)
class CellWords:
    """The words for problems as lists keep them: `reason` is a code of the table, beside `column` and `value`.

    Attributes:
        whole: codes whose words name the value themselves, as %(value)s, and need no column.
    """

    table: Table
    whole: frozenset[str] = frozenset()

    def problem(self, problem: Mapping[str, Any]) -> str:
        """What is wrong with which cell, without a full stop."""
        column, value = str(problem["column"]), str(problem["value"]).strip()
        reason = self.reason(problem)
        if problem["reason"] in self.whole:
            return reason
        facts = {"column": column, "value": value, "reason": reason}
        if column and value:
            return _("%(column)s: “%(value)s” %(reason)s") % facts
        if column:
            return _("%(column)s: %(reason)s") % facts
        return _("“%(value)s” %(reason)s") % facts

    def reason(self, problem: Mapping[str, Any]) -> str:
        """What is wrong, where column and value stand beside it."""
        words = str(self.table[problem["reason"]][0])
        return words % {"value": problem["value"]} if problem["reason"] in self.whole else words

    def remedy(self, problem: Mapping[str, Any]) -> str:
        """What to do about it, as a sentence."""
        return str(self.table[problem["reason"]][1])

    def both(self, problem: Mapping[str, Any]) -> str:
        return f"{self.problem(problem)}. {self.remedy(problem)}"


# So many rows with notes are named, each with so many signs.
MOST_NAMED, LONGEST = 5, 120
# By the codes of `sapar.formats.tables`.
UNREADABLE = {
    "tables.too_large": _n("it is too large."),
    "tables.too_many_rows": _n("it is too large."),
    "tables.too_many_columns": _n("it has too many columns."),
    "tables.empty": _n("it is empty."),
    "tables.not_a_table": _n("it is neither a spreadsheet nor text."),
    "tables.web_page": _n(
        "it is a web page or XML that bears the name of a spreadsheet. Open it in a spreadsheet program and save it "
        "as XLSX."
    ),
    "tables.encoding": _n("its letters are in an unknown encoding; save it as UTF-8 or as XLSX."),
    "tables.broken_csv": _n("its lines are not a table."),
    "tables.broken_workbook": _n("the workbook is damaged."),
    "tables.locked": _n("it is protected with a password. Save it without the password."),
    "tables.no_such_row": _n("it has no row with that number."),
}


def notes_told(notes: Sequence[Note]) -> str:
    """What stands beside or below a table and is not read, as a sentence; '' when there is none."""
    if not notes:
        return ""
    named = [
        _("row %(row)s: “%(value)s”") % {"row": note.row, "value": ", ".join(note.cells)[:LONGEST]}
        for note in notes[:MOST_NAMED]
    ]
    more = [] if len(notes) <= MOST_NAMED else ["…"]
    said = ngettext(
        "In %(count)d row something stands beside the table, under no column. It is not read: %(rows)s",
        "In %(count)d rows something stands beside the table, under no column. It is not read: %(rows)s",
        len(notes),
    )
    return said % {"count": len(notes), "rows": "; ".join([*named, *more])}


def why_unreadable(error: TableError) -> str:
    """Why a file is no table, in words that go on after a colon."""
    return _(UNREADABLE[error.code]) if error.code in UNREADABLE else str(error)
