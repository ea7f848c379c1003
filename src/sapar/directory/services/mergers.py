"""What pointed to a merged organisation follows it, and finds back when the merger is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import models

from sapar.directory.models import Merger
from sapar.directory.queries import heir_of

AT_ONCE = 500


def label_of(model: type[models.Model], field: str) -> str:
    return f"{model._meta.label_lower}.{field}"


def move_rows(merger: Merger, model: type[models.Model], field: str) -> int:
    """Let the rows that name the duplicate name its heir; called by joiners within the merger's transaction."""
    column = f"{field}_id"
    keys = list(model._base_manager.filter(**{column: merger.duplicate_id}).values_list("pk", flat=True))
    for part in _parts(keys):
        model._base_manager.filter(pk__in=part).update(**{column: merger.into_id})
    note_moved(merger, label_of(model, field), keys)
    return len(keys)


def move_back(merger: Merger, model: type[models.Model], field: str) -> int:
    """Only rows that still name the heir, or whoever stands for it by now; what was given elsewhere stays there."""
    column = f"{field}_id"
    heirs = {merger.into_id, heir_of(merger.into).pk}
    moved = 0
    for part in _parts(merger.moved.get(label_of(model, field), [])):
        rows = model._base_manager.filter(pk__in=part, **{f"{column}__in": heirs})
        moved += rows.update(**{column: merger.duplicate_id})
    return moved


def note_moved(merger: Merger, label: str, keys: Sequence[int]) -> None:
    """Several joiners write into one merger, each under its own label."""
    if keys:
        merger.moved = {**Merger.objects.values_list("moved", flat=True).get(pk=merger.pk), label: list(keys)}
        merger.save(update_fields=["moved"])


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
