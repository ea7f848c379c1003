"""Undoing an import: what it made goes, what was used since stays and stops the undoing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from sapar.accounts.actors import Actor
from sapar.audit.models import Entry
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.directory.models import Organisation
from sapar.partners.errors import CannotUndo, ChangedSinceImport
from sapar.partners.models import Agreement, Contact, PartnerImport, PartnerImportRow, Partnership
from sapar.partners.policies import may_import_partners
from sapar.partners.states import IMPORT_FLOW


@transaction.atomic
def undo_list(batch: PartnerImport, *, by: Actor, at: datetime) -> PartnerImport:
    """Take back the partnerships, contacts and organisations that the import made.

    Raises:
        CannotUndo: one of them has agreements, exchanges or other records; it is named, nothing was undone.
        ChangedSinceImport: somebody worked on one of them.
    """
    require(may_import_partners, by, batch.office)
    batch = PartnerImport.objects.select_for_update().select_related("office").get(pk=batch.pk)
    batch.state = IMPORT_FLOW.after("undo", batch.state)
    partnerships = Partnership.objects.select_for_update().filter(imported_by=batch)
    _refuse_used(batch, [partnership.pk for partnership in partnerships])
    rows = PartnerImportRow.objects.filter(batch=batch)
    organisations = list(rows.filter(created_organisation=True).values_list("organisation_id", flat=True))
    made = PartnerImportRow.objects.filter(batch=batch).values("contact_id")
    remove_contacts(Contact.objects.filter(pk__in=made))
    removed = len(partnerships)
    for partnership in partnerships.select_related("organisation"):
        _delete(partnership, partnership.organisation.name)
    for organisation in Organisation.objects.filter(pk__in=organisations):
        _delete(organisation, organisation.name)
    batch.undone_at = at
    batch.save(update_fields=["state", "undone_at"])
    record("partners.import.undone", subject=batch, by=by, at=at, partnerships=removed)
    return batch


def _refuse_used(batch: PartnerImport, partnerships: list[int]) -> None:
    agreement = (
        Agreement.objects.filter(partnership__in=partnerships)
        .select_related("partnership__organisation")
        .first()
    )
    if agreement is not None:
        raise CannotUndo(name=agreement.partnership.organisation.name)
    touched = (
        Entry.objects.filter(
            office=batch.office, subject_type=Partnership._meta.label_lower, subject_id__in=partnerships
        )
        .exclude(action="partners.partnership.imported")
        .first()
    )
    if touched is not None:
        partnership = Partnership.objects.select_related("organisation").get(pk=touched.subject_id)
        raise ChangedSinceImport(name=partnership.organisation.name)


def remove_contacts(made: QuerySet[Contact]) -> None:
    """Contacts added to partners of before; where the main one goes, the oldest that stays takes its place."""
    bereft = [contact.partnership_id for contact in made if contact.is_main]
    made.delete()
    for pk in bereft:
        heir = Contact.objects.filter(partnership=pk).order_by("pk").first()
        if heir is not None:
            heir.is_main = True
            heir.save(update_fields=["is_main"])


def _delete(made: Partnership | Organisation, name: str) -> None:
    """A row that others stand on stays, and with it everything."""
    try:
        made.delete()
    except ProtectedError as error:
        raise CannotUndo(name=name) from error
