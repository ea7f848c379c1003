"""What partners announce."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class PartnershipBegun(Fact):
    office_id: int
    partnership_id: int


@dataclass(frozen=True, kw_only=True)
class PartnersImported(Fact):
    office_id: int
    import_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementSentForApproval(Fact):
    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementReturned(Fact):
    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementApproved(Fact):
    """The last station, the partner, said yes."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementInForce(Fact):
    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementRenewed(Fact):
    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementExpired(Fact):
    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementTerminated(Fact):
    office_id: int
    agreement_id: int
