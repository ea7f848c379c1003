"""What can be done next with a stay, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, User
from sapar.files.models import Paper, StoredFile
from sapar.files.queries import files_of, papers_of
from sapar.mobility.models import Exchange, LearningAgreement, Message, RecognitionCase, Transcript
from sapar.mobility.policies import (
    may_change_exchange,
    may_decide_recognition,
    may_sign_as,
    may_write_learning_agreement,
)
from sapar.mobility.queries.learning import our_party
from sapar.mobility.states import CaseState, ExchangeState, LearningAgreementState, Party
from sapar.web.components import Action
from sapar.web.mobility.exchanges.words import day_words, page_url

S = ExchangeState


@dataclass(frozen=True)
class Parts:
    """What belongs to a stay, read once."""

    versions: Sequence[LearningAgreement]
    transcripts: Sequence[Transcript]
    case: RecognitionCase | None
    papers: Sequence[Paper]
    files: Sequence[StoredFile]
    messages: Sequence[Message]

    @property
    def latest(self) -> LearningAgreement | None:
        return next((one for one in self.versions if one.state != LearningAgreementState.VOID), None)

    @property
    def missing(self) -> list[Party]:
        if self.latest is None or self.latest.state != LearningAgreementState.TO_SIGN:
            return []
        signed = {one.party for one in self.latest.signatures.all()}
        return [party for party in Party if party not in signed]


def parts_of(exchange: Exchange) -> Parts:
    versions = exchange.learning_agreements.prefetch_related("signatures", "components").order_by("-number")
    case = RecognitionCase.objects.filter(exchange=exchange).prefetch_related("decisions").first()
    return Parts(
        versions=list(versions),
        transcripts=list(exchange.transcripts.select_related("replaced_by").order_by("-received_at")),
        case=case,
        papers=list(papers_of(exchange).select_related("file")),
        files=list(files_of(exchange).exclude(pk__in=papers_of(exchange).values("file_id"))),
        messages=list(exchange.messages.order_by("sent_at")),
    )


def next_of(exchange: Exchange, parts: Parts, user: User, office: Office) -> tuple[Action | None, str]:
    """The one next action this person may take, and who is waited for."""
    changes = may_change_exchange(user, exchange)

    def url(name: str, **more: object) -> str:
        return page_url(name, office, exchange.pk, **more)

    partner = {"partner": exchange.partner.name, "since": day_words(exchange.nominated_at)}
    match exchange.state:
        case S.NOMINATED if exchange.direction == "in":
            return (Action(_("Accept or decline"), url("answer")) if changes else None), ""
        case S.NOMINATED:
            action = None
            if changes and exchange.agreement_id:
                action = Action(
                    _("Send the nomination"), page_url("send_nominations", office, exchange.agreement_id)
                )
            return action, _("Waiting for %(partner)s to answer since %(since)s") % partner
        case S.ACCEPTED | S.READY | S.AWAY if parts.missing:
            return _to_sign(exchange, parts, user, office)
        case S.READY | S.AWAY if (
            parts.latest is not None
            and parts.latest.state == LearningAgreementState.PROPOSED
            and may_write_learning_agreement(user, exchange)
        ):
            return _to_check(parts.latest, office)
        case S.ACCEPTED:
            if not may_write_learning_agreement(user, exchange):
                return None, ""
            if parts.latest is not None and parts.latest.state == LearningAgreementState.PROPOSED:
                return _to_check(parts.latest, office)
            if parts.latest is not None and parts.latest.sketch is not None:
                return Action(_("Write the learning agreement"), url("learning")), _(
                    "Waiting for the student's proposal"
                )
            if parts.latest is not None and parts.latest.state == LearningAgreementState.DRAFT:
                return Action(
                    _("Send the learning agreement"), url("send_version", number=parts.latest.number)
                ), ""
            return Action(_("Write the learning agreement"), url("learning")), ""
        case S.READY:
            return (Action(_("Note the arrival"), url("arrive")) if changes else None), ""
        case S.AWAY:
            return (Action(_("Note the departure"), url("leave")) if changes else None), ""
        case S.RETURNED if exchange.direction == "in":
            return (Action(_("Write the transcript"), url("transcript_new")) if changes else None), ""
        case S.RETURNED:
            waiting = _("Waiting for the transcript of %(partner)s") % partner
            return (
                Action(_("Ask for the transcript"), url("link", purpose="transcript")) if changes else None
            ), waiting
        case S.TRANSCRIPT | S.RECOGNISED if exchange.direction == "out":
            return _recognition(exchange, parts, user, office)
        case S.TRANSCRIPT if changes and not any(one.kind == "transcript" for one in parts.papers):
            return Action(_("Open our transcript"), url("transcript", transcript=parts.transcripts[0].pk)), ""
    return None, ""


def _to_check(version: LearningAgreement, office: Office) -> tuple[Action, str]:
    url = page_url("version", office, version.exchange_id, number=version.number)
    return Action(_("Check the student's proposal"), url), _("Waiting for the coordinator")


def _to_sign(exchange: Exchange, parts: Parts, user: User, office: Office) -> tuple[Action | None, str]:
    assert parts.latest is not None
    number = parts.latest.number
    waiting = _("Waiting for: %(parties)s") % {"parties": ", ".join(str(one.label) for one in parts.missing)}
    ours = our_party(exchange)
    if ours in parts.missing and may_sign_as(user, (exchange, ours)):
        url = page_url("sign_version", office, exchange.pk, number=number)
        return Action(_("Sign the learning agreement"), url), waiting
    return Action(
        _("Open the learning agreement"), page_url("version", office, exchange.pk, number=number)
    ), waiting


def _recognition(exchange: Exchange, parts: Parts, user: User, office: Office) -> tuple[Action | None, str]:
    url = page_url("recognition", office, exchange.pk)
    decides = may_decide_recognition(user, exchange)
    if parts.case is None:
        return (Action(_("Begin recognition"), url) if decides else None), ""
    open_ = sum(1 for one in parts.case.decisions.all() if not one.verdict)
    match parts.case.state:
        case CaseState.OPEN if not decides:
            return None, _("Waiting for the faculty to decide")
        case CaseState.OPEN if open_:
            words = ngettext("Decide on %(count)s group", "Decide on %(count)s groups", open_)
            return Action(words % {"count": open_}, url), ""
        case CaseState.OPEN:
            return Action(_("Close the recognition"), url), ""
        case CaseState.DECIDED if may_change_exchange(user, exchange):
            return Action(_("Issue the order"), page_url("order", office, exchange.pk)), ""
    return None, ""


def others_of(exchange: Exchange, parts: Parts, user: User, office: Office) -> list[Action]:
    if not may_change_exchange(user, exchange):
        return []

    def url(name: str, **more: object) -> str:
        return page_url(name, office, exchange.pk, **more)

    state, found = exchange.state, []
    if state == S.NOMINATED and exchange.direction == "out":
        found.append(Action(_("Note the partner's answer"), url("answer")))
    if state == S.ACCEPTED:
        found.append(Action(_("Note the arrival without a learning agreement"), url("arrive")))
    if state == S.AWAY and parts.missing:
        found.append(Action(_("Note the departure"), url("leave")))
    if state in (S.READY, S.AWAY) and not parts.missing:
        found.append(Action(_("Change the learning agreement"), url("learning")))
    if state in (S.AWAY, S.RETURNED, S.BROKEN_OFF, S.TRANSCRIPT) and not (
        state == S.RETURNED and exchange.direction == "in"
    ):
        words = _("Correct the transcript") if state == S.TRANSCRIPT else _("Type or upload the transcript")
        found.append(Action(words, url("transcript_new")))
    if state in (S.NOMINATED, S.ACCEPTED, S.READY, S.AWAY):
        found.append(Action(_("Change the planned dates"), url("replan")))
    if exchange.left_on:
        found.append(Action(_("Issue a certificate of stay"), url("certificate"), post=True))
    found.append(Action(_("A link for the student"), url("link", purpose="stay")))
    if state in (S.ACCEPTED, S.READY, S.AWAY):
        found.append(Action(_("A link for the partner to sign"), url("link", purpose="sign")))
    if state == S.AWAY and exchange.direction == "out":
        found.append(Action(_("A link for the partner's transcript"), url("link", purpose="transcript")))
    if state == S.AWAY:
        found.append(Action(_("End the stay early"), url("end"), danger=True))
    if state in (S.RETURNED, S.BROKEN_OFF):
        found.append(Action(_("Take the departure back"), url("resume")))
    if state == S.CANCELLED and exchange.planned_to >= timezone.localdate():
        found.append(Action(_("Take the cancelling back"), url("reinstate")))
    if state in (S.NOMINATED, S.ACCEPTED, S.READY):
        found.append(Action(_("Cancel the stay"), url("cancel"), danger=True))
    return found
