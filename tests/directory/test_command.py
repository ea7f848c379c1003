"""`sapar directory load`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sapar.cli.directory import app
from sapar.directory.models import Organisation

pytestmark = pytest.mark.django_db
REGISTER = "ror_id,name,country_code,city\nhttps://ror.org/01wntqw50,Ankara University,TR,Ankara\n"
CHARTER = (
    "legal_name,country,erasmus_code,city,website,pic,oid\nANKARA UNIVERSITESI,TR,TR ANKARA01,Ankara,,1,E1\n"
    "ANKARA TEKNIK UNIVERSITESI,TR,TR ANKARA99,Ankara,,2,E2\n"
)


def test_without_a_file_the_shipped_directory_is_loaded() -> None:
    done = CliRunner().invoke(app, ["load"])
    assert done.exit_code == 0, done.output
    assert "96 added, 0 renewed" in done.output
    assert Organisation.objects.count() == 96


def test_registers_are_loaded_and_the_unsure_named(tmp_path: Path) -> None:
    register, charter, unsure = tmp_path / "ror.csv", tmp_path / "charter.csv", tmp_path / "unsure.txt"
    register.write_text(REGISTER)
    charter.write_text(CHARTER)
    assert "1 added, 0 renewed" in CliRunner().invoke(app, ["load", str(register)]).output
    done = CliRunner().invoke(app, ["load", str(charter), "--unsure", str(unsure)])
    assert "0 added, 0 renewed, 1 joined, 1 left for a person" in done.output
    assert unsure.read_text() == "ANKARA TEKNIK UNIVERSITESI (TR) ? Ankara University\n"


def test_file_that_is_no_register_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n")
    done = CliRunner().invoke(app, ["load", str(file)])
    assert done.exit_code == 2
    assert not Organisation.objects.exists()
