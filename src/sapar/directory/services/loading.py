"""Filling the shared directory from public registers; repeated, it brings it up to date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from django.db import transaction

from sapar.directory.matching import records_seen_by
from sapar.directory.models import Organisation, OrganisationIdentifier, OrganisationName
from sapar.directory.services.organisations import NameEntry, search_text
from sapar.directory.states import NameKind, OrganisationKind, Scheme
from sapar.formats.registries import Institution, read_register
from sapar.methods.names import collation_key
from sapar.methods.names.institutions import (
    Candidate,
    InstitutionIndex,
    InstitutionQuery,
    InstitutionRecord,
    host,
)
from sapar.methods.progress import Progress, unheard

BATCH = 500
Known = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Loaded:
    """What a register brought. `unsure` are names that a person should look at; nothing was joined for them."""

    added: int
    renewed: int
    joined: int
    unsure: tuple[str, ...]


def load_shipped() -> Loaded:
    """The small directory of Central Asian universities that comes with Sapar."""
    content = files("sapar.directory.data").joinpath("central_asia.json").read_bytes()
    return load_institutions(read_register(content, "central_asia.json").institutions, source="Sapar")


def entries_of(one: Institution) -> list[NameEntry]:
    """All names of a register's institution, each once."""
    entries = [NameEntry(NameKind.OFFICIAL, one.name)]
    entries += [NameEntry(NameKind.LABEL, name, language) for language, name in one.labels.items()]
    entries += [NameEntry(NameKind.ALIAS, name) for name in one.aliases]
    entries += [NameEntry(NameKind.FORMER, name) for name in one.former]
    entries += [NameEntry(NameKind.ACRONYM, name) for name in one.acronyms]
    return list(
        dict.fromkeys(NameEntry(entry.kind, entry.name[:300], entry.language[:8]) for entry in entries)
    )


def _fill(organisation: Organisation, one: Institution, entries: Iterable[NameEntry], source: str) -> None:
    organisation.kind = OrganisationKind.UNIVERSITY
    organisation.name, organisation.country_code, organisation.city = (
        one.name[:300],
        one.country,
        one.city[:120],
    )
    organisation.website, organisation.email_domains = one.website.strip()[:300], list(one.domains)
    organisation.latitude, organisation.longitude = one.latitude, one.longitude
    organisation.established, organisation.source = one.established, source[:60]
    organisation.sort_key = collation_key(one.name)[:300]
    organisation.search = search_text((entry.name for entry in entries), one.city)


@transaction.atomic
def load_institutions(
    institutions: Sequence[Institution], *, source: str, progress: Progress = unheard
) -> Loaded:
    """Add institutions, or renew those that are known. All or nothing.

    Known is what has the same identifier; an organisation of the directory that has no identifier at all is
    taken for the register's institution that is surely the same. Names that the register does not give stay.
    """
    known = _identifiers()
    places = _without_identifiers(institutions, known)
    total = len(institutions)
    fresh: list[Institution] = []
    there: list[tuple[int, Institution]] = []
    for at, one in enumerate(institutions):
        pk = next((known[key] for key in one.identifiers.items() if key in known), places.get(at))
        if pk is None:
            fresh.append(one)
        else:
            there.append((pk, one))
    for start in range(0, len(there), BATCH):
        _renew(there[start : start + BATCH], source, known)
        progress(start, total)
    added = _add_all(fresh, known, source, progress, total=total)
    progress(total, total)
    return Loaded(added, len(there), 0, ())


def _identifiers() -> Known:
    return {
        (scheme, value): pk
        for scheme, value, pk in OrganisationIdentifier.objects.values_list(
            "scheme", "value", "organisation_id"
        )
    }


def _without_identifiers(institutions: Sequence[Institution], known: Known) -> dict[int, int]:
    """Place in `institutions` → organisation without any identifier that is surely that institution."""
    nameless = Organisation.objects.filter(office=None, merged_into=None, identifiers=None)
    records = {record.key: record for record in records_seen_by(None)} if nameless.exists() else {}
    waiting = [records[str(pk)] for pk in nameless.values_list("pk", flat=True)]
    countries = {record.country for record in waiting}
    incoming = [
        _record(str(at), one)
        for at, one in enumerate(institutions)
        if one.country in countries and not any(key in known for key in one.identifiers.items())
    ]
    if not incoming:
        return {}
    index = InstitutionIndex(incoming)
    found: dict[int, int] = {}
    for record in waiting:
        same = _same(index, record)
        if same is not None:
            found.setdefault(int(same.key), int(record.key))
    return found


