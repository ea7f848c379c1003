"""Faculties and departments of the home institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.errors import UnitCodeTaken, UnitInsideItself
from sapar.directory.models import Unit
from sapar.directory.policies import may_change_units
from sapar.directory.states import UnitKind


@dataclass(frozen=True, kw_only=True)
class UnitEntry:
    """`names` are language → name; the code, where there is one, belongs to one unit of the office."""

    name: str
    kind: UnitKind
    code: str = ""
    parent: Unit | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    head_name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def add_unit(entry: UnitEntry, *, office: Office, by: Actor, at: datetime) -> Unit:
    """Raises UnitCodeTaken."""
    require(may_change_units, by, office)
    unit = Unit(office=office)
    _fill(unit, entry)
    unit.save(force_insert=True)
    record("directory.unit.added", subject=unit, by=by, at=at, name=unit.name)
    return unit


@transaction.atomic
def change_unit(unit: Unit, entry: UnitEntry, *, seen: str = "", by: Actor, at: datetime) -> Unit:
    """Raises UnitCodeTaken, UnitInsideItself."""
    require(may_change_units, by, unit.office)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    refuse_changed(unit, seen)
    before = {"name": unit.name, "code": unit.code, "head_name": unit.head_name}
    _fill(unit, entry)
    unit.save()
    after = {"name": unit.name, "code": unit.code, "head_name": unit.head_name}
    changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    record("directory.unit.changed", subject=unit, by=by, at=at, changes=changes)
    return unit


def _fill(unit: Unit, entry: UnitEntry) -> None:
    taken = Unit.objects.filter(office=unit.office, code=entry.code).exclude(pk=unit.pk).first()
    if entry.code and taken is not None:
        raise UnitCodeTaken(code=entry.code, name=taken.name)
    above = entry.parent
    while above is not None:
        if above.pk == unit.pk:
            raise UnitInsideItself(name=unit.name)
        above = above.parent
    unit.name, unit.kind, unit.code, unit.parent = (
        entry.name.strip(),
        entry.kind,
        entry.code.strip(),
        entry.parent,
    )
    unit.names = {language: name for language, name in entry.names.items() if name}
    unit.head_name, unit.valid_from, unit.valid_to = entry.head_name.strip(), entry.valid_from, entry.valid_to
