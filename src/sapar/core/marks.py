"""Two people on one record: who saves later is told of the first, and nothing is silently overwritten."""

from __future__ import annotations

import hashlib

from django.db import models

from sapar.core.errors import ChangedMeanwhile


def mark_of(row: models.Model) -> str:
    """Changes whenever a column of the row changes; sixteen hexadecimal digits."""
    values = "\n".join(
        f"{field.attname}={getattr(row, field.attname)!r}" for field in row._meta.concrete_fields
    )
    return hashlib.sha256(values.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def refuse_changed(row: models.Model, seen: str) -> None:
    """Ask for the row under its lock; `seen` is the mark of what the page showed, empty where none was.

    Raises:
        ChangedMeanwhile
    """
    if seen and seen != mark_of(row):
        raise ChangedMeanwhile
