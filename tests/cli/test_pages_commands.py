"""Every command that a page of docs/methods prints after `$` works on the example files as it stands there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sapar.cli.main import app

ROOT = Path(__file__).parents[2]


def printed(page: str) -> list[str]:
    text = (ROOT / "docs" / "methods" / page).read_text().replace("\\\n", " ")
    return [line.removeprefix("$ sapar ") for line in text.splitlines() if line.startswith("$ sapar ")]


@pytest.mark.parametrize(
    "command", [command for page in ("names.md", "recognition.md") for command in printed(page)]
)
def test_the_command_of_a_page_works(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    assert result.output.strip()
