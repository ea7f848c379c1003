"""Dataclasses of this method to plain data and back, and the digest of a problem.

Plain data go through JSON unchanged. Fields at their default are left out and whole numbers lose their
point, so that the digest of a problem does not change when the format gains a field.
"""

from __future__ import annotations

import hashlib
import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sapar.methods.allocation.problem import Problem
from sapar.methods.errors import MethodError

D = TypeVar("D")
Plain = Any  # what `json.loads` may return; its form is checked here, value by value


def plain(value: object) -> Plain:
    """Plain data of a dataclass: dicts, lists, texts, numbers, None."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: plain(item)
            for name, default in _defaults(type(value))
            if (item := getattr(value, name)) != default or default is MISSING
        }
    raise MethodError(
        "allocation.data", "{found} cannot be written as plain data.", found=type(value).__name__
    )


def from_plain(kind: type[D], data: Plain) -> D:
    """The dataclass that `plain` wrote.

    Raises:
        MethodError: `allocation.data` with the place where the data have another form.
    """
    found: D = _read(kind, data, kind.__name__)
    return found


def digest(problem: Problem) -> str:
    """SHA-256 (hex) of the canonical form: JSON with sorted keys and no spaces, lists of people and offers by code.

    A problem does not change, so its digest is computed once and kept beside it.
    """
    kept: str | None = problem.__dict__.get("_digest")
    if kept is None:
        kept = problem.__dict__["_digest"] = _digest(problem)
    return kept


def _digest(problem: Problem) -> str:
    data = plain(problem)
    data["applicants"].sort(key=lambda one: one["code"])
    data["offers"].sort(key=lambda one: one["code"])
    if "holdings" in data:
        data["holdings"].sort(key=lambda one: one["applicant"])
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # What cannot be written is refused by `check`; the digest is asked for before that.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@lru_cache(maxsize=64)
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple(
        (one.name, one.default_factory() if one.default_factory is not MISSING else one.default)
        for one in fields(kind)
    )


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Plain, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data, where)
    if origin is tuple and isinstance(data, list):
        item = get_args(kind)[0]
        return tuple(_read(item, one, f"{where}[{at}]") for at, one in enumerate(data))
    if origin is not None and issubclass(origin, Mapping) and isinstance(data, dict):
        item = get_args(kind)[1]
        return {str(key): _read(item, one, f"{where}.{key}") for key, one in data.items()}
    if origin is None and isinstance(kind, type):
        if is_dataclass(kind) and isinstance(data, dict):
            return _read_dataclass(kind, data, where)
        if issubclass(kind, Enum) and data in [one.value for one in kind]:
            return kind(data)
        if (
            kind is float
            and isinstance(data, (int, float))
            and not isinstance(data, bool)
            and math.isfinite(data)
        ):
            return float(data)
        if kind in (str, int, bool) and type(data) is kind:
            return data
    raise MethodError(
        "allocation.data", "{where}: {found} is not expected here.", where=where, found=repr(data)[:80]
    )


def _read_union(kinds: tuple[Any, ...], data: Plain, where: str) -> Any:
    if data is None and type(None) in kinds:
        return None
    if type(data) in kinds and type(data) is not float:
        return data
    for kind in kinds:
        if kind is float and isinstance(data, (int, float)) and not isinstance(data, bool):
            return _read(float, data, where)
        if get_origin(kind) is tuple and isinstance(data, list):
            return _read(kind, data, where)
        if is_dataclass(kind) and isinstance(data, dict):
            return _read(kind, data, where)
    raise MethodError(
        "allocation.data", "{where}: {found} is not expected here.", where=where, found=repr(data)[:80]
    )


def _read_dataclass(kind: type, data: dict[str, Plain], where: str) -> Any:
    hints = _hints(kind)
    known = {one.name: one for one in fields(kind)}
    if unknown := sorted(set(data) - set(known)):
        raise MethodError(
            "allocation.data", "{where}: unknown field “{field}”.", where=where, field=str(unknown[0])
        )
    for name, one in known.items():
        if name not in data and one.default is MISSING and one.default_factory is MISSING:
            raise MethodError("allocation.data", "{where}: “{field}” is missing.", where=where, field=name)
    return kind(**{name: _read(hints[name], value, f"{where}.{name}") for name, value in data.items()})
