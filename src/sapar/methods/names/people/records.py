"""What is known of a person, and what two records say about being one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sapar.methods.names.people.names import PersonName
from sapar.methods.names.reasons import Reason

PersonDecision = Literal["same", "perhaps", "different"]
Side = Literal["left", "right"]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One record of a person. Whatever is unknown is empty and counts neither for nor against.

    `citizenship` is any code; `passport` the number of a document (spaces and case do not matter).
    """

    key: str
    name: PersonName
    born_on: date | None = None
    citizenship: str = ""
    passport: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonMatch:
    """Two records that may be one person.

    `score` is the modelled chance in [0, 1] that they are; "same" asks for a passport that agrees, or for a birth date
    together with the father's name, and for nothing that contradicts. Nobody is ever merged by this alone.
    """

    left: str
    right: str
    score: float
    decision: PersonDecision
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Identical:
    """Records of one list that are equal in everything that is compared, in the order of the list.

    The first of them, `keys[0]`, is compared with the rest of the world for all of them. `side` is "left" or "right";
    within one list it is "left".
    """

    side: Side
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NameMatch:
    """How alike two names are, in [0, 1], and why."""

    score: float
    reasons: tuple[Reason, ...]
