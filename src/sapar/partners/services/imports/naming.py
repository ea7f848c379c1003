"""What the names of a list stand for: organisations that office and directory know, faculties of the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

from sapar.accounts.models import Office
from sapar.directory.countries import country_code
from sapar.directory.said import folded, units_by_name
from sapar.formats.tables import Table
from sapar.methods.names import search_key
from sapar.partners.models import Partnership
from sapar.partners.services.imports.comparing import Comparison
from sapar.partners.states import RowDecision


@dataclass
class Named:
    """Name → the organisation where that is sure, why, and which it may be where it is not."""

    found: dict[str, int | None] = field(default_factory=dict)
    reasons: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    candidates: dict[str, list[int]] = field(default_factory=dict)


def countries_of_names(
    table: Table, mapping: Mapping[str, str], name: TextChoices, country: TextChoices
) -> dict[str, str]:
    """Each name of the list with the country that stands first beside it."""
    found: dict[str, str] = {}
    for row in table.rows:
        if words := " ".join(row[mapping[name]].split()):
            beside = row[mapping[country]] if country in mapping else ""
            found[words] = found.get(words) or beside
    return found


def organisations_named(
    countries: Mapping[str, str], office: Office, *, progress: Callable[[int], object] | None = None
) -> Named:
    """A name that a partner bears is that partner; other names are compared with the directory."""
    partners = _names_of_partners(office)
    compare: Comparison | None = None
    named = Named()
    for done, (name, country) in enumerate(countries.items(), start=1):
        bearers = partners.get(search_key(name), set())
        if len(bearers) == 1:
            named.found[name] = next(iter(bearers))
            named.reasons[name] = [{"code": "imports.partner_already", "facts": {}}]
            continue
        compare = compare or Comparison(office)
        row = compare.row({"name": name[:300], "country": country_code(country) if country else ""})
        named.found[name] = row.found if row.decision == RowDecision.MATCH else None
        if row.decision == RowDecision.MATCH:
            named.reasons[name] = row.reasons
        may_be = [one["organisation"] for one in row.candidates if one.get("organisation")]
        if named.found[name] is None and (may_be or bearers):
            named.candidates[name] = [*sorted(bearers), *(pk for pk in may_be if pk not in bearers)]
        if progress is not None:
            progress(done)
    return named


def unknown_faculties(table: Table, column: str | None, office: Office) -> dict[str, int | None]:
    """Names of faculties that the university does not have now: dissolved, renamed, written otherwise."""
    if column is None:
        return {}
    known = units_by_name(office)
    names = dict.fromkeys(row[column].strip() for row in table.rows)
    return {name: None for name in names if name and folded(name) not in known}


def _names_of_partners(office: Office) -> dict[str, set[int]]:
    """Search key of a name or acronym → partners that bear it."""
    found: dict[str, set[int]] = {}
    rows = Partnership.objects.filter(office=office, organisation__merged_into=None).values_list(
        "organisation_id", "organisation__name", "organisation__names__name"
    )
    for pk, *names in rows:
        for name in filter(None, names):
            found.setdefault(search_key(name), set()).add(pk)
    return found
