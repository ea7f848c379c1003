"""Taking a decided list: partnerships, organisations that the directory lacks, contacts. All or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.audit.services import record, record_each
from sapar.core.announce import announce, announce_each
from sapar.core.policy import require
from sapar.directory.queries import heir_of, identifiers_borne
from sapar.directory.services.organisations import NameEntry, OrganisationEntry, add_organisations
from sapar.directory.states import NameKind, Scheme
from sapar.partners.columns import ListField
from sapar.partners.errors import RowsUndecided
from sapar.partners.facts import PartnershipBegun, PartnersImported
from sapar.partners.models import Contact, PartnerImport, PartnerImportRow, Partnership
from sapar.partners.policies import may_import_partners
from sapar.partners.queries.imports import undecided_rows
from sapar.partners.states import IMPORT_FLOW, RowDecision

_F = ListField
CODES = {Scheme.ERASMUS: _F.ERASMUS, Scheme.ROR: _F.ROR}
_AGREEMENT = (_F.AGREEMENT_KIND, _F.AGREEMENT_NUMBER, _F.AGREEMENT_SIGNED, _F.AGREEMENT_ENDS)


@transaction.atomic
def take_list(batch: PartnerImport, *, by: Actor, at: datetime) -> PartnerImport:
    """Make the list's rows partners. Taken twice, the second finds it taken and does nothing.

    What the list says of agreements is kept in the partner's note, word for word: an agreement comes into
    force by being put on record with its paper, not by a line in a list.

    Raises:
        RowsUndecided, IllegalMove
    """
    require(may_import_partners, by, batch.office)
    batch = PartnerImport.objects.select_for_update().select_related("office").get(pk=batch.pk)
    batch.state = IMPORT_FLOW.after("take", batch.state)
    if waiting := undecided_rows(batch).count():
        raise RowsUndecided(count=waiting)
    rows = list(
        PartnerImportRow.objects.filter(batch=batch, decision__in=[RowDecision.MATCH, RowDecision.NEW])
        .select_related("organisation__merged_into", "same_as")
        .order_by("number")
    )
    _add_missing(rows, batch, by=by, at=at)
    made = _begin(rows, batch, at=at)
    _add_contacts(rows, batch)
    _keep(rows)
    batch.taken_at = at
    batch.save(update_fields=["state", "taken_at"])
    record_each("partners.partnership.imported", subjects=made, by=by, at=at, batch=batch.pk)
    announce_each([PartnershipBegun(office_id=batch.office_id, partnership_id=one.pk) for one in made])
    record("partners.import.taken", subject=batch, by=by, at=at, rows=len(rows), partnerships=len(made))
    announce(PartnersImported(office_id=batch.office_id, import_id=batch.pk))
    return batch


def _keep(rows: Sequence[PartnerImportRow]) -> None:
    """Rows that are there already are written over, at a fraction of what `bulk_update` takes."""
    PartnerImportRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "organisation",
            "partnership",
            "contact",
            "created_organisation",
            "created_partnership",
        ],
        batch_size=500,
    )


def _add_missing(rows: Sequence[PartnerImportRow], batch: PartnerImport, *, by: Actor, at: datetime) -> None:
    """Every row has its organisation afterwards; rows that are the same share one."""
    by_pk = {row.pk: row for row in rows}
    new = [row for row in rows if row.organisation is None and (row.same_as_id or 0) not in by_pk]
    made = add_organisations(_entries(new), office=batch.office, by=by, at=at)
    for row, organisation in zip(new, made, strict=True):
        row.organisation, row.created_organisation = organisation, True
    for row in rows:
        if row.organisation is None:
            row.organisation = by_pk[row.same_as_id or 0].organisation
        elif not row.created_organisation:
            row.organisation = heir_of(row.organisation)


def _entries(rows: Sequence[PartnerImportRow]) -> list[OrganisationEntry]:
    """What a list says of institutions that nobody knows; a code that something else bears is left out."""
    codes = (row.fields.get(column, "") for row in rows for column in CODES.values())
    borne: set[tuple[str, str]] = set(identifiers_borne(filter(None, codes)))
    entries = []
    for row in rows:
        values = row.fields
        names = [NameEntry(NameKind.LABEL, values[_F.OTHER_NAME])] if values.get(_F.OTHER_NAME) else []
        if values.get(_F.ACRONYM):
            names.append(NameEntry(NameKind.ACRONYM, values[_F.ACRONYM]))
        said = {scheme: values.get(column, "") for scheme, column in CODES.items()}
        free = {scheme: code for scheme, code in said.items() if code and (scheme, code) not in borne}
        borne |= set(free.items())
        entries.append(
            OrganisationEntry(
                name=values[_F.NAME],
                country_code=values[_F.COUNTRY],
                city=values.get(_F.CITY, ""),
                website=values.get(_F.WEBSITE, ""),
                names=names,
                identifiers=free,
            )
        )
    return entries


def _begin(rows: Sequence[PartnerImportRow], batch: PartnerImport, *, at: datetime) -> list[Partnership]:
    """One partnership for each organisation; those that exist already are left as they are."""
    known = {
        heir_of(partnership.organisation).pk: partnership
        for partnership in Partnership.objects.select_for_update(of=("self",))
        .select_related("organisation__merged_into")
        .filter(office=batch.office)
    }
    fresh: dict[int, Partnership] = {}
    for row in rows:
        assert row.organisation is not None  # every row has one now
        if row.organisation.pk in known:
            continue
        partnership = fresh.get(row.organisation.pk)
        if partnership is None:
            partnership = fresh[row.organisation.pk] = Partnership(
                office=batch.office, organisation=row.organisation, imported_by=batch, added_at=at
            )
            row.created_partnership = True
        _fill(partnership, row)
    Partnership.objects.bulk_create(fresh.values())
    for row in rows:
        assert row.organisation is not None  # as above
        row.partnership = known.get(row.organisation.pk) or fresh[row.organisation.pk]
    return list(fresh.values())


def _fill(partnership: Partnership, row: PartnerImportRow) -> None:
    """What several rows say of one partner adds up: the earliest beginning, the latest contact, all notes."""
    values = row.fields
    since, last = values.get(_F.SINCE), values.get(_F.LAST_CONTACT)
    if since:
        day = date.fromisoformat(since)
        partnership.since = min(partnership.since or day, day)
    if last:
        day = date.fromisoformat(last)
        partnership.last_contact_on = max(partnership.last_contact_on or day, day)
    partnership.local_number = partnership.local_number or values.get(_F.NUMBER, "")
    lines = dict.fromkeys(
        [*partnership.note.splitlines(), *filter(None, [values.get(_F.NOTE, ""), _agreement(row)])]
    )
    partnership.note = "\n".join(lines)


def _agreement(row: PartnerImportRow) -> str:
    """The list's words on an agreement, with the names of its columns."""
    said = [
        f"{row.batch.mapping[field]}: {row.fields[field]}" for field in _AGREEMENT if row.fields.get(field)
    ]
    return (
        _("From the list, row %(row)s. %(said)s") % {"row": row.number, "said": "; ".join(said)}
        if said
        else ""
    )


def _add_contacts(rows: Sequence[PartnerImportRow], batch: PartnerImport) -> None:
    """Contact persons that the partner does not have yet; the first of a partner is the main one."""
    partners = {row.partnership_id for row in rows}
    known = set(
        Contact.objects.filter(partnership__in=partners).values_list("partnership_id", "name", "email")
    )
    with_main = {pk for pk, _name, _email in known}
    contacts: list[Contact] = []
    for row in rows:
        email = row.fields.get(_F.EMAIL, "")
        name = row.fields.get(_F.CONTACT_NAME, "") or email
        if not name or row.partnership is None or (row.partnership.pk, name, email) in known:
            continue
        known.add((row.partnership.pk, name, email))
        row.contact = Contact(
            office=batch.office,
            partnership=row.partnership,
            name=name,
            post=row.fields.get(_F.CONTACT_POST, ""),
            email=email,
            phone=row.fields.get(_F.PHONE, ""),
            is_main=row.partnership.pk not in with_main,
        )
        with_main.add(row.partnership.pk)
        contacts.append(row.contact)
    Contact.objects.bulk_create(contacts)
