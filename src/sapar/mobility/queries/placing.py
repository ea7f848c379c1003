"""Questions about places given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.mobility.eligibility import eligible_nowhere
from sapar.mobility.models import Appeal, Application, Award, Call, CallPlace, PlacingRun
from sapar.mobility.states import AppealState, ApplicationState, RunState


def runs_of(call: Call) -> QuerySet[PlacingRun]:
    """Newest first, without the heavy columns."""
    return call.runs.defer("problem", "result").order_by("-number")


def adopted_run(call: Call) -> PlacingRun | None:
    return call.runs.filter(state=RunState.ADOPTED).first()


def ineligible_in(run: PlacingRun) -> frozenset[int]:
    """Numbers of the applications that meet the conditions of none of their wishes."""
    rows = run.awards.filter(place__isnull=True).values_list("application_id", "reasons")
    return frozenset(pk for pk, reasons in rows.iterator(2000) if eligible_nowhere(reasons))


def award_of(application: Application) -> Award | None:
    """What the adopted run gave."""
    return (
        Award.objects.select_related("place__host", "run")
        .defer("run__problem", "run__result")
        .filter(application=application, run__state=RunState.ADOPTED)
        .first()
    )


def places_held(applications: Iterable[Application]) -> dict[int, CallPlace]:
    """The places of the adopted runs, with their agreements, by the number of the application."""
    awards = Award.objects.filter(
        application__in=applications, run__state=RunState.ADOPTED, place__isnull=False
    ).select_related("place__condition", "place__agreement__partnership__organisation")
    return {award.application_id: award.place for award in awards if award.place}


def place_held(application: Application) -> CallPlace | None:
    """The place of the adopted run, if any."""
    award = award_of(application)
    return award.place if award else None


def appeal_until(application: Application) -> datetime | None:
    """When the clock for an appeal stops; None while nothing was decided about the application.

    The clock starts when the applicant was told; a later refill that changes nothing for somebody does
    not start it anew.
    """
    award = award_of(application)
    if award is not None:
        began = award.told_at or award.run.adopted_at
    elif application.state == ApplicationState.REJECTED:
        run = application.call.runs.filter(adopted_at__isnull=False).order_by("adopted_at").only("adopted_at")
        began = next((one.adopted_at for one in run[:1]), None)
    else:
        began = None
    return began + timedelta(days=application.call.appeal_days) if began else None


def open_appeals(office: Office) -> QuerySet[Appeal]:
    """Oldest first."""
    return (
        Appeal.objects.filter(office=office, state=AppealState.OPEN)
        .select_related("application__person", "application__call")
        .order_by("made_at")
    )


def unconfirmed(office: Office, *, before: datetime) -> QuerySet[Application]:
    """Places offered whose answer is due before a time."""
    return (
        Application.objects.filter(office=office, state=ApplicationState.PLACED, answer_by__lt=before)
        .select_related("person", "call")
        .order_by("answer_by")
    )
