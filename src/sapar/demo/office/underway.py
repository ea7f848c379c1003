"""What an office has in its hands today: stays of the coming term before they begin, a recognition begun."""

from __future__ import annotations

from datetime import timedelta

from sapar.accounts.states import LinkPurpose
from sapar.core.days import local_day
from sapar.demo.office.cast import DemoOffice
from sapar.demo.office.seasons import Season, next_season
from sapar.demo.office.stays import entries_for, key_of
from sapar.directory.models import Enrolment
from sapar.mobility.models import Exchange
from sapar.mobility.queries.calls import seats_free
from sapar.mobility.services import exchanges, learning, nominating, recognition, tasks
from sapar.mobility.states import ExchangeState, Need
from sapar.partners.models import Condition
from sapar.partners.queries import current_version
from sapar.partners.states import Direction


def leave_underway(demo: DemoOffice) -> None:
    """One more person at each step: named, accepted, proposing what to study, waiting for signatures."""
    season = next_season(demo.today)
    rows = iter(_free_rows(demo, season))
    waiting, proposing, proposed, to_sign = (
        _nominated(demo, row, student, season) for row, student in zip(rows, demo.students[-4:], strict=False)
    )
    _ask_the_host(demo, waiting)
    for exchange in (proposing, proposed, to_sign):
        exchanges.answer_nomination(
            exchange, accepted=True, by=demo.officer, at=demo.at(demo.today - timedelta(days=12))
        )
    _prepare(demo, proposing, proposed, to_sign)
    day = demo.today - timedelta(days=4)
    version = learning.draft_learning_agreement(
        to_sign, entries_for(demo, to_sign), by=demo.officer, at=demo.at(day)
    )
    learning.send_learning_agreement(version, by=demo.officer, at=demo.at(day))
    student = key_of(demo, proposed, LinkPurpose.FOLLOW_STAY, proposed.person.display_name, day)
    learning.propose_learning_agreement(
        proposed,
        entries_for(demo, proposed),
        note="All four courses are taught in English.",
        revision=0,
        by=student,
        at=demo.at(day),
    )
    key_of(demo, proposing, LinkPurpose.FOLLOW_STAY, proposing.person.display_name, day)


def _prepare(demo: DemoOffice, *stays: Exchange) -> None:
    """What they need is put down; the first has a passport that ends before the stay does, the next an insurance."""
    at = demo.at(demo.today - timedelta(days=10))
    made = [tasks.add_usual_tasks(stay, list(Need), by=demo.officer, at=at) for stay in stays]
    got = ((0, Need.PASSPORT, timedelta(days=-40)), (1, Need.INSURANCE, timedelta(days=30)))
    for number, need, after in got:
        for task in made[number]:
            if task.need == need:
                until = max(stays[number].planned_to + after, local_day(at))
                tasks.finish_task(task, done_on=local_day(at), valid_until=until, by=demo.officer, at=at)


def begin_recognition(demo: DemoOffice) -> None:
    """Opened by the office, to be decided by the faculty."""
    waiting = Exchange.objects.filter(office=demo.office, direction=Direction.OUTGOING)
    exchange = waiting.filter(state=ExchangeState.TRANSCRIPT, recognition=None).order_by("pk").first()
    if exchange is not None:
        at = demo.at(demo.today - timedelta(days=6))
        recognition.open_case(exchange, commission=["Dean", "Head of department"], by=demo.officer, at=at)


def _free_rows(demo: DemoOffice, season: Season) -> list[Condition]:
    """Rows of the season's year with a place that no call has taken."""
    rows = [
        row
        for agreement in demo.agreements
        for row in current_version(agreement).conditions.filter(
            academic_year=season.academic_year, direction=Direction.OUTGOING
        )
    ]
    return [row for row in rows if seats_free(row) > 0]


def _nominated(demo: DemoOffice, row: Condition, student: Enrolment, season: Season) -> Exchange:
    return nominating.nominate_directly(
        student.person,
        row,
        term=season.term,
        planned_from=season.stay_from,
        planned_to=season.stay_to,
        enrolment=student,
        by=demo.officer,
        at=demo.at(demo.today - timedelta(days=20)),
    )


def _ask_the_host(demo: DemoOffice, exchange: Exchange) -> None:
    agreement = exchange.agreement
    if agreement is not None:
        contact = agreement.partnership.contacts.get(is_main=True)
        made = exchanges.invite_to_answer(
            agreement,
            name=contact.name,
            email=contact.email,
            by=demo.officer,
            at=demo.at(demo.today - timedelta(days=20)),
        )
        demo.links[str(LinkPurpose.ANSWER_NOMINATION.label)] = made.key
