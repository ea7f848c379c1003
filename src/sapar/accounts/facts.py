"""What accounts announce."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Fact):
    grant_id: int
    office_id: int
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(Fact):
    office_id: int
    user_id: int
    role: str
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class LinkMade(Fact):
    link_id: int
    office_id: int


@dataclass(frozen=True, kw_only=True)
class KeepingSet(Fact):
    """The office's time of keeping became another; in years, None: no limit."""

    office_id: int
    before: int | None
    years: int | None
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class TokenMade(Fact):
    token_id: int
    office_id: int
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class TokenWithdrawn(Fact):
    token_id: int
    office_id: int
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class WayInChanged(Fact):
    """How a person signs in became another; each office in which they have a role is told.

    `what`: `password`, `sign_on.linked`, `sign_on.unlinked`, `second_step.added`, `second_step.removed`.
    `which`: the university or the kind of the second step.
    """

    office_id: int
    user_id: int
    what: str
    which: str = ""
