"""Acts and assumptions of lists of signed agreements in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sapar.partners.states import AgreementListState
from sapar.web.components import Text, Tone

ACTS: Mapping[str, Text] = {
    "partners.agreements.brought": _("brought a list of signed agreements"),
    "partners.agreements.columns_chosen": _("said what the columns mean"),
    "partners.agreements.names_chosen": _("said what the names of the list stand for"),
    "partners.agreements.stopped": _("could not finish the list"),
    "partners.agreements.taken": _("put the agreements of the list on record"),
    "partners.agreements.undone": _("undid the import"),
    "partners.agreements.discarded": _("threw the list away"),
    "partners.agreements.scans_brought": _("brought scans of agreements: %(name)s"),
}
STATE_TONES: Mapping[str, Tone] = {
    AgreementListState.MAPPED: "draft",
    AgreementListState.READING: "waiting",
    AgreementListState.PREVIEWED: "needs",
    AgreementListState.TAKING: "waiting",
    AgreementListState.TAKEN: "done",
    AgreementListState.UNDONE: "ended",
    AgreementListState.DISCARDED: "ended",
}
ASSUMED: Mapping[str, Text] = {
    "signed_on": _("the day of signing is its first day"),
    "starts_on": _("it begins with the signature"),
    "signed_day": _("of the day of signing only month or year is known"),
    "starts_day": _("of its first day only month or year is known"),
    "ends_day": _("it ends with the last day of the month or year"),
    "renewal": _("it renews itself for 12 months each time"),
    "months": _("stays of 5 months"),
    "years": _("the same places every year"),
}


def assumed_words(codes: list[str]) -> str:
    return ", ".join(str(ASSUMED[code]) for code in codes if code in ASSUMED)
