"""Asking partners and students again, at most once a week.

Partners: unanswered nominations, unsigned learning agreements, overdue transcripts. Students: learning agreements that
they were invited to propose, or have to sign.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office, SignedLink
from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import timeline
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.exchanges import (
    agreements_without,
    overdue_transcripts,
    unsent_proposals,
    waiting_for_answer,
)
from sapar.mobility.states import Party
from sapar.partners.models import Agreement

MAIL_LINK = Later("sapar.mobility.tasks.exchanges.mail_link")

SAPAR = System("reminders")
EVERY = timedelta(days=7)
# How long a key lives: as the one that it repeats.
DAYS = {
    LinkPurpose.ANSWER_NOMINATION: 90,
    LinkPurpose.GIVE_TRANSCRIPT: 90,
    LinkPurpose.SIGN_LEARNING_AGREEMENT: 400,
    LinkPurpose.FOLLOW_STAY: 400,
}


@transaction.atomic
def remind(office: Office, *, by: Actor, at: datetime) -> int:
    """Send letters to all who were asked a week ago or longer and have not answered.

    Whom to write to is told by the newest link that was given for the same thing; where none was ever
    mailed, the desk shows what is waited for and nobody is written to. Answers how many letters go out.
    """
    require(may_nominate, by, office)
    asked: list[tuple[LinkPurpose, Agreement | Exchange]] = [
        (LinkPurpose.ANSWER_NOMINATION, waiting.agreement) for waiting in waiting_for_answer(office)
    ]
    asked += [(LinkPurpose.GIVE_TRANSCRIPT, late) for late in overdue_transcripts(office, today=at.date())]
    for party, purpose in (
        (Party.RECEIVING, LinkPurpose.SIGN_LEARNING_AGREEMENT),
        (Party.STUDENT, LinkPurpose.FOLLOW_STAY),
    ):
        unsigned = agreements_without(office, party).filter(sent_at__lte=at - EVERY)
        asked += [(purpose, version.exchange) for version in unsigned]
    asked += [(LinkPurpose.FOLLOW_STAY, exchange) for exchange in unsent_proposals(office)]
    sent = 0
    for purpose, subject in asked:
        link = _last_link(office, purpose, subject.pk)
        if link is None or not link.holder_email or link.made_at > at - EVERY:
            continue
        # The letter may still be in the queue, its link unmade: the trail knows that it was asked for.
        lately = timeline(subject).filter(action="mobility.reminded", at__gt=at - EVERY)
        if any(entry.data.get("purpose") == purpose for entry in lately):
            continue
        MAIL_LINK.enqueue(
            office.pk,
            str(purpose),
            subject.pk,
            link.holder_name,
            link.holder_email,
            link.language,
            DAYS[purpose],
            again=True,
        )
        record("mobility.reminded", subject=subject, by=by, at=at, purpose=purpose, name=link.holder_name)
        sent += 1
    return sent


def _last_link(office: Office, purpose: LinkPurpose, subject_id: int) -> SignedLink | None:
    links = SignedLink.objects.filter(office=office, purpose=purpose, subject_id=subject_id)
    return links.order_by("-made_at", "-pk").first()