def _record(key: str, one: Institution) -> InstitutionRecord:
    return InstitutionRecord(
        key=key,
        names=one.all_names,
        acronyms=one.acronyms,
        country=one.country,
        city=one.city,
        domains=tuple(filter(None, (one.website, *one.domains))),
    )


def _same(index: InstitutionIndex, record: InstitutionRecord) -> Candidate | None:
    """The one institution that any of the names surely means; None when two names mean two."""
    found: dict[str, Candidate] = {}
    for name in record.names:
        query = InstitutionQuery(name=name, country=record.country, city=record.city, domains=record.domains)
        for candidate in index.match(query, limit=1):
            if candidate.decision == "same":
                found[candidate.key] = candidate
    return next(iter(found.values())) if len(found) == 1 else None


def _renew(there: Sequence[tuple[int, Institution]], source: str, known: Known) -> None:
    """Bring organisations up to date; those that say the same already are not touched."""
    organisations = Organisation.objects.prefetch_related("names", "identifiers").in_bulk(
        [pk for pk, _one in there]
    )
    changed: list[Organisation] = []
    names: list[OrganisationName] = []
    identifiers: list[OrganisationIdentifier] = []
    for pk, one in there:
        organisation = organisations[pk]
        before = {NameEntry(NameKind(n.kind), n.name, n.language): n for n in organisation.names.all()}
        identified = bool(organisation.identifiers.all())
        entries = _kept(before, entries_of(one), NameKind.FORMER if identified else NameKind.ALIAS)
        if set(entries) != set(before):
            names += [
                OrganisationName(organisation=organisation, kind=e.kind, language=e.language, name=e.name)
                for e in entries
            ]
        fields = _facts(organisation)
        _fill(organisation, one, entries, source)
        if _facts(organisation) != fields or set(entries) != set(before):
            changed.append(organisation)
        for scheme, value in one.identifiers.items():
            if (scheme, value) not in known:
                known[scheme, value] = pk
                identifiers.append(
                    OrganisationIdentifier(organisation=organisation, scheme=Scheme(scheme), value=value)
                )
    OrganisationName.objects.filter(organisation__in={name.organisation_id for name in names}).delete()
    OrganisationName.objects.bulk_create(names, batch_size=BATCH)
    OrganisationIdentifier.objects.bulk_create(identifiers, batch_size=BATCH)
    Organisation.objects.bulk_update(
        changed,
        ["kind", "name", "country_code", "city", "website", "email_domains", "latitude", "longitude", "established",
         "source", "sort_key", "search"],
        batch_size=100,
    )  # fmt: skip


def _kept(
    before: Mapping[NameEntry, object], given: Sequence[NameEntry], replaced_kind: NameKind
) -> list[NameEntry]:
    """The register's names, and those it does not give.

    What a register has replaced since the last time is a former name; what another source called official
    is another name.
    """
    texts = {entry.name for entry in given}
    replaced = {
        (entry.kind, entry.language) for entry in given if entry.kind in (NameKind.OFFICIAL, NameKind.LABEL)
    }
    kept = [
        NameEntry(replaced_kind, entry.name, entry.language)
        if (entry.kind, entry.language) in replaced
        else entry
        for entry in before
        if entry.name not in texts
    ]
    return list(dict.fromkeys([*given, *kept]))


def _facts(organisation: Organisation) -> tuple[object, ...]:
    return (
        organisation.name, organisation.country_code, organisation.city, organisation.website,
        tuple(organisation.email_domains), organisation.latitude, organisation.longitude, organisation.established,
        organisation.source,
    )  # fmt: skip


