"""What mobility announces."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class CallOpened(Fact):
    office_id: int
    call_id: int


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(Fact):
    office_id: int
    application_id: int


@dataclass(frozen=True, kw_only=True)
class PlacesGiven(Fact):
    office_id: int
    call_id: int
    run_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceConfirmed(Fact):
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
    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class NominationAnswered(Fact):
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
    office_id: int
    learning_agreement_id: int


@dataclass(frozen=True, kw_only=True)
class LearningAgreementSigned(Fact):
    """All three parties signed."""

    office_id: int
    learning_agreement_id: int


@dataclass(frozen=True, kw_only=True)
class PersonArrived(Fact):
    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Fact):
    office_id: int
    exchange_id: int


@dataclass(frozen=True, kw_only=True)
class TranscriptReceived(Fact):
    office_id: int
    transcript_id: int


@dataclass(frozen=True, kw_only=True)
class CreditsRecognised(Fact):
    office_id: int
    case_id: int


@dataclass(frozen=True, kw_only=True)
class StaysImported(Fact):
    """A list of stays of earlier years was taken."""

    office_id: int
    import_id: int
