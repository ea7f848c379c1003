"""The record of one stay: where it stands, who is waited for, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.audit.queries import timeline
from sapar.directory.fields import field_title
from sapar.directory.policies import may_view_person
from sapar.formats.numbers import year_words
from sapar.mobility.models import Exchange, Message, StayTask
from sapar.mobility.policies import (
    may_change_exchange,
    may_give_transcript,
    may_write_about_stay,
    may_write_learning_agreement,
)
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.queries.learning import totals_by
from sapar.mobility.queries.tasks import tasks_of
from sapar.mobility.states import (
    ExchangeState,
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
from sapar.web.mobility.exchanges.pages.moves import Parts, next_of, others_of, parts_of
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
        others=others_of(exchange, parts, user, office),
    )


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
                Fact(_("Faculty"), exchange.unit.said if exchange.unit else None),
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
