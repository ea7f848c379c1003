"""The record of one stay: where it stands, who is waited for, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, User
from sapar.audit.queries import timeline
from sapar.directory.fields import field_title
from sapar.directory.policies import may_view_person
from sapar.files.models import Paper, StoredFile
from sapar.files.queries import files_of, papers_of
from sapar.mobility.models import Exchange, LearningAgreement, Message, RecognitionCase, StayTask, Transcript
from sapar.mobility.policies import (
    may_change_exchange,
    may_decide_recognition,
    may_give_transcript,
    may_sign_as,
    may_write_about_stay,
    may_write_learning_agreement,
)
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.queries.learning import our_party, totals_by
from sapar.mobility.queries.tasks import tasks_of
from sapar.mobility.states import (
    CaseState,
    ExchangeState,
    LearningAgreementState,
    Party,
)
from sapar.mobility.wording.credits import amount_words
from sapar.reporting.labels import country_name
from sapar.web.components import (
    Action,
    Cell,
    Crumb,
    Fact,
    FactGroup,
    Head,
    Link,
    Moment,
    Related,
    RelatedRow,
    State,
)
from sapar.web.mobility.exchanges.words import (
    ACTS,
    LABELS,
    case_state,
    date_words,
    day_words,
    page_url,
    stay_state,
    task_state,
    task_words,
    version_state,
    year_words,
)
from sapar.web.moments import moments
from sapar.web.papers.kinds import kind_words

S = ExchangeState


@dataclass(frozen=True)
class StayPage:
    head: Head
    facts: Sequence[FactGroup]
    related: Sequence[Related]
    moments: Sequence[Moment]
    messages: Sequence[Message]
    message_url: str  # empty for whoever may not write
    message_label: str


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


def stay_page(exchange: Exchange, user: User, office: Office) -> StayPage:
    parts = parts_of(exchange)
    return StayPage(
        head=_head(exchange, parts, user, office),
        facts=_facts(exchange, parts, user, office),
        related=[
            _agreements(exchange, parts, user, office),
            _results(exchange, parts, user, office),
            _needs(exchange, user, office),
            _papers(exchange, parts, office),
            _files(exchange, parts, user, office),
        ],
        moments=moments(timeline(exchange)[:200], ACTS, LABELS),
        messages=parts.messages,
        message_url=page_url("message", office, exchange.pk) if may_write_about_stay(user, exchange) else "",
        message_label=_("Write to %(name)s") % {"name": exchange.person.display_name},
    )


def _head(exchange: Exchange, parts: Parts, user: User, office: Office) -> Head:
    next_action, waiting = next_of(exchange, parts, user, office)
    return Head(
        exchange.person.display_name,
        kind=_("Stay at %(partner)s") % {"partner": exchange.partner.name}
        if exchange.direction == "out"
        else _("Guest from %(partner)s") % {"partner": exchange.partner.name},
        number=exchange.number,
        state=stay_state(exchange),
        waiting=waiting,
        crumbs=[Crumb(_("Stays"), page_url("home", office))],
        next=next_action,
        others=_others(exchange, parts, user, office),
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


def _others(exchange: Exchange, parts: Parts, user: User, office: Office) -> list[Action]:
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


def _facts(exchange: Exchange, parts: Parts, user: User, office: Office) -> list[FactGroup]:
    person, enrolment = exchange.person, exchange.enrolment
    agreement: Cell = exchange.agreement.title if exchange.agreement else None
    if exchange.agreement is not None:
        agreement = Link(
            exchange.agreement.title,
            reverse("partners:agreement", kwargs={"office": office.slug, "pk": exchange.agreement_id}),
        )
    local = next(iter(person.local_names), None)
    shown = " ".join(filter(None, (local.get("surname"), local.get("given")))) if local else ""
    sees = may_view_person(user, person) or may_change_exchange(user, exchange)
    return [
        FactGroup(
            _("Stay"),
            [
                Fact(_("Direction"), exchange.get_direction_display()),
                Fact(_("Partner"), exchange.partner.name, country_name(exchange.partner.country_code)),
                Fact(
                    _("Academic year"), year_words(exchange.academic_year), str(exchange.get_term_display())
                ),
                Fact(_("Planned from"), exchange.planned_from),
                Fact(_("Planned until"), exchange.planned_to),
                Fact(_("Arrived"), exchange.arrived_on),
                Fact(_("Left"), exchange.left_on),
                Fact(_("Agreement"), agreement),
                Fact(_("Kind"), exchange.get_kind_display()),
                *_said(exchange),
            ],
        ),
        FactGroup(
            _("Person"),
            [
                Fact(_("Name as in the passport"), person.display_name, shown),
                Fact(_("Faculty"), exchange.unit.name if exchange.unit else None),
                Fact(_("Programme of study"), exchange.programme),
                Fact(_("Level"), exchange.get_level_display()),
                Fact(
                    _("Field of study (ISCED-F)"),
                    exchange.isced_f,
                    field_title(exchange.isced_f) if exchange.isced_f else "",
                ),
                Fact(_("Student number"), enrolment.student_number if enrolment else None),
                Fact(_("E-mail"), person.email if sees else None),
                Fact(_("Credits passed at the host"), exchange.credits_studied),
                Fact(_("Credits recognised"), exchange.credits_recognised),
            ],
        ),
    ]


def _said(exchange: Exchange) -> list[Fact]:
    found = []
    if exchange.answered_at is not None:
        found.append(Fact(_("Answered"), exchange.answered_at, exchange.answered_by))
    if exchange.answer_remark:
        found.append(Fact(_("Remark of the host"), exchange.answer_remark))
    return [*found, *end_facts(exchange)]


def end_facts(exchange: Exchange) -> list[Fact]:
    """When and why a stay was cancelled or ended before its time."""
    if not exchange.end_reason:
        return []
    title = _("Cancelled") if exchange.state == S.CANCELLED else _("Ended early")
    found = [
        Fact(title, exchange.ended_on),
        Fact(_("Why"), exchange.get_end_reason_display(), exchange.end_words),
    ]
    if exchange.place_free:
        found.append(Fact(_("Place"), _("free for somebody else")))
    return found


def _agreements(exchange: Exchange, parts: Parts, user: User, office: Office) -> Related:
    rows = []
    converter = converter_for(exchange)
    for version in parts.versions:
        totals = totals_by(converter, version.components.all())
        note = _("%(studied)s studied, %(recognised)s recognised") % {
            "studied": amount_words(totals.studied.total, totals.studied.unit),
            "recognised": amount_words(totals.recognised.total, totals.recognised.unit),
        }
        rows.append(
            RelatedRow(
                _("Version %(number)s") % {"number": version.number},
                page_url("version", office, exchange.pk, number=version.number),
                note,
                version_state(version),
            )
        )
    add = None
    open_states = (S.ACCEPTED, S.READY, S.AWAY)
    if exchange.state in open_states and not parts.missing and may_write_learning_agreement(user, exchange):
        add = Action(_("Write"), page_url("learning", office, exchange.pk), icon="plus")
    return Related(
        _("Learning agreement"),
        rows,
        empty=_("Not written yet. What is agreed before the stay is recognised after it."),
        add=add,
    )


def _results(exchange: Exchange, parts: Parts, user: User, office: Office) -> Related:
    rows = []
    for one in parts.transcripts:
        rows.append(
            RelatedRow(
                _("Transcript of %(day)s") % {"day": day_words(one.received_at)},
                page_url("transcript", office, exchange.pk, transcript=one.pk),
                one.given_by,
                State(_("replaced"), "ended") if one.replaced_by_id else State(_("valid"), "done"),
            )
        )
    if parts.case is not None:
        rows.append(
            RelatedRow(
                _("Recognition %(number)s") % {"number": parts.case.number},
                page_url("recognition", office, exchange.pk),
                "",
                case_state(parts.case),
            )
        )
    add = None
    if exchange.state in (S.AWAY, S.RETURNED) and may_give_transcript(user, exchange):
        add = Action(_("Type or upload"), page_url("transcript_new", office, exchange.pk), icon="plus")
    return Related(_("Transcript and recognition"), rows, empty=_("No transcript yet."), add=add)


def _needs(exchange: Exchange, user: User, office: Office) -> Related:
    """What the stay needs by which day, and what was got until when."""
    changes, today = may_change_exchange(user, exchange), timezone.localdate()
    rows = [
        RelatedRow(
            task_words(task),
            page_url("finish_task", office, exchange.pk, task=task.pk)
            if changes and task.done_on is None
            else "",
            _need_note(task),
            task_state(task, exchange, today),
        )
        for task in tasks_of(exchange)
    ]
    add = Action(_("Add"), page_url("add_tasks", office, exchange.pk), icon="plus") if changes else None
    return Related(
        _("What the stay needs"),
        rows,
        empty=_("Visa, insurance, ticket, registration: put down here, they stand on the student's page and remind "
                "by themselves."),
        add=add,
    )  # fmt: skip


def _need_note(task: StayTask) -> str:
    who = str(task.get_whose_display())
    if task.done_on is None:
        return _("%(who)s, by %(day)s") % {"who": who, "day": date_words(task.due_on)}
    said = [_("done on %(day)s") % {"day": date_words(task.done_on)}]
    if task.valid_until is not None:
        said.append(_("valid until %(day)s") % {"day": date_words(task.valid_until)})
    return ", ".join([*said, *filter(None, [task.remark])])


def _papers(exchange: Exchange, parts: Parts, office: Office) -> Related:
    states = {
        "valid": State(_("valid"), "done"),
        "replaced": State(_("replaced"), "ended"),
        "revoked": State(_("revoked"), "danger"),
    }
    rows = [
        RelatedRow(
            f"{kind_words(paper.kind)} № {paper.number}",
            page_url("file", office, exchange.pk, file=paper.file_id),
            day_words(paper.issued_at),
            states[paper.state],
        )
        for paper in parts.papers
    ]
    return Related(_("Papers"), rows, empty=_("Issued papers with a QR code stand here."))


def _files(exchange: Exchange, parts: Parts, user: User, office: Office) -> Related:
    rows = [
        RelatedRow(
            file.name,
            page_url("file", office, exchange.pk, file=file.pk),
            f"{file.stored_by}, {day_words(file.stored_at)}",
        )
        for file in parts.files
    ]
    add = None
    if may_change_exchange(user, exchange):
        add = Action(_("Add a file"), page_url("add_file", office, exchange.pk), icon="plus")
    return Related(_("Files"), rows, empty=_("No files yet."), add=add)
