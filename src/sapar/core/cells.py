"""What is wrong with a cell of somebody's list, told the same way for every kind of list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sapar.formats.tables import ReaderWords

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
