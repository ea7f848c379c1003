"""Letters to partners about stays that are cancelled, end early or take place after all."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.accounts.letters import send_letter
from sapar.core.queue import background
from sapar.mobility import stay_mails
from sapar.mobility.models import Exchange


@background(about=Exchange, failure=_("A partner was not told that a stay was cancelled or ended early."))
def tell_end(exchange_id: int, name: str, email: str, language: str) -> None:
    """As it is when the letter is written: what was taken back meanwhile is not told."""
    exchange = Exchange.objects.select_related("person", "office").get(pk=exchange_id)
    subject, body = stay_mails.end_letter(exchange, name=name, language=language)
    send_letter(subject, body, email)
