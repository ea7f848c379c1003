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
# Why a cell cannot be taken; codes of `sapar.partners.rows`.
PROBLEMS: Mapping[str, Text] = {
    "empty": _("is empty"),
    "no_letters": _("has no letters"),
    "too_long": _("is too long"),
    "no_country": _("is no country that we know; write its name or its two letters"),
    "no_date": _("is no day like 05.03.2027 and no year"),
    "no_email": _("is no e-mail address"),
    "no_erasmus_code": _("is no Erasmus code like “TR ANKARA02”"),
    "no_ror": _("is no ROR identifier"),
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
    return State(batch.get_state_display(), STATE_TONES[batch.state])


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
    reason = PROBLEMS.get(problem["reason"], problem["reason"])
    if not problem["column"]:
        return str(reason)
    if not problem["value"].strip():
        return _t("%(column)s: %(reason)s") % {"column": problem["column"], "reason": reason}
    return _t("%(column)s: “%(value)s” %(reason)s") % {**problem, "reason": reason}
