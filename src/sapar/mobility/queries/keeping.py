"""Whose time of keeping is over: nothing about them is under way, and the last thing ended long ago."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils import timezone

from sapar.accounts.models import Office
from sapar.directory.models import Enrolment, Person
from sapar.mobility.models import Application, Erasure, Exchange, Visitor
from sapar.mobility.states import ApplicationState, ErasureState, ExchangeState

# Nothing is decided on these any more; an incoming stay ends with its transcript.
STAY_OVER = (
    Q(
        state__in=(
            ExchangeState.RECOGNISED,
            ExchangeState.BROKEN_OFF,
            ExchangeState.CANCELLED,
            ExchangeState.DECLINED,
        )
    )
    | Q(direction="in", state=ExchangeState.TRANSCRIPT)
    | Q(imported_by__isnull=False, left_on__isnull=False)
)
APPLICATION_OPEN = Q(
    state__in=(
        ApplicationState.SUBMITTED,
        ApplicationState.COMPLETE,
        ApplicationState.PLACED,
        ApplicationState.RESERVE,
    )
)


def under_way(person: Person) -> list[str]:
    """Numbers of stays and applications that are not finished."""
    stays = person.exchanges.exclude(STAY_OVER)
    open_ = person.applications.filter(APPLICATION_OPEN)
    return [*stays.values_list("number", flat=True), *open_.values_list("number", flat=True)]


def kept_since(office: Office, today: date) -> date | None:
    """What ended before this day is past the time of keeping; None where the office has set none."""
    if office.keep_years is None:
        return None
    year = today.year - office.keep_years
    return date(year, 2, 28) if (today.month, today.day) == (2, 29) else today.replace(year=year)


def past_keeping(people: QuerySet[Person], office: Office, *, today: date) -> QuerySet[Person]:
    """Those among `people` whose last stay, application, visit and study ended before the time of keeping.

    Nobody of whom something is under way, and nobody whose erasure was asked for or done.
    """
    since = kept_since(office, today)
    if since is None:
        return people.none()
    begins = timezone.make_aware(datetime.combine(since, time.min))
    stays, applications, visits, studies = _rows_with_last_day()
    still_needed = (
        stays.filter(~STAY_OVER | Q(last__gte=since)),
        applications.filter(APPLICATION_OPEN | Q(changed_at__gte=begins)),
        visits.filter(last__gte=since),
        studies.filter(last__gte=since),
        Erasure.objects.filter(person=OuterRef("pk")).exclude(state=ErasureState.WITHDRAWN),
    )
    for rows in still_needed:
        people = people.exclude(Exists(rows))
    return people.filter(added_at__lt=begins)


def with_last_day(people: QuerySet[Person]) -> QuerySet[Person]:
    """Each with `last_day`: when the last thing about them ended, at the earliest the day they were added."""
    added = TruncDate("added_at")
    days = [
        Coalesce(Subquery(rows.order_by("-last").values("last")[:1]), added) for rows in _rows_with_last_day()
    ]
    return people.annotate(last_day=Greatest(added, *days))


def _rows_with_last_day() -> tuple[QuerySet[Any], ...]:
    """Stays, applications, visits and studies of the person of the outer query, each with the `last` day of it."""
    return (
        Exchange.objects.annotate(last=Coalesce("left_on", "ended_on", "planned_to")).filter(
            person=OuterRef("pk")
        ),
        Application.objects.annotate(last=TruncDate("changed_at")).filter(person=OuterRef("pk")),
        Visitor.objects.annotate(last=Coalesce("left_on", "visit__ends_on")).filter(person=OuterRef("pk")),
        Enrolment.objects.annotate(last=F("as_of")).filter(person=OuterRef("pk")),
    )
