"""What a program may send at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ninja import Schema
from pydantic import field_validator


class Sent(Schema):
    """What a program sends. The zero character is refused, since a database column of text cannot hold it."""

    @field_validator("*")
    @classmethod
    def hold_no_zero(cls, value: Any) -> Any:
        for text in _texts_in(value):
            if "\0" in text:
                raise ValueError("The character U+0000 cannot be kept in a text.")
        return value


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from (*_texts_in(key), *_texts_in(one))
    elif isinstance(value, list):
        for one in value:
            yield from _texts_in(one)
