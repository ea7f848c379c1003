"""Letters to applicants. A key is made where it is mailed and stored nowhere."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.letters import send_letter
from sapar.accounts.services import mailed
from sapar.core.queue import background
from sapar.mobility import mails
from sapar.mobility.models import Application, Call, Message
from sapar.mobility.services.applications import writing


@background(about=Call, failure=_("An applicant was not sent the link to their application."))
def send_link(call_id: int, student_number: str, consent_text: str, language: str) -> None:
    """Begin or find the application of that student, and give out the letter with its key."""
    call = Call.objects.select_related("office").get(pk=call_id)
    writing.answer_request(
        call, student_number, consent_text=consent_text, language=language, at=timezone.now()
    )


@background(about=Application, failure=_("An applicant was not told what happened."))
def notify(application_id: int, about: str, message_id: int | None = None) -> None:
    """Tell the applicant what happened, with a fresh link to the application."""
    application = Application.objects.select_related("person", "call__office").get(pk=application_id)
    if not application.person.email:
        return
    message = Message.objects.get(pk=message_id) if message_id else None
    begun = writing.send_new_link(application, at=timezone.now())
    address = f"{settings.BASE_URL.rstrip('/')}/l/{begun.key}/"
    subject, body = mails.letter(about, begun.application, address, message=message)
    with mailed(begun.link, at=timezone.now()):
        send_letter(subject, body, begun.send_to)
