"""The copy of everything held about one person: a ZIP with JSON, tables and files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from sapar.directory.models import Person
from sapar.files.models import StoredFile
from sapar.files.states import Visibility
from sapar.formats.tables import write_csv
from sapar.mobility.personal.holdings import HOLDINGS, Holding, files_about


def copy_of(person: Person, *, by_office: bool, at: datetime) -> bytes:
    """Everything about the person as a ZIP.

    Through a link, which may have been passed on, the passport's number, the office's own remarks and files that
    only the office sees are left out; the office hands them out.
    """
    tables = {one.name: list(_rows(one, person, by_office)) for one in HOLDINGS}
    files = files_about(person).order_by("pk")
    if not by_office:
        files = files.filter(visibility=Visibility.INVOLVED) | files.filter(pk__in=_own_uploads(person))
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(tables, ensure_ascii=False, indent=1))
        for one in HOLDINGS:
            if rows := tables[one.name]:
                lines = [[_cell(value) for value in row.values()] for row in rows]
                archive.writestr(f"tables/{one.name}.csv", write_csv(list(rows[0]), lines))
        for stored in files:
            archive.writestr(f"files/{stored.pk}-{stored.name}", _content(stored))
        with override(person.language):
            archive.writestr("README.txt", _about(person, tables, by_office, at))
    return packed.getvalue()


def _own_uploads(person: Person) -> Any:
    from_applications = person.applications.filter(papers__isnull=False)
    return from_applications.values("papers__file")


def _rows(holding: Holding, person: Person, by_office: bool) -> Iterator[dict[str, Any]]:
    hidden = {"office", *holding.kept_back, *(() if by_office else holding.by_office_only)}
    for row in holding.rows(person):
        yield {
            one.name: _said(row, one.name, one.attname)
            for one in row._meta.concrete_fields
            if one.name not in hidden
        }


def _said(row: Model, name: str, column: str) -> Any:
    """Plain data; of another record its name, or its number where it has none."""
    value = getattr(row, column)
    if name != column and value is not None:
        other = getattr(row, name)
        named = (getattr(other, key, "") for key in ("display_name", "name", "title", "number"))
        return next(filter(None, map(str, named)), str(value))
    match value:
        case datetime():
            return timezone.localtime(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case None | bool() | int() | float() | str() | list() | dict():
            return value
    return str(value)


def _cell(value: Any) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _content(stored: StoredFile) -> bytes:
    with stored.content.open("rb") as file:
        return bytes(file.read())


def _about(person: Person, tables: dict[str, list[dict[str, Any]]], by_office: bool, at: datetime) -> str:
    office = person.office.name_in(person.language)
    facts = {"name": person.display_name, "office": office, "day": date_format(at, "DATE_FORMAT")}
    lines = [
        _("What %(office)s holds about %(name)s on %(day)s.") % facts,
        _("data.json holds everything in one file, tables/ the same as tables, files/ the files."),
        "\n".join(
            f"{one.name}: {one.title} ({len(tables[one.name])})" for one in HOLDINGS if tables[one.name]
        ),
    ]
    if not by_office:
        lines.append(
            _(
                "The number of the passport, the office's own remarks and its internal files are not in this copy, "
                "since an address in a letter can be passed on. Ask the office for them."
            )
        )
    return "\n\n".join(lines) + "\n"
