"""Two people on one record: who saves later is told of the first, and nothing is silently overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import models

from sapar.core.errors import ChangedMeanwhile


def mark_of(row: models.Model, parts: Iterable[models.Model] = ()) -> str:
    """Changes whenever a column of the row or of one of its parts changes; sixteen hexadecimal digits.

    Args:
        parts: rows that are written on the same page, in an order of their own.
    """
    values = "\n".join(
        f"{field.attname}={getattr(one, field.attname)!r}"
        for one in (row, *parts)
        for field in one._meta.concrete_fields
    )
    return hashlib.sha256(values.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def refuse_changed(row: models.Model, seen: str, parts: Iterable[models.Model] = ()) -> None:
    """Ask for the row under its lock; `seen` is the mark of what the page showed, empty where none was.

    Raises:
        ChangedMeanwhile
    """
    if seen and seen != mark_of(row, parts):
        raise ChangedMeanwhile
