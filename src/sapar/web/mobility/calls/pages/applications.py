"""What the office sees of an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.core.days import local_day
from sapar.files.queries import papers_of
from sapar.mobility.models import Appeal, Application, Award, Message
from sapar.mobility.policies import may_check_application, may_review
from sapar.mobility.queries.calls import facts_of, missing_parts
from sapar.mobility.queries.placing import award_of
from sapar.mobility.states import APPLICATION_FLOW, ApplicationState, CallState
from sapar.mobility.wording.applications import (
    document_title,
    language_name,
    question_title,
    words_for_missing,
)
from sapar.mobility.wording.reasons import outcome_word, reason_sentences
from sapar.mobility.wording.rules import shown_alike
from sapar.web import components as c
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.pages.calls import faculties_of, shown_number
from sapar.web.mobility.calls.words import APPLICATION_ACTS, state_of_appeal, state_of_application
from sapar.web.moments import moments

_A = ApplicationState


@dataclass(frozen=True)
class WishLine:
    rank: int
    host: str
    outcome: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class ScoreLine:
    label: str
    value: str
    points: str


@dataclass(frozen=True)
class PaperLine:
    title: str
    name: str
    url: str
    size: int


@dataclass(frozen=True)
class AppealLine:
    appeal: Appeal
    state: c.State
    answer_url: str


@dataclass(frozen=True)
class ApplicationPage:
    head: c.Head
    notices: Sequence[c.Notice]
    facts: Sequence[c.FactGroup]
    wishes: Sequence[WishLine]
    papers: Sequence[PaperLine]
    missing: Sequence[str]
    answers: Sequence[c.Answer]
    motivation: str
    score: Sequence[ScoreLine]
    total: str
    reviews: c.Related
    messages: Sequence[Message]
    appeals: Sequence[AppealLine]
    letters: c.Related
    may_check: bool
    ask_url: str
    reject_url: str
    message_url: str
    can_ask: bool
    can_reject: bool
    moments: Sequence[c.Moment]


def application_page(application: Application, user: User) -> ApplicationPage:
    office, pk = application.office, application.pk
    may = may_check_application(user, application)
    award = award_of(application)
    *points, total = shown_alike([*(part["points"] for part in application.score_parts), application.score])
    return ApplicationPage(
        head=_head(application, user, may),
        notices=_notices(application),
        facts=_facts(application),
        wishes=wish_lines(application, award, own=False),
        papers=paper_lines(application, lambda file: to("paper", office, pk, file)),
        missing=words_for_missing(application.call, missing_parts(application)),
        answers=[
            c.Answer(question_title(application.call, code), text)
            for code, text in application.answers.items()
        ],
        motivation=application.motivation,
        score=[
            ScoreLine(
                str(part["label"]),
                shown_number(part["value"]) if part.get("value") is not None else "",
                given,
            )
            for part, given in zip(application.score_parts, points, strict=True)
        ],
        total=total,
        reviews=_reviews(application, user),
        messages=list(application.messages.order_by("sent_at")),
        appeals=[
            AppealLine(one, state_of_appeal(one), to("answer_appeal", office, one.pk) if may else "")
            for one in application.appeals.order_by("made_at")
        ],
        letters=_letters(application),
        may_check=may,
        ask_url=to("ask", office, pk),
        reject_url=to("reject", office, pk),
        message_url=to("message", office, pk),
        can_ask=may and _can_ask(application),
        can_reject=may and application.state in (_A.SUBMITTED, _A.COMPLETE),
        moments=moments(timeline(application)[:40], APPLICATION_ACTS),
    )


def wish_lines(application: Application, award: Award | None, *, own: bool) -> list[WishLine]:
    """The wishes and what decided about them; `own` when the applicant reads it."""
    reasons: dict[int, dict[str, Any]] = (
        {int(one["offer"]): one for one in award.reasons} if award is not None else {}
    )
    faculties = faculties_of(application.call.office) if reasons else {}
    lines = []
    for wish in application.wishes.select_related("place__host").order_by("rank"):
        reason = reasons.get(wish.place_id)
        lines.append(
            WishLine(
                wish.rank,
                wish.place.host.name,
                outcome_word(reason["code"]) if reason else "",
                reason_sentences(reason, faculties, own=own) if reason else [],
            )
        )
    return lines


def paper_lines(application: Application, address: Any) -> list[PaperLine]:
    return [
        PaperLine(
            document_title(application.call, paper.document),
            paper.file.name,
            address(paper.file_id),
            paper.file.size,
        )
        for paper in application.papers.select_related("file").order_by("document")
    ]


def _can_ask(application: Application) -> bool:
    if application.state == _A.SUBMITTED:
        return True
    return application.state == _A.COMPLETE and application.call.state in (CallState.OPEN, CallState.CLOSED)


def _head(application: Application, user: User, may: bool) -> c.Head:
    office, pk, call = application.office, application.pk, application.call
    following, others = None, []
    if may:
        if application.state == _A.SUBMITTED:
            following = c.Action(_("Papers are complete"), to("accept", office, pk), post=True)
        others.append(
            c.Action(
                _("Send a fresh link"),
                to("invite", office, pk),
                post=True,
                icon="mail",
                asks=_("The applicant gets an e-mail with a new address of the application."),
            )
        )
        if application.state != _A.DRAFT and APPLICATION_FLOW.allows("withdraw", application.state):
            others.append(
                c.Action(
                    _("Withdraw for the applicant"),
                    to("withdraw", office, pk),
                    post=True,
                    danger=True,
                    icon="undo-2",
                    asks=_("The applicant has asked for it. A place that was offered becomes free."),
                )
            )
    reviewable = any(line["source"] == "review" for line in call.scoring)
    if reviewable and application.state in (_A.SUBMITTED, _A.COMPLETE) and may_review(user, application):
        review = c.Action(_("Give points"), to("review", office, pk))
        if following is None:
            following = review
        else:
            others.insert(0, review)
    waiting = ""
    if application.asked_at is not None or application.state == _A.PLACED:
        waiting = _("Waiting for %(name)s") % {"name": application.person.display_name}
    return c.Head(
        application.person.display_name,
        kind=_("Application"),
        number=application.number,
        state=state_of_application(application),
        waiting=waiting,
        crumbs=[
            c.Crumb(call.title, to("call", office, call.pk)),
            c.Crumb(_("Applications"), to("applications", office, call=call.pk)),
        ],
        next=following,
        others=others,
    )


def _notices(application: Application) -> list[c.Notice]:
    found = []
    if application.state == _A.REJECTED:
        found.append(c.Notice(application.rejection_reason, "danger", _("Not admitted")))
    if application.asked_at is not None:
        found.append(c.Notice(application.asked_for, "info", _("Returned to the applicant")))
    if not application.person.email:
        found.append(
            c.Notice(_("No e-mail address is on record; letters do not reach this person."), "needs")
        )
    return found


def _facts(application: Application) -> list[c.FactGroup]:
    person, enrolment = application.person, application.enrolment
    facts = application.facts or facts_of(application)
    return [
        c.FactGroup(
            _("The applicant"),
            [
                c.Fact(
                    _("Name as in the passport"), f"{person.passport_surname} {person.passport_given}".strip()
                ),
                c.Fact(_("E-mail"), person.email),
                c.Fact(_("Student number"), enrolment.student_number if enrolment else None),
                c.Fact(_("Faculty"), enrolment.unit.said if enrolment else None),
                c.Fact(_("Programme"), enrolment.programme if enrolment else None),
            ],
        ),
        c.FactGroup(
            _("When submitted") if application.facts else _("On record now"),
            [
                c.Fact(_("Level of study"), enrolment.get_level_display() if enrolment else None),
                c.Fact(_("Year of study"), _plain(facts.get("year_of_study"))),
                c.Fact(_("GPA"), _plain(facts.get("gpa"))),
                c.Fact(_("Academic debts"), _plain(facts.get("debts"))),
                c.Fact(_("Former exchanges"), _plain(facts.get("former_mobilities"))),
                c.Fact(_("Languages"), _languages(application)),
            ],
        ),
    ]


def _plain(value: object) -> str | None:
    return None if value is None else shown_number(value)


def _languages(application: Application) -> str:
    return ", ".join(
        " ".join(
            filter(
                None,
                (
                    language_name(one["language"]),
                    one["level"],
                    one.get("certificate") and f"({one['certificate']})",
                ),
            )
        )
        for one in application.languages
    )


def _points(given: Mapping[str, str]) -> str:
    return ", ".join(shown_number(each) for each in given.values())


def _reviews(application: Application, user: User) -> c.Related:
    rows = [
        c.RelatedRow(
            review.reviewer.name,
            note=" · ".join(
                filter(
                    None, [", ".join(shown_number(each) for each in review.points.values()), review.remark]
                )
            ),
        )
        for review in application.reviews.select_related("reviewer").order_by("given_at")
    ]
    return c.Related(_("Reviews"), rows, len(rows), empty=_("Nobody has given points yet."))


def _letters(application: Application) -> c.Related:
    rows = [
        c.RelatedRow(
            _("Decision of %(day)s") % {"day": f"{local_day(paper.issued_at):%d.%m.%Y}"},
            reverse("calls:letter", args=[application.office.slug, application.pk, paper.pk]),
            _("replaced") if paper.state == "replaced" else "",
        )
        for paper in papers_of(application)
    ]
    return c.Related(_("Letters"), rows, len(rows), empty=_("No letter yet."))
