"""What partners announce."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class PartnershipBegun(Fact):
    """An organisation became a partner of the office."""

    office_id: int
    partnership_id: int


@dataclass(frozen=True, kw_only=True)
class PartnersImported(Fact):
    """A list of partners was taken."""

    office_id: int
    import_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementsImported(Fact):
    """A list of agreements that were signed before was put on record."""

    office_id: int
    import_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementSentForApproval(Fact):
    """A version was frozen and sent round the house."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementReturned(Fact):
    """Somebody wants it changed, or the office took it back."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementApproved(Fact):
    """The last station, the partner, said yes."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementInForce(Fact):
    """Signed by both sides and put on record."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementRenewed(Fact):
    """Its end was moved on by its own terms."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementExpired(Fact):
    """Its last day is over."""

    office_id: int
    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementTerminated(Fact):
    """It was ended before its last day."""

    office_id: int
    agreement_id: int
