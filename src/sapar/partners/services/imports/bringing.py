"""Bringing a list: keep the file, read its rows, say what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.partners.columns import ListField, signature
from sapar.partners.errors import ColumnMissing
from sapar.partners.models import ImportMapping, PartnerImport, PartnerImportRow
from sapar.partners.policies import may_import_partners
from sapar.partners.queries.imports import mapping_for
from sapar.partners.services.lists import columns_chosen, keep_list
from sapar.partners.states import IMPORT_FLOW, RowDecision

COMPARE = Later("sapar.partners.import_tasks.compare")
MAKE_READY = Later("sapar.partners.import_tasks.make_ready")

# So many rows are kept with their notes.
MOST_NOTES = 200


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
    kept = keep_list(
        content, name, purpose="partner_list", header_row=header_row, office=office, by=by, at=at
    )
    table = kept.table
    batch = PartnerImport.objects.create(
        office=office,
        file=kept.file,
        columns=list(table.columns),
        mapping=dict(mapping_for(office, table.columns)),
        notes=[[note.row, *note.cells] for note in table.notes[:MOST_NOTES]],
        rows_total=len(table.rows),
        made_at=at,
        made_by=kept.by,
    )
    PartnerImportRow.objects.bulk_create(
        PartnerImportRow(
            office=office, batch=batch, number=row.number, cells=dict(row.cells), decision=RowDecision.ASK
        )
        for row in table.rows
    )
    MAKE_READY.enqueue(office.pk)
    record("partners.import.brought", subject=batch, by=by, at=at, name=kept.file.name, rows=len(table.rows))
    return batch


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
    mapping = columns_chosen(mapping, batch.columns, ListField)
    if ListField.NAME not in mapping:
        raise ColumnMissing(field=ListField.NAME.value)
    batch.mapping, batch.rows_done, batch.problem = mapping, 0, ""
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
