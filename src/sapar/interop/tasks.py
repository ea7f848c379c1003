"""Delivering messages to webhooks."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError
from sapar.core.queue import background
from sapar.interop.models import Delivery
from sapar.interop.queries import due_deliveries, payload_of, signature_of
from sapar.interop.services import note_answer, refuse_unsafe

SECONDS = 10
AT_ONCE = 200


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead into the own network; it counts as a refusal."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirect)


@background(about=None, failure=_("Messages to other systems were not sent."))
def deliver() -> int:
    """What the schedule gives out every minute."""
    return deliver_due()


def deliver_due(at: datetime | None = None) -> int:
    """Send what is due; answers how many were taken."""
    taken = 0
    due = due_deliveries(at or timezone.now()).select_related("webhook")[:AT_ONCE]
    for delivery in due:
        good, answer = send(delivery)
        note_answer(delivery, taken=good, answer=answer, at=at or timezone.now())
        taken += good
    return taken


def send(delivery: Delivery) -> tuple[bool, str]:
    """One try; what the address answered."""
    payload, now = payload_of(delivery), int(time.time())
    try:
        refuse_unsafe(delivery.webhook.url)
        request = urllib.request.Request(  # noqa: S310 — the scheme was checked above
            delivery.webhook.url,
            data=payload,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Sapar",
                "Sapar-Fact": delivery.fact,
                "Sapar-Delivery": str(delivery.pk),
                "Sapar-Signature": signature_of(payload, delivery.webhook.secret, now),
            },
        )
        with OPENER.open(request, timeout=SECONDS) as answer:
            return 200 <= answer.status < 300, str(answer.status)
    except urllib.error.HTTPError as refused:
        return False, str(refused.code)
    except (OSError, ValueError) as failed:
        return False, type(failed).__name__
    except DomainError as refused:
        return False, str(refused)
