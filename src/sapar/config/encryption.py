"""Rotation of the keys of encrypted columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction

from sapar.core.crypto import EncryptedTextField, UnreadableField, box

BATCH = 500


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column of the installed apps."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedTextField):
                yield model, field


def unreadable_fields() -> list[str]:
    """Encrypted columns of which the keys in force do not open the newest value, such as `directory.Person.phone`."""
    found = []
    for model, field in encrypted_fields():
        try:
            rows = model._default_manager.exclude(**{field.name: ""}).order_by("-pk")
            rows.values_list(field.name, flat=True).first()
        except UnreadableField:
            found.append(f"{model._meta.label}.{field.name}")
    second = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-pk").first()
    secret = (
        next((second.data[name] for name in ("secret", "seed") if name in second.data), "") if second else ""
    )
    try:
        if secret:
            box().decrypt(secret.encode())
    except InvalidToken:
        found.append("second steps of the sign-in")
    return found


def rotate_field(model: type[models.Model], field: EncryptedTextField) -> int:
    """Read each value with whichever key opens it and write it with the newest; answers how many."""
    rows: models.QuerySet[Any] = model._default_manager.exclude(**{field.name: ""}).order_by("pk")
    last, count = 0, 0
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).select_for_update().only("pk", field.name)[:BATCH])
            if not batch:
                return count
            model._default_manager.bulk_update(batch, [field.name])
            last, count = batch[-1].pk, count + len(batch)


def rotate_second_steps() -> int:
    """The same for the secrets of authenticator apps and recovery codes, which the sign-in library keeps."""
    count = 0
    with transaction.atomic():
        for row in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
            for name in ("secret", "seed"):
                if name in row.data:
                    row.data[name] = box().rotate(row.data[name].encode()).decode()
                    count += 1
            row.save(update_fields=["data"])
    return count
