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
    with_comparison = models.BooleanField(default=True)
    problem = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    comparison = models.JSONField(default=list)
    applicants = models.PositiveIntegerField(default=0)
    placed = models.PositiveIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0, help_text="per cent, while it is computed")
    failure = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)
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
    told_at = models.DateTimeField(null=True, help_text="when the applicant was sent the decision")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="award_once", fields=["run", "application"])]
