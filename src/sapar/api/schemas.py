"""What goes in and out. Dates are ISO 8601; decimals are strings, so that no digit is lost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from ninja import Schema
from pydantic import Field

from sapar.api.sent import Sent
from sapar.mobility.states import EndReason
from sapar.partners.states import AgreementKind

T = TypeVar("T")
Digits = Annotated[Decimal, Field(max_digits=8, decimal_places=2)]
Id = Annotated[int, Field(gt=0, le=2**62)]


class Refusal(Schema):
    """Why not: `code` is stable, `message` is for people."""

    code: str
    message: str
    details: list[dict[str, Any]] = Field(default_factory=list)


class Page(Schema, Generic[T]):
    """`after` is what to send for the next page; empty at the end."""

    items: list[T]
    after: int | None


class OrganisationOut(Schema):
    id: int
    name: str
    country: str
    city: str
    identifiers: dict[str, str]


class PartnershipOut(Schema):
    id: int
    state: str
    since: date | None
    last_contact_on: date | None
    organisation: OrganisationOut


class ConditionOut(Schema):
    id: int
    academic_year: int
    direction: str
    kind: str
    isced_f: str
    level: str
    places: int
    months: Decimal
    language: str
    language_level: str


class AgreementOut(Schema):
    id: int
    number: str
    title: str
    kind: str
    state: str
    partnership: int
    starts_on: date | None
    ends_on: date | None
    signed_on: date | None
    from_list: int | None


class AgreementDetail(AgreementOut):
    version: int
    digest: str
    conditions: list[ConditionOut]


class AgreementListOut(Schema):
    """A list of agreements that were signed before."""

    id: int
    name: str
    state: str
    rows: int
    made_at: datetime


class RefusedCell(Schema):
    """`reason` is a code, `message` says it to a person; a row may be refused for another row's sake."""

    row: int
    column: str
    value: str
    reason: str
    message: str


class ReadyAgreement(Schema):
    """An agreement as it would stand, or stands, on record; `assumed` names what the list did not say."""

    rows: list[int]
    partner: int
    kind: str
    number: str
    signed_on: str
    starts_on: str
    ends_on: str
    renewal_months: int
    state: str
    places: int
    assumed: list[str]
    drafts: list[int]


class AgreementListPage(AgreementListOut):
    columns: list[str]
    mapping: dict[str, str]
    partners: dict[str, int | None]
    candidates: dict[str, list[int]]
    kinds: dict[str, str | None]
    faculties: dict[str, int | None]
    ready: list[ReadyAgreement]
    refused: list[RefusedCell]


class ListColumnsIn(Sent):
    """Our field → the list's column; nothing: as it was guessed. The others say what empty cells mean."""

    mapping: dict[str, str] = Field(default_factory=dict, max_length=60)
    usual_kind: Literal[
        "", "memorandum", "framework", "exchange", "inter_institutional", "double_degree", "research"
    ] = ""
    usual_direction: Literal["out", "in", "both"] = "out"
    empty_is_endless: bool = False
    empty_is_above: bool = False


class ListNamesIn(Sent):
    """A word of the list → what it stands for; null leaves its rows out."""

    partners: dict[str, Id | None] = Field(default_factory=dict, max_length=3000)
    kinds: dict[str, AgreementKind | None] = Field(default_factory=dict, max_length=500)
    faculties: dict[str, Id | None] = Field(default_factory=dict, max_length=500)


class ScanOut(Schema):
    """`problem` is a code, empty where the scan is attached now."""

    name: str
    agreement: int | None
    number: str
    problem: str
    reason: str


class CallOut(Schema):
    id: int
    title: str
    academic_year: int
    term: str
    state: str
    opens_at: datetime
    closes_at: datetime


class ApplicationOut(Schema):
    id: int
    number: str
    state: str
    person: str
    score: Decimal | None
    wishes: list[int]


class ExchangeOut(Schema):
    id: int
    number: str
    direction: str
    kind: str
    state: str
    person: str
    partner: int
    academic_year: int
    term: str
    level: str
    isced_f: str
    planned_from: date
    planned_to: date
    arrived_on: date | None
    left_on: date | None
    ended_on: date | None
    end_reason: str
    credits_studied: Decimal | None
    credits_recognised: Decimal | None


class DayIn(Sent):
    on: date


