"""Every command that a page of docs/methods prints after `$` works on the example files, and prints what is shown.

The commands of a page run one after the other in one folder, for later ones read what earlier ones wrote.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sapar.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "methods"
# These are run, with their exit codes, by the tests of their commands.
ELSEWHERE = {"sortition.md", "teams.md"}


def printed(page: str) -> list[tuple[str, list[str]]]:
    """Commands and, where they stand in a console block, the lines shown below them; … stands for what is left out."""
    text = (PAGES / page).read_text().replace("\\\n", " ")
    found: list[tuple[str, list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif inside and found and line != "…":
            found[-1][1].append(line)
    return found


def words(line: str) -> str:
    """A line without the frame of its table."""
    return " ".join(re.sub("[│┃┏━┳┓┡╇┩└─┴┘]", " ", line).split())


def is_shown(line: str, output: list[str]) -> bool:
    """Whether the line was printed; … stands for up to 200 signs, a cell that goes on in the next line included."""
    if "…" not in line:
        return line in output
    pattern = ".{0,200}?".join(map(re.escape, line.split("…")))
    return re.search(pattern, " ".join(output)) is not None


WITH_COMMANDS = [page.name for page in sorted(PAGES.glob("*.md")) if printed(page.name)]


@pytest.mark.parametrize("page", [page for page in WITH_COMMANDS if page not in ELSEWHERE])
def test_the_commands_of_a_page_print_what_it_shows(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    for command, lines in printed(page):
        sapar, *arguments = shlex.split(command)
        assert sapar == "sapar", command
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
        assert result.exit_code == 0, result.output
        shown = [words(line) for line in result.output.splitlines()]
        assert any(shown), command
        assert [line for line in map(words, lines) if not is_shown(line, shown)] == [], (
            f"{command}\n{result.output}"
        )


def test_the_pages_of_allocation_and_panels_hide_no_command() -> None:
    """A command that is indented instead of marked by `$` would be run by nobody."""
    for page in ("allocation.md", "sortition.md", "teams.md"):
        text = (PAGES / page).read_text()
        assert re.findall(r"^ +sapar .*$", text, re.MULTILINE) == []
    assert {"allocation.md", "names.md", "recognition.md", "sortition.md", "teams.md"} <= set(WITH_COMMANDS)
