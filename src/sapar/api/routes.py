"""The routes. Each one asks queries or makes one service call."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Body
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from sapar import __version__
from sapar.accounts.errors import TokenInvalid
from sapar.accounts.policies import may_read_all
from sapar.api import answers
from sapar.api.access import CONNECTS, READS, WRITES, actor, office
from sapar.api.agreement_lists import router as agreement_lists
from sapar.api.keeping import router as keeping
from sapar.api.once import OnceAPI
from sapar.api.schemas import (
    AgreementDetail,
    AgreementOut,
    ApplicationOut,
    CallOut,
    CancellingIn,
    CourseIn,
    CoursesDone,
    DayIn,
    EarlyEndIn,
    EnrolmentIn,
    EnrolmentsDone,
    ExchangeOut,
    FigureOut,
    Id,
    LearningAgreementOut,
    MessageIn,
    MessageOut,
    OrganisationOut,
    Page,
    PartnershipOut,
    RecognitionOut,
    Refusal,
    RemindersDone,
    ReportOut,
    StayDayIn,
    TranscriptIn,
    TranscriptOut,
    WebhookIn,
    WebhookMade,
    WebhookOut,
)
from sapar.core.errors import BadRows, DomainError, NotAllowed
from sapar.directory.queries import organisation_filter, organisations_seen_by
from sapar.directory.services.enrolments import EnrolmentEntry, take_enrolments
from sapar.interop.models import Webhook
from sapar.interop.policies import may_connect
from sapar.interop.queries import webhooks_of
from sapar.interop.services import add_webhook, remove_webhook
from sapar.mobility.models import Exchange, RecognitionCase
from sapar.mobility.policies import may_view_exchange
from sapar.mobility.queries.calls import applications_visible_to, calls_of
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.mobility.services.endings import cancel_exchange, end_early
from sapar.mobility.services.exchanges import note_arrival, note_departure
from sapar.mobility.services.messages import write_message
from sapar.mobility.services.reminders import remind
from sapar.mobility.services.studies import take_courses
from sapar.mobility.services.together import Day, take_arrivals, take_departures
from sapar.mobility.services.transcripts import LineEntry, receive_transcript
from sapar.mobility.states import ExchangeState, TranscriptSource
from sapar.mobility.studies.reading import CourseEntry
from sapar.partners.queries import agreements_of, partnerships_of
from sapar.reporting.definitions import BY_CODE
from sapar.reporting.policies import may_read_reports
from sapar.reporting.queries import figures_of, reports_of

api = OnceAPI(
    title="Sapar",
    version=__version__,
    description="Partners, agreements, exchanges and figures of one office. The token decides which office.",
    auth=READS,
    docs_url=None,  # its page would load scripts from elsewhere; the description itself is openapi.json
    urls_namespace="api",
)
api.add_decorator(api.once, mode="view")
api.add_router("", agreement_lists)
api.add_router("", keeping)
REFUSALS = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}
CHANGES = {**REFUSALS, 400: Refusal, 409: Refusal}
After = Annotated[int, Field(ge=0, le=2**62, description="id after which to go on")]
Limit = Annotated[int, Field(ge=1, le=answers.MOST)]
AcademicYear = Annotated[int, Field(ge=1990, le=2200)]
Words = Annotated[str, Field(max_length=200)]
StayDays = Annotated[list[StayDayIn], Body(min_length=1, max_length=500)]
Country = Annotated[str, Field(pattern="^([A-Z]{2})?$")]


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    body: dict[str, Any] = {"code": error.code, "message": str(error)}
    if isinstance(error, BadRows):
        body["details"] = [asdict(fault) for fault in error.faults]
    return api.create_response(request, body, status=error.status)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    details = [{"where": [str(part) for part in one["loc"]], "reason": one["msg"]} for one in error.errors]
    body = {"code": "Invalid", "message": "The request does not fit the description.", "details": details}
    return api.create_response(request, body, status=422)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    body = {"code": "TokenInvalid", "message": str(TokenInvalid())}
    return api.create_response(request, body, status=401)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return api.create_response(
        request, {"code": "Unreadable", "message": str(error)}, status=error.status_code
    )


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)
def missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return api.create_response(
        request, {"code": "NotFound", "message": "There is no such record."}, status=404
    )


@api.get("/partnerships", response={200: Page[PartnershipOut], **REFUSALS}, tags=["partners"])
def partnerships(request: HttpRequest, after: After = 0, limit: Limit = 50) -> Page[Any]:
    rows = partnerships_of(office(request)).prefetch_related("organisation__identifiers")
    return answers.page_of(rows, after, limit, answers.partnership_out)


@api.get("/organisations", response={200: Page[OrganisationOut], **REFUSALS}, tags=["partners"])
def organisations(
    request: HttpRequest, after: After = 0, limit: Limit = 50, q: Words = "", country: Country = ""
) -> Page[Any]:
    """The directory; `q` finds names in any script and language."""
    rows = organisations_seen_by(office(request)).prefetch_related("identifiers")
    if q.strip():
        rows = rows.filter(organisation_filter(q, office=office(request)))
    if country:
        rows = rows.filter(country_code=country)
    return answers.page_of(rows, after, limit, answers.organisation_out)


@api.get("/agreements", response={200: Page[AgreementOut], **REFUSALS}, tags=["partners"])
def agreements(request: HttpRequest, after: After = 0, limit: Limit = 50) -> Page[Any]:
    return answers.page_of(agreements_of(office(request)), after, limit, answers.agreement_out)


@api.get("/agreements/{pk}", response={200: AgreementDetail, **REFUSALS}, tags=["partners"])
def agreement(request: HttpRequest, pk: Id) -> AgreementDetail:
    return answers.agreement_detail(get_object_or_404(agreements_of(office(request)), pk=pk))


@api.get("/calls", response={200: Page[CallOut], **REFUSALS}, tags=["mobility"])
def calls(request: HttpRequest, after: After = 0, limit: Limit = 50) -> Page[Any]:
    return answers.page_of(calls_of(office(request)), after, limit, CallOut.from_orm)


@api.get("/calls/{pk}/applications", response={200: Page[ApplicationOut], **REFUSALS}, tags=["mobility"])
def applications(request: HttpRequest, pk: Id, after: After = 0, limit: Limit = 50) -> Page[Any]:
    call = get_object_or_404(calls_of(office(request)), pk=pk)
    rows = (
        applications_visible_to(actor(request), office(request)).filter(call=call).prefetch_related("wishes")
    )
    return answers.page_of(rows, after, limit, answers.application_out)


@api.get("/exchanges", response={200: Page[ExchangeOut], **REFUSALS}, tags=["mobility"])
def exchanges(
    request: HttpRequest,
    after: After = 0,
    limit: Limit = 50,
    academic_year: AcademicYear | None = None,
    direction: Literal["out", "in"] | None = None,
    state: ExchangeState | None = None,
) -> Page[Any]:
    rows = exchanges_visible_to(actor(request), office(request))
    if academic_year is not None:
        rows = rows.filter(academic_year=academic_year)
    if direction is not None:
        rows = rows.filter(direction=direction)
    if state is not None:
        rows = rows.filter(state=state)
    return answers.page_of(rows, after, limit, answers.exchange_out)


def _exchange(request: HttpRequest, pk: int) -> Exchange:
    found = get_object_or_404(exchanges_visible_to(actor(request), office(request)), pk=pk)
    if not may_view_exchange(actor(request), found):
        raise Http404
    return found


@api.get("/exchanges/{pk}", response={200: ExchangeOut, **REFUSALS}, tags=["mobility"])
def exchange(request: HttpRequest, pk: Id) -> ExchangeOut:
    return answers.exchange_out(_exchange(request, pk))


@api.get(
    "/exchanges/{pk}/learning-agreements",
    response={200: list[LearningAgreementOut], **REFUSALS},
    tags=["mobility"],
)
def learning_agreements(request: HttpRequest, pk: Id) -> list[LearningAgreementOut]:
    """All versions, the newest first."""
    versions = _exchange(request, pk).learning_agreements.prefetch_related("components", "signatures")
    return [answers.learning_agreement_out(row) for row in versions.order_by("-number")]


@api.get("/exchanges/{pk}/recognition", response={200: RecognitionOut, **REFUSALS}, tags=["mobility"])
def recognition(request: HttpRequest, pk: Id) -> RecognitionOut:
    """What was decided on each group of courses, with the methods by which marks and credits were converted."""
    case = get_object_or_404(RecognitionCase, exchange=_exchange(request, pk))
    return answers.recognition_out(case)


@api.get("/exchanges/{pk}/messages", response={200: list[MessageOut], **REFUSALS}, tags=["mobility"])
def messages(request: HttpRequest, pk: Id) -> list[MessageOut]:
    rows = _exchange(request, pk).messages.order_by("sent_at", "pk")
    return [MessageOut.from_orm(row) for row in rows]


@api.post("/exchanges/{pk}/messages", response={201: MessageOut, **CHANGES}, tags=["mobility"], auth=WRITES)
def new_message(request: HttpRequest, data: MessageIn, pk: Id) -> tuple[int, MessageOut]:
    """The person reads it on the own page and by e-mail."""
    made = write_message(_exchange(request, pk), data.text, by=actor(request), at=timezone.now())
    return 201, MessageOut.from_orm(made)


@api.post("/exchanges/{pk}/arrival", response={200: ExchangeOut, **CHANGES}, tags=["mobility"], auth=WRITES)
def arrival(request: HttpRequest, data: DayIn, pk: Id) -> ExchangeOut:
    found = _exchange(request, pk)
    return answers.exchange_out(note_arrival(found, arrived_on=data.on, by=actor(request), at=timezone.now()))


@api.post("/exchanges/{pk}/departure", response={200: ExchangeOut, **CHANGES}, tags=["mobility"], auth=WRITES)
def departure(request: HttpRequest, data: DayIn, pk: Id) -> ExchangeOut:
    found = _exchange(request, pk)
    return answers.exchange_out(note_departure(found, left_on=data.on, by=actor(request), at=timezone.now()))


@api.post(
    "/exchanges/{pk}/cancelling", response={200: ExchangeOut, **CHANGES}, tags=["mobility"], auth=WRITES
)
def cancelling(request: HttpRequest, data: CancellingIn, pk: Id) -> ExchangeOut:
    """The stay will not begin; its place is free."""
    done = cancel_exchange(
        _exchange(request, pk), reason=data.reason, words=data.words, by=actor(request), at=timezone.now()
    )
    return answers.exchange_out(done)


@api.post("/exchanges/{pk}/early-end", response={200: ExchangeOut, **CHANGES}, tags=["mobility"], auth=WRITES)
def early_end(request: HttpRequest, data: EarlyEndIn, pk: Id) -> ExchangeOut:
    """The stay began and ends before the planned day."""
    done = end_early(
        _exchange(request, pk),
        left_on=data.on,
        reason=data.reason,
        words=data.words,
        results=data.results,
        free_place=data.free_place,
        by=actor(request),
        at=timezone.now(),
    )
    return answers.exchange_out(done)


@api.post("/arrivals", response={200: list[ExchangeOut], **CHANGES}, tags=["mobility"], auth=WRITES)
def arrivals(request: HttpRequest, data: StayDays) -> list[ExchangeOut]:
    """Arrivals of many stays, each with its own day: all or none, with every fault."""
    days = [Day(one.exchange, one.on) for one in data]
    done = take_arrivals(days, office=office(request), by=actor(request), at=timezone.now())
    return [answers.exchange_out(one) for one in done]


@api.post("/departures", response={200: list[ExchangeOut], **CHANGES}, tags=["mobility"], auth=WRITES)
def departures(request: HttpRequest, data: StayDays) -> list[ExchangeOut]:
    """Departures of many stays, each with its own day: all or none, with every fault."""
    days = [Day(one.exchange, one.on) for one in data]
    done = take_departures(days, office=office(request), by=actor(request), at=timezone.now())
    return [answers.exchange_out(one) for one in done]


@api.post("/reminders", response={200: RemindersDone, **CHANGES}, tags=["mobility"], auth=WRITES)
def reminders(request: HttpRequest) -> RemindersDone:
    """Letters to partners and students who were asked a week ago or longer and have not answered."""
    return RemindersDone(sent=remind(office(request), by=actor(request), at=timezone.now()))


@api.post(
    "/exchanges/{pk}/transcript", response={201: TranscriptOut, **CHANGES}, tags=["mobility"], auth=WRITES
)
def transcript(request: HttpRequest, data: TranscriptIn, pk: Id) -> tuple[int, TranscriptOut]:
    found = _exchange(request, pk)
    lines = [
        LineEntry(
            code=line.code,
            title=line.title,
            credits=line.credits,
            mark=line.mark,
            examined_on=line.examined_on,
        )
        for line in data.lines
    ]
    made = receive_transcript(
        found,
        lines,
        scale=data.scale,
        source=TranscriptSource.FILE,
        issued_on=data.issued_on,
        by=actor(request),
        at=timezone.now(),
    )
    return 201, TranscriptOut(id=made.pk, exchange=found.pk, lines=len(lines), digest=made.digest)


@api.put("/enrolments", response={200: EnrolmentsDone, **CHANGES}, tags=["people"], auth=WRITES)
def enrolments(request: HttpRequest, data: list[EnrolmentIn]) -> EnrolmentsDone:
    """The student system's feed: all rows or none."""
    entries = [EnrolmentEntry(**row.dict()) for row in data]
    done = take_enrolments(entries, office=office(request), by=actor(request), at=timezone.now())
    return EnrolmentsDone(added=done.added, changed=done.changed)


