"""The directory made ready for matching: read whole, indexed once a process for what was read."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping
from threading import Lock

from django.db.models import Q

from sapar.accounts.models import Office
from sapar.directory.models import Organisation, OrganisationName
from sapar.directory.states import NameKind
from sapar.methods.names.institutions import InstitutionIndex, InstitutionRecord

# The latest indexes with the records they were made of: equal records are the same version of the directory,
# so an index can never be out of date. One weighs about as much as the directory itself.
_KEPT = 2
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
