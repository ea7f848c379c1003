"""Facts: what happened, told to whoever stands above.

The announcer works unchanged if nobody listens. A listener hears of a fact after the transaction is safe; it may
be lost when the process dies in that moment. What must not be lost joins the transaction instead: it only writes
rows, such as a message to be delivered later, and they are committed or rolled back with the fact itself.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Past tense, ids only."""


F = TypeVar("F", bound=Fact)
Listener = Callable[[Any], None]
_listeners: defaultdict[type[Fact], list[Listener]] = defaultdict(list)
_joiners: defaultdict[type[Fact], list[Listener]] = defaultdict(list)
_many: dict[Listener, Callable[[Any], None]] = {}


def listens_to(fact: type[F]) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Register a listener; used in an app's `listeners.py`, imported by its AppConfig.

    Listening to `Fact` itself hears everything.
    """

    def register(listener: Callable[[F], None]) -> Callable[[F], None]:
        if listener not in _listeners[fact]:
            _listeners[fact].append(listener)
        return listener

    return register


def joins(
    fact: type[F], *, many: Callable[[Sequence[F]], None] | None = None
) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Register a listener that takes part in the transaction of the fact; it writes rows and nothing else.

    Args:
        many: does the same for several facts of one kind, with fewer questions to the database.
    """

    def register(listener: Callable[[F], None]) -> Callable[[F], None]:
        if listener not in _joiners[fact]:
            _joiners[fact].append(listener)
        if many is not None:
            _many[listener] = many
        return listener

    return register


def announce(fact: Fact) -> None:
    """Let joiners write within the transaction, and tell the listeners once it has been committed."""
    _tell(_joiners, fact)
    transaction.on_commit(lambda: _tell(_listeners, fact), robust=True)


def announce_each(facts: Sequence[Fact]) -> None:
    """Several facts of one kind; each is heard as if it were announced alone."""
    if not facts:
        return
    for kind in type(facts[0]).__mro__:
        for joiner in _joiners.get(kind, ()):
            if joiner in _many:
                _many[joiner](facts)
            else:
                for fact in facts:
                    joiner(fact)
    for fact in facts:
        transaction.on_commit(partial(_tell, _listeners, fact), robust=True)


def _tell(hearers: dict[type[Fact], list[Listener]], fact: Fact) -> None:
    for kind in type(fact).__mro__:
        for hearer in hearers.get(kind, ()):
            hearer(fact)
