"""States, decisions and refused cells of an import in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sapar.core.cells import CellWords, Table
from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.row_words import SHARED
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
PROBLEMS: Table = {
    **SHARED,
    "empty": (_("is empty"), _("Write the name of the partner.")),
    "no_letters": (_("has no letters"), _("Write the name of the partner.")),
    "no_erasmus_code": (
        _("is no Erasmus code"),
        _("Write a code like “TR ANKARA02”, or empty the cell."),
    ),
    "no_ror": (
        _("is no ROR identifier"),
        _("Write an address like https://ror.org/01ab2cd34, or empty the cell."),
    ),
}
WORDS = CellWords(PROBLEMS)
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
