"""The choices of a model, and what could as well have been decided otherwise, in TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from sapar.cli.tables import load_settings
from sapar.formats.tables import TableError
from sapar.methods.indices import (
    Aggregation,
    Choice,
    Imputation,
    Model,
    Normalisation,
    Option,
    Screening,
    Treatment,
    Tree,
    noisy_weights,
)
from sapar.methods.indices.checks import LARGEST

STEPS: dict[str, type[Any]] = {
    "screening": Screening,
    "imputation": Imputation,
    "treatment": Treatment,
    "normalisation": Normalisation,
    "aggregation": Aggregation,
}
Step = TypeVar("Step")


def read_model(path: Path | None, tree: Tree, *, seed: int) -> tuple[Model, tuple[Choice, ...]]:
    """The model, and the choices named in its `[[choice]]` and `[noise]` parts."""
    said = {} if path is None else load_settings(path)
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
        if not sets.is_integer():
            raise TableError(
                "index.bad_value", "[noise] {what}.", what=f"sets: “{sets}” is not a whole number"
            )
        # Around the weights that the model uses, not those it replaces.
        used = tree.with_weights(dict(steps.get("weights", ())))
        choices += (noisy_weights(used, seed=seed, spread=noise.get("spread", 0.25), sets=int(sets)),)
    return Model(tree, **steps), choices


def divides(model: Model, choices: Sequence[Choice] = ()) -> bool:
    """Whether denominators are used, by the model or by a choice."""
    return model.divided or any(
        value is True
        for one in choices
        for option in one.options
        for name, value in option.sets
        if name == "divided"
    )


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
    own = _own(step, said["by_code"], name) if step in OWN and "by_code" in said else None
    plain = {key: _plain(value, kinds[key]) for key, value in said.items() if own is None or key != "by_code"}
    if wrong := [
        f"{key}: “{said[key]}” is not {WHAT[kinds[key]]}"
        for key in plain
        if not _fits(plain[key], kinds[key])
    ]:
        raise TableError("index.bad_value", "[{name}] {what}.", name=name, what="; ".join(wrong))
    if own is not None:
        plain["by_code"] = own
    return step(**plain)


OWN = (Normalisation, Treatment)


def _own(step: type[Step], said: object, name: str) -> tuple[tuple[str, Step], ...]:
    """Rules of single indicators, [normalisation.by_code.days]."""
    if not isinstance(said, Mapping):
        raise TableError("index.bad_part", "[{name}] must be a table of settings.", name=f"{name}.by_code")
    return tuple((str(code), _step(step, part, f"{name}.by_code.{code}")) for code, part in said.items())


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
        return isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST)
    if kind in (int, str):
        return isinstance(value, kind)
    if not isinstance(value, tuple):
        return False
    inside = get_args(kind)
    if inside[-1] is Ellipsis:
        return all(_fits(one, inside[0]) for one in value)
    return len(value) == len(inside) and all(map(_fits, value, inside))


def _plain(value: object, kind: object = None) -> object:
    """Tables become pairs, lists tuples; keys are numbers where the setting has numbers."""
    if isinstance(value, Mapping):
        numbered = kind == tuple[tuple[int, str], ...]
        return tuple(
            (int(key) if numbered and str(key).isdecimal() else key, _plain(inner))
            for key, inner in value.items()
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
