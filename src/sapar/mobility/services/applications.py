"""Writing, submitting, checking and scoring applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from sapar.accounts.actors import Actor, System, label_of
from sapar.accounts.models import SignedLink, User
from sapar.accounts.services import give_consent, make_link, next_number
from sapar.accounts.states import ConsentKind, LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.errors import ChangedMeanwhile
from sapar.core.policy import require
from sapar.directory.models import Enrolment, Person
from sapar.directory.services.people import PersonEntry, add_person
from sapar.files.services import store
from sapar.mobility.errors import (
    AlreadyApplied,
    ApplicationIncomplete,
    CallNotOpen,
    ReasonMissing,
    TooManyWishes,
)
from sapar.mobility.facts import ApplicationSubmitted, PlaceGivenBack
from sapar.mobility.models import Application, ApplicationFile, Call, CallPlace, Message, Review, Wish
from sapar.mobility.policies import may_check_application, may_review, may_write_application
from sapar.mobility.queries.calls import facts_of, missing_parts
from sapar.mobility.scoring import score_of
from sapar.mobility.states import APPLICATION_FLOW, ApplicationState, CallState


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What somebody says who wants to apply."""

    email: str
    student_number: str = ""
    passport_surname: str = ""
    passport_given: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Begun:
    """A new application and the key to it, to be sent to `send_to` and shown nowhere."""

    application: Application
    link: SignedLink
    key: str
    send_to: str


@transaction.atomic
def begin_application(call: Call, identity: Identity, *, consent_text: str, by: Actor, at: datetime) -> Begun:
    """Begin an application for whoever asks; no account is needed.

    A known student number leads to the student's record, but the key goes to the address on record and
    never to the one just typed. Somebody unknown is added with the typed address, to be checked later.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state != CallState.OPEN or not call.opens_at <= at < call.closes_at:
        raise CallNotOpen(
            call=call.title, opens=f"{call.opens_at:%d.%m.%Y}", closes=f"{call.closes_at:%d.%m.%Y %H:%M}"
        )
    enrolment = (
        Enrolment.objects.select_related("person")
        .filter(office=call.office, student_number=identity.student_number.strip())
        .first()
        if identity.student_number.strip()
        else None
    )
    person = enrolment.person if enrolment else _person_for(call, identity, at=at)
    if Application.objects.filter(call=call, person=person).exists():
        raise AlreadyApplied
    application = Application.objects.create(
        office=call.office, call=call, person=person, enrolment=enrolment, begun_at=at, changed_at=at
    )
    give_consent(
        call.office, person.pk, ConsentKind.PROCESSING, text=consent_text, language=identity.language, at=at
    )
    send_to = person.email or identity.email
    link, key = _application_link(application, email=send_to, language=identity.language, at=at)
    record("mobility.application.begun", subject=application, by=by, at=at, known=enrolment is not None)
    return Begun(application, link, key, send_to)


def _person_for(call: Call, identity: Identity, *, at: datetime) -> Person:
    known = Person.objects.filter(office=call.office, email=identity.email.strip().lower()).first()
    if known is not None:
        return known
    entry = PersonEntry(
        passport_surname=identity.passport_surname,
        passport_given=identity.passport_given,
        email=identity.email,
        language=identity.language,
    )
    return add_person(entry, office=call.office, by=System("application form"), at=at)


def _application_link(
    application: Application, *, email: str, language: str, at: datetime
) -> tuple[SignedLink, str]:
    return make_link(
        LinkPurpose.APPLY,
        application.pk,
        office=application.office,
        holder_name=application.person.display_name,
        holder_email=email,
        language=language,
        days=400,
        at=at,
    )


@transaction.atomic
def send_new_link(application: Application, *, at: datetime) -> Begun:
    """A further key for somebody who lost the first; it goes to the address on record."""
    email = application.person.email
    link, key = _application_link(application, email=email, language=application.person.language, at=at)
    record("mobility.application.link_renewed", subject=application, by=System("application form"), at=at)
    return Begun(application, link, key, email)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The parts that one page of the form brings; None leaves a part as it is."""

    wishes: Sequence[CallPlace] | None = None
    motivation: str | None = None
    languages: Sequence[Mapping[str, str]] | None = None
    former_mobilities: int | None = None
    answers: Mapping[str, str] | None = None


@transaction.atomic
def save_draft(
    application: Application, draft: Draft, *, revision: int, by: Actor, at: datetime
) -> Application:
    """Keep what was typed so far. `revision` is the one the page was opened with."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state != ApplicationState.DRAFT:
        APPLICATION_FLOW.after("submit", application.state)
    if revision != application.revision:
        raise ChangedMeanwhile
    if draft.wishes is not None:
        _replace_wishes(application, draft.wishes)
    if draft.motivation is not None:
        application.motivation = draft.motivation
    if draft.languages is not None:
        application.languages = [dict(entry) for entry in draft.languages]
    if draft.former_mobilities is not None:
        application.former_mobilities = draft.former_mobilities
    if draft.answers is not None:
        application.answers = {**application.answers, **draft.answers}
    application.revision += 1
    application.changed_at = at
    application.save()
    return application


def _replace_wishes(application: Application, places: Sequence[CallPlace]) -> None:
    most = application.call.most_wishes
    ids = [place.pk for place in places]
    known = set(CallPlace.objects.filter(call=application.call, pk__in=ids).values_list("pk", flat=True))
    if len(ids) > most or len(set(ids)) != len(ids) or known != set(ids):
        raise TooManyWishes(most=most)
    application.wishes.all().delete()
    Wish.objects.bulk_create(
        Wish(office_id=application.office_id, application=application, place_id=pk, rank=rank)
        for rank, pk in enumerate(ids, start=1)
    )


@transaction.atomic
def add_paper(
    application: Application, document: str, content: bytes, name: str, *, by: Actor, at: datetime
) -> ApplicationFile:
    """Keep a paper the call asks for; a second one replaces the first, which stays as an older version."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state not in (ApplicationState.DRAFT, ApplicationState.SUBMITTED):
        APPLICATION_FLOW.after("submit", application.state)
    before = application.papers.filter(document=document).first()
    stored = store(
        content,
        name,
        office=application.office,
        subject=application,
        purpose=f"application:{document}",
        replaces=before.file if before else None,
        by=by,
        at=at,
    )
    paper, _new = ApplicationFile.objects.update_or_create(
        application=application, document=document, defaults={"office": application.office, "file": stored}
    )
    return paper


