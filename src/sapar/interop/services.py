"""Webhooks: addresses that hear of facts, signed, tried again until they take them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.announce import Fact
from sapar.core.policy import require
from sapar.interop.errors import UnknownFacts
from sapar.interop.models import Delivery, Webhook
from sapar.interop.outgoing import addresses_of
from sapar.interop.policies import may_connect
from sapar.interop.queries import fact_names, name_of
from sapar.interop.states import DeliveryState

# Minutes until the next try; after the last one the delivery is given up, and the office sees it.
PATIENCE = (1, 5, 15, 60, 240, 720, 1440)


@transaction.atomic
def add_webhook(
    office: Office, *, url: str, facts: Sequence[str] = (), by: Actor, at: datetime
) -> tuple[Webhook, str]:
    """An address that hears of `facts`, or of all of them; answers the secret that signs, shown once."""
    require(may_connect, by, office)
    addresses_of(url)  # only outside the own network: the server is nobody's way to what it guards
    if unknown := sorted(set(facts) - set(fact_names())):
        raise UnknownFacts(names=", ".join(unknown))
    secret = "whsec_" + secrets.token_urlsafe(32)
    webhook = Webhook.objects.create(
        office=office, url=url, facts=sorted(set(facts)), secret=secret, made_at=at
    )
    record("interop.webhook.added", subject=webhook, by=by, at=at, url=url, facts=webhook.facts)
    return webhook, secret


@transaction.atomic
def remove_webhook(webhook: Webhook, *, by: Actor, at: datetime) -> None:
    """The address hears nothing any more; what was sent stays on record."""
    require(may_connect, by, webhook.office)
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    webhook.is_active = False
    webhook.save(update_fields=["is_active"])
    webhook.deliveries.filter(state=DeliveryState.WAITING).update(
        state=DeliveryState.FAILED, last_answer="removed"
    )
    record("interop.webhook.removed", subject=webhook, by=by, at=at)


def queue_facts(facts: Sequence[Fact], office_id: int, *, at: datetime) -> list[Delivery]:
    """A message for each fact and address of the office that wants it; written in the facts' own transaction."""
    webhooks = list(Webhook.objects.filter(office_id=office_id, is_active=True))
    named = [(fact, name_of(type(fact))) for fact in facts] if webhooks else []
    return Delivery.objects.bulk_create(
        (
            Delivery(
                office_id=office_id,
                webhook=webhook,
                fact=name,
                body={"data": asdict(fact)},
                made_at=at,
                next_try_at=at,
            )
            for fact, name in named
            for webhook in webhooks
            if not webhook.facts or name in webhook.facts
        ),
        batch_size=500,
    )


@transaction.atomic
def note_answer(delivery: Delivery, *, taken: bool, answer: str, at: datetime) -> Delivery:
    """What the address said; a refusal is tried again later, until patience ends."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != DeliveryState.WAITING:
        return delivery
    delivery.attempts += 1
    delivery.last_answer = answer[:200]
    if taken:
        delivery.state, delivery.delivered_at, delivery.next_try_at = DeliveryState.DELIVERED, at, None
    elif delivery.attempts > len(PATIENCE):
        delivery.state, delivery.next_try_at = DeliveryState.FAILED, None
        record(
            "interop.delivery.given_up",
            subject=delivery,
            by=System("webhooks"),
            at=at,
            answer=delivery.last_answer,
        )
    else:
        delivery.next_try_at = at + timedelta(minutes=PATIENCE[delivery.attempts - 1])
    delivery.save()
    return delivery


@transaction.atomic
def try_again(delivery: Delivery, *, by: Actor, at: datetime) -> Delivery:
    """Send a given-up message once more."""
    require(may_connect, by, delivery.office)
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state == DeliveryState.FAILED:
        delivery.state, delivery.attempts, delivery.next_try_at = DeliveryState.WAITING, 0, at
        delivery.save(update_fields=["state", "attempts", "next_try_at"])
        record("interop.delivery.tried_again", subject=delivery, by=by, at=at)
    return delivery
