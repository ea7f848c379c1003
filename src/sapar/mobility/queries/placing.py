"""Questions about places given."""

from __future__ import annotations

from django.db.models import QuerySet

from sapar.mobility.models import Application, Award, Call, CallPlace, PlacingRun
from sapar.mobility.states import RunState


def runs_of(call: Call) -> QuerySet[PlacingRun]:
    """Newest first, without the heavy columns."""
    return call.runs.defer("problem", "result").order_by("-number")


def adopted_run(call: Call) -> PlacingRun | None:
    return call.runs.filter(state=RunState.ADOPTED).first()


def award_of(application: Application) -> Award | None:
    """What the adopted run gave."""
    return (
        Award.objects.select_related("place__host", "run")
        .defer("run__problem", "run__result")
        .filter(application=application, run__state=RunState.ADOPTED)
        .first()
    )


def place_held(application: Application) -> CallPlace | None:
    """The place of the adopted run, if any."""
    award = award_of(application)
    return award.place if award else None
