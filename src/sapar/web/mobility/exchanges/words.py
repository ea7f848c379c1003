"""How stays and their parts are said, and where their pages are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from sapar.accounts.models import Office
from sapar.mobility.models import Exchange, LearningAgreement, RecognitionCase, StayTask
from sapar.mobility.states import CaseState, ExchangeState, LearningAgreementState, Need, Term, Verdict
from sapar.web.components import State, Text, Tone

STAY_TONES: Mapping[str, Tone] = {
    ExchangeState.NOMINATED: "waiting",
    ExchangeState.ACCEPTED: "needs",
    ExchangeState.DECLINED: "ended",
    ExchangeState.READY: "active",
    ExchangeState.AWAY: "active",
    ExchangeState.RETURNED: "waiting",
    ExchangeState.TRANSCRIPT: "needs",
    ExchangeState.RECOGNISED: "done",
    ExchangeState.BROKEN_OFF: "ended",
    ExchangeState.CANCELLED: "ended",
}
# In a column that is headed "Term".
TERMS: Mapping[str, Text] = {
    Term.AUTUMN: pgettext_lazy("term", "autumn"),
    Term.SPRING: pgettext_lazy("term", "spring"),
    Term.YEAR: pgettext_lazy("term", "whole year"),
}
# What the same state is called when the guest is ours.
INCOMING_WORDS: Mapping[str, Text] = {
    ExchangeState.NOMINATED: _l("named by the partner"),
    ExchangeState.ACCEPTED: _l("accepted by us"),
    ExchangeState.DECLINED: _l("declined by us"),
    ExchangeState.AWAY: _l("here"),
    ExchangeState.RETURNED: _l("left"),
    ExchangeState.TRANSCRIPT: _l("transcript written"),
}
INCOMING_TONES: Mapping[str, Tone] = {
    ExchangeState.NOMINATED: "needs",
    ExchangeState.RETURNED: "needs",
    ExchangeState.TRANSCRIPT: "done",
}
# What the guest of a signed link still has to do is said beside it; the office's own tasks are none of theirs.
GUEST_TONES: Mapping[str, Tone] = {
    ExchangeState.NOMINATED: "waiting",
    ExchangeState.ACCEPTED: "active",
    ExchangeState.RETURNED: "waiting",
    ExchangeState.TRANSCRIPT: "waiting",
}
AGREEMENT_TONES: Mapping[str, Tone] = {
    LearningAgreementState.DRAFT: "draft",
    LearningAgreementState.PROPOSED: "needs",
    LearningAgreementState.TO_SIGN: "waiting",
    LearningAgreementState.SIGNED: "done",
    LearningAgreementState.SUPERSEDED: "ended",
    LearningAgreementState.VOID: "ended",
}
CASE_TONES: Mapping[str, Tone] = {
    CaseState.OPEN: "needs",
    CaseState.DECIDED: "active",
    CaseState.ORDERED: "done",
}
VERDICT_TONES: Mapping[str, Tone] = {
    Verdict.RECOGNISED: "done",
    Verdict.ELECTIVE: "done",
    Verdict.PARTLY: "active",
    Verdict.REFUSED: "danger",
}
ACTS: Mapping[str, Text] = {
    "mobility.exchange.nominated": _l("made the nomination"),
    "mobility.exchange.imported": _l("took the stay from a list of earlier years"),
    "mobility.exchange.answered": _l("answered the nomination"),
    "mobility.exchange.link_made": _l("gave a signed link"),
    "mobility.exchange.replanned": _l("changed the planned dates"),
    "mobility.exchange.arrived": _l("noted the arrival"),
    "mobility.exchange.left": _l("noted the departure"),
    "mobility.exchange.message": _l("wrote a message"),
    "mobility.exchange.cancelled": _l("cancelled the stay"),
    "mobility.exchange.ended_early": _l("noted that the stay ended early"),
    "mobility.exchange.resumed": _l("took the departure back"),
    "mobility.exchange.reinstated": _l("took the cancelling back"),
    "mobility.stay_task.added": _l("put down what the stay needs"),
    "mobility.stay_task.done": _l("noted that something for the stay was done"),
    "mobility.stay_task.removed": _l("took off something that the stay does not need"),
    "mobility.learning_agreement.drafted": _l("wrote the learning agreement"),
    "mobility.learning_agreement.proposed": _l("proposed the learning agreement"),
    "mobility.learning_agreement.taken_back": _l("took the proposal back"),
    "mobility.learning_agreement.given_back": _l("gave the proposal back"),
    "mobility.learning_agreement.refused": _l("did not sign the learning agreement"),
    "mobility.learning_agreement.sent": _l("sent the learning agreement for signature"),
    "mobility.learning_agreement.signed": _l("signed the learning agreement"),
    "mobility.learning_agreement.void": _l("declared the learning agreement void"),
    "mobility.transcript.received": _l("gave the transcript of records"),
    "mobility.recognition.opened": _l("began recognition"),
    "mobility.recognition.commission": _l("named the commission"),
    "mobility.recognition.group_decided": _l("decided on a group of components"),
    "mobility.recognition.decided": _l("closed the recognition"),
    "mobility.recognition.ordered": _l("issued the order on recognition"),
    "mobility.reminded": _l("sent a reminder"),
}
LABELS: Mapping[str, Text] = {"planned_from": _l("planned from"), "planned_to": _l("planned until")}


def stay_state(exchange: Exchange) -> State:
    word: Text = ExchangeState(exchange.state).label
    if exchange.direction == "in":
        word = INCOMING_WORDS.get(exchange.state, word)
        return State(word, INCOMING_TONES.get(exchange.state, STAY_TONES[exchange.state]))
    return State(word, STAY_TONES[exchange.state])


def stay_state_for_guest(exchange: Exchange, *, asked: bool = False) -> State:
    """The state as the holder of a link sees it; `asked` when the page asks something of them."""
    shown = stay_state(exchange)
    return State(shown.word, "needs" if asked else GUEST_TONES.get(exchange.state, shown.tone))


def answer_given(exchange: Exchange) -> State:
    """What the host answered, whatever became of the stay since."""
    if exchange.state == ExchangeState.DECLINED:
        return State(ExchangeState.DECLINED.label, "ended")
    return State(ExchangeState.ACCEPTED.label, "done")


def task_words(task: StayTask) -> str:
    """What has to be done, in the reader's language where it is a usual thing."""
    return str(Need(task.need).label) if task.need else task.text


def task_state(task: StayTask, exchange: Exchange, today: date) -> State:
    if task.done_on is None:
        return State(_("past its date"), "danger") if task.due_on < today else State(_("open"), "active")
    if task.valid_until is not None and task.valid_until < exchange.planned_to:
        return State(_("ends before the stay"), "danger")
    return State(_("done"), "done")


def version_state(version: LearningAgreement) -> State:
    return State(LearningAgreementState(version.state).label, AGREEMENT_TONES[version.state])


def case_state(case: RecognitionCase) -> State:
    return State(CaseState(case.state).label, CASE_TONES[case.state])


def verdict_state(verdict: str) -> State:
    if not verdict:
        return State(_("to be decided"), "needs")
    return State(Verdict(verdict).label, VERDICT_TONES[verdict])


def day_words(at: datetime) -> str:
    return date_format(at, "DATE_FORMAT")


def date_words(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def page_url(name: str, office: Office, pk: int | None = None, **more: object) -> str:
    """An address of this room inside the office."""
    kwargs = {"office": office.slug, **({} if pk is None else {"pk": pk}), **more}
    return reverse(f"exchanges:{name}", kwargs=kwargs)