@api.put("/courses", response={200: CoursesDone, **CHANGES}, tags=["people"], auth=WRITES)
def courses(request: HttpRequest, data: list[CourseIn]) -> CoursesDone:
    """Curricula, against which credits are recognised: all rows or none."""
    entries = [CourseEntry(**row.dict()) for row in data]
    return CoursesDone(
        taken=take_courses(entries, office=office(request), by=actor(request), at=timezone.now())
    )


@api.get("/reports", response={200: Page[ReportOut], **REFUSALS}, tags=["figures"])
def reports(request: HttpRequest, after: After = 0, limit: Limit = 50) -> Page[Any]:
    if not may_read_reports(actor(request), office(request)):
        raise NotAllowed
    return answers.page_of(reports_of(office(request)), after, limit, ReportOut.from_orm)


@api.get("/reports/{pk}/figures", response={200: list[FigureOut], **REFUSALS}, tags=["figures"])
def figures(request: HttpRequest, pk: Id) -> list[FigureOut]:
    if not may_read_all(actor(request), office(request)):
        raise NotAllowed
    report = get_object_or_404(reports_of(office(request)), pk=pk)
    return [
        FigureOut(
            code=figure.code,
            row=figure.row,
            value=figure.value,
            unit=figure.unit,
            meaning=str(BY_CODE[figure.code].meaning),
            record_type=figure.record_type,
            record_ids=figure.record_ids,
        )
        for figure in figures_of(report)
    ]


@api.get("/webhooks", response={200: list[WebhookOut], **REFUSALS}, tags=["webhooks"], auth=CONNECTS)
def webhooks(request: HttpRequest) -> list[WebhookOut]:
    if not may_connect(actor(request), office(request)):
        raise NotAllowed
    return [WebhookOut.from_orm(row) for row in webhooks_of(office(request))]


@api.post("/webhooks", response={201: WebhookMade, **CHANGES}, tags=["webhooks"], auth=CONNECTS)
def new_webhook(request: HttpRequest, data: WebhookIn) -> tuple[int, WebhookMade]:
    """The secret is in this answer and nowhere else."""
    made, secret = add_webhook(
        office(request), url=data.url, facts=data.facts, by=actor(request), at=timezone.now()
    )
    return 201, WebhookMade(id=made.pk, url=made.url, facts=made.facts, is_active=True, secret=secret)


@api.delete("/webhooks/{pk}", response={204: None, **CHANGES}, tags=["webhooks"], auth=CONNECTS)
def end_webhook(request: HttpRequest, pk: Id) -> tuple[int, None]:
    found = get_object_or_404(Webhook, pk=pk, office=office(request))
    remove_webhook(found, by=actor(request), at=timezone.now())
    return 204, None
