"""Beginning and keeping partnerships."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office, User
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.models import Organisation
from sapar.directory.queries import heir_of
from sapar.partners.errors import PartnerExists
from sapar.partners.facts import PartnershipBegun
from sapar.partners.models import Contact, Partnership
from sapar.partners.policies import may_change_partnership, may_draft_agreement
from sapar.partners.states import PartnershipState


@transaction.atomic
def begin_partnership(
    organisation: Organisation,
    *,
    office: Office,
    since: date | None = None,
    note: str = "",
    responsible: User | None = None,
    by: Actor,
    at: datetime,
) -> Partnership:
    """Take an organisation of the directory among the office's partners."""
    require(may_draft_agreement, by, office)
    organisation = heir_of(organisation)
    partnership, new = Partnership.objects.get_or_create(
        office=office,
        organisation=organisation,
        defaults={"since": since, "note": note, "responsible": responsible, "added_at": at},
    )
    if not new:
        raise PartnerExists(name=organisation.name)
    record("partners.partnership.begun", subject=partnership, by=by, at=at, organisation=organisation.pk)
    announce(PartnershipBegun(office_id=office.pk, partnership_id=partnership.pk))
    return partnership


@transaction.atomic
def change_partnership(
    partnership: Partnership,
    *,
    state: PartnershipState,
    since: date | None,
    last_contact_on: date | None,
    responsible: User | None,
    note: str,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Partnership:
    require(may_change_partnership, by, partnership)
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    refuse_changed(partnership, seen)
    kept = ("state", "since", "last_contact_on", "note")
    before = {name: getattr(partnership, name) for name in kept}
    partnership.state, partnership.since = state, since
    partnership.last_contact_on, partnership.responsible, partnership.note = (
        last_contact_on,
        responsible,
        note,
    )
    partnership.save()
    record(
        "partners.partnership.changed",
        subject=partnership,
        by=by,
        at=at,
        changes={
            name: [old, getattr(partnership, name)]
            for name, old in before.items()
            if old != getattr(partnership, name)
        },
    )
    return partnership


@transaction.atomic
def add_contact(
    partnership: Partnership,
    *,
    name: str,
    post: str = "",
    email: str = "",
    phone: str = "",
    language: str = "en",
    is_main: bool = False,
    by: Actor,
    at: datetime,
) -> Contact:
    """Add a person at the partner; the first one, and any declared so, is the main one."""
    require(may_change_partnership, by, partnership)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    first = not partnership.contacts.exists()
    if is_main:
        partnership.contacts.filter(is_main=True).update(is_main=False)
    contact = Contact.objects.create(
        office=partnership.office,
        partnership=partnership,
        name=name,
        post=post,
        email=email,
        phone=phone,
        language=language,
        is_main=is_main or first,
    )
    record("partners.contact.added", subject=partnership, by=by, at=at, name=name)
    return contact


@transaction.atomic
def change_contact(
    contact: Contact,
    *,
    name: str,
    post: str,
    email: str,
    phone: str,
    language: str,
    is_main: bool,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Contact:
    """Change a person at the partner. The main one stays main until another is named."""
    require(may_change_partnership, by, contact.partnership)
    Partnership.objects.select_for_update().get(pk=contact.partnership_id)
    contact = Contact.objects.select_related("partnership").get(pk=contact.pk)
    refuse_changed(contact, seen)
    if is_main and not contact.is_main:
        contact.partnership.contacts.filter(is_main=True).update(is_main=False)
        contact.is_main = True
    contact.name, contact.post, contact.email = name, post, email
    contact.phone, contact.language = phone, language
    contact.save()
    record("partners.contact.changed", subject=contact.partnership, by=by, at=at, name=name)
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: Actor, at: datetime) -> None:
    """Take a person away who left the partner; the next one becomes the main contact."""
    require(may_change_partnership, by, contact.partnership)
    partnership = Partnership.objects.select_for_update().get(pk=contact.partnership_id)
    name = contact.name
    contact.delete()
    heir = partnership.contacts.order_by("pk").first()
    if heir is not None and not partnership.contacts.filter(is_main=True).exists():
        heir.is_main = True
        heir.save(update_fields=["is_main"])
    record("partners.contact.removed", subject=partnership, by=by, at=at, name=name)


@transaction.atomic
def note_contact(
    partnership: Partnership, *, on: date, note: str = "", by: Actor, at: datetime
) -> Partnership:
    """A letter, call or visit took place; the latest day counts as the last contact."""
    require(may_change_partnership, by, partnership)
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    partnership.last_contact_on = max(on, partnership.last_contact_on or on)
    partnership.save(update_fields=["last_contact_on"])
    record("partners.partnership.contacted", subject=partnership, by=by, at=at, on=on, reason=note.strip())
    return partnership
