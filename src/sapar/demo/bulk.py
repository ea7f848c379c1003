"""Writing millions of rows of known shape: tuples instead of objects, COPY instead of INSERT where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model


class Table:
    """One model's table, written in tuples of the named columns; every other column repeats one value.

    Keys are given by the caller, counted from `first_key`. Values must be as the database takes them
    (`stored` makes them so); constraints hold as for every other row.

    Args:
        varying: field names (attname: `person_id`) in the order of the tuples.
        fixed: values of the other fields where they differ from the model's defaults.
    """

    def __init__(self, model: type[Model], varying: Sequence[str], **fixed: object) -> None:
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        pattern = model(**fixed)
        constant = [name for name in fields if name not in varying]
        self._rest = tuple(
            fields[name].get_db_prep_save(fields[name].pre_save(pattern, True), connection)
            for name in constant
        )
        quote = connection.ops.quote_name
        self._name = quote(model._meta.db_table)
        self._columns = ", ".join(quote(fields[name].column or name) for name in (*varying, *constant))
        self._width = len(fields)

    def write(self, rows: Iterable[tuple[Any, ...]]) -> None:
        rest = self._rest
        if connection.vendor == "postgresql":
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {self._name} ({self._columns}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row + rest)
            return
        marks = ", ".join(["%s"] * self._width)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self._name} ({self._columns}) VALUES ({marks})",  # noqa: S608 — names of our own tables
                (row + rest for row in rows),  # type: ignore[arg-type]  # the driver takes any iterable
            )


def first_key(model: type[Model]) -> int:
    last = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return (last or 0) + 1


def stored(model: type[Model], field: str, value: object) -> Any:
    """A value as the database takes it for this field."""
    return model._meta.get_field(field).get_db_prep_save(value, connection)  # type: ignore[union-attr]


def continue_keys(models: Sequence[type[Model]]) -> None:
    """Let the database count on from the keys that were given by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
