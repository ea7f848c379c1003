"""Questions about calls and applications."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Sum

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_read_all
from sapar.accounts.queries import has_role, scopes_of
from sapar.accounts.states import Role, ScopeKind
from sapar.mobility.models import Application, Call, CallPlace, Exchange, Review
from sapar.mobility.states import ExchangeState
from sapar.partners.models import Condition
from sapar.partners.queries import agreed_conditions
from sapar.partners.states import Direction, MobilityKind

# Stays that keep a place from others: not those that never were or gave it back when they ended early.
HOLDS_PLACE = ~Q(state__in=[ExchangeState.CANCELLED, ExchangeState.DECLINED]) & Q(place_free=False)


def calls_of(office: Office) -> QuerySet[Call]:
    return Call.objects.filter(office=office).order_by("-opens_at")


def applications_visible_to(actor: Actor, office: Office) -> QuerySet[Application]:
    applications = Application.objects.filter(office=office).select_related(
        "person", "call", "enrolment__unit"
    )
    if may_read_all(actor, office) or has_role(actor, office.pk, Role.REVIEWER, Role.COORDINATOR):
        return applications
    units = scopes_of(actor, office.pk, ScopeKind.UNIT, Role.COORDINATOR)
    return applications.filter(enrolment__unit_id__in=units) if units else applications.none()


def conditions_for(call: Call) -> QuerySet[Condition]:
    """Rows of agreements in force from which the call can take places."""
    return agreed_conditions(call.office).filter(
        academic_year=call.academic_year, direction=Direction.OUTGOING, kind=MobilityKind.STUDY
    )


def places_of(call: Call) -> QuerySet[CallPlace]:
    """What the call offers; marked together with it where its table is written."""
    return call.places.select_related("call__office").order_by("pk")


def seats_free(condition: Condition, *, beside: Call | None = None) -> int:
    """Places of the row that neither a call nor a nomination outside of calls has taken."""
    called = CallPlace.objects.filter(condition=condition)
    if beside is not None:
        called = called.exclude(call=beside)
    promised = called.aggregate(total=Sum("seats"))["total"] or 0
    stays = Exchange.objects.filter(condition=condition)
    direct = stays.filter(HOLDS_PLACE, application=None).count()
    freed = stays.filter(place_free=True, application__isnull=False).count()
    return condition.places - promised - direct + freed


def missing_parts(application: Application) -> list[str]:
    """What the application still needs before it can be submitted, as codes."""
    missing = []
    if not application.wishes.exists():
        missing.append("wishes")
    if not application.motivation.strip():
        missing.append("motivation")
    given = set(application.papers.values_list("document", flat=True))
    missing += [
        f"document:{document['code']}"
        for document in application.call.documents
        if document.get("required") and document["code"] not in given
    ]
    missing += [
        f"question:{question['code']}"
        for question in application.call.questions
        if question.get("required") and not application.answers.get(question["code"])
    ]
    return missing


def facts_of(application: Application) -> dict[str, object]:
    """What eligibility rules may ask about, as it is now."""
    enrolment = application.enrolment
    facts: dict[str, object] = {
        "former_mobilities": application.former_mobilities,
        "languages": {entry["language"]: entry["level"] for entry in application.languages},
    }
    if enrolment is not None:
        facts |= {
            "level": enrolment.level,
            "year_of_study": enrolment.year_of_study,
            "gpa": str(enrolment.gpa) if enrolment.gpa is not None else None,
            "debts": enrolment.debts,
            "faculty": enrolment.unit.code or str(enrolment.unit_id),
            "isced_f": enrolment.isced_f,
        }
    return facts


def review_by(reviewer: User, application: Application) -> Review:
    """The points that somebody gave; an empty sheet before that."""
    given = application.reviews.filter(reviewer=reviewer).first()
    return given or Review(
        office_id=application.office_id, application=application, reviewer=reviewer, points={}
    )
