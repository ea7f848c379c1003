"""Tables as Parquet files: numbers, codes, states and dates; nobody's name, number, paper or remark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from django.db.models import Model, QuerySet

from sapar.accounts.models import Office
from sapar.methods.progress import Progress, unheard
from sapar.mobility.models import Exchange
from sapar.partners.models import Agreement, Condition, Partnership

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Column:
    """One column of a file: its name there, the query's path to it, its type."""

    name: str
    path: str
    type: pa.DataType


@dataclass(frozen=True)
class Table:
    name: str
    model: type[Model]
    columns: Sequence[Column]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])

    def rows(self, offices: Sequence[Office]) -> QuerySet[Any, tuple[Any, ...]]:
        found = self.model._base_manager.filter(office__in=[office.pk for office in offices])
        return found.order_by("pk").values_list(*(column.path for column in self.columns))


_KEY, _YEAR, _TEXT, _DAY, _CREDITS = pa.int64(), pa.int16(), pa.string(), pa.date32(), pa.decimal128(6, 2)

TABLES: tuple[Table, ...] = (
    Table(
        "partnerships",
        Partnership,
        (
            Column("partnership", "pk", _KEY),
            Column("office", "office__slug", _TEXT),
            Column("organisation", "organisation_id", _KEY),
            Column("country", "organisation__country_code", _TEXT),
            Column("state", "state", _TEXT),
            Column("since", "since", _DAY),
        ),
    ),
    Table(
        "agreements",
        Agreement,
        (
            Column("agreement", "pk", _KEY),
            Column("office", "office__slug", _TEXT),
            Column("partnership", "partnership_id", _KEY),
            Column("kind", "kind", _TEXT),
            Column("state", "state", _TEXT),
            Column("starts_on", "starts_on", _DAY),
            Column("ends_on", "ends_on", _DAY),
            Column("signed_on", "signed_on", _DAY),
        ),
    ),
    Table(
        "conditions",
        Condition,
        (
            Column("condition", "pk", _KEY),
            Column("office", "office__slug", _TEXT),
            Column("agreement", "version__agreement_id", _KEY),
            Column("version_state", "version__state", _TEXT),
            Column("agreement_state", "version__agreement__state", _TEXT),
            Column("academic_year", "academic_year", _YEAR),
            Column("direction", "direction", _TEXT),
            Column("places", "places", pa.int32()),
        ),
    ),
    Table(
        "exchanges",
        Exchange,
        (
            Column("exchange", "pk", _KEY),
            Column("office", "office__slug", _TEXT),
            Column("direction", "direction", _TEXT),
            Column("kind", "kind", _TEXT),
            Column("state", "state", _TEXT),
            Column("country", "partner__country_code", _TEXT),
            Column("organisation", "partner_id", _KEY),
            Column("agreement", "agreement_id", _KEY),
            Column("condition", "condition_id", _KEY),
            Column("academic_year", "academic_year", _YEAR),
            Column("term", "term", _TEXT),
            Column("level", "level", _TEXT),
            Column("field", "isced_f", _TEXT),
            Column("arrived_on", "arrived_on", _DAY),
            Column("left_on", "left_on", _DAY),
            Column("credits_studied", "credits_studied", _CREDITS),
            Column("credits_recognised", "credits_recognised", _CREDITS),
        ),
    ),
)


def file_of(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def export_tables(folder: Path, offices: Sequence[Office], *, progress: Progress = unheard) -> dict[str, int]:
    """Write one file for each table and say how many rows it has; memory does not grow with the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = {table.name: table.rows(offices).count() for table in TABLES}
    total, done = sum(waiting.values()), 0
    for table in TABLES:
        target = file_of(folder, table.name)
        partial = target.with_suffix(".part")
        with pq.ParquetWriter(partial, table.schema, compression="zstd") as writer:
            for batch in _batches(table, offices):
                writer.write_table(batch)
                done += batch.num_rows
                progress(min(done, total), total)
        partial.replace(target)
        waiting[table.name] = pq.ParquetFile(target).metadata.num_rows
    return waiting


def _batches(table: Table, offices: Sequence[Office]) -> Iterator[pa.Table]:
    rows = table.rows(offices).iterator(chunk_size=5_000)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        columns = zip(*chunk, strict=True)
        arrays = [
            pa.array(values, column.type) for values, column in zip(columns, table.columns, strict=True)
        ]
        yield pa.Table.from_arrays(arrays, schema=table.schema)