class CancellingIn(Sent):
    """Why a stay will not begin."""

    reason: EndReason
    words: Annotated[str, Field(max_length=300)] = ""


class EarlyEndIn(CancellingIn):
    """The last day of a stay that ends before the planned one.

    `results`: a transcript is still awaited. `free_place`: somebody else may take the place.
    """

    on: date
    results: bool = True
    free_place: bool = False


class StayDayIn(Sent):
    """Somebody's day of arrival or departure."""

    exchange: Id
    on: date


class RemindersDone(Schema):
    sent: int


class LineIn(Sent):
    code: str = Field("", max_length=40)
    title: str = Field(min_length=1, max_length=250)
    credits: Digits
    mark: str = Field(min_length=1, max_length=20)
    examined_on: date | None = None


class TranscriptIn(Sent):
    scale: str = Field(max_length=60)
    issued_on: date | None = None
    lines: list[LineIn] = Field(min_length=1, max_length=200)


class TranscriptOut(Schema):
    id: int
    exchange: int
    lines: int
    digest: str


class EnrolmentIn(Sent):
    """A student as the student system knows them; found again by `student_number`."""

    student_number: str = Field(min_length=1, max_length=40)
    passport_surname: str = Field(min_length=1, max_length=120)
    passport_given: str = Field("", max_length=120)
    email: str = Field("", max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")
    unit: str = Field(min_length=1, max_length=20, description="code of the faculty")
    programme: str = Field(min_length=1, max_length=200)
    isced_f: str = Field("", pattern=r"^$|^\d{4}$")
    level: str = Field(pattern="^(short|bachelor|master|doctorate)$")
    year_of_study: int = Field(ge=1, le=10)
    gpa: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] | None = None
    debts: int = Field(0, ge=0, le=1000)


class EnrolmentsDone(Schema):
    added: int
    changed: int


class CourseIn(Sent):
    """A course of a home curriculum; found again by `programme` and `code`."""

    unit: str = Field(min_length=1, max_length=20, description="code of the faculty")
    programme: str = Field(min_length=1, max_length=200)
    code: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=250)
    credits: Annotated[Decimal, Field(gt=0, lt=100, max_digits=5, decimal_places=2)]
    year_of_study: int | None = Field(None, ge=1, le=9)
    term: int | None = Field(None, ge=1, le=20)


class CoursesDone(Schema):
    taken: int


class ComponentOut(Schema):
    """A course on one side; components of one `group` stand for each other."""

    side: str
    group: int
    code: str
    title: str
    credits: Decimal
    credit_unit: str
    term: str
    removed: bool
    added: bool
    reason: str


class SignatureOut(Schema):
    party: str
    name: str
    digest: str
    signed_at: datetime


class LearningAgreementOut(Schema):
    """One version; `digest` is what was signed."""

    number: int
    state: str
    digest: str
    sent_at: datetime | None
    signed_at: datetime | None
    components: list[ComponentOut]
    signatures: list[SignatureOut]


class DecisionOut(Schema):
    """What one group of courses came to; marks and credits as they were are in `studied`."""

    group: int
    studied: list[dict[str, Any]]
    home: list[dict[str, Any]]
    verdict: str
    credits_recognised: Decimal | None
    home_mark: str
    method: dict[str, Any]
    reason: str


class RecognitionOut(Schema):
    state: str
    number: str
    opened_at: datetime
    decided_at: datetime | None
    ordered_at: datetime | None
    decisions: list[DecisionOut]


class MessageIn(Sent):
    text: str = Field(min_length=1, max_length=5000)


class MessageOut(Schema):
    id: int
    from_office: bool
    author: str
    text: str
    sent_at: datetime
    read_at: datetime | None


class ReportOut(Schema):
    id: int
    academic_year: int
    number: int
    state: str
    as_of: datetime
    digest: str


class FigureOut(Schema):
    code: str
    row: str
    value: Decimal | None
    unit: str
    meaning: str
    record_type: str
    record_ids: list[int]


class WebhookIn(Sent):
    url: str = Field(max_length=500)
    facts: list[str] = Field(default_factory=list, max_length=50)


class WebhookOut(Schema):
    id: int
    url: str
    facts: list[str]
    is_active: bool


class WebhookMade(WebhookOut):
    secret: str
