"""What goes into a match of institutions and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sapar.methods.names.reasons import Reason

Decision = Literal["same", "perhaps", "different"]


@dataclass(frozen=True, kw_only=True)
class InstitutionRecord:
    """One institution of the directory.

    `names` are all names it has or had, in any language and script, the present one first; `domains` are host
    names or addresses of web pages or e-mail.
    """

    key: str
    names: tuple[str, ...]
    acronyms: tuple[str, ...] = ()
    country: str = ""
    city: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InstitutionQuery:
    """One line of somebody's list: a name as written there, and whatever else the list has."""

    name: str
    country: str = ""
    city: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One institution that a line may mean.

    `decision` is "same" only if nothing speaks against it; "perhaps" is for a person to decide. At most one
    candidate of a query is "same".
    """

    key: str
    score: float
    decision: Decision
    matched_name: str
    reasons: tuple[Reason, ...]
