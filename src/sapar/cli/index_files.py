"""The files of `sapar index`: a table of units, a table of nodes, and the choices of a model in TOML."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

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


def read_points(path: Path, total: float) -> tuple[tuple[str, ...], list[list[float]]]:
    """Points by judge: the first column names the judge, every other one a node."""
    table = load(path)
    first, *codes = table.columns
    if not codes:
        raise TableError("index.no_codes", "{path}: a column for each node is missing.", path=str(path))
    reader = Reader(table)
    given = []
    for row in table.rows:
        points = [reader.number(row, code, least=0, default=0.0) for code in codes]
        if abs(math.fsum(points) - total) > 1e-6:
            reader.refuse(row, first, f"gave {math.fsum(points):g} points instead of {total:g}")
        given.append(points)
    reader.finish()
    return tuple(codes), given


def read_changes(words: Sequence[str]) -> dict[tuple[str, str], float]:
    """Changes written as "unit,indicator,value"; a unit's name may have commas of its own."""
    changes: dict[tuple[str, str], float] = {}
    bad = []
    for word in words:
        unit, code, value = (part.strip() for part in ["", "", *word.rsplit(",", 2)][-3:])
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (unit and code and math.isfinite(number)) or (unit, code) in changes:
            bad.append(word)
        changes[unit, code] = number
    if bad:
        raise TableError(
            "index.bad_change", "--set {words}: write unit,indicator,number, each once.", words="; ".join(bad)
        )
    return changes


def read_bounds(words: Sequence[str]) -> dict[str | tuple[str, ...], tuple[float, float]]:
    """Bounds written as "code=low:high", or "code+code=low:high" for several together."""
    bounds: dict[str | tuple[str, ...], tuple[float, float]] = {}
    bad = []
    for word in words:
        codes, _, limits = word.partition("=")
        low, _, high = limits.partition(":")
        try:
            bounds[tuple(part.strip() for part in codes.split("+"))] = (float(low), float(high))
        except ValueError:
            bad.append(word)
    if bad:
        raise TableError("index.bad_share", "--share {words}: write code=0.1:0.5.", words="; ".join(bad))
    return bounds


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
    if unknown := sorted(set(said) - {*STEPS, "weights", "divided", "choice", "noise"}):
        raise TableError(
            "index.unknown_part", "{path}: there is no part {name}.", path=str(path), name=", ".join(unknown)
        )
    steps: dict[str, Any] = {name: _setting(name, said[name], name) for name in STEPS if name in said}
    if "weights" in said:
        steps["weights"] = tuple(_pairs(said["weights"], "weights", float))
    if "divided" in said:
        steps["divided"] = _setting("divided", said["divided"], "divided")
    parts = said.get("choice", [])
    if not isinstance(parts, list):
        raise TableError("index.bad_choice", BAD_CHOICE)
    choices = tuple(_choice(part) for part in parts)
    if "noise" in said:
        noise = dict(_pairs(said["noise"], "noise", float))
        if other := sorted(set(noise) - {"spread", "sets"}):
            raise TableError("index.unknown_key", "[noise] has no {key}.", key=", ".join(other))
        sets = noise.get("sets", 100.0)
        if sets != int(sets):
            raise TableError(
                "index.bad_value", "[noise] {what}.", what=f"sets: “{sets}” is not a whole number"
            )
        choices += (noisy_weights(tree, seed=seed, spread=noise.get("spread", 0.25), sets=int(sets)),)
    return Model(tree, **steps), choices


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError("index.bad_toml", "{path}: {why}", path=str(path), why=str(error)) from error


def _setting(name: str, said: object, where: str) -> object:
    """One setting of the model; `treatment = false` leaves outliers as they are."""
    if name == "divided":
        if not isinstance(said, bool):
            raise TableError(
                "index.bad_value", "[{name}] {what}.", name=where, what=f"“{said}” is not true or false"
            )
        return said
    return None if name == "treatment" and said is False else _step(STEPS[name], said, where)


def _step(step: type[Step], said: object, name: str) -> Step:
    """A step of the model from its part of the file; tables become pairs, lists become tuples."""
    if not isinstance(said, Mapping):
        raise TableError("index.bad_part", "[{name}] must be a table of settings.", name=name)
    kinds = get_type_hints(step)
    if unknown := sorted(set(said) - set(kinds)):
        raise TableError(
            "index.unknown_key",
            "[{name}] has no {key}; it has {known}.",
            name=name,
            key=", ".join(unknown),
            known=", ".join(sorted(kinds)),
        )
    plain = {key: _plain(value) for key, value in said.items()}
    if wrong := [
        f"{key}: “{said[key]}” is not {WHAT[kinds[key]]}"
        for key in plain
        if not _fits(plain[key], kinds[key])
    ]:
        raise TableError("index.bad_value", "[{name}] {what}.", name=name, what="; ".join(wrong))
    return step(**plain)


WHAT: dict[object, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    float | None: "a number",
    tuple[str, ...]: "a list of texts",
    tuple[float, float]: "a list of two numbers",
    tuple[tuple[int, str], ...]: "a table from whole numbers to texts",
    tuple[tuple[str, str], ...]: "a table of texts",
}


def _fits(value: object, kind: Any) -> bool:
    """Whether a value of the file is of the kind that a field of a step has."""
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind in (float, float | None):
        return isinstance(value, (int, float))
    if kind in (int, str):
        return isinstance(value, kind)
    if not isinstance(value, tuple):
        return False
    inside = get_args(kind)
    if inside[-1] is Ellipsis:
        return all(_fits(one, inside[0]) for one in value)
    return len(value) == len(inside) and all(map(_fits, value, inside))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple(
            (int(key) if str(key).isdecimal() else key, _plain(inner)) for key, inner in value.items()
        )
    if isinstance(value, list):
        return tuple(_plain(inner) for inner in value)
    return value


def _pairs(said: object, name: str, kind: type[float]) -> list[tuple[str, float]]:
    if not isinstance(said, Mapping):
        raise TableError("index.bad_part", "[{name}] must be a table of settings.", name=name)
    if wrong := [
        f"{key}: “{value}” is not {WHAT[kind]}" for key, value in said.items() if not _fits(value, kind)
    ]:
        raise TableError("index.bad_value", "[{name}] {what}.", name=name, what="; ".join(wrong))
    return [(str(key), float(value)) for key, value in said.items()]


BAD_CHOICE = "A [[choice]] has a name, a setting of the model and options."


def _choice(said: object) -> Choice:
    if (
        not isinstance(said, Mapping)
        or not {"name", "setting", "options"} <= said.keys()
        or said["setting"] not in (*STEPS, "divided")
        or not isinstance(said["options"], Mapping)
    ):
        raise TableError("index.bad_choice", BAD_CHOICE)
    setting = str(said["setting"])
    return Choice(
        str(said["name"]),
        tuple(
            Option(str(label), ((setting, _setting(setting, part, f"{said['name']}.{label}")),))
            for label, part in said["options"].items()
        ),
    )
