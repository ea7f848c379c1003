"""Stays in the middle of the story, for tests that begin there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sapar.accounts.models import SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.directory.models import Course
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.services.exchanges import (
    answer_nomination,
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
from sapar.mobility.services.nominating import nominate_directly
from sapar.mobility.services.transcripts import LineEntry, receive_transcript
from sapar.mobility.states import Party, Side, Term, TranscriptSource
from sapar.partners.states import Direction
from tests.cast import LATER, NOW, Cast
from tests.story import Partner, partner_in_force, student


def key_for(exchange: Exchange, purpose: LinkPurpose, cast: Cast) -> SignedLink:
    made = make_exchange_link(
        exchange, purpose, name="Holder", email="h@example.org", by=cast.officer, at=NOW
    )
    return link_by_key(made.key, purpose, at=NOW)


def nominated_stay(
    cast: Cast,
    partner: Partner | None = None,
    *,
    given: str = "Aida",
    unit: str = "MED",
    direction: Direction = Direction.OUTGOING,
) -> Exchange:
    partner = partner or partner_in_force(cast, places=9)
    enrolment = student(cast, given, "3.5", unit=unit)
    out = direction == Direction.OUTGOING
    return nominate_directly(
        enrolment.person,
        partner.outgoing if out else partner.incoming,
        term=Term.SPRING,
        planned_from=date(2027, 2, 1),
        planned_to=date(2027, 6, 30),
        enrolment=enrolment if out else None,
        unit=enrolment.unit,
        by=cast.officer,
        at=NOW,
    )


def accepted_stay(
    cast: Cast,
    partner: Partner | None = None,
    *,
    given: str = "Aida",
    unit: str = "MED",
    direction: Direction = Direction.OUTGOING,
) -> Exchange:
    exchange = nominated_stay(cast, partner, given=given, unit=unit, direction=direction)
    return answer_nomination(exchange, accepted=True, by=cast.officer, at=NOW)


def course(cast: Cast, code: str = "ANA2", title: str = "Anatomy II", credits: str = "6") -> Course:
    found, _new = Course.objects.get_or_create(
        office=cast.office,
        programme="General medicine",
        code=code,
        defaults={"unit": cast.medicine, "title": title, "credits": Decimal(credits)},
    )
    return found


def pair(cast: Cast, *, group: int = 1, code: str = "AN-201", title: str = "Anatomy") -> list[ComponentEntry]:
    """One course at the host for one at home."""
    home = course(cast)
    return [
        ComponentEntry(side=Side.STUDIED, group=group, code=code, title=title, credits=Decimal(6)),
        ComponentEntry(
            side=Side.RECOGNISED,
            group=group,
            code=home.code,
            title=home.title,
            credits=home.credits,
            course=home,
        ),
    ]


def signed_agreement(
    exchange: Exchange, cast: Cast, entries: Sequence[ComponentEntry] | None = None
) -> LearningAgreement:
    version = draft_learning_agreement(exchange, entries or pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    ours, theirs = (
        (Party.SENDING, Party.RECEIVING) if exchange.direction == "out" else (Party.RECEIVING, Party.SENDING)
    )
    for party, actor in (
        (Party.STUDENT, key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)),
        (ours, cast.officer),
        (theirs, key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)),
    ):
        version = sign_learning_agreement(version, party, digest=version.digest, by=actor, at=NOW)
    exchange.refresh_from_db()
    return version


def returned_stay(
    cast: Cast, partner: Partner | None = None, *, given: str = "Aida", unit: str = "MED"
) -> Exchange:
    exchange = accepted_stay(cast, partner, given=given, unit=unit)
    signed_agreement(exchange, cast)
    exchange = note_arrival(exchange, arrived_on=date(2027, 2, 1), by=cast.officer, at=LATER)
    return note_departure(exchange, left_on=date(2027, 6, 28), by=cast.officer, at=LATER)


ANATOMY = LineEntry(code="AN-201", title="Anatomy", credits=Decimal(6), mark="A-")


def stay_with_transcript(
    cast: Cast,
    partner: Partner | None = None,
    *lines: LineEntry,
    given: str = "Aida",
    unit: str = "MED",
    scale: str = "kz-12",
) -> Exchange:
    exchange = returned_stay(cast, partner, given=given, unit=unit)
    receive_transcript(
        exchange, lines or [ANATOMY], scale=scale, source=TranscriptSource.FORM, by=cast.officer, at=NOW
    )
    exchange.refresh_from_db()
    return exchange
