"""Every command with its options, as Typer knows them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from sapar.cli.main import app
from tools.reference.markdown import table

# Typer's own, the same everywhere.
COMMON = {"install_completion", "show_completion", "help"}
KINDS = {"str": "text", "int": "whole number", "float": "number", "path": "file", "bool": "switch"}


def commands() -> str:
    root: Any = typer.main.get_command(app)
    parts = []
    for name, command in _below(root):
        if _is_group(command):
            parts.append(_group(f"sapar {name}", command))
        else:
            parts.append(_command(f"sapar {name}", command, level=2))
    return "\n\n".join(parts)


def _is_group(command: Any) -> bool:
    return bool(getattr(command, "commands", None))


def _below(command: Any) -> Iterator[tuple[str, Any]]:
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield name, command.get_command(context, name)


def _group(name: str, group: Any) -> str:
    parts = [f"## {name}", inspect.cleandoc(group.help or "")]
    parts += [_command(f"{name} {word}", below, level=3) for word, below in _below(group)]
    return "\n\n".join(parts)


def _command(name: str, command: Any, *, level: int) -> str:
    given = [one for one in command.params if one.name not in COMMON and not getattr(one, "hidden", False)]
    arguments = [one for one in given if one.param_type_name == "argument"]
    usage = " ".join([name, "[OPTIONS]", *(_argument(one) for one in arguments)])
    parts = ["#" * level + f" {name}", inspect.cleandoc(command.help or ""), f"```\n{usage}\n```"]
    if given:
        parts.append(table(("given", "kind", "default", "meaning"), [_row(one) for one in given]))
    return "\n\n".join(parts)


def _argument(one: Any) -> str:
    word = one.name.upper() + ("…" if one.nargs == -1 else "")
    return word if one.required else f"[{word}]"


def _row(one: Any) -> tuple[str, str, str, str]:
    if one.param_type_name == "argument":
        names = f"`{one.name.upper()}`"
    else:
        names = ", ".join(f"`{word}`" for word in (*one.opts, *one.secondary_opts))
    return names, _kind(one), _default(one), one.help or ""


def _kind(one: Any) -> str:
    shown = str(one.display_type(typer.Context(typer.main.get_command(app)))).strip("<>{}")
    several = shown.startswith("list[")
    shown = shown.removeprefix("list[").removesuffix("]")
    named = KINDS.get(shown, shown.replace("|", ", "))
    return f"{named}, several" if several else named


def _default(one: Any) -> str:
    if one.required:
        return "required"
    value = one.default() if callable(one.default) else one.default
    if isinstance(value, Enum):
        value = value.value
    if value is None or value is False or value in ("", [], ()):
        return ""
    return f"`{value}`" if value is not True else "on"
