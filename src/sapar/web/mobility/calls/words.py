"""States and acts in the words of the office."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sapar.mobility.models import Appeal, Application, Call, PlacingRun
from sapar.mobility.states import AppealState, ApplicationState, CallState, RunState
from sapar.web.components import State, Text, Tone

_A, _C, _R = ApplicationState, CallState, RunState
CALL_TONES: Mapping[str, Tone] = {
    _C.DRAFT: "draft",
    _C.OPEN: "active",
    _C.CLOSED: "needs",
    _C.PLACED: "active",
    _C.FINISHED: "done",
}
APPLICATION_TONES: Mapping[str, Tone] = {
    _A.DRAFT: "draft",
    _A.SUBMITTED: "needs",
    _A.COMPLETE: "active",
    _A.REJECTED: "danger",
    _A.PLACED: "waiting",
    _A.RESERVE: "waiting",
    _A.INELIGIBLE: "ended",
    _A.CONFIRMED: "done",
    _A.DECLINED: "ended",
    _A.WITHDRAWN: "ended",
}
RUN_TONES: Mapping[str, Tone] = {
    _R.RUNNING: "active",
    _R.FAILED: "danger",
    _R.TRIAL: "draft",
    _R.ADOPTED: "done",
    _R.REPLACED: "ended",
}
APPEAL_TONES: Mapping[str, Tone] = {
    AppealState.OPEN: "needs",
    AppealState.UPHELD: "done",
    AppealState.REFUSED: "ended",
}


def state_of_call(call: Call) -> State:
    return State(CallState(call.state).label, CALL_TONES[call.state])


def state_of_application(application: Application) -> State:
    """For the office: an application that was returned waits for the applicant."""
    if application.asked_at is not None and application.state in (_A.DRAFT, _A.SUBMITTED):
        return State(_("returned to the applicant"), "waiting")
    return State(ApplicationState(application.state).label, APPLICATION_TONES[application.state])


def state_for_applicant(application: Application) -> State:
    """The same seen from the other side: whoever must act is somebody else."""
    tones: Mapping[str, Tone] = {
        **APPLICATION_TONES,
        _A.SUBMITTED: "waiting",
        _A.PLACED: "needs",
        _A.DRAFT: "needs",
    }
    return State(ApplicationState(application.state).label, tones[application.state])


def state_of_run(run: PlacingRun) -> State:
    return State(RunState(run.state).label, RUN_TONES[run.state])


def state_of_appeal(appeal: Appeal) -> State:
    return State(AppealState(appeal.state).label, APPEAL_TONES[appeal.state])


CALL_ACTS: Mapping[str, Text] = {
    "mobility.call.prepared": _("prepared the call"),
    "mobility.call.changed": _("changed the call"),
    "mobility.call.places_taken": _("took places of an agreement"),
    "mobility.call.place_changed": _("changed the conditions of a host"),
    "mobility.call.place_given_up": _("took a host out of the call"),
    "mobility.call.opened": _("opened the call"),
    "mobility.call.closed": _("closed the call"),
    "mobility.call.reopened": _("opened the call again"),
    "mobility.call.finished": _("finished the call"),
    "mobility.places.tried": _("tried a giving of places"),
    "mobility.places.refill_tried": _("tried a refill"),
    "mobility.places.stopped": _("could not give the places"),
    "mobility.places.given": _("gave the places"),
}
APPLICATION_ACTS: Mapping[str, Text] = {
    "mobility.application.begun": _("began the application"),
    "mobility.application.link_renewed": _("sent a fresh link"),
    "mobility.application.invited_again": _("had a fresh link sent"),
    "mobility.application.paper_added": _("added a paper"),
    "mobility.application.paper_removed": _("removed a paper"),
    "mobility.application.paper_read": _("opened a paper"),
    "mobility.application.submitted": _("submitted the application"),
    "mobility.application.reopened": _("took the application back to change it"),
    "mobility.application.accepted": _("checked the papers: complete"),
    "mobility.application.returned": _("returned the application for completion"),
    "mobility.application.rejected": _("did not admit the application"),
    "mobility.application.withdrawn": _("withdrew the application"),
    "mobility.application.reviewed": _("gave points"),
    "mobility.application.message": _("wrote a message"),
    "mobility.place.confirmed": _("confirmed the place"),
    "mobility.place.declined": _("declined the place"),
    "mobility.appeal.made": _("appealed"),
    "mobility.appeal.answered": _("answered the appeal"),
}
