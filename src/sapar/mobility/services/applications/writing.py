"""Beginning, writing, submitting and withdrawing applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import SignedLink
from sapar.accounts.services import give_consent, make_link, next_number
from sapar.accounts.states import ConsentKind, LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.errors import ChangedMeanwhile
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.directory.models import Enrolment, Person
from sapar.directory.services.people import PersonEntry, add_person
from sapar.files.services import store
from sapar.mobility.errors import (
    AlreadyApplied,
    ApplicationIncomplete,
    CallNotOpen,
    NoAddress,
    TooManyWishes,
    UnknownDocument,
)
from sapar.mobility.facts import ApplicationSubmitted, PlaceGivenBack
from sapar.mobility.models import Application, ApplicationFile, Call, CallPlace, Wish
from sapar.mobility.policies import may_check_application, may_write_application
from sapar.mobility.queries.calls import facts_of, missing_parts
from sapar.mobility.services.applications.scores import score
from sapar.mobility.states import APPLICATION_FLOW, ApplicationState, CallState
from sapar.mobility.wording.applications import words_for_missing

NOTIFY = Later("sapar.mobility.tasks.applications.notify")
SEND_LINK = Later("sapar.mobility.tasks.applications.send_link")

FORM = System("application form")
LINK_DAYS = 400
LINK_PAUSE = timedelta(minutes=10)


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
    application = _begin(call, identity, consent_text=consent_text, by=by, at=at)
    link, key = _application_link(application, language=identity.language, at=at)
    return Begun(application, link, key, application.person.email)


def _begin(call: Call, identity: Identity, *, consent_text: str, by: Actor, at: datetime) -> Application:
    call = Call.objects.select_for_update().get(pk=call.pk)
    if at < call.opens_at:
        raise CallNotOpen.of(call)
    _require_open(call, at=at)
    enrolment = _enrolment_of(call, identity.student_number)
    person = enrolment.person if enrolment else _person_for(call, identity, at=at)
    if Application.objects.filter(call=call, person=person).exists():
        raise AlreadyApplied
    application = Application.objects.create(
        office=call.office, call=call, person=person, enrolment=enrolment, begun_at=at, changed_at=at
    )
    give_consent(
        call.office, person.pk, ConsentKind.PROCESSING, text=consent_text, language=identity.language, at=at
    )
    record("mobility.application.begun", subject=application, by=by, at=at, known=enrolment is not None)
    return application


def ask_for_link(call: Call, student_number: str, *, consent_text: str, language: str, at: datetime) -> None:
    """Somebody wants to apply, or has lost the key. What follows happens later and is told to nobody here.

    So the answer neither says whether the number is known nor takes longer if it is.
    """
    if call.state == CallState.DRAFT or at < call.opens_at:
        raise CallNotOpen.of(call)
    SEND_LINK.enqueue(call.pk, student_number.strip()[:40], consent_text, language)


@transaction.atomic
def answer_request(
    call: Call, student_number: str, *, consent_text: str, language: str, at: datetime
) -> Application | None:
    """Whose key is now on its way, for whoever has that student number; None if nobody is sent one.

    Nobody gets a second letter within ten minutes, however often the form is sent. That one was asked for is noted
    together with the task that sends it: whoever is killed in between leaves either both or neither.
    """
    enrolment = _enrolment_of(call, student_number)
    if enrolment is None or not enrolment.person.email:
        return None
    application = Application.objects.select_for_update().filter(call=call, person=enrolment.person).first()
    if application is None:
        if call.state != CallState.OPEN or not call.opens_at <= at < call.closes_at:
            return None
        identity = Identity(
            email=enrolment.person.email, student_number=enrolment.student_number, language=language
        )
        application = _begin(call, identity, consent_text=consent_text, by=FORM, at=at)
    elif _has_a_letter(application, since=at - LINK_PAUSE):
        return None
    application.link_asked_at = at
    application.save(update_fields=["link_asked_at"])
    NOTIFY.enqueue(application.pk, "link")
    return application


def _has_a_letter(application: Application, *, since: datetime) -> bool:
    """One is on its way, or came with other news."""
    if application.link_asked_at is not None and application.link_asked_at > since:
        return True
    links = SignedLink.objects.filter(purpose=LinkPurpose.APPLY, subject_id=application.pk)
    return links.filter(made_at__gt=since, revoked_at=None).exists()


def _enrolment_of(call: Call, student_number: str) -> Enrolment | None:
    number = student_number.strip()
    if not number:
        return None
    enrolments = Enrolment.objects.select_related("person").filter(office=call.office)
    return enrolments.filter(student_number=number).first()


def _require_open(call: Call, *, at: datetime) -> None:
    if call.state != CallState.OPEN or at >= call.closes_at:
        raise CallNotOpen.of(call)


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
    return add_person(entry, office=call.office, by=FORM, at=at)


def _application_link(application: Application, *, language: str, at: datetime) -> tuple[SignedLink, str]:
    return make_link(
        LinkPurpose.APPLY,
        application.pk,
        office=application.office,
        holder_name=application.person.display_name,
        holder_email=application.person.email,
        language=language,
        days=LINK_DAYS,
        at=at,
    )


@transaction.atomic
def send_new_link(application: Application, *, at: datetime) -> Begun:
    """A further key for somebody who lost the first; it goes to the address on record."""
    link, key = _application_link(application, language=application.person.language, at=at)
    record("mobility.application.link_renewed", subject=application, by=FORM, at=at)
    return Begun(application, link, key, application.person.email)


@transaction.atomic
def invite_again(application: Application, *, by: Actor, at: datetime) -> None:
    """The office sends the applicant a fresh link; nobody in the office sees the key."""
    require(may_check_application, by, application)
    if not application.person.email:
        raise NoAddress(name=application.person.display_name)
    NOTIFY.enqueue(application.pk, "link")
    record("mobility.application.invited_again", subject=application, by=by, at=at)


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
    if _holds_already(application, draft):
        return application
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


def _holds_already(application: Application, draft: Draft) -> bool:
    """The same page sent twice, by itself and by the button, is no conflict."""
    wishes = list(application.wishes.order_by("rank").values_list("place_id", flat=True))
    return (
        (draft.wishes is None or wishes == [place.pk for place in draft.wishes])
        and draft.motivation in (None, application.motivation)
        and (draft.languages is None or application.languages == [dict(one) for one in draft.languages])
        and draft.former_mobilities in (None, application.former_mobilities)
        and (draft.answers is None or {**application.answers, **draft.answers} == application.answers)
    )


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
    if document not in {asked["code"] for asked in application.call.documents}:
        raise UnknownDocument
    before = application.papers.select_related("file").filter(document=document).first()
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
    application.asked_at, application.changed_at = None, at
    application.save(update_fields=["asked_at", "changed_at"])
    record("mobility.application.paper_added", subject=application, by=by, at=at, document=document)
    return paper


@transaction.atomic
def remove_paper(application: Application, document: str, *, by: Actor, at: datetime) -> None:
    """Take a paper out of a draft; the stored file stays in the trail."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state != ApplicationState.DRAFT:
        APPLICATION_FLOW.after("submit", application.state)
    application.papers.filter(document=document).delete()
    record("mobility.application.paper_removed", subject=application, by=by, at=at, document=document)


