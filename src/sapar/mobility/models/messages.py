"""What the office and a person write to each other, and texts that the office keeps to write again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.mobility.models.applications import Application
from sapar.mobility.models.exchanges import Exchange
from sapar.mobility.states import LetterKind


class Message(OfficeOwned):
    """A word between the office and a person, kept on the application or the stay that it is about."""

    application = models.ForeignKey(Application, null=True, on_delete=models.CASCADE, related_name="messages")
    exchange = models.ForeignKey(Exchange, null=True, on_delete=models.CASCADE, related_name="messages")
    from_office = models.BooleanField()
    author = models.CharField(max_length=200)
    text = models.TextField()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_about_one_thing",
                condition=Q(application__isnull=False, exchange__isnull=True)
                | Q(application__isnull=True, exchange__isnull=False),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                name="message_unread", fields=["office"], condition=Q(from_office=False, read_at=None)
            )
        ]


class SavedLetter(OfficeOwned):
    """A text with gaps that the office writes again and again."""

    kind = models.CharField(max_length=11, choices=LetterKind.choices)
    title = models.CharField(max_length=120)
    text = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="saved_letter_once", fields=["office", "kind", "title"])
        ]
