"""Annotations behind a name, as Python 3.12 and newer keep them, mean what they stand for."""

from __future__ import annotations

from types import GenericAlias
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from sapar.methods.surveys.given import fits

T = TypeVar("T")


class Alias:
    """Made like `typing.TypeAliasType`, which Python 3.11 has not yet."""

    def __init__(self, value: Any) -> None:
        self.__value__ = value

    def __getitem__(self, parts: Any) -> Any:
        return GenericAlias(self, parts)  # type: ignore[arg-type]


NUMBER: Any = Alias(float | None)
LIST: Any = Alias(list[T])  # type: ignore[valid-type]


@pytest.mark.parametrize(
    ("value", "kind", "fit"),
    [
        (1.5, NUMBER, True),
        (None, Alias(NUMBER), True),
        ("1.5", NUMBER, False),
        ([1], LIST[int], True),
        (1, LIST[int], False),
        (np.zeros(2), ArrayLike, True),
        (3.0, ArrayLike, False),
        (np.zeros(2), NDArray[np.float64], True),
        (3.0, NDArray[np.float64], False),
    ],
)
def test_an_alias_is_what_it_stands_for(value: object, kind: Any, fit: bool) -> None:
    assert fits(value, kind) is fit
