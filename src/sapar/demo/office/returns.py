"""Transcripts, recognition and the year's report."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sapar.accounts.states import LinkPurpose
from sapar.demo.office.cast import DemoOffice
from sapar.demo.office.stays import key_of
from sapar.mobility.models import Decision, Exchange
from sapar.mobility.queries.exchanges import signed_learning_agreement
from sapar.mobility.services import (
    exchanges,
    recognition,
    transcripts,
)
from sapar.mobility.states import Side, TranscriptSource, Verdict
from sapar.reporting.services import make_report, release_report

# Which of the groups that were passed are not taken as they were promised.
LESSER = {
    3: (Verdict.PARTLY, Decimal("0.6"), "Fewer hours than at home."),
    8: (Verdict.ELECTIVE, Decimal(1), "Another content than the home course; counts as an elective."),
    11: (Verdict.REFUSED, Decimal(0), "The content overlaps with a course taken at home before."),
}
MARKS = ("A", "A-", "B+", "B", "B", "B-", "C+", "C", "F")


def bring_back(demo: DemoOffice, away: list[Exchange]) -> None:
    for number, exchange in enumerate(away):
        left = exchange.planned_to + timedelta(days=demo.draw.randint(-3, 5))
        exchange = exchanges.note_departure(exchange, left_on=left, by=demo.officer, at=demo.at(left))
        if number % 9 == 8:
            continue
        given = left + timedelta(days=demo.draw.randint(9, 48))
        agreed = signed_learning_agreement(exchange)
        if agreed is None:
            continue
        host = key_of(demo, exchange, LinkPurpose.GIVE_TRANSCRIPT, "Registrar of the host", left)
        transcripts.receive_transcript(
            exchange,
            [
                transcripts.LineEntry(
                    code=component.code,
                    title=component.title,
                    credits=component.credits,
                    mark=demo.draw.choice(MARKS),
                    examined_on=left,
                )
                for component in agreed.components.filter(side=Side.STUDIED).order_by("group")
            ],
            scale="kz-12",
            source=TranscriptSource.LINK,
            issued_on=given,
            by=host,
            at=demo.at(given),
        )
        demo.links.pop(str(LinkPurpose.GIVE_TRANSCRIPT.label), None)  # it was good for one transcript


def recognise_credits(demo: DemoOffice, away: list[Exchange]) -> None:
    for number, exchange in enumerate(
        Exchange.objects.filter(pk__in=[one.pk for one in away]).order_by("pk")
    ):
        transcript = exchange.transcripts.first()
        if transcript is None or number % 7 == 1:
            continue
        at = transcript.received_at + timedelta(days=6)
        case = recognition.open_case(
            exchange, commission=["Dean", "Head of department"], by=demo.officer, at=at
        )
        for decision in case.decisions.order_by("group"):
            verdict, share, reason = _judged(decision, number * 4 + decision.group)
            recognition.decide_group(
                decision,
                verdict=verdict,
                credits=(decision.credits_promised * share).quantize(Decimal("0.1")),
                home_mark=(decision.studied[0]["conversion"] or {}).get("result", "")
                if decision.studied
                else "",
                reason=reason,
                by=demo.officer,
                at=at,
            )
        case = recognition.close_case(case, by=demo.officer, at=at)
        recognition.issue_order(case, by=demo.officer, at=at + timedelta(days=2))


def _judged(decision: Decision, number: int) -> tuple[Verdict, Decimal, str]:
    """What the commission made of a group, the share of its credits, and why it is less than promised."""
    if Verdict(decision.method["suggestion"]["verdict"]) == Verdict.REFUSED:
        return Verdict.REFUSED, Decimal(0), "Not passed at the host; to be made up."
    return LESSER.get(number % 13, (Verdict.RECOGNISED, Decimal(1), ""))


def release_the_year(demo: DemoOffice) -> None:
    day = demo.at(min(date(demo.year + 1, 10, 1), demo.today - timedelta(days=1)))
    report = make_report(demo.office, demo.year, by=demo.officer, at=day)
    release_report(report, summary="", by=demo.users["rector"], at=day)
