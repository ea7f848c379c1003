"""The directory made ready for matching: read whole, indexed once a process for what was read."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from django.db.models import Q

from sapar.accounts.models import Office
from sapar.directory.models import Organisation, OrganisationName
from sapar.directory.states import NameKind
from sapar.methods.names.institutions import Candidate, InstitutionIndex, InstitutionQuery, InstitutionRecord

# The latest indexes with the records they were made of: equal records are the same version of the directory,
# so an index can never be out of date. One weighs about as much as the directory itself.
_KEPT = 2
# Score from which an organisation is shown as a possible second entry of another.
WORTH_A_LOOK = 0.6
_indexes: OrderedDict[tuple[InstitutionRecord, ...], InstitutionIndex] = OrderedDict()
_building = Lock()


def records_seen_by(
    office: Office | None, *, countries: Collection[str] = (), but: Collection[int] = ()
) -> list[InstitutionRecord]:
    """The shared directory and the office's own organisations, with the names of those merged into them.

    Args:
        countries: only of these; all when empty.
        but: leave these organisations out.
    """
    seen = _seen_by(office)
    organisations = Organisation.objects.filter(seen, merged_into=None).exclude(pk__in=but)
    if countries:
        organisations = organisations.filter(country_code__in=countries)
    merged = dict(
        Organisation.objects.filter(seen, merged_into__isnull=False).values_list("pk", "merged_into_id")
    )
    names: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = OrganisationName.objects.filter(_seen_by(office, "organisation__")).order_by("pk")
    if countries:
        rows = rows.filter(organisation__country_code__in=countries)
    for pk, kind, name in rows.values_list("organisation_id", "kind", "name"):
        names[_heir(pk, merged)].append((kind, name))
    records = []
    for pk, shown, country, city, website, domains in organisations.order_by("pk").values_list(
        "pk", "name", "country_code", "city", "website", "email_domains"
    ):
        kinds = sorted(names.get(pk, ()), key=lambda pair: pair[0] != NameKind.OFFICIAL)
        records.append(
            InstitutionRecord(
                key=str(pk),
                names=tuple(dict.fromkeys(name for kind, name in kinds if kind != NameKind.ACRONYM))
                or (shown,),
                acronyms=tuple(name for kind, name in kinds if kind == NameKind.ACRONYM),
                country=country,
                city=city,
                domains=tuple(filter(None, (website, *domains))),
            )
        )
    return records


@dataclass(frozen=True)
class Duplicate:
    """An own organisation of an office, and others that it may be, best first."""

    organisation: Organisation
    candidates: Sequence[Candidate]


def duplicates_of(organisations: Sequence[Organisation], office: Office) -> list[Duplicate]:
    """What each of the office's own organisations may be a second entry of, in the directory and among themselves."""
    countries = {organisation.country_code for organisation in organisations}
    if not countries:
        return []
    shared = index_of(records_seen_by(None, countries=countries))
    records = {record.key: record for record in records_seen_by(office, countries=countries)}
    own = [records[str(pk)] for pk in Organisation.objects.filter(
        office=office, merged_into=None, country_code__in=countries
    ).order_by("pk").values_list("pk", flat=True)]  # fmt: skip
    found = []
    for organisation in organisations:
        record = records[str(organisation.pk)]
        beside = [other for other in own if other.key != record.key and other.country == record.country]
        candidates = [*_meant(shared, record), *_meant(InstitutionIndex(beside) if beside else None, record)]
        candidates.sort(key=lambda candidate: -candidate.score)
        if candidates:
            found.append(Duplicate(organisation, candidates[:4]))
    return found


def _meant(index: InstitutionIndex | None, record: InstitutionRecord) -> list[Candidate]:
    if index is None:
        return []
    best: dict[str, Candidate] = {}
    for name in record.names:
        query = InstitutionQuery(name=name, country=record.country, city=record.city, domains=record.domains)
        for candidate in index.match(query, limit=3):
            known = best.get(candidate.key)
            if candidate.score >= WORTH_A_LOOK and (known is None or candidate.score > known.score):
                best[candidate.key] = candidate
    return list(best.values())


def _seen_by(office: Office | None, path: str = "") -> Q:
    shared = Q(**{f"{path}office": None})
    return shared if office is None else shared | Q(**{f"{path}office": office})


def _heir(pk: int, merged: Mapping[int, int]) -> int:
    for _step in range(len(merged)):
        if pk not in merged:
            break
        pk = merged[pk]
    return pk


def index_of(records: Iterable[InstitutionRecord]) -> InstitutionIndex | None:
    """The index of these records, made anew only when they are not those of before; None without records."""
    key = tuple(records)
    if not key:
        return None
    with _building:
        found = _indexes.get(key)
        if found is None:
            found = _indexes[key] = InstitutionIndex(key)
        _indexes.move_to_end(key)
        while len(_indexes) > _KEPT:
            _indexes.popitem(last=False)
    return found
