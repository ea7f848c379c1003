"""Who may do what: the table that the tests hold the policies to, for people to read."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.reference.markdown import table

PROVEN = Path(__file__).parents[2] / "tests" / "architecture" / "test_policies.py"
PEOPLE: Mapping[str, str] = {
    "A": "administrator",
    "O": "officer",
    "M": "own faculty",
    "E": "other faculty",
    "L": "legal",
    "V": "vice-rector",
    "R": "rector",
    "G": "reader",
    "W": "reviewer",
}
LINKS: Mapping[str, str] = {
    "a": "applicant",
    "p": "partner of the agreement",
    "n": "partner asked about nominations",
    "s": "host that signs",
    "t": "host that gives the transcript",
    "y": "person on the stay",
}
ROOMS: Mapping[str, str] = {
    "accounts": "Office and colleagues",
    "directory": "Directory and people",
    "partners": "Partners and agreements",
    "mobility": "Calls, stays and recognition",
    "reporting": "Reports",
    "interop": "Other systems",
}


def permissions() -> str:
    by_app: Mapping[str, str] = _constant("BY_APP")
    letters: str = _constant("COLUMNS")
    parts = []
    for app, text in by_app.items():
        rows = [_row(app, line.split(), letters) for line in text.strip().splitlines()]
        head = ("may", *PEOPLE.values(), "by signed link", "Sapar itself")
        parts.append(f"## {ROOMS[app]}\n\n" + table(head, rows))
    return "\n\n".join(parts)


def _constant(name: str) -> Any:
    """A constant of the test, without starting the test."""
    for line in ast.parse(PROVEN.read_text(encoding="utf-8")).body:
        targets = [line.target] if isinstance(line, ast.AnnAssign) else getattr(line, "targets", [])
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            return ast.literal_eval(line.value)  # type: ignore[attr-defined]
    raise KeyError(name)


def _row(app: str, words: list[str], letters: str) -> tuple[str, ...]:
    policy, *state, who = words
    given = {letter for letter, mark in zip(letters, who, strict=True) if mark != "."}
    people = ("●" if letter in given else "" for letter in PEOPLE)
    links = ", ".join(name for letter, name in LINKS.items() if letter in given)
    return _act(app, policy, state), *people, links, "●" if "S" in given else ""


def _act(app: str, policy: str, state: list[str]) -> str:
    """The policy's name as words, the case in brackets, and what it says of itself."""
    asked = getattr(importlib.import_module(f"sapar.{app}.policies"), policy)
    act = policy.removeprefix("may_").replace("_", " ")
    case = f" ({state[0].replace('_', ' ')})" if state else ""
    note = inspect.cleandoc(asked.__doc__ or "").split("\n\n")[0]
    return f"**{act}**{case}" + (f"<br>{note}" if note else "")
