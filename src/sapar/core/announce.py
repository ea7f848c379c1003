"""Facts: what happened, told to whoever stands above, after the transaction is safe.

The announcer works unchanged if nobody listens. What must not be lost is not done by a listener but
enqueued in the same transaction through the task queue.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Past tense, ids only."""


F = TypeVar("F", bound=Fact)
Listener = Callable[[Any], None]
_listeners: defaultdict[type[Fact], list[Listener]] = defaultdict(list)


def listens_to(fact: type[F]) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Register a listener; used in an app's `listeners.py`, imported by its AppConfig.

    Listening to `Fact` itself hears everything.
    """

    def register(listener: Callable[[F], None]) -> Callable[[F], None]:
        if listener not in _listeners[fact]:
            _listeners[fact].append(listener)
        return listener

    return register


def announce(fact: Fact) -> None:
    """Tell the listeners once the surrounding transaction has been committed."""
    transaction.on_commit(lambda: _deliver(fact), robust=True)


def _deliver(fact: Fact) -> None:
    for kind in type(fact).__mro__:
        for listener in _listeners.get(kind, ()):
            listener(fact)
