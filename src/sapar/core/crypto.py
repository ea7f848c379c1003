"""Columns that are unreadable without the server's keys.

Keys rotate: the first of `FIELD_KEYS` writes, all of them read; `sapar keys rotate` writes old rows anew.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    """The keys in force."""
    keys = tuple(settings.FIELD_KEYS)
    if not keys:
        digest = hashlib.sha256(b"sapar.field-key:" + settings.SECRET_KEY.encode()).digest()
        keys = (base64.urlsafe_b64encode(digest).decode(),)
    return _box(keys)


class UnreadableField(RuntimeError):
    """A stored value that none of the keys opens: keys were lost, which no program can mend."""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text, encrypted at rest; it can be neither searched nor sorted."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return box().encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        if not value:
            return value
        try:
            return box().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise UnreadableField(f"{self.model.__name__}.{self.name} cannot be decrypted") from error
