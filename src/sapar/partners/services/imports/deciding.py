"""What a person decides about single rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor, user_of
from sapar.audit.services import record
from sapar.core.errors import IllegalMove
from sapar.core.policy import require
from sapar.directory.countries import country_codes
from sapar.directory.queries import heir_of, organisations_seen_by
from sapar.partners.columns import ListField
from sapar.partners.errors import CountryMissing, NotACandidate, RowRejected
from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.policies import may_import_partners
from sapar.partners.states import IMPORT_FLOW, RowDecision


@transaction.atomic
def choose_organisation(
    row: PartnerImportRow, organisation_id: int, *, by: Actor, at: datetime
) -> PartnerImportRow:
    """The row is this organisation of the directory."""
    row = _open(row, by)
    organisation = (
        organisations_seen_by(row.office).select_related("merged_into").filter(pk=organisation_id).first()
    )
    if organisation is None:
        raise NotACandidate
    _decide(row, RowDecision.MATCH, by)
    row.organisation = heir_of(organisation)
    row.score = next(
        (one["score"] for one in row.candidates if one.get("organisation") == organisation.pk), None
    )
    return _kept(row, by=by, at=at, organisation=organisation.pk)


@transaction.atomic
def join_row(row: PartnerImportRow, number: int, *, by: Actor, at: datetime) -> PartnerImportRow:
    """The row is the same organisation as an earlier row of the list that adds it to the directory."""
    row = _open(row, by)
    earlier = PartnerImportRow.objects.filter(
        batch=row.batch, number=number, number__lt=row.number, decision=RowDecision.NEW, same_as=None
    ).first()
    if earlier is None:
        raise NotACandidate
    _decide(row, RowDecision.NEW, by)
    row.same_as = earlier
    return _kept(row, by=by, at=at, same_as=number)


@transaction.atomic
def add_as_new(row: PartnerImportRow, *, country: str = "", by: Actor, at: datetime) -> PartnerImportRow:
    """The directory lacks the row's organisation: add it when the list is taken."""
    row = _open(row, by)
    if country in country_codes():
        row.fields = {**row.fields, ListField.COUNTRY.value: country}
    if not row.fields.get(ListField.COUNTRY):
        raise CountryMissing(name=row.fields[ListField.NAME])
    _decide(row, RowDecision.NEW, by)
    return _kept(row, by=by, at=at)


@transaction.atomic
def leave_out(row: PartnerImportRow, *, by: Actor, at: datetime) -> PartnerImportRow:
    row = _open(row, by)
    _decide(row, RowDecision.SKIP, by)
    return _kept(row, by=by, at=at)


@transaction.atomic
def decide_rows(
    rows: Sequence[PartnerImportRow], how: RowDecision, *, by: Actor, at: datetime
) -> tuple[int, int]:
    """Decide many at once: MATCH takes each row's first candidate. How many were decided, how many could not be.

    All or nothing but for rows where the decision makes no sense: no candidate, no country, rejected.
    """
    decided = 0
    for row in rows:
        if row.decision == RowDecision.REJECT:
            continue
        first = row.candidates[0] if row.candidates else {}
        if how == RowDecision.SKIP:
            leave_out(row, by=by, at=at)
        elif how == RowDecision.NEW and row.fields.get(ListField.COUNTRY):
            add_as_new(row, by=by, at=at)
        elif how == RowDecision.MATCH and first.get("organisation"):
            choose_organisation(row, first["organisation"], by=by, at=at)
        elif how == RowDecision.MATCH and first.get("row"):
            join_row(row, first["row"], by=by, at=at)
        else:
            continue
        decided += 1
    return decided, len(rows) - decided


def _open(row: PartnerImportRow, by: Actor) -> PartnerImportRow:
    """The row, while its list is locked and still to be decided."""
    require(may_import_partners, by, row.office)
    batch = PartnerImport.objects.select_for_update().get(pk=row.batch_id)
    if not IMPORT_FLOW.allows("take", batch.state):
        raise IllegalMove(move="decide", state=batch.get_state_display())
    row = PartnerImportRow.objects.select_related("office", "batch").get(pk=row.pk)
    if row.decision == RowDecision.REJECT:
        raise RowRejected(number=row.number)
    return row


def _decide(row: PartnerImportRow, decision: RowDecision, by: Actor) -> None:
    row.decision, row.decided_by = decision, user_of(by)
    row.organisation, row.same_as, row.score = None, None, None
    row.reasons = [reason for reason in row.reasons if reason["code"] != "imports.same_as_row"]


def _kept(row: PartnerImportRow, *, by: Actor, at: datetime, **facts: object) -> PartnerImportRow:
    row.save()
    record(
        "partners.import.row_decided",
        subject=row.batch,
        by=by,
        at=at,
        row=row.number,
        decision=row.decision,
        **facts,
    )
    return row
