"""The reference names what the code has: nothing forgotten, nothing left over."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.reference.events import _facts, events
from tools.reference.hook import MARK, on_page_markdown
from tools.reference.library import library, sections
from tools.reference.parts import PARTS
from tools.reference.states import FLOWS

from sapar.cli.main import WORDS
from sapar.core.flow import Flow
from sapar.interop.queries import fact_names
from tests.web.accounts.test_trail import recorded

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "sapar"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
SETTING = re.compile(r"SAPAR_[A-Z0-9_]+[A-Z0-9]")
# The docstring of another function names the refusals, and this one says so.
AS_ANOTHER = re.compile(r"(Raises:\s+MethodError: as `|Refusals as in `|errors as `)")
LIBRARY = (
    "allocation", "recognition", "names", "stays", "surveys", "surveys.weights", "surveys.quality",
    "surveys.agreement", "surveys.disclosure", "indices", "sortition", "scores",
)  # fmt: skip


def asked_for() -> list[str]:
    return [name for page in PAGES for name in MARK.findall(page.read_text(encoding="utf-8"))]


def test_every_part_stands_on_one_page_and_every_page_asks_for_parts_that_are() -> None:
    made_of_methods = {f"sapar.methods.{name}" for name in LIBRARY}
    assert sorted(asked_for()) == sorted({*PARTS, *made_of_methods})


def test_every_command_is_listed_with_words_for_what_it_does_and_takes() -> None:
    made = PARTS["commands"]()
    assert [word for word in WORDS if f"\n## sapar {word}\n" not in f"\n{made}"] == []
    assert "### sapar backup restore" in made
    assert "| `--overwrite` | switch |" in made
    assert [line for line in made.splitlines() if line.endswith("|  |")] == [], (
        "an option that nobody explained"
    )


def test_the_first_commands_are_those_without_a_server() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert "first eight words work on files" in page
    assert [word for word, one in WORDS.items() if not one.server] == list(WORDS)[:8]


def test_every_flow_of_the_code_is_drawn() -> None:
    found = []
    for path in SOURCE.rglob("states.py"):
        name = ".".join(("sapar", *path.relative_to(SOURCE).with_suffix("").parts))
        found += [value for value in vars(importlib.import_module(name)).values() if isinstance(value, Flow)]
    assert {id(flow) for flow in found} == {id(flow) for _title, flow in FLOWS}


def test_every_act_of_the_services_is_listed() -> None:
    made = PARTS["trail"]()
    assert [act for act in recorded() if f"| `{act}` |" not in made and f"| `{act}." not in made] == []


def test_every_fact_is_told_with_its_meaning() -> None:
    made = events()
    assert [name for name in fact_names() if f"| `{name}` |" not in made] == []
    assert [kind.__name__ for kind in _facts() if (kind.__doc__ or "").startswith(f"{kind.__name__}(")] == []


def test_permissions_show_who_may_read_a_passport() -> None:
    lines = [line for line in PARTS["permissions"]().splitlines() if line.startswith("| **read passport**")]
    assert [line.count("●") for line in lines] == [2, 0], lines


def test_every_setting_that_the_code_reads_is_on_the_page_and_none_else() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    named = set()
    for line in page.splitlines():
        if line.startswith("| `SAPAR_"):
            first = line.split("|")[1]
            whole = SETTING.findall(first)[0]
            named.add(whole)
            named |= {whole.rpartition("_")[0] + end for end in re.findall(r"`(_[A-Z0-9]+)`", first)}
    read = {
        name for path in SOURCE.rglob("*.py") for name in SETTING.findall(path.read_text(encoding="utf-8"))
    }
    # One word of a series names its beginning only, in the code of the store of files.
    assert {name for name in read if not any(other.startswith(f"{name}_") for other in read)} == named


def refused_by(function: Callable[..., object]) -> list[str]:
    """Codes of the refusals that stand in the function itself."""
    return [
        call.args[0].value
        for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function))))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "MethodError"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


@pytest.mark.parametrize("room", LIBRARY)
def test_every_public_function_says_what_it_takes_gives_and_refuses(room: str) -> None:
    """A first sentence says what comes out; who can refuse says so, or says whose refusals are its own."""
    module = importlib.import_module(f"sapar.methods.{room}")
    made = library(f"sapar.methods.{room}")
    silent = []
    for name in module.__all__:
        value = getattr(module, name)
        assert f"## {name}\n" in made
        if not inspect.isfunction(value):
            continue
        text = inspect.getdoc(value) or ""
        unnamed = [code for code in refused_by(value) if code.rpartition(".")[2] not in text]
        if not text.strip() or (unnamed and not AS_ANOTHER.search(text)):
            silent.append((name, unnamed))
    assert silent == []


def test_the_example_of_the_library_runs() -> None:
    page = ROOT / "docs" / "reference" / "library" / "index.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert (failed, tried) == (0, 3)


def test_docstrings_become_lists() -> None:
    text = "Count.\n\nArgs:\n    days: of the stay,\n        both ends.\n\nRaises:\n    MethodError: `stays.none`."
    assert sections(text) == (
        "Count.\n\n\n**Args**\n\n- `days`: of the stay, both ends.\n\n\n**Raises**\n\n- `MethodError`: `stays.none`."
    )


def test_examples_on_pages_are_shown_as_code_once() -> None:
    page = "Text.\n\n>>> 1 + 1\n2\n\nMore.\n\n```pycon\n>>> 2\n2\n```\n"
    shown = on_page_markdown(page)
    assert shown == "Text.\n\n```pycon\n>>> 1 + 1\n2\n```\n\nMore.\n\n```pycon\n>>> 2\n2\n```\n"
