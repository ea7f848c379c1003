"""Delivering messages to webhooks."""

from __future__ import annotations

import time
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.core.queue import background
from sapar.interop.errors import AddressRefused
from sapar.interop.models import Delivery
from sapar.interop.outgoing import NoAnswer, post
from sapar.interop.queries import due_deliveries, payload_of, signature_of
from sapar.interop.services import note_answer

AT_ONCE = 200


@background(about=None, failure=_("Messages to other systems were not sent."))
def deliver() -> int:
    """What the schedule gives out every minute."""
    return deliver_due()


def deliver_due(at: datetime | None = None) -> int:
    """Send what is due; answers how many were taken.

    An address that does not answer is asked once, and the others do not wait for what is still due to it.
    """
    now, taken = at or timezone.now(), 0
    waiting = due_deliveries(now).order_by("webhook_id").values_list("webhook_id", flat=True).distinct()
    for webhook_id in list(waiting):
        due = due_deliveries(now).filter(webhook_id=webhook_id).select_related("webhook")
        for delivery in due[:AT_ONCE]:
            try:
                status = send(delivery)
                good, answer, silent = 200 <= status < 300, str(status), False
            except (AddressRefused, NoAnswer) as failed:
                good, answer, silent = False, str(failed), True
            note_answer(delivery, taken=good, answer=answer, at=at or timezone.now())
            taken += good
            if silent:
                break
    return taken


def send(delivery: Delivery) -> int:
    """One try: the status that the address answers.

    Raises:
        AddressRefused, NoAnswer
    """
    payload = payload_of(delivery)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sapar",
        "Sapar-Fact": delivery.fact,
        "Sapar-Delivery": str(delivery.pk),
        "Sapar-Signature": signature_of(payload, delivery.webhook.secret, int(time.time())),
    }
    return post(delivery.webhook.url, payload, headers)
