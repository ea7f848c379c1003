"""Words between the office and the applicant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import User
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.errors import NothingChosen, ReasonMissing, UnknownGap
from sapar.mobility.models import Application, Award, Message
from sapar.mobility.policies import may_write_application
from sapar.mobility.states import RunState
from sapar.mobility.wording.applications import GAPS, filled, unknown_gap

NOTIFY = Later("sapar.mobility.tasks.applications.notify")


@transaction.atomic
def write_message(application: Application, text: str, *, by: Actor, at: datetime) -> Message:
    """A word to the other side; the office's words go out by e-mail as well."""
    require(may_write_application, by, application)
    if not text.strip():
        raise ReasonMissing(what="message")
    message = Message.objects.create(
        office=application.office,
        application=application,
        from_office=isinstance(by, User),
        author=label_of(by),
        text=text.strip(),
        sent_at=at,
    )
    if message.from_office:
        NOTIFY.enqueue(application.pk, "message", message.pk)
    record("mobility.application.message", subject=application, by=by, at=at)
    return message


@dataclass(frozen=True)
class Letter:
    """What one person will read; `reachable` says whether it goes out by e-mail as well."""

    application: Application
    text: str
    reachable: bool


def letters_to(applications: Iterable[Application], text: str) -> list[Letter]:
    """The text as each of them will read it, for the look before sending.

    Raises:
        ReasonMissing, UnknownGap
    """
    if not text.strip():
        raise ReasonMissing(what=_("what you want to write"))
    if gap := unknown_gap(text):
        raise UnknownGap(gap=gap, known=", ".join(f"{{{name}}}" for name in GAPS))
    chosen = list(applications)
    awards = Award.objects.filter(
        application__in=[one.pk for one in chosen], run__state=RunState.ADOPTED, place__isnull=False
    )
    hosts = dict(awards.values_list("application_id", "place__host__name"))
    return [
        Letter(one, filled(text.strip(), one, hosts.get(one.pk, "")), bool(one.person.email))
        for one in chosen
    ]


@transaction.atomic
def write_to_many(
    applications: Iterable[Application], text: str, *, by: Actor, at: datetime
) -> list[Message]:
    """One text to several applicants, with each one's own words in the gaps: all of them get it or nobody."""
    letters = letters_to(applications, text)
    if not letters:
        raise NothingChosen
    return [write_message(letter.application, letter.text, by=by, at=at) for letter in letters]


@transaction.atomic
def read_messages(application: Application, *, by: Actor, at: datetime) -> int:
    """Note that this side has seen what the other wrote; answers how many were new."""
    require(may_write_application, by, application)
    theirs = application.messages.filter(from_office=not isinstance(by, User), read_at=None)
    return theirs.update(read_at=at)
