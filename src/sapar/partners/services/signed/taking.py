"""Putting agreements of the office's list on record, all that can be taken or none; and taking them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation

from sapar.accounts.actors import Actor, user_of
from sapar.accounts.models import Office
from sapar.audit.models import Entry
from sapar.audit.services import record, record_each
from sapar.core.announce import announce, announce_each
from sapar.core.days import local_day
from sapar.core.errors import ChangedMeanwhile
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.directory.models import Organisation
from sapar.directory.queries import heir_of
from sapar.partners.errors import AgreementUsedSince, NothingToTake
from sapar.partners.facts import AgreementInForce, AgreementsImported, PartnershipBegun
from sapar.partners.models import (
    Agreement,
    AgreementImport,
    AgreementVersion,
    Condition,
    Contact,
    Partnership,
)
from sapar.partners.policies import may_draft_agreement
from sapar.partners.queries import digest_of, snapshot_of
from sapar.partners.services.approval import number_for
from sapar.partners.services.ending import pass_end_date
from sapar.partners.services.imports.undoing import remove_contacts
from sapar.partners.services.signed.bringing import AT_ONCE_ROWS, SYSTEM, locked, table_of
from sapar.partners.services.signed.looking import look
from sapar.partners.signed.columns import SignedField
from sapar.partners.signed.reading import SignedAgreement
from sapar.partners.states import AGREEMENT_LIST_FLOW, AgreementState, VersionState

TAKE = Later("sapar.partners.import_tasks.take_agreements")
IMPORTED = "partners.agreement.imported"
PARTNER_IMPORTED = "partners.partnership.imported"
# What Sapar itself does with an agreement in the course of time is no work of a person.
_BY_ITSELF = (
    IMPORTED,
    "partners.agreement.expired",
    "partners.agreement.renewed",
    "partners.agreement.end_announced",
)
_F = SignedField


@transaction.atomic
def take_agreements(batch: AgreementImport, *, by: Actor, at: datetime) -> AgreementImport:
    """Put all agreements on record that can be taken; the others stay with their reasons.

    A long list is taken in the background.

    Raises:
        NothingToTake, IllegalMove, ChangedMeanwhile
    """
    require(may_draft_agreement, by, batch.office)
    batch = locked(batch)
    batch.taken_by, batch.problem = user_of(by), ""
    if batch.rows_total > AT_ONCE_ROWS:
        batch.state = AGREEMENT_LIST_FLOW.after("begin", batch.state)
        if not batch.ready:
            raise NothingToTake
        batch.save(update_fields=["state", "taken_by", "problem"])
        TAKE.enqueue(batch.pk)
        return batch
    return _take(batch, by=by, at=at)


@transaction.atomic
def take_in_background(batch: AgreementImport, *, at: datetime) -> AgreementImport:
    """What was begun by a person; a second time it does nothing."""
    batch = locked(batch)
    if not AGREEMENT_LIST_FLOW.allows("take", batch.state) or batch.taken_by is None:
        return batch
    return _take(batch, by=batch.taken_by, at=at)


def _take(batch: AgreementImport, *, by: Actor, at: datetime) -> AgreementImport:
    batch.state = AGREEMENT_LIST_FLOW.after("take", batch.state)
    # Two lists at once are taken one after the other, so that the second sees what the first brought.
    Office.objects.select_for_update(no_key=True).get(pk=batch.office_id)
    found = look(batch, table_of(batch), at=at)
    if not found:
        raise NothingToTake
    try:
        with transaction.atomic():
            made = _Making(batch, at=at).make(found)
    except IntegrityError as error:
        # Somebody gave one of the numbers by hand at this moment.
        raise ChangedMeanwhile from error
    batch.taken_at = at
    batch.save()
    begun = list(Partnership.objects.filter(pk__in=batch.partnerships).order_by("pk"))
    record_each("partners.partnership.imported", subjects=begun, by=by, at=at, list=batch.pk)
    announce_each([PartnershipBegun(office_id=batch.office_id, partnership_id=one.pk) for one in begun])
    for agreement, one in zip(made, found, strict=True):
        _tell(agreement, one, batch, by=by, at=at)
    record(
        "partners.agreements.taken", subject=batch, by=by, at=at, agreements=len(made),
        partnerships=len(batch.partnerships), refused=len({one["row"] for one in batch.refused}),
    )  # fmt: skip
    announce(AgreementsImported(office_id=batch.office_id, import_id=batch.pk))
    return batch


def _tell(
    agreement: Agreement, one: SignedAgreement, batch: AgreementImport, *, by: Actor, at: datetime
) -> None:
    record(
        "partners.agreement.imported", subject=agreement, by=by, at=at,
        list=batch.pk, rows=one.rows, number=agreement.number, assumed=one.head.assumed,
    )  # fmt: skip
    if agreement.state == AgreementState.IN_FORCE:
        announce(AgreementInForce(office_id=batch.office_id, agreement_id=agreement.pk))
        # One that renews itself went on after its first end: its next end is worked out here.
        pass_end_date(agreement, on=local_day(at), by=SYSTEM, at=at)


class _Making:
    """Makes agreements with their frozen version, places, partnerships and contacts."""

    def __init__(self, batch: AgreementImport, *, at: datetime) -> None:
        self.batch, self.office, self.at = batch, batch.office, at
        rows = Partnership.objects.filter(office=self.office, merged_into=None).select_related(
            "organisation__merged_into"
        )
        self.partnerships = {heir_of(one.organisation).pk: one for one in rows}
        self.contacts = set(
            Contact.objects.filter(office=self.office).values_list("partnership_id", "name", "email")
        )
        self.brought: set[str] = set()
        self.with_main = {partnership for partnership, _name, _email in self.contacts}

    def make(self, found: Sequence[SignedAgreement]) -> list[Agreement]:
        self.brought = {one.head.number for one in found}
        organisations = Organisation.objects.select_related("merged_into").in_bulk(
            [one.key[0] for one in found]
        )
        made = [self._agreement(one, organisations[one.key[0]]) for one in found]
        Agreement.objects.bulk_create(made, batch_size=100)
        versions = AgreementVersion.objects.bulk_create(
            [self._version(agreement) for agreement in made], batch_size=100
        )
        Condition.objects.bulk_create(
            [
                Condition(office=self.office, version=version, **{**asdict(row), "unit": None})
                for version, one in zip(versions, found, strict=True)
                for row in one.conditions
            ],
            batch_size=200,
        )
        self._freeze(versions, found)
        return made

    def _agreement(self, one: SignedAgreement, organisation: Organisation) -> Agreement:
        head = one.head
        partnership = self._partnership(organisation)
        self._contact(partnership, head.said)
        over = head.state != AgreementState.IN_FORCE
        agreement = Agreement(
            office=self.office,
            partnership=partnership,
            kind=one.key[1],
            title=self._title(one, organisation),
            number=head.number,
            state=head.state,
            signed_on=head.signed_on,
            starts_on=head.starts_on,
            ends_on=head.ends_on,
            renews_automatically=bool(head.renewal_months),
            renewal_months=head.renewal_months,
            unit_id=head.unit,
            languages=self.office.languages[:1] or ["en"],
            home_signer=head.said.get(_F.HOME_SIGNER, ""),
            partner_signer=head.said.get(_F.PARTNER_SIGNER, ""),
            imported_by=self.batch,
            made_at=self.at,
        )
        if not agreement.number and not over:
            agreement.number = self._next_number(agreement, one.key[2].year)
        return agreement

    def _next_number(self, agreement: Agreement, year: int) -> str:
        """The next of the register that the list does not bring itself."""
        while (number := number_for(agreement, "", year=year)) in self.brought:
            pass
        return number

    def _title(self, one: SignedAgreement, organisation: Organisation) -> str:
        """The list's own words where it has them."""
        if one.head.title:
            return one.head.title
        with translation.override((self.office.languages or ["en"])[0]):
            kind = str(one.key[1].label)
        return f"{(one.head.kind_words or kind)[:120]}, {organisation.name}"[:250]

    def _partnership(self, organisation: Organisation) -> Partnership:
        organisation = heir_of(organisation)
        known = self.partnerships.get(organisation.pk)
        if known is None:
            known, new = Partnership.objects.get_or_create(
                office=self.office, organisation=organisation, defaults={"added_at": self.at}
            )
            self.partnerships[organisation.pk] = known
            if new:
                self.batch.partnerships.append(known.pk)
        return known

    def _contact(self, partnership: Partnership, said: Mapping[str, str]) -> None:
        email = said.get(_F.EMAIL, "")
        name = said.get(_F.CONTACT, "").replace(email, "").strip(" ,;<>()") or email
        if not name or (partnership.pk, name, email) in self.contacts:
            return
        contact = Contact.objects.create(
            office=self.office,
            partnership=partnership,
            name=name[:200],
            email=email,
            is_main=partnership.pk not in self.with_main,
        )
        self.batch.contacts.append(contact.pk)
        self.contacts.add((partnership.pk, name, email))
        self.with_main.add(partnership.pk)

    def _version(self, agreement: Agreement) -> AgreementVersion:
        return AgreementVersion(office=self.office, agreement=agreement, number=1, texts={}, made_at=self.at)

    def _freeze(self, versions: Sequence[AgreementVersion], found: Sequence[SignedAgreement]) -> None:
        for version, one in zip(versions, found, strict=True):
            version.snapshot = {**snapshot_of(version), "taken_from": self._source(version, one)}
            version.digest, version.frozen_at = digest_of(version.snapshot), self.at
            version.state = VersionState.FROZEN
        AgreementVersion.objects.bulk_update(
            versions, ["snapshot", "digest", "frozen_at", "state"], batch_size=100
        )

    def _source(self, version: AgreementVersion, one: SignedAgreement) -> dict[str, Any]:
        """Where it comes from: the digest of a version binds it to the very file."""
        return {
            "list": self.batch.file.name,
            "sha256": self.batch.file.sha256,
            "rows": one.rows,
            "number": version.agreement.number,
            "signed_on": one.key[2].isoformat(),
            "assumed": one.head.assumed,
            "said": one.head.said,
        }


