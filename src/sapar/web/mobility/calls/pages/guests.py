"""What applicants see: the call, the form page by page, and how the application stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.methods import allocation as method
from sapar.methods.allocation.rules import failure
from sapar.mobility.eligibility import facts_for, rules_for
from sapar.mobility.models import Appeal, Application, Award, CallPlace, Message
from sapar.mobility.queries.calls import facts_of
from sapar.mobility.queries.placing import appeal_until, award_of
from sapar.mobility.services.placing.problems import offers_of
from sapar.mobility.states import APPLICATION_FLOW, AppealState, ApplicationState, CallState
from sapar.mobility.wording.applications import document_title, language_name, question_title
from sapar.mobility.wording.reasons import no_place_sentence
from sapar.mobility.wording.rules import failure_sentence
from sapar.web import components as c
from sapar.web.mobility.calls.pages.applications import WishLine, wish_lines
from sapar.web.mobility.calls.pages.calls import faculties_of
from sapar.web.mobility.calls.words import state_for_applicant, state_of_appeal

_A = ApplicationState
STEPS = ("about", "wishes", "languages", "motivation", "papers", "check")


def step_title(name: str) -> str:
    return {
        "about": _("About you"),
        "wishes": _("Where to"),
        "languages": _("Languages"),
        "motivation": _("Motivation"),
        "papers": _("Papers"),
        "check": _("Check your answers"),
    }[name]


def step_url(key: str, name: str) -> str:
    return reverse("calls:step", args=[key, name])


def steps_of(application: Application) -> tuple[str, ...]:
    """A call without papers has no page for them."""
    return tuple(name for name in STEPS if name != "papers" or application.call.documents)


def step_after(application: Application, name: str) -> str:
    names = steps_of(application)
    return names[min(names.index(name) + 1, len(names) - 1)]


def step_before(application: Application, name: str) -> str | None:
    names = steps_of(application)
    at = names.index(name)
    return names[at - 1] if at else None


def steps(application: Application, key: str, current: str) -> list[c.Step]:
    names = steps_of(application)
    at = names.index(current)
    return [
        c.Step(
            step_title(name),
            step_url(key, name),
            "current" if number == at else ("done" if number < at else "todo"),
        )
        for number, name in enumerate(names)
    ]


def problems_with(application: Application, places: Sequence[CallPlace]) -> dict[int, list[str]]:
    """For each place, the conditions that the applicant does not meet as far as is known today."""
    facts = facts_for(dict(facts_of(application)))
    rules = rules_for(application.call.rules)
    faculties = faculties_of(application.call.office)
    found = {}
    for place, offer in zip(places, offers_of(places), strict=True):
        failed = [
            result
            for rule in (*rules, *offer.conditions)
            if rule.fact != "score" and (result := failure(rule, facts)) is not None
        ]
        found[place.pk] = [failure_sentence(method.plain(one), faculties) for one in failed]
    return found


def answers_of(application: Application, key: str) -> list[c.Answer]:
    """Everything that was filled in, with the way back to each page."""
    person, call = application.person, application.call
    wishes = [
        wish.place.host.name for wish in application.wishes.select_related("place__host").order_by("rank")
    ]
    answers = [
        c.Answer(_("Name"), person.display_name),
        c.Answer(_("Former exchanges"), application.former_mobilities, step_url(key, "about")),
    ]
    answers += [
        c.Answer(_("Wish %(number)s") % {"number": number}, host, step_url(key, "wishes"))
        for number, host in enumerate(wishes, start=1)
    ] or [c.Answer(_("Wishes"), None, step_url(key, "wishes"))]
    languages = ", ".join(f"{language_name(one['language'])} {one['level']}" for one in application.languages)
    answers.append(c.Answer(_("Languages"), languages, step_url(key, "languages")))
    answers.append(c.Answer(_("Motivation"), application.motivation, step_url(key, "motivation")))
    answers += [
        c.Answer(
            question_title(call, str(one["code"])),
            application.answers.get(str(one["code"])),
            step_url(key, "motivation"),
        )
        for one in call.questions
    ]
    names = dict(application.papers.values_list("document", "file__name"))
    answers += [
        c.Answer(document_title(call, one["code"]), names.get(one["code"]), step_url(key, "papers"))
        for one in call.documents
    ]
    return answers


@dataclass(frozen=True)
class StatusPage:
    """How the application stands and what the applicant may do now."""

    title: str
    state: c.State
    lead: str
    notices: Sequence[c.Notice]
    facts: Sequence[c.Fact]
    wishes: Sequence[WishLine]
    decided: bool
    may_confirm: bool
    may_appeal: bool
    may_change: bool
    may_withdraw: bool
    papers_url: str
    host: str
    answer_by: datetime | None
    appeal_until: datetime | None
    appeals: Sequence[tuple[Appeal, c.State]]
    messages: Sequence[Message]
    letters: Sequence[Paper]


def status_page(application: Application, key: str, *, now: datetime) -> StatusPage:
    award = award_of(application)
    until = appeal_until(application)
    appeals = list(application.appeals.order_by("made_at"))
    call = application.call
    is_open = call.state == CallState.OPEN and now < call.closes_at
    return StatusPage(
        title=call.title,
        state=state_for_applicant(application),
        lead=_lead(application, award),
        notices=_notices(application),
        facts=_facts(application, award, until),
        wishes=wish_lines(application, award, own=True),
        decided=award is not None,
        may_confirm=application.state == _A.PLACED
        and (application.answer_by is None or now <= application.answer_by),
        may_appeal=until is not None
        and now <= until
        and not any(one.state == AppealState.OPEN for one in appeals),
        may_change=application.state == _A.SUBMITTED and is_open,
        may_withdraw=APPLICATION_FLOW.allows("withdraw", application.state),
        papers_url=step_url(key, "papers") if application.state == _A.SUBMITTED and call.documents else "",
        host=award.place.host.name if award and award.place else "",
        answer_by=application.answer_by if application.state == _A.PLACED else None,
        appeal_until=until,
        appeals=[(one, state_of_appeal(one)) for one in appeals],
        messages=list(application.messages.order_by("sent_at")),
        letters=list(papers_of(application).select_related("file")),
    )


def _lead(application: Application, award: Award | None) -> str:
    host = award.place.host.name if award and award.place else ""
    words = {
        _A.SUBMITTED: _("We have your application. The office checks the papers."),
        _A.COMPLETE: _("Your application is complete and takes part in the giving of places."),
        _A.REJECTED: _("Your application does not take part in the giving of places."),
        _A.PLACED: _("You are offered a place: %(host)s.") % {"host": host},
        _A.RESERVE: _("There is no place for you now. You move up when somebody gives a place back."),
        _A.INELIGIBLE: no_place_sentence(award.reasons if award else ()),
        _A.CONFIRMED: _("You have confirmed your place: %(host)s.") % {"host": host},
        _A.DECLINED: _("The place was given back. It goes to somebody else."),
        _A.WITHDRAWN: _("You have withdrawn your application."),
    }
    return words.get(_A(application.state), "")


def _notices(application: Application) -> list[c.Notice]:
    found = []
    if application.state == _A.REJECTED:
        found.append(c.Notice(application.rejection_reason, "danger", _("The reason")))
    if application.asked_at is not None:
        found.append(c.Notice(application.asked_for, "needs", _("The office asks you to complete this")))
    return found


def _facts(application: Application, award: Award | None, until: datetime | None) -> list[c.Fact]:
    facts = [
        c.Fact(_("Number"), application.number),
        c.Fact(_("Submitted"), application.submitted_at),
    ]
    if award is not None:
        facts.append(c.Fact(_("Points"), application.score))
    if application.state == _A.PLACED:
        facts.append(c.Fact(_("Confirm until"), application.answer_by))
    if until is not None:
        facts.append(c.Fact(_("Appeal until"), until))
    return facts
