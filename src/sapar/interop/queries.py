"""Questions about webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.core.announce import Fact
from sapar.interop.models import Delivery, Webhook
from sapar.interop.states import DeliveryState

TOLD_BY = ("sapar.partners.", "sapar.mobility.", "sapar.reporting.")


def fact_names() -> list[str]:
    """Names under which facts are sent, like `mobility.PersonNominated`."""
    return sorted(name_of(kind) for kind in _kinds(Fact) if kind.__module__.startswith(TOLD_BY))


def _kinds(base: type[Fact]) -> Iterator[type[Fact]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def name_of(kind: type[Fact]) -> str:
    return f"{kind.__module__.split('.')[1]}.{kind.__name__}"


def webhooks_of(office: Office) -> QuerySet[Webhook]:
    return Webhook.objects.filter(office=office).order_by("pk")


def due_deliveries(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=at).order_by(
        "next_try_at", "pk"
    )


def payload_of(delivery: Delivery) -> bytes:
    """The exact bytes that are sent and signed."""
    body: Mapping[str, Any] = {
        "id": delivery.pk,
        "fact": delivery.fact,
        "at": delivery.made_at.isoformat(),
        **delivery.body,
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature_of(payload: bytes, secret: str, sent_at: int) -> str:
    """HMAC-SHA256 over time and payload, so that an old message cannot be sent again unnoticed."""
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"
