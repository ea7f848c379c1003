"""The `sapar` command and the list of its words."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from sapar import __version__


@dataclass(frozen=True)
class Word:
    """One word of the command; its module is imported only when the word is used or explained."""

    module: str
    server: bool = False


WORDS: dict[str, Word] = {
    "allocate": Word("sapar.cli.allocate"),
    "grades": Word("sapar.cli.grades"),
    "survey": Word("sapar.cli.survey"),
    "index": Word("sapar.cli.index"),
    "panel": Word("sapar.cli.panel"),
    "dedupe": Word("sapar.cli.dedupe"),
    "scores": Word("sapar.cli.scores"),
    "stays": Word("sapar.cli.stays"),
    "agreements": Word("sapar.cli.agreements", server=True),
    "audit": Word("sapar.cli.audit", server=True),
    "backup": Word("sapar.cli.backup", server=True),
    "demo": Word("sapar.cli.demo", server=True),
    "export": Word("sapar.cli.export", server=True),
    "directory": Word("sapar.cli.directory", server=True),
    "keys": Word("sapar.cli.keys", server=True),
    "places": Word("sapar.cli.places", server=True),
    "office": Word("sapar.cli.office", server=True),
    "prepare": Word("sapar.cli.prepare", server=True),
    "serve": Word("sapar.cli.serve", server=True),
    "tick": Word("sapar.cli.tick", server=True),
    "work": Word("sapar.cli.work", server=True),
}


class LazyWords(TyperGroup):
    """Loads a word's module when it is called, so that `sapar grades` never waits for Django."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(WORDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        word = WORDS.get(cmd_name)
        if word is None:
            return None
        command = typer.main.get_command(importlib.import_module(word.module).app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=LazyWords, no_args_is_help=True, help="The international life of a university.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True)) -> None:
    """The international life of a university, from agreement to recognised credit to report."""


def run() -> None:
    app(prog_name="sapar")