@transaction.atomic
def submit_application(application: Application, *, by: Actor, at: datetime) -> Application:
    """Hand the application in; level, year and marks are frozen as they are now."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    call = application.call
    _require_open(call, at=at)
    application.state = APPLICATION_FLOW.after("submit", application.state)
    if missing := missing_parts(application):
        raise ApplicationIncomplete(missing=", ".join(words_for_missing(call, missing)))
    year = call.academic_year
    if not application.number:
        application.number = f"A-{year}-{next_number(application.office, 'application', year):04d}"
    application.facts, application.submitted_at, application.changed_at = facts_of(application), at, at
    application.asked_for, application.asked_at = "", None
    score(application)
    application.save()
    NOTIFY.enqueue(application.pk, "received")
    record("mobility.application.submitted", subject=application, by=by, at=at, number=application.number)
    announce(ApplicationSubmitted(office_id=application.office_id, application_id=application.pk))
    return application


@transaction.atomic
def reopen_application(application: Application, *, by: Actor, at: datetime) -> Application:
    """Back to the applicant, while the call is open."""
    require(may_write_application, by, application)
    application = Application.objects.select_for_update().get(pk=application.pk)
    _require_open(application.call, at=at)
    application.state = APPLICATION_FLOW.after("reopen", application.state)
    application.save(update_fields=["state"])
    record("mobility.application.reopened", subject=application, by=by, at=at)
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
