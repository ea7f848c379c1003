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
# Those of indices are indented on their pages, and test_index runs them.
INDENTED = {"indices.md", "indices-questions.md", "indices-weights.md"}
# What ends with 1: it found what it looked for.
FINDS = {"sapar stays overlaps"}


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
        assert result.exit_code == int(" ".join(["sapar", *arguments[:2]]) in FINDS), result.output
        shown = [words(line) for line in result.output.splitlines()]
        assert any(shown), command
        assert [line for line in map(words, lines) if not is_shown(line, shown)] == [], (
            f"{command}\n{result.output}"
        )


@pytest.mark.parametrize("page", sorted(page.name for page in PAGES.glob("*.md")))
def test_no_page_hides_a_command(page: str) -> None:
    """A command that is indented or fenced instead of marked by `$` would be run by nobody."""
    hidden = re.findall(r"^ *sapar .*$", (PAGES / page).read_text(), re.MULTILINE)
    assert (hidden == []) == (page not in INDENTED)


def test_every_page_of_a_command_has_one() -> None:
    rows = re.findall(r"^\| (.*) \| .* \| `sapar \w+` \|$", (PAGES / "index.md").read_text(), re.MULTILINE)
    pages = {name for row in rows for name in re.findall(r"\((\S+\.md)\)", row)}
    assert pages == {*WITH_COMMANDS, *INDENTED}
    assert {"scores.md", "stays.md", "surveys.md", "survey-weights.md", "disclosure-control.md"} <= pages


@pytest.mark.parametrize("page", [page for page in WITH_COMMANDS if page not in ELSEWHERE])
def test_a_changed_figure_would_be_found(page: str) -> None:
    """The lines below the commands hold figures, so that the comparison above compares something."""
    assert any(re.search(r"\d", line) for _command, lines in printed(page) for line in lines)
