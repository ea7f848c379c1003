"""Acts and refused cells of lists of earlier stays in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sapar.core.cells import CellWords, Table
from sapar.partners.row_words import SHARED
from sapar.web.components import Text

ACTS: Mapping[str, Text] = {
    "mobility.stays.brought": _("brought a list of earlier stays"),
    "mobility.stays.columns_chosen": _("said what the columns mean"),
    "mobility.stays.names_chosen": _("said which universities and faculties the names stand for"),
    "mobility.stays.taken": _("put the stays of the list on record"),
    "mobility.stays.undone": _("undid the import"),
    "mobility.stays.discarded": _("threw the list away"),
}
# Why a row cannot be taken, and what to do about it; codes of `sapar.mobility.earlier.reading`.
PROBLEMS: Table = {
    **SHARED,
    "no_name": (_("is no name"), _("Write the person's name.")),
    "mixed": (_("mixes letters of two alphabets"), _("Write the name with letters of one alphabet.")),
    "no_host": (_("is no name of a university"), _("Write the partner university.")),
    "host_open": (
        _("is a university that nobody has chosen yet"),
        _("Say which university it is, or add it to your partners first."),
    ),
    "known": (_("has this stay on record already, or in an earlier row"), _("Nothing needs to be done.")),
    "no_day": (
        _("is no whole date"),
        _("Write a day like 05.03.2027, or leave it empty and give year and term."),
    ),
    "no_when": (_("does not say when the stay was"), _("Give both days, or the academic year and the term.")),
    "wrong_order": (_("is before the beginning"), _("Correct one of the two dates.")),
    "not_begun": (
        _("has not come yet"),
        _("Enter stays that have not begun under their agreement, so that the partner is asked."),
    ),
    "no_year": (_("is no academic year"), _("Write it like 2023/24.")),
    "no_term": (_("is no term"), _("Write “autumn”, “spring” or “year”.")),
    "no_direction": (_("is neither outgoing nor incoming"), _("Write “out” or “in”.")),
    "no_kind": (
        _("is no kind of mobility"),
        _("Write “study”, “traineeship”, “teaching” or “staff training”."),
    ),
    "no_faculty": (
        _("is no faculty of the university"),
        _("Say which faculty it is, or leave the cell empty."),
    ),
    "no_level": (_("is no level of study"), _("Write “bachelor”, “master” or “doctorate”.")),
    "no_field": (_("has no four-digit code of ISCED-F"), _("Write a code like 0912, or leave it empty.")),
    "no_credits": (_("is no number of credits"), _("Write a number from 0 to 400, or leave it empty.")),
}
WORDS = CellWords(PROBLEMS)
