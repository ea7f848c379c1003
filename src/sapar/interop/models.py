"""Tables of webhooks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sapar.accounts.models import OfficeOwned
from sapar.core.crypto import EncryptedTextField
from sapar.interop.states import DeliveryState


class Webhook(OfficeOwned):
    """An address that wants to hear announced facts; each message is signed with the secret."""

    url = models.URLField(max_length=500)
    facts = models.JSONField(default=list, help_text="names of facts; empty: all")
    secret = EncryptedTextField()
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()


class Delivery(OfficeOwned):
    """One message to one address, tried again until it is taken or given up."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    fact = models.CharField(max_length=80)
    body = models.JSONField()
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "next_try_at"])]
