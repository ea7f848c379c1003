"""Issuing papers on stays; each carries a QR code and replaces the one before of its kind."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.files.services import issue_paper, new_code
from sapar.files.states import PaperState
from sapar.formats.papers.pdf import draw_pdf
from sapar.mobility.errors import NotSignedYet, StillThere
from sapar.mobility.models import Exchange, LearningAgreement, RecognitionCase, Transcript
from sapar.mobility.papers.learning import learning_agreement_paper
from sapar.mobility.papers.recognition import order_paper, protocol_paper
from sapar.mobility.papers.stays import stay_certificate, transcript_paper
from sapar.mobility.policies import may_change_exchange, may_decide_recognition
from sapar.mobility.queries.grades import scale_by_code
from sapar.mobility.states import LearningAgreementState

SAPAR = System("papers")


def verify_address(code: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}/v/{code}/"


@transaction.atomic
def issue_learning_agreement(version: LearningAgreement, *, by: Actor, at: datetime) -> Paper:
    """The version signed by all three; asked again it answers the paper that is there."""
    exchange = version.exchange
    require(may_change_exchange, by, exchange)
    Exchange.objects.select_for_update().get(pk=exchange.pk)
    if version.state not in (LearningAgreementState.SIGNED, LearningAgreementState.SUPERSEDED):
        raise NotSignedYet
    number = f"{exchange.number}/{version.number}"
    issued = papers_of(exchange).filter(kind="learning_agreement", number=number)
    known = issued.exclude(state=PaperState.REVOKED).first()
    if known is not None:
        return known
    code = new_code()
    paper = learning_agreement_paper(
        version,
        version.signatures.all(),
        on=local_day(version.signed_at or at),
        verify_url=verify_address(code),
    )
    return issue_paper(
        draw_pdf(paper), kind="learning_agreement", number=number, code=code, subject=exchange, by=by, at=at
    )


@transaction.atomic
def issue_stay_certificate(exchange: Exchange, *, by: Actor, at: datetime) -> Paper:
    """That the person stayed from the day of arrival to the day of leaving."""
    require(may_change_exchange, by, exchange)
    exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
    if exchange.arrived_on is None or exchange.left_on is None:
        raise StillThere(name=exchange.person.display_name)
    code = new_code()
    number = f"{exchange.number}/C{papers_of(exchange).filter(kind='stay_certificate').count() + 1}"
    paper = stay_certificate(exchange, number=number, on=local_day(at), verify_url=verify_address(code))
    return issue_paper(
        draw_pdf(paper), kind="stay_certificate", number=number, code=code, subject=exchange, by=by, at=at
    )


@transaction.atomic
def issue_transcript(transcript: Transcript, *, by: Actor, at: datetime) -> Paper:
    """Our transcript of records of a guest, to be given to the partner."""
    exchange = transcript.exchange
    require(may_change_exchange, by, exchange)
    Exchange.objects.select_for_update().get(pk=exchange.pk)
    code = new_code()
    number = f"{exchange.number}/T{papers_of(exchange).filter(kind='transcript').count() + 1}"
    paper = transcript_paper(
        transcript,
        list(transcript.lines.order_by("order")),
        scale_by_code(exchange.office, transcript.scale),
        number=number,
        on=local_day(at),
        verify_url=verify_address(code),
    )
    return issue_paper(
        draw_pdf(paper), kind="transcript", number=number, code=code, subject=exchange, by=by, at=at
    )


def issue_protocol(case: RecognitionCase, *, by: Actor, at: datetime) -> Paper:
    """The commission's protocol; called when the case is closed."""
    require(may_decide_recognition, by, case.exchange)
    code = new_code()
    decisions = list(case.decisions.order_by("group"))
    paper = protocol_paper(
        case, decisions, on=local_day(case.decided_at or at), verify_url=verify_address(code)
    )
    return issue_paper(
        draw_pdf(paper),
        kind="recognition_protocol",
        number=case.number,
        code=code,
        subject=case.exchange,
        by=by,
        at=at,
    )


def issue_order_paper(case: RecognitionCase, *, number: str, on: date, by: Actor, at: datetime) -> Paper:
    """The order under its number in the register of orders; called when the order is issued."""
    code = new_code()
    decisions = list(case.decisions.order_by("group"))
    paper = order_paper(
        case, decisions, number=number, on=on, signer=case.order_signer, verify_url=verify_address(code)
    )
    return issue_paper(
        draw_pdf(paper),
        kind="recognition_order",
        number=number,
        code=code,
        subject=case.exchange,
        by=by,
        at=at,
    )
