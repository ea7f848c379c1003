"""Words between the office and the applicant."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import User
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.errors import ReasonMissing
from sapar.mobility.models import Application, Message
from sapar.mobility.policies import may_write_application

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


@transaction.atomic
def read_messages(application: Application, *, by: Actor, at: datetime) -> int:
    """Note that this side has seen what the other wrote; answers how many were new."""
    require(may_write_application, by, application)
    theirs = application.messages.filter(from_office=not isinstance(by, User), read_at=None)
    return theirs.update(read_at=at)
