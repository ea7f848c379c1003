"""The files of `sapar index`: a table of units, a table of nodes, and the choices of a model in TOML."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from sapar.cli.tables import load
from sapar.formats.tables import Reader, Row, Table, TableError
from sapar.methods.indices import (
    Aggregation,
    Choice,
    Imputation,
    Lever,
    Model,
    Node,
    Normalisation,
    Option,
    Screening,
    Treatment,
    Tree,
    UnitData,
    noisy_weights,
)

STEPS: dict[str, type[Any]] = {
    "screening": Screening,
    "imputation": Imputation,
    "treatment": Treatment,
    "normalisation": Normalisation,
    "aggregation": Aggregation,
}
Step = TypeVar("Step")


def read_tree(path: Path) -> Tree:
    """One node a row; `code` and `parent` are needed, the rest has the defaults of `Node`."""
    table = load(path, "code", "parent")
    reader = Reader(table)
    nodes = [
        Node(
            code=reader.text(row, "code"),
            parent=row["parent"],
            name=row["name"],
            weight=reader.number(row, "weight", least=0, default=1.0),
            direction=reader.whole(row, "direction", default=1),
            unit=row["unit"],
            denominator=row["denominator"],
            low=_optional(reader, row, "low"),
            high=_optional(reader, row, "high"),
            target=_optional(reader, row, "target"),
            treat=reader.one_of(row, "treat", ("yes", "no"), required=False) != "no",
            level=None if not row["level"] else reader.whole(row, "level", least=1),
        )
        for row in table.rows
    ]
    reader.finish()
    return Tree(nodes)


def _optional(reader: Reader, row: Row, column: str) -> float | None:
    value = reader.number(row, column, default=math.nan)
    return None if math.isnan(value) else value


def read_data(path: Path, tree: Tree) -> UnitData:
    """One unit a row: `unit`, a column for each indicator and denominator; every other column is a grouping."""
    table = load(path, "unit", *tree.indicators, *_denominators(tree))
    reader = Reader(table)
    data = _data(table.rows, table, tree, reader)
    reader.finish()
    return data


def read_years(path: Path, tree: Tree) -> dict[int, UnitData]:
    """Like `read_data` with a column `year`; one row for each unit and year."""
    table = load(path, "year", "unit", *tree.indicators, *_denominators(tree))
    reader = Reader(table)
    by_year: dict[int, list[Row]] = {}
    for row in table.rows:
        by_year.setdefault(reader.whole(row, "year"), []).append(row)
    years = {year: _data(rows, table, tree, reader) for year, rows in sorted(by_year.items())}
    reader.finish()
    return years


def _denominators(tree: Tree) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.denominator for node in tree.nodes if node.denominator))


def _data(rows: Sequence[Row], table: Table, tree: Tree, reader: Reader) -> UnitData:
    below = _denominators(tree)
    known = {"unit", "year", *tree.indicators, *below}
    return UnitData(
        [reader.text(row, "unit") for row in rows],
        tree.indicators,
        [[reader.number(row, code, default=math.nan) for code in tree.indicators] for row in rows],
        groups={name: [row[name] for row in rows] for name in table.columns if name not in known},
        denominators={name: [reader.number(row, name, default=math.nan) for row in rows] for name in below},
    )


def read_levers(path: Path) -> tuple[Lever, ...]:
    """One lever a row: `code`, `cost` of one raw unit, `limit`, and `step` where only whole steps are possible."""
    table = load(path, "code", "cost", "limit")
    reader = Reader(table)
    levers = tuple(
        Lever(
            reader.text(row, "code"),
            reader.number(row, "cost"),
            reader.number(row, "limit"),
            reader.number(row, "step", least=0, default=0.0),
        )
        for row in table.rows
    )
    reader.finish()
    return levers


def read_square(path: Path) -> tuple[tuple[str, ...], list[list[float]]]:
    """A square table of comparisons: the first column names the rows, in the order of the other columns."""
    table = load(path)
    first, *codes = table.columns
    if [row[first] for row in table.rows] != codes:
        raise TableError(
            "index.not_square",
            "{path}: rows and columns must have the same names in one order.",
            path=str(path),
        )
    reader = Reader(table)
    square = [[_ratio(reader, row, code) for code in codes] for row in table.rows]
    reader.finish()
    return tuple(codes), square


def _ratio(reader: Reader, row: Row, column: str) -> float:
    """A number or a fraction such as 1/3."""
    top, slash, below = row[column].partition("/")
    if slash and top.strip().isdigit() and below.strip().isdigit() and int(below):
        return int(top) / int(below)
    return reader.number(row, column)


def read_model(path: Path | None, tree: Tree, *, seed: int) -> tuple[Model, tuple[Choice, ...]]:
    """The model, and the choices named in its `[[choice]]` and `[noise]` parts."""
    said = {} if path is None else _toml(path)
    steps: dict[str, Any] = {}
    for name, step in STEPS.items():
        if name in said:
            part = said.pop(name)
            steps[name] = None if name == "treatment" and part is False else _step(step, part, name)
    if "weights" in said:
        steps["weights"] = tuple((str(code), float(weight)) for code, weight in said.pop("weights").items())
    if "divided" in said:
        steps["divided"] = bool(said.pop("divided"))
    choices = tuple(_choice(part) for part in said.pop("choice", ()))
    noise = said.pop("noise", None)
    if said:
        raise TableError(
            "index.unknown_part", "{path}: there is no part {name}.", path=str(path), name=", ".join(said)
        )
    if noise is not None:
        allowed = {"spread": float, "sets": int}
        if other := sorted(set(noise) - set(allowed)):
            raise TableError("index.unknown_key", "[noise] has no {key}.", key=", ".join(other))
        choices += (noisy_weights(tree, seed=seed, **{key: allowed[key](noise[key]) for key in noise}),)
    return Model(tree, **steps), choices


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError("index.bad_toml", "{path}: {why}", path=str(path), why=str(error)) from error


def _step(step: type[Step], said: object, name: str) -> Step:
    """A step of the model from its part of the file; tables become pairs, lists become tuples."""
    if not isinstance(said, Mapping):
        raise TableError("index.bad_part", "[{name}] must be a table of settings.", name=name)
    known = {field.name for field in fields(step)}  # type: ignore[arg-type]
    if unknown := sorted(set(said) - known):
        raise TableError(
            "index.unknown_key",
            "[{name}] has no {key}; it has {known}.",
            name=name,
            key=", ".join(unknown),
            known=", ".join(sorted(known)),
        )
    try:
        return step(**{key: _plain(value) for key, value in said.items()})
    except TypeError as error:
        raise TableError("index.bad_value", "[{name}]: {why}", name=name, why=str(error)) from error


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple((int(key) if str(key).isdigit() else key, _plain(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(_plain(inner) for inner in value)
    return value


def _choice(said: Mapping[str, Any]) -> Choice:
    missing = [key for key in ("name", "setting", "options") if key not in said]
    if missing or said.get("setting") not in (*STEPS, "divided"):
        raise TableError("index.bad_choice", "A [[choice]] has a name, a setting of the model and options.")
    setting = str(said["setting"])
    options = []
    for label, part in said["options"].items():
        if setting == "divided":
            value: object = bool(part)
        elif part is False and setting == "treatment":
            value = None
        else:
            value = _step(STEPS[setting], part, f"{said['name']}.{label}")
        options.append(Option(str(label), ((setting, value),)))
    return Choice(str(said["name"]), tuple(options))
