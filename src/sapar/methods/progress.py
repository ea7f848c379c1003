"""How a long computation tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then by a long run.

    `done` never falls, `total` never changes within one run, and the last call has `done == total`.
    """

    def __call__(self, done: int, total: int, /) -> None: ...


def unheard(done: int, total: int, /) -> None:
    """Nobody listens."""
