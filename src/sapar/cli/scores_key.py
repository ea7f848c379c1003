"""The key of a questionnaire in three files: what it is (TOML), its items, and the values of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sapar.cli.tables import RefusedFiles, load, load_settings
from sapar.formats.tables import Reader, Row, TableError
from sapar.methods.scores import Combine, Item, Key, Missing, MissingRule

WORDS = ("instrument", "edition", "page", "source", "typed_by", "checked_by")
SETTINGS = (*WORDS, "combine", "missing")
YES_NO = {"yes": True, "no": False, "": False}


def read_key(settings: Path, items: Path, values: Path | None) -> Key:
    """The key; every bad row of both tables is listed, by file.

    `items` has item, and perhaps weight (empty: not known yet), reverse, scale, low and high. `values` has item,
    answer and value (empty: not known yet); rows without an item hold for all items.
    """
    said = load_settings(settings)
    if unknown := sorted(set(said) - set(SETTINGS)):
        raise TableError(
            "scores.unknown_setting", "{path}: there is no {name}; there are {known}.",
            path=str(settings), name=", ".join(unknown), known=", ".join(SETTINGS),
        )  # fmt: skip
    listed = load(items, "item", filled=True)
    answers = None if values is None else load(values, "item", "answer", "value", filled=True)
    reader, reading = Reader(listed), None if answers is None else Reader(answers)
    names = [reader.text(row, "item") for row in listed.rows]
    _refuse_twice(reader)
    codes = {} if reading is None else _codes(reading, names)
    found = tuple(
        _item(reader, row, codes.get(name, {})) for row, name in zip(listed.rows, names, strict=True)
    )
    problems = {path.name: one.problems for path, one in ((items, reader), (values, reading)) if path and one}
    if faults := {name: found_ for name, found_ in problems.items() if found_}:
        raise RefusedFiles(faults)
    words = {name: str(said.get(name, "")) for name in WORDS}
    return Key(
        **words, items=found, combine=_combine(said, settings), missing=_missing(said.get("missing", {}), settings)
    )  # fmt: skip


def _refuse_twice(reader: Reader) -> None:
    seen: dict[str, int] = {}
    for row in reader.table.rows:
        if row["item"] and seen.setdefault(row["item"], row.number) != row.number:
            reader.refuse(row, "item", f"stands in row {seen[row['item']]} already")


def _item(reader: Reader, row: Row, values: Mapping[str, float | None]) -> Item:
    has = reader.table.columns
    if row["reverse"] not in YES_NO:
        reader.refuse(row, "reverse", "is neither yes nor no")
    # A file without the column says nothing of weights: all items count alike.
    weight = (
        None if "weight" in has and not row["weight"] else reader.number(row, "weight", least=0, default=1)
    )
    return Item(
        id=row["item"],
        values=values,
        low=reader.number(row, "low") if row["low"] else None,
        high=reader.number(row, "high") if row["high"] else None,
        weight=weight,
        reverse=YES_NO.get(row["reverse"], False),
        scale=row["scale"],
    )


def _codes(reader: Reader, items: list[str]) -> dict[str, dict[str, float | None]]:
    """For each item the values of its answers: its own rows, or else those without an item."""
    found: dict[str, dict[str, float | None]] = {}
    for row in reader.table.rows:
        answer = reader.text(row, "answer")
        value = reader.number(row, "value") if row["value"] else None
        if row["item"] and row["item"] not in items:
            reader.refuse(row, "item", "is none of the items")
        elif answer in found.setdefault(row["item"], {}):
            reader.refuse(row, "answer", "stands twice")
        else:
            found[row["item"]][answer] = value
    return {item: found.get(item, found.get("", {})) for item in items}


def _combine(said: Mapping[str, Any], path: Path) -> Combine:
    try:
        return Combine(said.get("combine", "mean"))
    except ValueError:
        raise _bad(path, f"combine is {' or '.join(Combine)}") from None


def _missing(said: object, path: Path) -> MissingRule:
    names = ("policy", "least_share", "value")
    if not isinstance(said, Mapping) or set(said) - set(names):
        raise _bad(path, f"[missing] has {', '.join(names)} and nothing else")
    try:
        policy = Missing(said.get("policy", "refuse"))
    except ValueError:
        raise _bad(path, f"the policy of [missing] is {', '.join(Missing)}") from None
    return MissingRule(policy=policy, least_share=said.get("least_share", 0.0), value=said.get("value"))


def _bad(path: Path, why: str) -> TableError:
    return TableError("scores.bad_setting", "{path}: {why}.", path=str(path), why=why)
