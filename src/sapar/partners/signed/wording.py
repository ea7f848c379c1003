"""Why a row of a list of signed agreements cannot be taken, and what to do about it, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.cells import CellWords, Table
from sapar.partners.row_words import SHARED

_WRITE_A_DAY = _("Write a day like 05.03.2027, a month or a year.")
# Why a row cannot be taken, and what to do about it; codes of this room.
PROBLEMS: Table = {
    **SHARED,
    "no_partner": (
        _("is no name of a partner"),
        _("Write the partner in each row, or say with the columns that an empty cell means the one above."),
    ),
    "partner_open": (
        _("is a partner that nobody has chosen yet"),
        _("Say which one it is, or add it to your partners first."),
    ),
    "no_kind": (_("does not say what it is"), _("Write “memorandum”, “framework agreement”, “exchange” …")),
    "kind_open": (_("is a kind of agreement that we do not know"), _("Say which kind it is.")),
    "no_date": (_("is no day that we can read"), _WRITE_A_DAY),
    "no_signed": (_("does not say when it was signed or begins"), _WRITE_A_DAY),
    "signed_later": (_("has not come yet"), _("What is not signed yet is drafted under Agreements.")),
    "no_end": (
        _("does not say until when it is valid"),
        _("Write a day, a number of years or “indefinite”, or say with the columns that empty means no end."),
    ),
    "wrong_order": (_("is before the beginning"), _("Correct one of the two dates.")),
    "no_renewal": (_("says neither yes nor no"), _("Write “yes”, “no” or for how many years.")),
    "no_status": (_("is no status that we know"), _("Write “in force”, “expired” or “terminated”.")),
    "not_signed": (_("means that it is not signed yet"), _("Draft it under Agreements.")),
    "over_by_days": (
        _("does not fit the dates: its last day is over"),
        _("Correct the end, say that it renews itself, or write “expired”."),
    ),
    "not_over_by_days": (
        _("does not fit the dates: its last day is to come"),
        _("Correct the end, or write “in force” or “terminated”."),
    ),
    "no_faculty": (
        _("is no faculty of the university"),
        _("Say which faculty it is, or leave the cell empty."),
    ),
    "no_mobility": (
        _("is no kind of mobility"),
        _("Write “study”, “traineeship”, “teaching” or “staff training”."),
    ),
    "no_direction": (_("is neither outgoing nor incoming"), _("Write “out”, “in” or “both”.")),
    "no_places": (_("is no number of places"), _("Write one whole number.")),
    "no_months": (_("is no number of months"), _("Write a number of months, or “1 semester”.")),
    "no_years": (_("is no academic year"), _("Write it like 2026/27, or “every year”.")),
    "year_outside": (_("lies outside the agreement"), _("Correct the academic year or the dates.")),
    "no_level": (_("is no level of study"), _("Write “bachelor”, “master” or “doctorate”.")),
    "no_field": (_("is no field of ISCED-F"), _("Write a code like 0912, or the field in words.")),
    "no_language": (
        _("is no language that we know"),
        _("Write the language by its name, and the level as B2."),
    ),
    "differs": (
        _("differs from what another row says of the same agreement"),
        _("Make the rows agree, or give each agreement its own number."),
    ),
    "known": (_("is on record already, or in an earlier row"), _("Nothing needs to be done.")),
    "draft_exists": (
        _("is the number of a draft that is on its way"),
        _("Sign that draft, or give it up first."),
    ),
    "number_taken": (
        _("is the number of another agreement"),
        _("Add what tells them apart, like the year."),
    ),
    "with_row": (_("belongs to row %(value)s, which cannot be taken"), _("Correct that row.")),
}
WORDS = CellWords(PROBLEMS, whole=frozenset({"with_row"}))
