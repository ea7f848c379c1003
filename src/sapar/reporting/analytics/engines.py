"""Engines that answer the questions over a folder of exported tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa  # type: ignore[import-untyped]
from ibis.backends import BaseBackend

from sapar.reporting.analytics.expressions import QUESTIONS


def on_this_machine() -> BaseBackend:
    """DuckDB inside this process; it looks for no extension in the network."""
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    return engine


def on_spark(session: Any) -> BaseBackend:
    """A Spark-compatible cluster behind a `SparkSession`; its workers must see the folder of the tables."""
    return ibis.pyspark.connect(session)


def ask(engine: BaseBackend, folder: Path) -> dict[str, pa.Table]:
    """All questions, by name; the rows of each answer in the order of their keys."""
    tables = {
        path.stem: engine.read_parquet(path, table_name=path.stem)
        for path in sorted(folder.glob("*.parquet"))
    }
    return {name: question(tables).to_pyarrow() for name, question in QUESTIONS.items()}
