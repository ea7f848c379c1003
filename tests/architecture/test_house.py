"""The house stands as CONVENTIONS.md says."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import ModelSignal, post_delete, post_save, pre_delete, pre_save
from django.utils.module_loading import import_string
from django_tasks.base import Task
from tools import messages

from sapar.accounts.models import OfficeOwned
from sapar.core.flow import Flow
from sapar.web.moments import TASK_WORDS

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "sapar").rglob("*.py"))
OURS = [model for model in apps.get_models() if model.__module__.startswith("sapar.")]
# Shared by all offices, or the office itself; a sending belongs to a door.
NOT_OWNED = {
    "accounts.office",
    "accounts.sending",
    "accounts.user",
    "directory.merger",
    "directory.organisation",
    "directory.organisationname",
    "directory.organisationidentifier",
    "directory.territory",
    "directory.formername",
}


def floors() -> list[list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers: list[str] = contracts[0]["layers"]
    return [[name.strip("() ") for name in layer.split("|")] for layer in layers]


def floor_of(package: str) -> int:
    return next(height for height, names in enumerate(floors()) if package in names)


def test_every_row_of_an_office_says_whose_it_is() -> None:
    loose = {model._meta.label_lower for model in OURS if not issubclass(model, OfficeOwned)}
    assert loose == NOT_OWNED


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_or_stay(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model
        if field.auto_created or not isinstance(target, type) or not target.__module__.startswith("sapar."):
            continue
        here, there = model.__module__.split(".")[1], target.__module__.split(".")[1]
        assert here == there or floor_of(there) > floor_of(here), f"{model._meta.label}.{field.name}"


def test_core_has_no_tables() -> None:
    assert not list(apps.get_app_config("core").get_models())


def test_one_function_says_which_day_it_is_here_at_a_moment() -> None:
    """`.date()` of a moment gives the day in UTC: in Bishkek that of yesterday until six in the morning."""
    # Methods and formats are given moments in whatever zone they are to be read.
    known = ("core/days.py", "methods/", "formats/", "cli/stays_due.py")
    found = [
        f"{name}:{node.lineno}"
        for path in SOURCES
        if not (name := str(path.relative_to(ROOT / "src" / "sapar"))).startswith(known)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and ((node.func.attr == "date" and not node.args) or (node.func.attr == "localdate" and node.args))
    ]  # fmt: skip
    assert found == []


def test_there_is_no_junk_drawer() -> None:
    drawers = {"utils", "common", "helpers", "misc", "shared", "base"}
    assert [path for path in SOURCES if path.stem in drawers or path.parent.name in drawers] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src" / "sapar")))
def test_save_and_delete_are_not_overridden_and_signals_not_received(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            is_model = any(
                "Model" in ast.unparse(base) or "Owned" in ast.unparse(base) for base in node.bases
            )
            assert not (is_model and methods & {"save", "delete"}), node.name
        if isinstance(node, ast.ImportFrom):
            assert node.module != "django.db.models.signals"


def test_nobody_of_ours_receives_model_signals() -> None:
    signals: list[ModelSignal] = [pre_save, post_save, pre_delete, post_delete]
    for signal in signals:
        for receiver in signal.receivers:
            assert "sapar." not in repr(receiver)


def test_services_read_no_clock() -> None:
    clock = re.compile(r"timezone\.(now|localdate)\(|localtime\(\)|date\.today\(|datetime\.now\(")
    rooms = [path for path in SOURCES if "services" in path.parts or path.name == "services.py"]
    assert [path.name for path in rooms if clock.search(path.read_text())] == []


def flows() -> list[tuple[str, Flow[Any]]]:
    found = []
    for path in SOURCES:
        if path.name == "states.py":
            module = __import__(f"sapar.{path.parent.name}.states", fromlist=["*"])
            found += [(f"{path.parent.name}.{name}", value) for name, value in vars(module).items()
                      if isinstance(value, Flow)]  # fmt: skip
    return found


@pytest.mark.parametrize(("name", "flow"), flows(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_state_of_a_flow_can_be_reached(name: str, flow: Flow[Any]) -> None:
    moves = list(flow.moves.values())
    states = list(moves[0].target.__class__)
    assert {states[0], *(move.target for move in moves)} == set(states), name


def test_every_task_named_by_a_service_exists() -> None:
    names = {name for path in SOURCES for name in re.findall(r'Later\("(sapar[\w.]+)"\)', path.read_text())}
    assert len(names) > 5
    for name in names:
        assert isinstance(import_string(name), Task), name


def test_a_sentence_goes_through_a_name_that_the_catalogs_know() -> None:
    aliases = {
        alias
        for path in SOURCES
        for alias in re.findall(r"import [^\n]*\bn?p?gettext(?:_lazy|_noop)? as (\w+)", path.read_text())
    }
    assert {"_", "_l"} <= aliases <= set(messages.KEYWORDS)


def test_sapar_itself_acts_in_tasks_that_have_words() -> None:
    tasks = {task for path in SOURCES for task in re.findall(r'\bSystem\("([^"]+)"\)', path.read_text())}
    assert tasks == set(TASK_WORDS)


def test_services_import_no_tasks() -> None:
    rooms = [path for path in SOURCES if "services" in path.parts or path.name == "services.py"]
    assert [
        path.name for path in rooms if re.search(r"import .*tasks|tasks\b.* import", path.read_text())
    ] == []
