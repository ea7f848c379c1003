"""The rows of a list with no more than it shows: what a list costs is making the objects of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.base import ModelState

R = TypeVar("R", bound=Model)
CHUNK = 2000
# Related rows that are kept to be shared, such as the partners of stays; people are met once and crowd them out.
MOST_SHARED = 10_000


def lean_rows(rows: QuerySet[R], reads: Sequence[str]) -> Iterator[R]:
    """All rows in passing, with the fields that `reads` names, their keys and what the query adds to them.

    A field that was forgotten is asked for row by row, as with `QuerySet.only`. Rows that several point to are one
    object.
    """
    tree, lookups = _tree_of(rows, reads)
    found = rows.prefetch_related(None).values_list(*tree.paths).iterator(chunk_size=CHUNK)
    with ending(found):
        while chunk := [tree.make(values) for values in islice(found, CHUNK)]:
            prefetch_related_objects(chunk, *lookups)
            yield from chunk


def lean_page(rows: QuerySet[R], reads: Sequence[str]) -> list[R]:
    """The same for the few rows of a page: at once, without a cursor."""
    tree, lookups = _tree_of(rows, reads)
    made = [tree.make(values) for values in rows.prefetch_related(None).values_list(*tree.paths)]
    prefetch_related_objects(made, *lookups)
    return made


def ending(rows: Iterator[Any]) -> closing[Any]:
    """Rows that are read in passing end here also when nobody asks for the rest of them.

    Left to chance they would end in somebody else's transaction, and break it: their cursor is gone by then.
    """
    return closing(rows)  # the database hands them out as generators


def _tree_of(rows: QuerySet[R], reads: Sequence[str]) -> tuple[_Tree, Sequence[Any]]:
    lookups = rows._prefetch_related_lookups  # type: ignore[attr-defined]  # where Django's own rows have them
    return _Tree(rows.model, [*reads, *rows.query.annotation_select]), lookups


class _Tree:
    """A model with the names of its values, and the models that it points to."""

    def __init__(self, model: type[Model], reads: Sequence[str]) -> None:
        self.model = model
        fields = {field.name: field for field in model._meta.concrete_fields}
        key = str(model._meta.pk.attname)
        own = [name for name in reads if "__" not in name]
        below: dict[str, list[str]] = {}
        for name in reads:
            first, _below, rest = name.partition("__")
            if rest:
                below.setdefault(first, []).append(rest)
        names = [fields[name].attname if name in fields else name for name in own]
        names += [fields[name].attname for name in below]
        self.names = list(dict.fromkeys([key, *names]))
        self.related = [
            (name, self.names.index(fields[name].attname), _Tree(_target(fields[name]), reads))
            for name, reads in below.items()
        ]
        self.paths: list[str] = [
            *self.names,
            *(f"{name}__{path}" for name, _at, tree in self.related for path in tree.paths),
        ]
        self.shared: dict[Any, Model] = {}

    def make(self, values: Sequence[Any]) -> Any:
        row = self.model.__new__(self.model)
        state = row._state = ModelState()
        state.adding = False
        state.db = "default"
        row.__dict__.update(zip(self.names, values, strict=False))
        start = len(self.names)
        for name, at, tree in self.related:
            end = start + len(tree.paths)
            state.fields_cache[name] = (
                None if values[at] is None else tree.shared_row(values[at], values[start:end])
            )
            start = end
        return row

    def shared_row(self, key: object, values: Sequence[Any]) -> Model:
        if key not in self.shared:
            if len(self.shared) >= MOST_SHARED:
                self.shared.clear()
            self.shared[key] = self.make(values)
        return self.shared[key]


def _target(field: Any) -> type[Model]:
    found: type[Model] = field.related_model
    return found