@transaction.atomic
def submit_application(application: Application, *, by: Actor, at: datetime) -> Application:
    """Hand the application in; level, year and marks are frozen as they are now."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    call = application.call
    if call.state != CallState.OPEN or at >= call.closes_at:
        raise CallNotOpen(
            call=call.title, opens=f"{call.opens_at:%d.%m.%Y}", closes=f"{call.closes_at:%d.%m.%Y %H:%M}"
        )
    application.state = APPLICATION_FLOW.after("submit", application.state)
    if missing := missing_parts(application):
        raise ApplicationIncomplete(missing=", ".join(missing))
    year = call.academic_year
    if not application.number:
        application.number = f"A-{year}-{next_number(application.office, 'application', year):04d}"
    application.facts, application.submitted_at, application.changed_at = facts_of(application), at, at
    _score(application)
    application.save()
    record("mobility.application.submitted", subject=application, by=by, at=at, number=application.number)
    announce(ApplicationSubmitted(office_id=application.office_id, application_id=application.pk))
    return application


@transaction.atomic
def reopen_application(application: Application, *, by: Actor, at: datetime) -> Application:
    """Back to the applicant, while the call is open."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.call.state != CallState.OPEN or at >= application.call.closes_at:
        raise CallNotOpen(
            call=application.call.title,
            opens=f"{application.call.opens_at:%d.%m.%Y}",
            closes=f"{application.call.closes_at:%d.%m.%Y %H:%M}",
        )
    application.state = APPLICATION_FLOW.after("reopen", application.state)
    application.save(update_fields=["state"])
    record("mobility.application.reopened", subject=application, by=by, at=at)
    return application


@transaction.atomic
def accept_papers(application: Application, *, by: Actor, at: datetime) -> Application:
    """The office checked the papers: the application takes part."""
    require(may_check_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    application.state = APPLICATION_FLOW.after("accept_papers", application.state)
    _score(application)
    application.save()
    record("mobility.application.accepted", subject=application, by=by, at=at, score=application.score)
    return application


@transaction.atomic
def reject_application(application: Application, *, reason: str, by: Actor, at: datetime) -> Application:
    require(may_check_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    application.state = APPLICATION_FLOW.after("reject", application.state)
    if not reason.strip():
        raise ReasonMissing(what="rejection")
    application.rejection_reason = reason.strip()
    application.save(update_fields=["state", "rejection_reason"])
    record("mobility.application.rejected", subject=application, by=by, at=at, reason=reason)
    return application


@transaction.atomic
def withdraw_application(application: Application, *, by: Actor, at: datetime) -> Application:
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    held_place = application.state in (ApplicationState.PLACED, ApplicationState.CONFIRMED)
    application.state = APPLICATION_FLOW.after("withdraw", application.state)
    application.save(update_fields=["state"])
    record("mobility.application.withdrawn", subject=application, by=by, at=at, held_place=held_place)
    if held_place:
        announce(
            PlaceGivenBack(
                office_id=application.office_id, application_id=application.pk, call_id=application.call_id
            )
        )
    return application


@transaction.atomic
def review_application(
    application: Application, points: Mapping[str, Decimal], *, remark: str = "", by: User, at: datetime
) -> Review:
    """One reviewer's points; given again, they replace the reviewer's earlier ones."""
    require(may_review, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state not in (ApplicationState.SUBMITTED, ApplicationState.COMPLETE):
        APPLICATION_FLOW.after("accept_papers", application.state)
    review, _new = Review.objects.update_or_create(
        application=application,
        reviewer=by,
        defaults={
            "office": application.office,
            "points": {code: str(value) for code, value in points.items()},
            "remark": remark,
            "given_at": at,
        },
    )
    _score(application)
    application.save(update_fields=["score", "score_parts"])
    record("mobility.application.reviewed", subject=application, by=by, at=at, score=application.score)
    return review


def _score(application: Application) -> None:
    reviews = [review.points for review in application.reviews.all()] if application.pk else []
    score = score_of(application.call.scoring, application.facts, reviews)
    application.score, application.score_parts = score.total, [part.plain() for part in score.parts]


@transaction.atomic
def write_message(application: Application, text: str, *, by: Actor, at: datetime) -> Message:
    """A word to the other side; the office's words go out by e-mail as well."""
    require(may_write_application, by, application)
    message = Message.objects.create(
        office=application.office,
        application=application,
        from_office=isinstance(by, User),
        author=label_of(by),
        text=text.strip(),
        sent_at=at,
    )
    record("mobility.application.message", subject=application, by=by, at=at)
    return message
