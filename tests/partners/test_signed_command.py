"""`sapar agreements`, with the very commands of the how-to page."""

from __future__ import annotations

import io
import re
import shlex
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.agreements import app
from sapar.files.queries import files_of
from sapar.partners.models import Agreement, AgreementImport
from tests.cast import Cast
from tests.partners.signed_list import BAD, TIDY, many, partners, workbook

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "signed-agreements.md"


def commands() -> list[list[str]]:
    """The commands of the page without the first two words."""
    lines = re.findall(r"^    sapar agreements (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [shlex.split(line) for line in lines]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def folder(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    partners(cast)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_of_the_page_work(cast: Cast, folder: Path) -> None:
    look, take, scans = commands()
    (folder / "Договоры.xlsx").write_bytes(workbook([*TIDY, BAD[0][0]]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("12-2024.pdf", b"%PDF-1.4\n% a scan\n%%EOF\n")
    (folder / "scans.zip").write_bytes(packed.getvalue())
    answer = run(*look)
    assert answer.exit_code == 1, answer.output
    assert "Nowhere Demo College" in answer.output
    assert not Agreement.objects.exists()
    answer = run(*take)
    assert "8 agreements are on record" in answer.output
    assert Agreement.objects.count() == 8
    assert run(*scans).exit_code == 0
    assert files_of(Agreement.objects.get(number="12/2024")).count() == 1


def test_what_was_taken_is_undone_and_strangers_are_refused(cast: Cast, folder: Path) -> None:
    (folder / "list.xlsx").write_bytes(workbook(TIDY))
    who = ["--office", "alatoo", "--as", "aigul@example.org"]
    assert run("bring", "list.xlsx", *who, "--take").exit_code == 0
    batch = AgreementImport.objects.get()
    for stranger in ("gulnara@example.org", "zarina@example.org"):
        assert run("undo", str(batch.pk), "--office", "alatoo", "--as", stranger).exit_code == 1
        assert run("bring", "list.xlsx", "--office", "alatoo", "--as", stranger).exit_code == 1
    assert run("undo", str(batch.pk), "--office", "tianshan", "--as", "zarina@example.org").exit_code == 2
    assert run("undo", str(batch.pk), *who).exit_code == 0
    assert not Agreement.objects.exists()
    assert run("undo", str(batch.pk), *who).exit_code == 1


@pytest.mark.slow
def test_four_hundred_agreements_are_taken_in_less_than_a_minute(cast: Cast, folder: Path) -> None:
    (folder / "list.xlsx").write_bytes(workbook(many(400)))
    began = time.perf_counter()
    answer = run("bring", "list.xlsx", "--office", "alatoo", "--as", "aigul@example.org", "--take")
    assert "400 agreements are on record" in answer.output
    assert time.perf_counter() - began < 60
    assert Agreement.objects.count() == 400
