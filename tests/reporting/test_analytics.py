"""The exported tables say what the records say, without a name, and answer as the yearly report does."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

from sapar.accounts.models import Office
from sapar.cli.export import app
from sapar.demo.national import Country, build_country
from sapar.directory.models import Person
from sapar.mobility.models import Exchange
from sapar.reporting.analytics.engines import ask, on_this_machine
from sapar.reporting.analytics.export import TABLES, export_tables, file_of
from sapar.reporting.counting import values_of

TODAY = date(2026, 11, 22)
SIZE = Country(universities=3, agreements=30, exchanges=600)


@pytest.fixture
def offices(db: None) -> list[Office]:
    return build_country(SIZE, today=TODAY)


def test_every_row_is_exported_and_progress_reaches_the_end(offices: list[Office], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    written = export_tables(tmp_path, offices, progress=lambda done, total: told.append((done, total)))
    assert written == {"partnerships": 18, "agreements": 30, "conditions": 60, "exchanges": 600}
    assert told[-1] == (708, 708)


def test_nothing_that_names_a_person_leaves(offices: list[Office], tmp_path: Path) -> None:
    export_tables(tmp_path, offices)
    columns = {name for table in TABLES for name in pq.read_schema(file_of(tmp_path, table.name)).names}
    assert not columns & {"person", "person_id", "number", "name", "email", "person_search", "note"}
    names = {word.encode() for word in Person.objects.values_list("passport_surname", flat=True).distinct()}
    assert names
    for table in TABLES:
        texts = pq.read_table(file_of(tmp_path, table.name)).to_pylist()
        assert not any(name in repr(texts).encode() for name in names)


def test_answers_are_those_of_the_report(offices: list[Office], tmp_path: Path) -> None:
    office = offices[0]
    export_tables(tmp_path, [office])
    answers = {name: table.to_pylist() for name, table in ask(on_this_machine(), tmp_path).items()}
    years = sorted(set(Exchange.objects.filter(office=office).values_list("academic_year", flat=True)))
    assert [line["academic_year"] for line in answers["recognition_rate"]] == years
    for year in years:
        report = {(value.code, value.row): value for value in values_of(office, year, today=TODAY)}
        for way in ("out", "in"):
            by_country, by_field = Counter[str](), Counter[str]()
            for line in answers["exchanges_by_year"]:
                if (line["academic_year"], line["direction"]) == (year, way):
                    by_country[line["country"]] += line["people"]
                    by_field[line["broad_field"]] += line["people"]
            for code, counted in (("country", by_country), ("field", by_field)):
                rows = {row: int(value.value or 0) for (name, row), value in report.items()
                        if name == f"exchanges.{way}_by_{code}"}  # fmt: skip
                assert counted == Counter(rows)
            use = [line for line in answers["use_of_places"]
                   if (line["academic_year"], line["direction"]) == (year, way)]  # fmt: skip
            assert Decimal(sum(line["places"] for line in use)) == report[f"places.{way}", ""].value
            share = report[f"places.used_{way}", ""].value
            assert share is None if not use else Decimal(str(round(use[0]["share"] * 100, 3))) == share
        (rate,) = [line["rate"] for line in answers["recognition_rate"] if line["academic_year"] == year]
        assert Decimal(str(round(rate * 100, 3))) == report["recognition.rate", ""].value
        balance = sum(
            line["balance"] for line in answers["balance_by_country"] if line["academic_year"] == year
        )
        assert balance == report["exchanges.in", ""].value - report["exchanges.out", ""].value  # type: ignore[operator]


def test_command_writes_one_office_and_refuses_an_unknown_one(offices: list[Office], tmp_path: Path) -> None:
    told = CliRunner().invoke(app, [str(tmp_path), "--office", "university-2"])
    assert told.exit_code == 0, told.output
    assert "exchanges.parquet: 200 rows" in told.output
    slugs = set(pq.read_table(file_of(tmp_path, "exchanges"))["office"].to_pylist())
    assert slugs == {"university-2"}
    refused = CliRunner().invoke(app, [str(tmp_path), "--office", "nowhere"])
    assert refused.exit_code == 2
    assert "nowhere" in refused.output


def test_an_office_without_anything_has_empty_answers(db: None, tmp_path: Path) -> None:
    office = Office.objects.create(slug="new", name="New University", country_code="KG", languages=["en"])
    assert set(export_tables(tmp_path, [office]).values()) == {0}
    assert {table.num_rows for table in ask(on_this_machine(), tmp_path).values()} == {0}
