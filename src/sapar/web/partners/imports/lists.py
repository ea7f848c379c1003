"""Lists of imports and of the rows of one."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.methods.names import search_key
from sapar.partners.columns import ListField
from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.states import ImportState, RowDecision
from sapar.reporting.labels import country_name
from sapar.web.components import Cell, Empty
from sapar.web.directory.reasons import in_one_line
from sapar.web.partners.imports.words import DECISIONS, WORDS, decision_of, state_of
from sapar.web.tables import BulkAction, Choice, Column, Flag, ListSpec
from sapar.web.tables.filters import Rows

IMPORTS: ListSpec[PartnerImport] = ListSpec(
    name="imports",
    title=_("Imported lists"),
    default_order="-made",
    columns=[
        Column("file", _("List"), lambda row: row.file.name, order=["file__name"], link="imports:import"),
        Column("state", _("State"), state_of, order=["state"]),
        Column("rows", _("Rows"), lambda row: row.rows_total, order=["rows_total"], align="end"),
        Column("made", _("Brought"), lambda row: row.made_at, order=["made_at"]),
        Column("by", _("By"), lambda row: row.made_by.name, order=["made_by__name"]),
        Column("taken", _("Imported"), lambda row: row.taken_at, order=["taken_at"]),
    ],
    filters=[Choice("state", _("State"), ImportState.choices)],
    empty=Empty(
        _("No list yet"),
        _("Bring the list of partners that you keep. You see what becomes of each row before anything is imported."),
    ),
)  # fmt: skip


def rows_named(rows: Rows, text: str) -> Rows:
    """Rows whose name in the list has all the words, in any script; a list has few rows, so they are read."""
    words = search_key(text).split()
    hits = [
        pk
        for pk, fields in rows.order_by().values_list("pk", "fields")
        if all(word in search_key(_names(fields)) for word in words)
    ]
    return rows.filter(pk__in=hits)


def _names(fields: dict[str, str]) -> str:
    return " ".join(
        fields.get(name, "") for name in (ListField.NAME, ListField.OTHER_NAME, ListField.ACRONYM)
    )


def name_in_list(row: PartnerImportRow) -> str:
    """As the list writes it; a row without a name says so."""
    if name := row.fields.get(ListField.NAME):
        return str(name)
    nameless = _t("Row %(row)s has no name") if row.decision == RowDecision.REJECT else _t("Row %(row)s")
    return nameless % {"row": row.number}


def _in_directory(row: PartnerImportRow) -> Cell:
    if row.organisation is not None:
        return row.organisation.name
    if row.decision == RowDecision.NEW:
        return (
            _t("will be added")
            if row.same_as is None
            else _t("with row %(row)s") % {"row": row.same_as.number}
        )
    if row.decision == RowDecision.ASK and row.candidates:
        return _t("perhaps %(name)s") % {"name": row.candidates[0]["name"]}
    return None


def why(row: PartnerImportRow) -> str:
    """The reasons for the decision in one line."""
    if row.problems:
        return " ".join(WORDS.both(problem) for problem in row.problems)
    if row.decided_by is not None:
        return _t("Decided by %(name)s.") % {"name": row.decided_by.name}
    if row.reasons or not row.candidates:
        return in_one_line(row.reasons)
    return in_one_line(row.candidates[0]["reasons"])


def _country(row: PartnerImportRow) -> Cell:
    code = row.fields.get(ListField.COUNTRY)
    return country_name(code) if code else None


ROWS: ListSpec[PartnerImportRow] = ListSpec(
    name="import-rows",
    title=_("Rows of the list"),
    default_order="row",
    page_size=100,
    columns=[
        Column("name", _("In your list"), name_in_list, link="imports:row"),
        Column("row", _("Row"), lambda row: row.number, order=["number"], align="end", phone=False),
        Column("country", _("Country"), _country, phone=False),
        Column("decision", _("Decision"), decision_of, order=["decision", "number"]),
        Column("found", _("In the directory"), _in_directory, order=["organisation__sort_key", "number"]),
        Column("score", _("Alike"), lambda row: None if row.score is None else f"{100 * row.score:.0f} %",
               order=["score", "number"], align="end", shown=False),
        Column("why", _("Why"), why),
    ],
    filters=[
        Choice("decision", _("Decision"), [(value, words) for value, (words, _tone) in DECISIONS.items()]),
        Flag("byhand", _("decided by a person"), Q(decided_by__isnull=False)),
    ],
    searching=rows_named,
    search_hint=_("Name in any script"),
    bulk=[
        BulkAction(_("The first candidate is right"), "imports:match_rows"),
        BulkAction(_("Add as new"), "imports:add_rows"),
        BulkAction(_("Leave out"), "imports:leave_rows"),
    ],
    empty=Empty(_("No rows"), _("The rows of a list that was thrown away are forgotten; its file is kept.")),
)  # fmt: skip
READ_ONLY_ROWS = replace(ROWS, bulk=())
