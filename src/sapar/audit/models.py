"""Tables of the audit trail. Nothing updates or deletes an entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sapar.accounts.models import OfficeOwned, User


class Chain(OfficeOwned):
    """The end of an office's chain; locked while an entry is appended."""

    length = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="chain_once", fields=["office"])]


class Entry(OfficeOwned):
    """One act. `entry_hash` covers all other columns and the hash of the entry before."""

    position = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    link_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="entry_position_once", fields=["office", "position"])
        ]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id", "-position"])]
