"""State machines as tables that a person can read.

>>> from enum import StrEnum
>>> class S(StrEnum):
...     DRAFT = "draft"
...     SENT = "sent"
>>> FLOW = Flow(send=move([S.DRAFT], S.SENT))
>>> FLOW.after("send", S.DRAFT)
<S.SENT: 'sent'>
>>> FLOW.moves_from(S.SENT)
()
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sapar.core.errors import IllegalMove

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class Move(Generic[State]):
    sources: tuple[State, ...]
    target: State


def move(sources: Iterable[State], target: State) -> Move[State]:
    return Move(tuple(sources), target)


class Flow(Generic[State]):
    """Named moves between states; what is not listed does not exist."""

    def __init__(self, **moves: Move[State]) -> None:
        self.moves = moves

    def allows(self, name: str, state: str) -> bool:
        return state in self.moves[name].sources

    def after(self, name: str, state: str) -> State:
        """The state that the move leads to.

        Raises:
            IllegalMove: the move does not start in `state`.
        """
        chosen = self.moves[name]
        if state not in chosen.sources:
            known = type(chosen.target)(state)
            raise IllegalMove(move=name.replace("_", " "), state=getattr(known, "label", known))
        return chosen.target

    def moves_from(self, state: str) -> tuple[str, ...]:
        return tuple(name for name, chosen in self.moves.items() if state in chosen.sources)

    def as_mermaid(self) -> str:
        """The diagram of the documentation."""
        lines = ["stateDiagram-v2"]
        for name, chosen in self.moves.items():
            lines += [f"    {source.value} --> {chosen.target.value}: {name}" for source in chosen.sources]
        return "\n".join(lines)
