"""Erasing a person: asked for by one, confirmed by another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sapar.accounts.models import OfficeOwned, User
from sapar.directory.models import Person
from sapar.mobility.states import ErasureGround, ErasureState


class Erasure(OfficeOwned):
    """`counts`: table → how many rows there were when it was done; nothing of what stood in them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=10, choices=ErasureState.choices, default=ErasureState.ASKED)
    ground = models.CharField(max_length=10, choices=ErasureGround.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="erasure_asked_once", fields=["person"], condition=~Q(state=ErasureState.WITHDRAWN)
            ),
            models.CheckConstraint(
                name="erasure_done_by_a_second_person",
                condition=~Q(state=ErasureState.DONE)
                | Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by")),
            ),
        ]
