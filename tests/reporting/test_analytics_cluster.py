"""The same questions, unchanged, on a Spark-compatible cluster of two workers: the same answers."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from sapar.demo.national import Country, build_country
from sapar.reporting.analytics.engines import ask, on_spark, on_this_machine
from sapar.reporting.analytics.export import export_tables


@pytest.mark.slow
@pytest.mark.django_db
def test_two_workers_answer_as_one_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAIL_MODE", "local-cluster")
    monkeypatch.setenv("SAIL_CLUSTER__WORKER_INITIAL_COUNT", "2")
    monkeypatch.setenv("SAIL_CLUSTER__WORKER_MAX_COUNT", "2")
    # A worker of the test runner has no main file, and PySpark takes a process without one for its doctests.
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
    from pysail.spark import SparkConnectServer  # reads the environment
    from pyspark.sql import SparkSession

    export_tables(
        tmp_path, build_country(Country(3, agreements=60, exchanges=3000), today=date(2026, 11, 22))
    )
    here = ask(on_this_machine(), tmp_path)
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    try:
        _ip, port = server.listening_address
        session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
        there = ask(on_spark(session), tmp_path)
        session.stop()
    finally:
        server.stop()
    assert {name: table.to_pylist() for name, table in there.items()} == {
        name: table.to_pylist() for name, table in here.items()
    }
    assert sum(table.num_rows for table in here.values()) > 100
