"""From an agreement to recognised credits, through services alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sapar.accounts.models import SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import breaks_in
from sapar.directory.models import Course
from sapar.mobility.models import Equivalence, Exchange
from sapar.mobility.queries.exchanges import transcript_of
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.exchanges import (
    answer_nomination,
    invite_to_answer,
    make_exchange_link,
    note_arrival,
    note_departure,
)
from sapar.mobility.services.learning import (
    ComponentEntry,
    draft_learning_agreement,
    send_learning_agreement,
    sign_learning_agreement,
)
from sapar.mobility.services.nominating import nominate
from sapar.mobility.services.placing import adopt_run, confirm_place, run_placing, verify_run
from sapar.mobility.services.recognition import close_case, decide_group, issue_order, open_case
from sapar.mobility.services.transcripts import LineEntry, receive_transcript
from sapar.mobility.states import ApplicationState, ExchangeState, Party, Side, TranscriptSource, Verdict
from tests.cast import LATER, NOW, Cast
from tests.story import apply, open_call_with, partner_in_force, student


def key_for(exchange: Exchange, purpose: LinkPurpose, cast: Cast) -> SignedLink:
    made = make_exchange_link(
        exchange, purpose, name="Holder", email="h@example.org", by=cast.officer, at=NOW
    )
    return link_by_key(made.key, purpose, at=NOW)


def test_story_from_agreement_to_order(cast: Cast) -> None:
    partner = partner_in_force(cast, places=2)
    call = open_call_with(cast, partner)
    applied = [apply(call, student(cast, name, gpa)) for name, gpa in
               (("Best", "3.9"), ("Second", "3.5"), ("Third", "3.1"))]  # fmt: skip
    for application, _link in applied:
        accept_papers(application, by=cast.officer, at=NOW)
    call = close_call(call, by=cast.officer, at=NOW)

    run = run_placing(call, seed=7, by=cast.officer, at=NOW)
    assert (run.applicants, run.placed) == (3, 2)
    assert verify_run(run).stable
    adopt_run(run, by=cast.officer, at=NOW)
    for application, _link in applied:
        application.refresh_from_db()
    assert [application.state for application, _link in applied] == [
        ApplicationState.PLACED,
        ApplicationState.PLACED,
        ApplicationState.RESERVE,
    ]

    best, best_link = applied[0]
    exchange = nominate(confirm_place(best, by=best_link, at=NOW), by=cast.officer, at=NOW)
    made = invite_to_answer(partner.agreement, name="Deniz", email="d@example.org", by=cast.officer, at=NOW)
    host = link_by_key(made.key, LinkPurpose.ANSWER_NOMINATION, at=NOW)
    exchange = answer_nomination(exchange, accepted=True, by=host, at=NOW)
    assert exchange.state == ExchangeState.ACCEPTED

    course = Course.objects.create(
        office=cast.office, unit=cast.medicine, programme="General medicine", code="ANA2", title="Anatomy II",
        credits=Decimal(6),
    )  # fmt: skip
    version = draft_learning_agreement(
        exchange,
        [
            ComponentEntry(side=Side.STUDIED, group=1, code="AN-201", title="Anatomy", credits=Decimal(4)),
            ComponentEntry(side=Side.STUDIED, group=1, code="HI-110", title="Histology", credits=Decimal(3)),
            ComponentEntry(
                side=Side.RECOGNISED,
                group=1,
                code="ANA2",
                title="Anatomy II",
                credits=Decimal(6),
                course=course,
            ),
            ComponentEntry(side=Side.STUDIED, group=2, code="TR-1", title="Turkish", credits=Decimal(3)),
        ],
        by=cast.officer,
        at=NOW,
    )
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    for party, actor in (
        (Party.STUDENT, key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)),
        (Party.SENDING, cast.coordinator),
        (Party.RECEIVING, key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)),
    ):
        version = sign_learning_agreement(version, party, digest=version.digest, by=actor, at=NOW)
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.READY

    exchange = note_arrival(exchange, arrived_on=date(2027, 2, 1), by=cast.officer, at=LATER)
    exchange = note_departure(exchange, left_on=date(2027, 6, 28), by=cast.officer, at=LATER)
    receive_transcript(
        exchange,
        [
            LineEntry(code="AN-201", title="Anatomy", credits=Decimal(4), mark="A"),
            LineEntry(code="HI-110", title="Histology", credits=Decimal(3), mark="B+"),
            LineEntry(code="TR-1", title="Turkish", credits=Decimal(3), mark="F"),
        ],
        scale="kz-12",
        source=TranscriptSource.LINK,
        by=key_for(exchange, LinkPurpose.GIVE_TRANSCRIPT, cast),
        at=NOW,
    )
    exchange.refresh_from_db()
    transcript = transcript_of(exchange)
    assert transcript is not None
    assert list(transcript.lines.order_by("order").values_list("mark", "passed")) == [
        ("A", True),
        ("B+", True),
        ("F", False),
    ]

    case = open_case(exchange, by=cast.coordinator, at=NOW)
    first, second = case.decisions.order_by("group")
    assert first.method["suggestion"]["verdict"] == Verdict.RECOGNISED
    assert second.method["suggestion"] == {"verdict": "refused", "because": "not_passed"}
    decide_group(
        first, verdict=Verdict.RECOGNISED, credits=Decimal(6), home_mark="A", by=cast.coordinator, at=NOW
    )
    decide_group(
        second, verdict=Verdict.REFUSED, credits=Decimal(0), reason="Not passed", by=cast.coordinator, at=NOW
    )
    case = close_case(case, by=cast.coordinator, at=NOW)
    issue_order(case, by=cast.officer, at=NOW)
    exchange.refresh_from_db()
    assert (exchange.state, exchange.credits_recognised, exchange.credits_studied) == (
        ExchangeState.RECOGNISED,
        Decimal(6),
        Decimal(7),
    )
    assert Equivalence.objects.count() == 0
    assert list(breaks_in(cast.office)) == []
