"""Bringing a list: keep the file, read its rows, say what its columns mean."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from sapar.accounts.actors import Actor, user_of
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.cells import why_unreadable
from sapar.core.errors import NotAllowed
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.files.services import store
from sapar.files.sniffing import TABLES
from sapar.formats.tables import Table, TableError, read_table
from sapar.partners.columns import ListField, checked, signature
from sapar.partners.errors import ColumnMissing, ColumnTwice, ListUnreadable
from sapar.partners.models import ImportMapping, PartnerImport, PartnerImportRow
from sapar.partners.policies import may_import_partners
from sapar.partners.queries.imports import mapping_for
from sapar.partners.states import IMPORT_FLOW, RowDecision

COMPARE = Later("sapar.partners.import_tasks.compare")
MAKE_READY = Later("sapar.partners.import_tasks.make_ready")

MOST_ROWS = 3_000
NO_ROWS = _n("it has names of columns and no rows.")
MOVED = _n(
    "behind the last column, “%(column)s”, more cells are filled (%(rows)s). Put a cell that holds the sign between "
    "cells in quotes, or give these cells a column."
)
# So many rows are named, and so many with notes kept.
MOST_NAMED, MOST_NOTES = 20, 200


@transaction.atomic
def bring_list(
    content: bytes, name: str, *, header_row: int = 0, office: Office, by: Actor, at: datetime
) -> PartnerImport:
    """Keep an office's list and read its rows; nothing is compared yet.

    Args:
        header_row: the line with the names of the columns, counted from 1; 0 finds it.

    Raises:
        ListUnreadable, FileTooLarge, FileTypeRefused, FileDamaged
    """
    require(may_import_partners, by, office)
    user = user_of(by)
    if user is None:
        raise NotAllowed
    content = in_utf8(content)
    stored = store(content, name, office=office, purpose="partner_list", taken=TABLES, by=by, at=at)
    table = read_list(content, stored.name, header_row)
    batch = PartnerImport.objects.create(
        office=office,
        file=stored,
        columns=list(table.columns),
        mapping=dict(mapping_for(office, table.columns)),
        notes=[[note.row, *note.cells] for note in table.notes[:MOST_NOTES]],
        rows_total=len(table.rows),
        made_at=at,
        made_by=user,
    )
    PartnerImportRow.objects.bulk_create(
        PartnerImportRow(
            office=office, batch=batch, number=row.number, cells=dict(row.cells), decision=RowDecision.ASK
        )
        for row in table.rows
    )
    MAKE_READY.enqueue(office.pk)
    record("partners.import.brought", subject=batch, by=by, at=at, name=stored.name, rows=len(table.rows))
    return batch


def in_utf8(content: bytes) -> bytes:
    """Spreadsheets save "Unicode text" as UTF-16, which looks like no text at all."""
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return content.decode("utf-16", errors="replace").encode()
    return content


def read_list(content: bytes, name: str, header_row: int = 0) -> Table:
    """The table of a list.

    Raises:
        ListUnreadable: no table, without rows, or with too many.
    """
    try:
        table = read_table(content, name=name, header_row=header_row)
    except TableError as error:
        raise ListUnreadable(name=name, reason=why_unreadable(error)) from error
    if not table.rows:
        raise ListUnreadable(name=name, reason=_(NO_ROWS))
    if moved := table.moved:
        rows = [
            _("row %(row)s: “%(value)s”") % {"row": row.number, "value": ", ".join(row.beyond)}
            for row in moved[:MOST_NAMED]
        ]
        more = [] if len(moved) <= MOST_NAMED else ["…"]
        facts = {"column": table.columns[-1], "rows": "; ".join([*rows, *more])}
        raise ListUnreadable(name=name, reason=_(MOVED) % facts)
    if len(table.rows) > MOST_ROWS:
        reason = _("it has %(rows)s rows; at most %(most)s are taken at once. Divide it.")
        raise ListUnreadable(name=name, reason=reason % {"rows": len(table.rows), "most": MOST_ROWS})
    return table


@transaction.atomic
def choose_columns(
    batch: PartnerImport, mapping: Mapping[str, str], *, seen: str = "", by: Actor, at: datetime
) -> PartnerImport:
    """Say what the columns mean, remember it for the next list like this one, and begin to compare.

    Chosen again, everything is compared anew and decisions made before are forgotten.

    Args:
        seen: mark of the list as the page showed it.

    Raises:
        ColumnMissing, ColumnTwice, IllegalMove, ChangedMeanwhile
    """
    require(may_import_partners, by, batch.office)
    batch = PartnerImport.objects.select_for_update().select_related("office").get(pk=batch.pk)
    state = IMPORT_FLOW.after("compare", batch.state)
    refuse_changed(batch, seen)
    batch.state = state
    mapping = checked(mapping, batch.columns)
    if ListField.NAME not in mapping:
        raise ColumnMissing(field=ListField.NAME.value)
    chosen = list(mapping.values())
    for column in chosen:
        if chosen.count(column) > 1:
            raise ColumnTwice(column=column)
    batch.mapping, batch.rows_done, batch.problem = dict(mapping), 0, ""
    batch.save(update_fields=["state", "mapping", "rows_done", "problem"])
    ImportMapping.objects.update_or_create(
        office=batch.office,
        signature=signature(batch.columns),
        defaults={"mapping": batch.mapping, "used_at": at},
    )
    COMPARE.enqueue(batch.pk)
    record("partners.import.columns_chosen", subject=batch, by=by, at=at, mapping=batch.mapping)
    return batch


@transaction.atomic
def discard_list(batch: PartnerImport, *, by: Actor, at: datetime) -> PartnerImport:
    """Give a list up before anything of it was taken; its rows are forgotten, the file stays."""
    require(may_import_partners, by, batch.office)
    batch = PartnerImport.objects.select_for_update().get(pk=batch.pk)
    batch.state = IMPORT_FLOW.after("discard", batch.state)
    batch.save(update_fields=["state"])
    PartnerImportRow.objects.filter(batch=batch).delete()
    record("partners.import.discarded", subject=batch, by=by, at=at)
    return batch
