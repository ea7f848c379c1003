"""Public registers of institutions: the ROR data dump (JSON or CSV) and the list of Erasmus Charter holders.

ROR: https://ror.readme.io/docs/data-dump (CC0). Charter list: European Commission (CC BY 4.0).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile, ZipFile

from sapar.formats.tables import CellProblem, RefusedRows, Row, Table, TableError, is_workbook, read_table

ERASMUS_CODE = re.compile(r"^(IRL|LUX|[A-Z]{2} |[A-Z] {2})[A-Z][A-Z-]*[A-Z]\d{2,3}$")
MAX_UNPACKED = 2 * 1024**3


@dataclass(frozen=True, kw_only=True)
class Institution:
    """One institution as a register describes it; `labels` are language → name, `former` names of before."""

    name: str
    country: str
    city: str = ""
    website: str = ""
    acronyms: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    former: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    established: int | None = None

    @property
    def all_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.name, *self.labels.values(), *self.aliases, *self.former)))


def normal_erasmus_code(text: str) -> str:
    """The code with its meaningful spaces: three characters of country, then the institution.

    >>> normal_erasmus_code("d berlin01"), normal_erasmus_code("TR ANKARA02"), normal_erasmus_code("nonsense")
    ('D  BERLIN01', 'TR ANKARA02', '')
    """
    words = text.upper().split()
    if len(words) == 1:
        found = re.fullmatch(r"(IRL|LUX)([A-Z-]+\d{2,3})", words[0])
        words = [found[1], found[2]] if found else words
    code = f"{words[0]:<3}{''.join(words[1:])}" if len(words) > 1 else ""
    return code if ERASMUS_CODE.match(code) else ""


@dataclass(frozen=True)
class Register:
    """What a file holds. The charter list is no directory: its codes are joined to institutions that are there."""

    institutions: list[Institution]
    is_charter: bool = False


def read_register(content: bytes, name: str = "") -> Register:
    """Read a ROR dump (zip, JSON, CSV), a table with the columns of one, the list of Erasmus Charter holders, or a
    list in our own form: JSON records with name, country, and what is known of city, website, established,
    acronyms, labels, former. The content says which of them it is.

    Raises:
        TableError: not a register we know. RefusedRows: with every row that has no name or country.
    """
    if content[:4] == b"PK\x03\x04" and not is_workbook(content):
        content, name = _from_zip(content)
    if content.lstrip()[:1] in (b"[", b"{"):
        return Register(_from_json(content))
    table = read_table(content, name=name)
    if {"legal_name", "country", "erasmus_code"} <= set(table.columns):
        return Register(_checked(table, _from_charter_row), is_charter=True)
    if "names.types.ror_display" in table.columns:
        return Register(_checked(table, _from_ror_row))
    table.require("name", "country_code")
    return Register(_checked(table, _from_plain_row))


def _from_zip(content: bytes) -> tuple[bytes, str]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            items = [item for item in archive.infolist() if item.filename.endswith((".json", ".csv"))]
            # A dump holds the same data in two versions of the schema; the later one has the better names.
            items.sort(key=lambda item: ("schema_v2" in item.filename, item.filename.endswith(".json")))
            if not items or items[-1].file_size > MAX_UNPACKED:
                raise TableError("registries.no_data", "The archive holds no data file, or one too large.")
            return archive.read(items[-1]), items[-1].filename
    except BadZipFile as error:
        raise TableError("registries.broken_archive", "The archive is damaged.") from error


def _checked(table: Table, read: Callable[[Row], Institution]) -> list[Institution]:
    return _without_problems((row.number, read(row)) for row in table.rows)


def _without_problems(numbered: Iterable[tuple[int, Institution]]) -> list[Institution]:
    """All of them, or a refusal that names each one without a name or country."""
    found, problems = [], []
    for number, one in numbered:
        if not one.name:
            problems.append(CellProblem(row=number, column="name", value="", reason="is empty"))
        elif not re.fullmatch(r"[A-Z]{2}", one.country):
            reason = "is no two-letter country code"
            problems.append(CellProblem(row=number, column="country", value=one.country, reason=reason))
        else:
            found.append(one)
    if problems:
        raise RefusedRows(problems)
    return found


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _from_plain_row(row: Row) -> Institution:
    identifiers = {
        "ror": row["ror_id"].rsplit("/", 1)[-1],
        "erasmus": row["erasmus_code"],
        "pic": row["pic"],
        "oid": row["oid"],
        "schac": row["schac"],
    }
    established = _number(row["established"])
    return Institution(
        name=row["name"],
        country=row["country_code"].upper(),
        city=row["city"],
        website=row["website"],
        acronyms=_several(row["acronyms"]),
        aliases=_several(row["aliases"]),
        labels={
            column.removeprefix("label_"): row[column]
            for column in row.cells
            if column.startswith("label_") and row[column]
        },
        identifiers={scheme: value for scheme, value in identifiers.items() if value},
        domains=_several(row["email_domains"]),
        latitude=_number(row["lat"]),
        longitude=_number(row["lng"]),
        established=int(established) if established else None,
    )


def _from_charter_row(row: Row) -> Institution:
    identifiers = {
        "erasmus": normal_erasmus_code(row["erasmus_code"]),
        "pic": row["pic"],
        "oid": row["oid"],
    }
    return Institution(
        name=row["legal_name"],
        country=row["country"].upper(),
        city=row["city"].title(),
        website=row["website"],
        identifiers={scheme: value for scheme, value in identifiers.items() if value},
    )


def _tagged(text: str) -> Iterator[tuple[str, str]]:
    """`en: Name; ru: Имя` → (language, name); a language that is not said is ''."""
    for part in _several(text):
        language, sign, name = part.partition(":")
        if sign and re.fullmatch(r"[a-z]{2,3}|no_lang_code", language.strip()):
            yield ("" if language.strip() == "no_lang_code" else language.strip()), name.strip()
        else:
            yield "", part


def _from_ror_row(row: Row) -> Institution:
    shown = next((name for _language, name in _tagged(row["names.types.ror_display"])), "")
    labels = {
        language: name for language, name in _tagged(row["names.types.label"]) if language and name != shown
    }
    established = _number(row["established"])
    return Institution(
        name=shown,
        country=row["locations.geonames_details.country_code"].upper(),
        city=row["locations.geonames_details.name"],
        website=row["links.type.website"],
        acronyms=tuple(name for _language, name in _tagged(row["names.types.acronym"])),
        aliases=tuple(name for _language, name in _tagged(row["names.types.alias"])),
        labels=labels,
        identifiers={"ror": row["id"].rsplit("/", 1)[-1]},
        domains=_several(row["domains"]),
        latitude=_number(row["locations.geonames_details.lat"]),
        longitude=_number(row["locations.geonames_details.lng"]),
        established=int(established) if established else None,
    )


def _from_json(content: bytes) -> list[Institution]:
    try:
        data = json.loads(content)
    except json.JSONDecodeError as error:
        raise TableError(
            "registries.broken_json", "The JSON is damaged at line {line}.", line=error.lineno
        ) from error
    except UnicodeDecodeError as error:
        raise TableError("registries.broken_json", "The JSON is not in UTF-8.") from error
    records = data.get("items", []) if isinstance(data, dict) else data
    read: list[tuple[int, Institution]] = []
    for number, record in enumerate(records, start=1):
        try:
            if _is_current(record):
                read.append((number, _from_record(record)))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise TableError(
                "registries.unknown_record", "Record {number} of the JSON is no institution as we know them.",
                number=number,
            ) from error  # fmt: skip
    return _without_problems(read)


def _is_current(record: Mapping[str, Any]) -> bool:
    return bool(record.get("status", "active") == "active")


def _from_record(record: Mapping[str, Any]) -> Institution:
    """A record of ROR schema 2 or schema 1, or of our own form."""
    if "names" not in record:
        own = isinstance(record["country"], str)
        return _from_own_record(record) if own else _from_old_record(record)
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for entry in record["names"]:
        for kind in entry["types"]:
            by_kind.setdefault(kind, []).append(entry)
    place = (record.get("locations") or [{}])[0].get("geonames_details", {})
    shown = (by_kind.get("ror_display") or record["names"])[0]["value"]
    return Institution(
        name=shown,
        country=str(place.get("country_code", "")).upper(),
        city=str(place.get("name", "")),
        website=next((link["value"] for link in record.get("links", []) if link["type"] == "website"), ""),
        acronyms=tuple(entry["value"] for entry in by_kind.get("acronym", ())),
        aliases=tuple(entry["value"] for entry in by_kind.get("alias", ())),
        labels={
            e["lang"]: e["value"] for e in by_kind.get("label", ()) if e.get("lang") and e["value"] != shown
        },
        identifiers={"ror": str(record["id"]).rsplit("/", 1)[-1]},
        domains=tuple(record.get("domains", ())),
        latitude=place.get("lat"),
        longitude=place.get("lng"),
        established=record.get("established"),
    )


def _from_own_record(record: Mapping[str, Any]) -> Institution:
    website = str(record.get("website", ""))
    return Institution(
        name=str(record["name"]),
        country=record["country"].upper(),
        city=str(record.get("city", "")),
        website=website,
        acronyms=tuple(record.get("acronyms", ())),
        aliases=tuple(record.get("aliases", ())),
        labels=dict(record.get("labels", {})),
        former=tuple(record.get("former", ())),
        identifiers=dict(record.get("identifiers", {})),
        domains=tuple(record.get("domains", ())),
        established=record.get("established"),
    )


def _from_old_record(record: Mapping[str, Any]) -> Institution:
    address = (record.get("addresses") or [{}])[0]
    return Institution(
        name=record["name"],
        country=str(record.get("country", {}).get("country_code", "")).upper(),
        city=str(address.get("city", "")),
        website=(record.get("links") or [""])[0],
        acronyms=tuple(record.get("acronyms", ())),
        aliases=tuple(record.get("aliases", ())),
        labels={entry["iso639"]: entry["label"] for entry in record.get("labels", ()) if entry.get("iso639")},
        identifiers={"ror": str(record["id"]).rsplit("/", 1)[-1]},
        latitude=address.get("lat"),
        longitude=address.get("lng"),
        established=record.get("established"),
    )
