"""A second office that owns everything the first one does, with a mark in every text: whatever leaks can be seen.

Its rows have the ids of the first office's rows plus `SHIFT`, so an address of one is turned into that of the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F

from sapar.accounts.models import Office, RoleGrant, User
from sapar.accounts.states import Role
from tests.cast import NOW

MARK = "Zqleak"
SHIFT = 7_000_000_000
# Words of the program, keys and digests: the program looks things up by them, so they stay as they are.
NO_TEXT = re.compile(
    r"(^|_)(state|kind|action|hash|digest|sha256|type|purpose|mechanism|direction|term|level|role|party|source|scheme"
    r"|fact|series|status|isced_f|language|search|sort_key|key|code|country_code|content|position|method)$"
)
# Numbers that name a row without being a foreign key.
NAMES_A_ROW = ("subject_id", "scope_id", "person_id", "link_id")


def owned_models() -> list[type[models.Model]]:
    """Every table with a column `office`."""
    return [
        model
        for model in apps.get_models()
        if any(field.name == "office" and field.related_model is Office for field in model._meta.fields)
    ]


def plant_twin(office: Office, slug: str = "twin") -> Office:
    """The second office. Its only user is a stranger."""
    twin = Office.objects.create(slug=slug, name=f"{MARK} University", country_code="KZ", languages=["kk"])
    stranger = User.objects.create_user(f"{slug}@example.org", None, name=f"{MARK} Stranger")
    owned = owned_models()
    for model in owned:
        if model is not RoleGrant:
            model._base_manager.bulk_create(
                [_copied(row, twin, stranger, owned) for row in model._base_manager.filter(office=office)]
            )
        for many in model._meta.many_to_many:
            _copy_pairs(many.remote_field.through, model, office, owned)
    RoleGrant.objects.create(office=twin, user=stranger, role=Role.ADMINISTRATOR, granted_at=NOW)
    return twin


def _copied(row: models.Model, twin: Office, stranger: User, owned: list[type[models.Model]]) -> models.Model:
    new = type(row)()
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        setattr(new, field.attname, _changed(row, field, value, twin, stranger, owned))
    return new


def _changed(
    row: models.Model,
    field: Any,
    value: Any,
    twin: Office,
    stranger: User,
    owned: list[type[models.Model]],
) -> Any:
    if field.related_model is Office:
        return twin.pk
    if value is None:
        return None
    if field.related_model is User:
        return stranger.pk
    if field.related_model is not None:
        return value + SHIFT if _is_owned(getattr(row, field.name), owned) else value
    if field.primary_key or field.name in NAMES_A_ROW:
        return value + SHIFT
    if field.unique and isinstance(value, str):
        return hashlib.sha256(value.encode()).hexdigest()[: field.max_length]
    if isinstance(field, models.JSONField):
        return marked(value)
    if isinstance(field, (models.CharField, models.TextField)) and value and is_text(field):
        return f"{MARK} {value}"[: field.max_length]
    return value


def is_text(field: models.Field[Any, Any]) -> bool:
    """Somebody wrote it, and a page may show it."""
    room = field.max_length or 1000
    return room >= 20 and not field.choices and not NO_TEXT.search(field.name)


def marked(value: Any, mark: str = f"{MARK} ") -> Any:
    """A JSON value with the mark in each of its texts."""
    if isinstance(value, str):
        return f"{mark}{value}"
    if isinstance(value, list):
        return [marked(one, mark) for one in value]
    return {key: marked(one, mark) for key, one in value.items()} if isinstance(value, dict) else value


def _is_owned(row: models.Model | None, owned: list[type[models.Model]]) -> bool:
    return row is not None and type(row) in owned and getattr(row, "office_id", None) is not None


def _copy_pairs(
    through: Any, model: type[models.Model], office: Office, owned: list[type[models.Model]]
) -> None:
    if not through._meta.auto_created:
        return
    links = [field for field in through._meta.concrete_fields if field.related_model is not None]
    mine = next(field for field in links if field.related_model is model)
    rows = list(through._base_manager.filter(**{f"{mine.name}__office": office}))
    for row in rows:
        row.pk += SHIFT
        for field in links:
            if _is_owned(getattr(row, field.name), owned):
                setattr(row, field.attname, getattr(row, field.attname) + SHIFT)
    through._base_manager.bulk_create(rows)


def crossings() -> Iterator[str]:
    """Rows of one office that point at a row of another, by foreign key or by a number in JSON."""
    owned = owned_models()
    for model in owned:
        for field in model._meta.concrete_fields:
            if field.related_model in owned and field.name != "office":
                other = f"{field.name}__office_id"
                wrong = model._base_manager.exclude(**{other: None}).exclude(**{other: F("office_id")})
                yield from (
                    f"{model.__name__}.{field.name} of {pk}" for pk in wrong.values_list("pk", flat=True)
                )
            elif isinstance(field, models.JSONField) or field.name in NAMES_A_ROW:
                values = model._base_manager.filter(pk__lt=SHIFT).values_list("pk", field.name)
                near = str(SHIFT)[:4]
                yield from (
                    f"{model.__name__}.{field.name} of {pk}"
                    for pk, value in values
                    if re.search(rf"(?<!\d){near}\d{{6}}(?!\d)", str(value))
                )
