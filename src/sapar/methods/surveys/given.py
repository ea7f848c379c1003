"""What is handed to a public function has the type that its signature says, or is refused by the argument's name.

Checked at the door, against the annotations: a text where a column is due, a list where a number is due, something that
is no design. What a column or an array holds is looked at by those who read it (`columns`).
"""

from __future__ import annotations

import collections.abc
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache, wraps
from numbers import Integral, Real
from types import UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from sapar.methods.errors import MethodError, brief

P = ParamSpec("P")
R = TypeVar("R")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """The function, refusing arguments of another type than its annotations.

    Raises:
        MethodError: ``surveys.wrong_type`` with the `argument`, what was `expected` and what was `found`.
    """

    @wraps(function)
    def door(*args: P.args, **kwargs: P.kwargs) -> R:
        signature, hints = _expected(function)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            # A call that Python itself refuses; its own words name the function.
            return function(*args, **kwargs)
        for name, value in bound.arguments.items():
            kind = hints.get(name, Any)
            parts = value if signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL else (value,)
            for part in parts:
                if not fits(part, kind):
                    raise wrong_type(name, _words(kind), part)
        return function(*args, **kwargs)

    return door


@cache
def _expected(function: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    return inspect.signature(function), get_type_hints(function)


def check_fields(instance: Any) -> None:
    """The same for the fields of a dataclass, from its `__post_init__`."""
    kind: Any = type(instance)
    hints = _hints(kind)
    for field in fields(instance):
        value = getattr(instance, field.name)
        if not fits(value, hints[field.name]):
            raise wrong_type(field.name, _words(hints[field.name]), value)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def check_array(argument: str, value: object, kinds: str, expected: str) -> None:
    """Refuse what is no numpy array of one of these kinds, such as ``"iu"`` for whole numbers."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in kinds:
        raise wrong_type(argument, expected, value)


def wrong_type(argument: str, expected: str, value: object) -> MethodError:
    """The refusal of an argument."""
    return MethodError(
        "surveys.wrong_type", "{argument}: {expected} is due, not {found}.",
        argument=argument, expected=expected, found=_found(value),
    )  # fmt: skip


def _found(value: object) -> str:
    """A plain value as it is, of anything else what it is."""
    if value is None or isinstance(value, (str, bytes, Real)):
        return brief(value, quoted=True)
    return type(value).__name__


def fits(value: object, kind: Any) -> bool:
    """Whether the value is of the annotated type; what an array or an open-ended list holds is not looked at."""
    kind = _meant(kind)
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return True
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in get_args(kind))
    if origin is Literal:
        return isinstance(value, str)
    if kind is None or kind is type(None):
        return value is None
    if kind in _SCALARS:
        return _SCALARS[kind](value)
    if kind is np.ndarray or origin is np.ndarray:
        return _listed(value)
    if origin is tuple:
        return _fits_tuple(value, get_args(kind))
    if origin in (collections.abc.Sequence, collections.abc.Iterable, collections.abc.Mapping):
        return _fits_many(value, origin, get_args(kind))
    if origin is collections.abc.Callable:
        return callable(value)
    kind = kind if origin is None else origin
    # Most protocols say what something can do, which is found out by asking it.
    if not isinstance(kind, type) or (
        getattr(kind, "_is_protocol", False) and not getattr(kind, "_is_runtime_protocol", False)
    ):
        return True
    return isinstance(value, kind)


@cache
def _meant(kind: Any) -> Any:
    """What an alias stands for: Python 3.12 and newer keep one by its name, those of numpy among them."""
    alias, parts = get_origin(kind) or kind, get_args(kind)
    if not hasattr(alias, "__value__"):
        return kind
    return _meant(alias.__value__[parts] if parts else alias.__value__)


def _number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    else:
        return True


_SCALARS: dict[Any, Callable[[object], bool]] = {
    float: _number,
    int: lambda value: isinstance(value, Integral) and _number(value),
    bool: lambda value: isinstance(value, (bool, np.bool_)),
    str: lambda value: isinstance(value, str),
}


def _listed(value: object) -> bool:
    """A sequence that is no text, or what numpy reads as an array of at least one dimension."""
    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return False
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) or (hasattr(value, "__array__") and hasattr(value, "__len__"))


def _fits_tuple(value: object, parts: tuple[Any, ...]) -> bool:
    if not isinstance(value, (tuple, list)):
        return False
    if len(parts) == 2 and parts[1] is Ellipsis:
        return all(fits(one, parts[0]) for one in value)
    return len(value) == len(parts) and all(fits(one, part) for one, part in zip(value, parts, strict=True))


def _fits_many(value: object, origin: Any, parts: tuple[Any, ...]) -> bool:
    if origin is collections.abc.Mapping:
        key, held = parts
        return isinstance(value, Mapping) and all(fits(k, key) and fits(v, held) for k, v in value.items())
    if isinstance(value, Iterator):
        # Looking into an iterator would use it up.
        return origin is collections.abc.Iterable
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        return False
    if not _listed(value) and (origin is collections.abc.Sequence or isinstance(value, np.ndarray)):
        return False
    if isinstance(value, np.ndarray) and parts[0] is float and value.ndim == 1 and value.dtype.kind in "iuf":
        return True
    return parts[0] in (Any, object) or _all_fit(value, parts[0])


def _all_fit(values: Iterable[object], kind: Any) -> bool:
    """Of a million values one of each type is asked, where the type alone decides."""
    if _by_type(kind):
        return all(fits(one, kind) for one in {type(one): one for one in values}.values())
    return all(fits(one, kind) for one in values)


def _by_type(kind: Any) -> bool:
    """Whether all values of one type fit or none does."""
    kind = _meant(kind)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return all(map(_by_type, get_args(kind)))
    if kind is None or origin is Literal or kind in (str, bool):
        return True
    plain = origin is None and isinstance(kind, type) and kind not in (float, int, np.ndarray)
    return plain and not getattr(kind, "_is_protocol", False)


def _words(kind: Any) -> str:
    """A type as a refusal names it."""
    kind = _meant(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_words(one) for one in parts if one is not type(None)))
    if kind is np.ndarray or origin is np.ndarray or (origin is collections.abc.Sequence and parts[0] is Any):
        return "a column or array"
    plain = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}
    if kind in plain:
        return plain[kind]
    if origin is Literal:
        return "an option"
    if origin is collections.abc.Mapping:
        return "a mapping by name"
    if origin in (collections.abc.Sequence, collections.abc.Iterable, tuple):
        return f"a list of {_words(parts[0]).removeprefix('a ').removeprefix('an ')}"
    return getattr(origin or kind, "__name__", "something else")
