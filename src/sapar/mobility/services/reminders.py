"""Asking partners and students again, at most once a week.

Partners: unanswered nominations, unsigned learning agreements, overdue transcripts. Students: learning agreements that
they were invited to propose, or have to sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office, SignedLink
from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import timeline
from sapar.audit.services import record
from sapar.core.days import local_day
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


def remind(office: Office, *, by: Actor, at: datetime) -> int:
    """Send letters to all who were asked a week ago or longer and have not answered.

    Whom to write to is told by the newest link that was given for the same thing; where none was ever
    mailed, the desk shows what is waited for and nobody is written to. Answers how many letters go out.
    Looking takes a few queries and locks nothing; each letter is a transaction of its own.
    """
    require(may_nominate, by, office)
    sent = 0
    for purpose in DAYS:
        links = _last_links(office, purpose, before=at - EVERY)
        for subject in _waited_for(office, purpose, at) if links else ():
            if link := links.get(subject.pk):
                sent += _remind_once(subject, link, purpose, by=by, at=at)
    return sent


def _last_links(office: Office, purpose: LinkPurpose, *, before: datetime) -> dict[int, SignedLink]:
    """The newest link of each subject, if it was mailed and so long ago."""
    links = SignedLink.objects.filter(office=office, purpose=purpose).order_by("made_at", "pk")
    newest = {link.subject_id: link for link in links}
    return {pk: link for pk, link in newest.items() if link.holder_email and link.made_at <= before}


def _waited_for(office: Office, purpose: LinkPurpose, at: datetime) -> Iterator[Agreement | Exchange]:
    """For what the holders of such links are waited for."""
    match purpose:
        case LinkPurpose.ANSWER_NOMINATION:
            yield from (waiting.agreement for waiting in waiting_for_answer(office))
        case LinkPurpose.GIVE_TRANSCRIPT:
            yield from overdue_transcripts(office, today=local_day(at)).iterator()
        case LinkPurpose.SIGN_LEARNING_AGREEMENT:
            yield from _unsigned(office, Party.RECEIVING, at)
        case LinkPurpose.FOLLOW_STAY:
            yield from _unsigned(office, Party.STUDENT, at)
            yield from unsent_proposals(office)


def _unsigned(office: Office, party: Party, at: datetime) -> Iterator[Exchange]:
    for version in agreements_without(office, party).filter(sent_at__lte=at - EVERY):
        yield version.exchange


@transaction.atomic
def _remind_once(
    subject: Agreement | Exchange, link: SignedLink, purpose: LinkPurpose, *, by: Actor, at: datetime
) -> bool:
    """Under the lock of the subject: whoever reminds at the same moment finds it done."""
    type(subject)._default_manager.select_for_update().get(pk=subject.pk)
    # The letter may still be in the queue, its link unmade: the trail knows that it was asked for.
    lately = timeline(subject).filter(action="mobility.reminded", at__gt=at - EVERY)
    if any(entry.data.get("purpose") == purpose for entry in lately):
        return False
    MAIL_LINK.enqueue(
        subject.office_id,
        str(purpose),
        subject.pk,
        link.holder_name,
        link.holder_email,
        link.language,
        DAYS[purpose],
        again=True,
    )
    record("mobility.reminded", subject=subject, by=by, at=at, purpose=purpose, name=link.holder_name)
    return True
