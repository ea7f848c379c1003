"""Who acts: a user, the holder of a signed link, or Sapar itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sapar.accounts.models import SignedLink, User


@dataclass(frozen=True)
class System:
    """Sapar itself, in the named task."""

    task: str


Actor: TypeAlias = User | SignedLink | System


def user_of(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def link_of(actor: Actor) -> SignedLink | None:
    return actor if isinstance(actor, SignedLink) else None


def label_of(actor: Actor) -> str:
    """The actor's name as papers and timelines show it."""
    match actor:
        case User():
            return actor.name or actor.email
        case SignedLink():
            return actor.holder_name
        case System():
            return f"Sapar ({actor.task})"