@transaction.atomic
def undo_agreements(batch: AgreementImport, *, by: Actor, at: datetime) -> AgreementImport:
    """Take back the agreements of a list, and partnerships and contacts that it made and nobody used since.

    Raises:
        AgreementUsedSince: somebody worked on one of them; nothing was undone.
    """
    require(may_draft_agreement, by, batch.office)
    batch = locked(batch)
    batch.state = AGREEMENT_LIST_FLOW.after("undo", batch.state)
    agreements = Agreement.objects.select_for_update().filter(imported_by=batch)
    _refuse_used(batch, [agreement.pk for agreement in agreements])
    count = len(agreements)
    for agreement in agreements:
        try:
            with transaction.atomic():
                agreement.delete()
        except ProtectedError as error:
            raise AgreementUsedSince(title=agreement.title) from error
    remove_contacts(Contact.objects.filter(office=batch.office, pk__in=batch.contacts))
    for partnership in Partnership.objects.filter(office=batch.office, pk__in=batch.partnerships):
        _forget(partnership)
    batch.undone_at, batch.contacts, batch.partnerships = at, [], []
    batch.save(update_fields=["state", "undone_at", "contacts", "partnerships"])
    record("partners.agreements.undone", subject=batch, by=by, at=at, agreements=count)
    return batch


def _refuse_used(batch: AgreementImport, agreements: Sequence[int]) -> None:
    used = (
        Entry.objects.filter(
            office=batch.office, subject_type=Agreement._meta.label_lower, subject_id__in=agreements
        )
        .exclude(action__in=_BY_ITSELF)
        .order_by("pk")
        .first()
    )
    if used is not None:
        raise AgreementUsedSince(title=Agreement.objects.get(pk=used.subject_id).title)


def _forget(partnership: Partnership) -> None:
    """Remove a partner that has nothing else; one that somebody worked on stays."""
    touched = Entry.objects.filter(
        office=partnership.office_id,
        subject_type=Partnership._meta.label_lower,
        subject_id=partnership.pk,
    ).exclude(action=PARTNER_IMPORTED)
    if touched.exists() or partnership.contacts.exists():
        return
    try:
        with transaction.atomic():
            partnership.delete()
    except ProtectedError:
        pass
