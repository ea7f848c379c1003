"""Runs of the allocation and what each applicant was given."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.mobility.models.applications import Application
from sapar.mobility.models.calls import Call, CallPlace
from sapar.mobility.states import RunState


class PlacingRun(OfficeOwned):
    """One run: the problem as it was, the result with its reasons; both can be verified later."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.TRIAL)
    is_refill = models.BooleanField(default=False)
    mechanism = models.CharField(max_length=30)
    seed = models.BigIntegerField()
    problem = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    comparison = models.JSONField(default=list)
    applicants = models.PositiveIntegerField()
    placed = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="placing_run_once", fields=["call", "number"]),
            models.UniqueConstraint(
                name="one_adopted_run", fields=["call"], condition=Q(state=RunState.ADOPTED)
            ),
        ]


class Award(OfficeOwned):
    """The place offered to an application, or its position on the reserve lists, with the reasons."""

    run = models.ForeignKey(PlacingRun, on_delete=models.PROTECT, related_name="awards")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="awards")
    place = models.ForeignKey(CallPlace, null=True, on_delete=models.PROTECT, related_name="awards")
    wish_rank = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(default=list, help_text="for each wish: code and facts")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="award_once", fields=["run", "application"])]
