"""Adding and merging organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office
from sapar.audit.services import record, record_acts
from sapar.core.announce import announce, announce_each
from sapar.core.errors import NotAllowed
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.errors import AlreadyMerged, IdentifierTaken, MergeIntoItself, NotMerged
from sapar.directory.facts import OrganisationAdded, OrganisationSeparated, OrganisationsMerged
from sapar.directory.models import Merger, Organisation, OrganisationIdentifier, OrganisationName
from sapar.directory.policies import may_add_organisations, may_change_organisation
from sapar.directory.queries import heir_of, identifiers_borne, names_of
from sapar.directory.states import NameKind, OrganisationKind, Scheme
from sapar.methods.names import collation_key, search_key

BATCH = 500


@dataclass(frozen=True)
class NameEntry:
    kind: NameKind
    name: str
    language: str = ""


def search_text(names: Iterable[str], city: str = "") -> str:
    """The search column: the keys of all names, each word once."""
    words = dict.fromkeys(word for name in [*names, city] for word in search_key(name).split())
    return " ".join(words)


@dataclass(frozen=True, kw_only=True)
class OrganisationEntry:
    name: str
    country_code: str
    kind: OrganisationKind = OrganisationKind.UNIVERSITY
    city: str = ""
    website: str = ""
    names: Sequence[NameEntry] = ()
    identifiers: Mapping[Scheme, str] = field(default_factory=dict)

    @property
    def all_names(self) -> list[NameEntry]:
        return list(dict.fromkeys([NameEntry(NameKind.OFFICIAL, self.name), *self.names]))


def add_organisation(
    *,
    office: Office,
    name: str,
    country_code: str,
    kind: OrganisationKind = OrganisationKind.UNIVERSITY,
    city: str = "",
    website: str = "",
    names: Iterable[NameEntry] = (),
    identifiers: Mapping[Scheme, str] | None = None,
    by: Actor,
    at: datetime,
) -> Organisation:
    """Add an organisation that the shared directory lacks; only this office sees it.

    Raises:
        IdentifierTaken
    """
    entry = OrganisationEntry(
        name=name,
        country_code=country_code,
        kind=kind,
        city=city,
        website=website,
        names=tuple(names),
        identifiers=identifiers or {},
    )
    return add_organisations([entry], office=office, by=by, at=at)[0]


@transaction.atomic
def add_organisations(
    entries: Sequence[OrganisationEntry], *, office: Office, by: Actor, at: datetime
) -> list[Organisation]:
    """As `add_organisation`, in the order of the entries; the number of queries grows with the hundreds of them."""
    require(may_add_organisations, by, office)
    _refuse_taken(entries)
    made = Organisation.objects.bulk_create(
        (
            Organisation(
                office=office,
                kind=entry.kind,
                name=entry.name[:300],
                country_code=entry.country_code,
                city=entry.city,
                website=entry.website,
                sort_key=collation_key(entry.name)[:300],
                search=search_text((one.name for one in entry.all_names), entry.city),
                source="office",
            )
            for entry in entries
        ),
        batch_size=BATCH,
    )
    both = list(zip(made, entries, strict=True))
    OrganisationName.objects.bulk_create(
        (
            OrganisationName(organisation=organisation, kind=one.kind, name=one.name, language=one.language)
            for organisation, entry in both
            for one in entry.all_names
        ),
        batch_size=BATCH,
    )
    OrganisationIdentifier.objects.bulk_create(
        (
            OrganisationIdentifier(organisation=organisation, scheme=scheme, value=value)
            for organisation, entry in both
            for scheme, value in entry.identifiers.items()
        ),
        batch_size=BATCH,
    )
    said = [(office, {"organisation": one.pk, "name": entry.name}) for one, entry in both]
    record_acts("directory.organisation.added", said, by=by, at=at)
    announce_each([OrganisationAdded(organisation_id=one.pk) for one in made])
    return made


def _refuse_taken(entries: Sequence[OrganisationEntry]) -> None:
    """Nothing may bear an identifier of another, be that on record or in the same list."""
    bearers: dict[tuple[str, str], str] = identifiers_borne(
        value for entry in entries for value in entry.identifiers.values()
    )
    for entry in entries:
        for scheme, value in entry.identifiers.items():
            if (scheme, value) in bearers:
                raise IdentifierTaken(value=value, name=bearers[scheme, value])
            bearers[scheme, value] = entry.name


@transaction.atomic
def change_organisation(
    organisation: Organisation,
    *,
    name: str,
    country_code: str,
    kind: OrganisationKind,
    city: str,
    website: str,
    names: Iterable[NameEntry],
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Organisation:
    """Correct an organisation of the office's own; `names` are all names beside the present one.

    A name that it no longer bears is kept as a former one.
    """
    require(may_change_organisation, by, organisation)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    refuse_changed(organisation, seen, names_of(organisation))
    given = list(dict.fromkeys([NameEntry(NameKind.OFFICIAL, name), *names]))
    if organisation.name != name and organisation.name not in {entry.name for entry in given}:
        given.append(NameEntry(NameKind.FORMER, organisation.name))
    before = {"name": organisation.name, "country": organisation.country_code, "city": organisation.city}
    organisation.name, organisation.country_code, organisation.kind = name[:300], country_code, kind
    organisation.city, organisation.website = city, website
    organisation.sort_key = collation_key(name)[:300]
    organisation.search = search_text((entry.name for entry in given), city)
    organisation.save()
    organisation.names.all().delete()
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=organisation, kind=entry.kind, name=entry.name, language=entry.language)
        for entry in given
    )
    after = {"name": name, "country": country_code, "city": city}
    changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if organisation.office is not None:
        record(
            "directory.organisation.changed", subject=organisation.office, by=by, at=at,
            organisation=organisation.pk, changes=changes,
        )  # fmt: skip
    return organisation


@transaction.atomic
def merge_organisation(
    duplicate: Organisation, *, into: Organisation, by: Actor, at: datetime
) -> Organisation:
    """Let `into` stand for `duplicate` from now on, and all that the offices have with it.

    Nothing is deleted: the merger can be taken back, and papers keep the names of their day.
    """
    require(may_change_organisation, by, duplicate)
    locked = Organisation.objects.select_for_update().filter(pk__in=[duplicate.pk, into.pk])
    rows = {row.pk: row for row in locked}
    duplicate, into = rows[duplicate.pk], heir_of(rows[into.pk])
    if into.office_id not in (None, duplicate.office_id):
        raise NotAllowed
    if duplicate.pk == into.pk:
        raise MergeIntoItself(name=duplicate.name)
    if duplicate.merged_into is not None:
        raise AlreadyMerged(name=duplicate.name, into=duplicate.merged_into.name)
    duplicate.merged_into = into
    duplicate.save(update_fields=["merged_into"])
    if into.office_id == duplicate.office_id:
        into.search = " ".join(dict.fromkeys([*into.search.split(), *duplicate.search.split()]))
        into.save(update_fields=["search"])
    if duplicate.office is not None:
        record(
            "directory.organisation.merged",
            subject=duplicate.office,
            by=by,
            at=at,
            duplicate=duplicate.pk,
            into=into.pk,
        )
    merger = Merger.objects.create(duplicate=duplicate, into=into, merged_at=at, merged_by=label_of(by))
    announce(OrganisationsMerged(from_id=duplicate.pk, into_id=into.pk, merger_id=merger.pk))
    return into


@transaction.atomic
def separate_organisation(merged: Organisation, *, by: Actor, at: datetime) -> Organisation:
    """Take a merger back; what followed it finds back, what came since stays with the heir."""
    require(may_change_organisation, by, merged)
    merged = Organisation.objects.select_for_update().get(pk=merged.pk)
    heir = merged.merged_into
    if heir is None:
        raise NotMerged(name=merged.name)
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    names = [entry.name for entry in heir.names.all()]
    for other in heir.merged.filter(office=heir.office_id).prefetch_related("names"):
        names += [entry.name for entry in other.names.all()]
    heir.search = search_text([heir.name, *names], heir.city)
    heir.save(update_fields=["search"])
    if merged.office is not None:
        record(
            "directory.organisation.separated", subject=merged.office, by=by, at=at, organisation=merged.pk
        )
    merger = Merger.objects.select_for_update().filter(duplicate=merged, undone_at=None).first()
    if merger is not None:
        merger.undone_at = at
        merger.save(update_fields=["undone_at"])
        announce(OrganisationSeparated(organisation_id=merged.pk, merger_id=merger.pk))
    return merged
