"""What the directory announces."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Fact):
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationsMerged(Fact):
    from_id: int
    into_id: int
    merger_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationSeparated(Fact):
    """A merger was taken back."""

    organisation_id: int
    merger_id: int


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Fact):
    office_id: int
    person_id: int
