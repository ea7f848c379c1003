"""Filling the shared directory from public registers; repeated, it brings it up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from sapar.directory.matching import records_seen_by
from sapar.directory.models import Organisation, OrganisationIdentifier, OrganisationName
from sapar.directory.services.organisations import NameEntry, search_text
from sapar.directory.states import NameKind, OrganisationKind, Scheme
from sapar.formats.registries import Institution
from sapar.methods.names import collation_key
from sapar.methods.names.institutions import InstitutionIndex, InstitutionQuery
from sapar.methods.progress import Progress, unheard

BATCH = 500


@dataclass(frozen=True)
class Loaded:
    """What a register brought. `unsure` are names that a person should look at; nothing was joined for them."""

    added: int
    renewed: int
    joined: int
    unsure: tuple[str, ...]


def entries_of(one: Institution) -> list[NameEntry]:
    """All names of a register's institution, each once."""
    entries = [NameEntry(NameKind.OFFICIAL, one.name)]
    entries += [NameEntry(NameKind.LABEL, name, language) for language, name in one.labels.items()]
    entries += [NameEntry(NameKind.ALIAS, name) for name in one.aliases]
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
    organisation.established, organisation.source = one.established, source
    organisation.sort_key = collation_key(one.name)[:300]
    organisation.search = search_text((entry.name for entry in entries), one.city)


@transaction.atomic
def load_institutions(
    institutions: Sequence[Institution], *, source: str, progress: Progress = unheard
) -> Loaded:
    """Add institutions, or renew those whose identifier is known. All or nothing.

    Names that an institution had before and the register no longer gives are kept as former names.
    """
    known = {
        (scheme, value): pk
        for scheme, value, pk in OrganisationIdentifier.objects.values_list(
            "scheme", "value", "organisation_id"
        )
    }
    fresh: list[Institution] = []
    renewed = 0
    for at, one in enumerate(institutions):
        pk = next((known[key] for key in one.identifiers.items() if key in known), None)
        if pk is None:
            fresh.append(one)
        else:
            _renew(Organisation.objects.get(pk=pk), one, source)
            renewed += 1
        if at % BATCH == 0:
            progress(at // 2, len(institutions))
    added = _add_all(fresh, known, source, progress, total=len(institutions))
    progress(len(institutions), len(institutions))
    return Loaded(added, renewed, 0, ())


def _add_all(
    fresh: Sequence[Institution],
    known: dict[tuple[str, str], int],
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


def _renew(organisation: Organisation, one: Institution, source: str) -> None:
    entries = entries_of(one)
    given = {entry.name for entry in entries}
    kept = [
        NameEntry(NameKind.FORMER, name.name, name.language)
        for name in organisation.names.all()
        if name.name not in given
    ]
    organisation.names.all().delete()
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=organisation, kind=entry.kind, language=entry.language, name=entry.name)
        for entry in dict.fromkeys([*entries, *kept])
    )
    _fill(organisation, one, [*entries, *kept], source)
    organisation.save()


@transaction.atomic
def join_identifiers(
    institutions: Sequence[Institution], *, source: str, progress: Progress = unheard
) -> Loaded:
    """Give the directory's institutions the identifiers of another register.

    An institution is joined when an identifier is known already, or the match by name, country and web
    address is sure. An unsure one is left alone and named; one that nothing resembles is added.
    """
    known = {
        (scheme, value): pk
        for scheme, value, pk in OrganisationIdentifier.objects.values_list(
            "scheme", "value", "organisation_id"
        )
    }
    by_country: dict[str, list[Institution]] = defaultdict(list)
    joined: list[tuple[int, Institution]] = []
    for one in institutions:
        pk = next((known[key] for key in one.identifiers.items() if key in known), None)
        if pk is None:
            by_country[one.country].append(one)
        else:
            joined.append((pk, one))
    fresh: list[Institution] = []
    unsure: list[str] = []
    records = records_seen_by(None, countries=list(by_country)) if by_country else []
    index = InstitutionIndex(records) if records else None
    done = 0
    for country, waiting in by_country.items():
        for one in waiting:
            done += 1
            if done % 200 == 0:
                progress(done, len(institutions) + 1)
            query = InstitutionQuery(name=one.name, country=country, city=one.city, domains=(one.website,))
            found = index.match(query) if index else []
            if not found or found[0].decision == "different":
                fresh.append(one)
            elif found[0].decision == "same":
                joined.append((int(found[0].key), one))
            else:
                unsure.append(f"{one.name} ({country}) ? {found[0].matched_name}")
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
