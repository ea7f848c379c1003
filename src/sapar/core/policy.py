"""How a service asks whether somebody may."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sapar.core.errors import NotAllowed

Actor = TypeVar("Actor")
Subject = TypeVar("Subject")


def require(question: Callable[[Actor, Subject], bool], by: Actor, subject: Subject) -> None:
    """Refuse unless the policy `question` answers yes.

    Raises:
        NotAllowed
    """
    if not question(by, subject):
        raise NotAllowed