def _add_all(
    fresh: Sequence[Institution],
    known: Known,
    source: str,
    progress: Progress,
    *,
    total: int,
) -> int:
    for start in range(0, len(fresh), BATCH):
        part = fresh[start : start + BATCH]
        organisations, names = [], []
        for one in part:
            entries = entries_of(one)
            organisation = Organisation()
            _fill(organisation, one, entries, source)
            organisations.append(organisation)
            names.append(entries)
        Organisation.objects.bulk_create(organisations)
        OrganisationName.objects.bulk_create(
            OrganisationName(
                organisation=organisation, kind=entry.kind, language=entry.language, name=entry.name
            )
            for organisation, entries in zip(organisations, names, strict=True)
            for entry in entries
        )
        identifiers = []
        for organisation, one in zip(organisations, part, strict=True):
            for scheme, value in one.identifiers.items():
                if (scheme, value) not in known:
                    known[scheme, value] = organisation.pk
                    identifiers.append(
                        OrganisationIdentifier(organisation=organisation, scheme=Scheme(scheme), value=value)
                    )
        OrganisationIdentifier.objects.bulk_create(identifiers)
        progress(total // 2 + start * total // (2 * max(len(fresh), 1)), total)
    return len(fresh)


@transaction.atomic
def join_identifiers(
    institutions: Sequence[Institution], *, source: str, progress: Progress = unheard
) -> Loaded:
    """Give the directory's institutions the identifiers of another register.

    An institution is joined when an identifier is known already, when the match by name and country is sure, or
    when the best match by name has the same website. An unsure one is left alone and named, and so is one whose
    identifier belongs to an organisation of quite another name; one that nothing resembles is added.
    """
    known = _identifiers()
    heirs = dict(Organisation.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    records = records_seen_by(None, countries={one.country for one in institutions})
    index = InstitutionIndex(records) if records else None
    pages = _front_pages(records)
    joined: list[tuple[int, Institution]] = []
    fresh: list[Institution] = []
    unsure: list[str] = []
    for done, one in enumerate(institutions):
        if done % 200 == 0:
            progress(done, len(institutions) + 1)
        by_code = next((known[key] for key in one.identifiers.items() if key in known), None)
        by_code = heirs.get(by_code, by_code) if by_code is not None else None
        found = index.match(_query(one)) if index else []
        best = found[0] if found and found[0].decision != "different" else None
        if by_code is not None and not _contradicts(best, by_code):
            joined.append((by_code, one))
        elif (
            by_code is None
            and best is not None
            and (best.decision == "same" or _same_address(best, one, pages))
        ):
            joined.append((int(best.key), one))
        elif best is not None:
            unsure.append(f"{one.name} ({one.country}) ? {best.matched_name}")
        else:
            fresh.append(one)
    added = _add_all(fresh, known, source, unheard, total=len(institutions))
    identifiers = []
    for pk, one in joined:
        for scheme, value in one.identifiers.items():
            if (scheme, value) not in known:
                known[scheme, value] = pk
                identifiers.append(
                    OrganisationIdentifier(organisation_id=pk, scheme=Scheme(scheme), value=value)
                )
    OrganisationIdentifier.objects.bulk_create(identifiers, batch_size=BATCH)
    progress(len(institutions) + 1, len(institutions) + 1)
    return Loaded(added, 0, len(joined), tuple(unsure))


def _query(one: Institution) -> InstitutionQuery:
    return InstitutionQuery(name=one.name, country=one.country, city=one.city, domains=(one.website,))


def _contradicts(best: Candidate | None, pk: int) -> bool:
    """The name is surely another organisation's than the identifier."""
    return best is not None and best.decision == "same" and int(best.key) != pk


def _front_pages(records: Iterable[InstitutionRecord]) -> dict[str, str]:
    """Host → the one organisation whose website it is; institutes with a page inside another's are none."""
    owners: dict[str, set[str]] = defaultdict(set)
    for record in records:
        website = record.domains[0] if record.domains else ""
        inside = re.sub(r"^\w+://", "", website).partition("/")[2].strip("/")
        if len(inside) <= 3 and (name := host(website)):
            owners[name].add(record.key)
    return {name: min(keys) for name, keys in owners.items() if len(keys) == 1}


def _same_address(best: Candidate, one: Institution, pages: Mapping[str, str]) -> bool:
    """The name alone left a doubt, but the website is that organisation's own front page."""
    doubts = {reason.code for reason in best.reasons} & {"names.part_of_another", "names.country_differs"}
    return not doubts and pages.get(host(one.website)) == best.key
