"""The pages of docs/how-to: words of the pages are those of Sapar, commands work, programs run."""

from __future__ import annotations

import ast
import hashlib
import hmac
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from tools.messages import load
from typer.testing import CliRunner

from sapar.accounts.services import make_token
from sapar.cli.main import app
from sapar.config.backups import make_backup
from sapar.interop.queries import signature_of
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import adopt_run, run_placing
from tests.api.test_routes import ALL, stay
from tests.cast import NOW, Cast
from tests.story import apply, open_call_with, partner_in_force, student

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
# Pages of servers and of other people's programs name other screens.
FOREIGN = {"deploy.md", "sign-on.md", "release.md"}
# Not strings of their own: results of searches and single words of running text.
PLAIN = {"Versions"}


def named_in(page: Path) -> list[str]:
    """What stands in italics and begins with a capital letter: names of pages, buttons and roles."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = text.replace("**", "")
    return [" ".join(found.split()) for found in re.findall(r"(?<![\w*])\*([^*\n][^*]*?)\*(?![\w*])", text)]


@pytest.mark.parametrize(
    "page",
    sorted(page for page in PAGES.glob("*.md") if page.name not in FOREIGN),
    ids=lambda page: page.stem,
)
def test_what_a_page_calls_screens_and_buttons_stands_there_in_sapar(page: Path) -> None:
    strings = {
        text
        for message in load("ru")
        for text in (message.id if isinstance(message.id, (tuple, list)) else [message.id])
    }
    unknown = [
        word
        for name in named_in(page)
        for word in re.split(r" → ", name)
        if word[:1].isupper() and word not in strings and word not in PLAIN
    ]
    assert unknown == []


def shown(page: str, word: str) -> tuple[list[str], list[str]]:
    """The arguments of the page's command that begins with `sapar word`, and what it prints."""
    text = (PAGES / page).read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith(f"$ sapar {word}"))
    printed = []
    for line in lines[at + 1 :]:
        if line.startswith(("$ ", "```")):
            break
        printed.append(line)
    return shlex.split(lines[at])[2:], printed


def run(page: str, word: str, *more: str, given: str | None = None) -> None:
    arguments, printed = shown(page, word)
    result = CliRunner().invoke(app, [*arguments, *more], env={"COLUMNS": "200"}, input=given)
    assert result.exit_code == 0, result.output
    for line in printed:
        pattern = ".{0,300}?".join(map(re.escape, line.split("…")))
        assert re.search(pattern, result.output), f"{line}\n{result.output}"


@pytest.mark.django_db
def test_the_directory_is_loaded_as_the_page_says() -> None:
    run("directory.md", "directory load")


@pytest.mark.django_db
def test_an_office_is_opened_as_the_page_says() -> None:
    run("roles.md", "office open", given="a-long-journey-2026\na-long-journey-2026\n")


def test_a_stored_result_is_proven_as_the_page_says(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast))
    application, _link = apply(call, student(cast, "Best", "3.9"))
    accept_papers(application, by=cast.officer, at=NOW)
    closed = close_call(call, by=cast.officer, at=NOW)
    adopt_run(run_placing(closed, seed=7, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    arguments, printed = shown("calls.md", "places verify")
    result = CliRunner().invoke(app, [*arguments[:-1], str(call.pk)], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert printed[0] in result.output


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_made_checked_and_brought_back_as_the_page_says(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for word in ("backup make", "backup verify", "backup restore", "audit verify"):
        run("backups.md", word)
    assert make_backup(tmp_path / "again.tar.gz").rows > 0


def programs() -> list[str]:
    text = (PAGES / "use-the-api.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.+?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_the_program_of_the_page_talks_to_a_server(
    cast: Cast, live_server: LiveServer, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    record = stay(cast)
    _token, key = make_token(
        cast.administrator, cast.office, name="t", scopes=ALL, days=None, by=cast.administrator, at=NOW
    )
    program = "\n".join(programs())
    program = program.replace("https://hooks.example", live_server.url)
    program = program.replace("https://sapar.example", live_server.url).replace("sapar_…", key)
    ast.parse(program)
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(program, "use-the-api.md", "exec"), names)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{record.pk} accepted"
    assert said[1].startswith("422 BadRows: Nothing was taken: row 1")
    assert said[2].startswith("keep this secret: whsec_")
    check, body, secret = names["is_from_sapar"], b'{"id":7}', "whsec_x"
    signature = signature_of(body, secret, 1_800_000_000)
    assert check(secret, signature, body, now=1_800_000_010)
    assert not check(secret, signature, body, now=1_800_001_000)
    assert not check(secret, signature, b'{"id":8}', now=1_800_000_010)
    assert not check("whsec_y", signature, body, now=1_800_000_010)
    assert signature.endswith(hmac.new(b"whsec_x", b"1800000000." + body, hashlib.sha256).hexdigest())
