"""What mobility announces."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class CallOpened(Fact):
    """Applications are taken from now on."""

    office_id: int
    call_id: int


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(Fact):
    """An applicant sent an application in."""

    office_id: int
    application_id: int


@dataclass(frozen=True, kw_only=True)
class PlacesGiven(Fact):
    """A run was adopted and the applicants are told."""

    office_id: int
    call_id: int
    run_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceConfirmed(Fact):
    """An applicant took the place offered."""

    office_id: int
    application_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceGivenBack(Fact):
    """Declined, withdrawn or not confirmed in time: somebody may move up."""

    office_id: int
    application_id: int
    call_id: int


@dataclass(frozen=True, kw_only=True)
class PersonNominated(Fact):
    """A person was put forward to the host."""

    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class NominationAnswered(Fact):
    """The host accepted or declined a person."""

    office_id: int
    exchange_id: int
    accepted: bool


@dataclass(frozen=True, kw_only=True)
class LearningAgreementProposed(Fact):
    """The student sent a proposal to the home coordinator."""

    office_id: int
    learning_agreement_id: int


@dataclass(frozen=True, kw_only=True)
class LearningAgreementSent(Fact):
    """A version was frozen and waits for signatures."""

    office_id: int
    learning_agreement_id: int


@dataclass(frozen=True, kw_only=True)
class LearningAgreementSigned(Fact):
    """All three parties signed."""

    office_id: int
    learning_agreement_id: int


@dataclass(frozen=True, kw_only=True)
class PersonArrived(Fact):
    """The stay began."""

    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Fact):
    """The stay ended."""

    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class StayCancelled(Fact):
    """A stay does not take place."""

    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class StayResumed(Fact):
    """The cancelling of a stay or the departure from it was taken back."""

    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class TranscriptReceived(Fact):
    """Marks of the host are on record."""

    office_id: int
    transcript_id: int


@dataclass(frozen=True, kw_only=True)
class CreditsRecognised(Fact):
    """The decisions on a transcript were closed."""

    office_id: int
    case_id: int


@dataclass(frozen=True, kw_only=True)
class StaysImported(Fact):
    """A list of stays of earlier years was taken."""

    office_id: int
    import_id: int
