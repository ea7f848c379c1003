"""Partnerships follow their organisation when it is merged into another, and find back when it is separated.

Called by listeners within the transaction of the merger, so that all of it happens or nothing.
"""

from __future__ import annotations

from sapar.accounts.actors import System
from sapar.audit.services import record
from sapar.directory.models import Merger
from sapar.directory.queries import heir_of
from sapar.directory.services.mergers import label_of, note_moved
from sapar.partners.models import Agreement, Contact, Partnership

DIRECTORY = System("directory")
FOLLOWED = label_of(Partnership, "organisation")
AGREEMENTS = label_of(Agreement, "partnership")
CONTACTS = label_of(Contact, "partnership")


def follow_merger(merger: Merger) -> None:
    """One partnership is renamed; where the office had both, agreements and contacts go to the surviving one."""
    renamed: list[int] = []
    agreements: list[int] = []
    contacts: list[int] = []
    for partnership in Partnership.objects.select_for_update().filter(organisation=merger.duplicate):
        heir = (
            Partnership.objects.select_for_update()
            .filter(office_id=partnership.office_id, organisation=merger.into)
            .first()
        )
        if heir is None:
            partnership.organisation = merger.into
            partnership.save(update_fields=["organisation"])
            renamed.append(partnership.pk)
        else:
            agreements += partnership.agreements.values_list("pk", flat=True)
            contacts += partnership.contacts.values_list("pk", flat=True)
            _join(partnership, heir)
        record(
            "partners.partnership.merged",
            subject=heir or partnership,
            by=DIRECTORY,
            at=merger.merged_at,
            changes={"organisation": [merger.duplicate.name, merger.into.name]},
        )
    note_moved(merger, FOLLOWED, renamed)
    note_moved(merger, AGREEMENTS, agreements)
    note_moved(merger, CONTACTS, contacts)


def _join(partnership: Partnership, heir: Partnership) -> None:
    if heir.contacts.filter(is_main=True).exists():
        partnership.contacts.update(is_main=False)
    partnership.agreements.update(partnership=heir)
    partnership.contacts.update(partnership=heir)
    days = [day for day in (partnership.last_contact_on, heir.last_contact_on) if day]
    heir.last_contact_on = max(days) if days else None
    heir.save(update_fields=["last_contact_on"])
    partnership.merged_into = heir
    partnership.save(update_fields=["merged_into"])


def follow_separation(merger: Merger) -> None:
    """What followed finds back; agreements written since the merger stay with the heir."""
    heirs = [merger.into, heir_of(merger.into)]
    for partnership in Partnership.objects.select_for_update().filter(
        pk__in=merger.moved.get(FOLLOWED, []), organisation__in=heirs
    ):
        partnership.organisation = merger.duplicate
        partnership.save(update_fields=["organisation"])
        _told(merger, partnership)
    for partnership in Partnership.objects.select_for_update().filter(
        organisation=merger.duplicate, merged_into__isnull=False
    ):
        heir = partnership.merged_into
        assert heir is not None
        Agreement.objects.filter(pk__in=merger.moved.get(AGREEMENTS, []), partnership=heir).update(
            partnership=partnership
        )
        Contact.objects.filter(pk__in=merger.moved.get(CONTACTS, []), partnership=heir).update(
            partnership=partnership, is_main=False
        )
        first = partnership.contacts.order_by("pk").first()
        if first is not None:
            first.is_main = True
            first.save(update_fields=["is_main"])
        partnership.merged_into = None
        partnership.save(update_fields=["merged_into"])
        _told(merger, partnership)


def _told(merger: Merger, partnership: Partnership) -> None:
    record(
        "partners.partnership.separated",
        subject=partnership,
        by=DIRECTORY,
        at=merger.undone_at or merger.merged_at,
        changes={"organisation": [merger.into.name, merger.duplicate.name]},
    )
