"""States, decisions and refused cells of an import in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.states import ImportState, RowDecision
from sapar.web.components import State, Text, Tone

STATE_TONES: Mapping[str, Tone] = {
    ImportState.MAPPED: "draft",
    ImportState.MATCHING: "waiting",
    ImportState.PREVIEWED: "needs",
    ImportState.TAKEN: "done",
    ImportState.UNDONE: "ended",
    ImportState.DISCARDED: "ended",
}
DECISIONS: Mapping[str, tuple[Text, Tone]] = {
    RowDecision.MATCH: (_("the same"), "done"),
    RowDecision.NEW: (_("new"), "active"),
    RowDecision.ASK: (_("you decide"), "needs"),
    RowDecision.SKIP: (_("left out"), "ended"),
    RowDecision.REJECT: (_("cannot be taken"), "danger"),
}
# Why a cell cannot be taken, and what to do about it; codes of `sapar.partners.rows`.
PROBLEMS: Mapping[str, tuple[Text, Text]] = {
    "empty": (_("is empty"), _("Write the name of the partner.")),
    "no_letters": (_("has no letters"), _("Write the name of the partner.")),
    "too_long": (_("is too long"), _("Shorten it.")),
    "failed_formula": (_("is a formula that failed"), _("Write the value, or empty the cell.")),
    "no_country": (_("is no country that we know"), _("Write the country's name or its two letters.")),
    "no_date": (_("is no day and no year"), _("Write a day like 05.03.2027, or a year.")),
    "no_email": (_("is no e-mail address"), _("Correct it or empty the cell.")),
    "no_erasmus_code": (
        _("is no Erasmus code"),
        _("Write a code like “TR ANKARA02”, or empty the cell."),
    ),
    "no_ror": (
        _("is no ROR identifier"),
        _("Write an address like https://ror.org/01ab2cd34, or empty the cell."),
    ),
}
ACTIONS: Mapping[str, Text] = {
    "partners.import.brought": _("brought the list"),
    "partners.import.columns_chosen": _("said what the columns mean"),
    "partners.import.compared": _("compared the list with the directory"),
    "partners.import.stopped": _("could not finish the comparison"),
    "partners.import.row_decided": _("decided about a row"),
    "partners.import.taken": _("imported the list"),
    "partners.import.undone": _("undid the import"),
    "partners.import.discarded": _("threw the list away"),
}


def state_of(batch: PartnerImport) -> State:
    return State(ImportState(batch.state).label, STATE_TONES[batch.state])


def decision_of(row: PartnerImportRow) -> State:
    decision = row.decision
    if (
        decision == RowDecision.MATCH
        and row.organisation_id is None
        and row.batch.state == ImportState.PREVIEWED
    ):
        decision = RowDecision.ASK
    return State(*DECISIONS[decision])


def problem_words(problem: Mapping[str, str]) -> str:
    """What is wrong with a cell, without a full stop."""
    reason, _remedy = PROBLEMS[problem["reason"]]
    if not problem["column"]:
        return str(reason)
    if not problem["value"].strip():
        return _t("%(column)s: %(reason)s") % {"column": problem["column"], "reason": reason}
    return _t("%(column)s: “%(value)s” %(reason)s") % {**problem, "reason": reason}


def remedy_words(problem: Mapping[str, str]) -> str:
    """What to do about a cell, as a sentence."""
    _reason, remedy = PROBLEMS[problem["reason"]]
    return str(remedy)


def problem_and_remedy(problem: Mapping[str, str]) -> str:
    return f"{problem_words(problem)}. {remedy_words(problem)}"
