"""Calls and the places they offer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sapar.accounts.models import OfficeOwned
from sapar.directory.models import Organisation
from sapar.directory.states import Level
from sapar.mobility.states import CallState, Term
from sapar.partners.models import Agreement, Condition


class Call(OfficeOwned):
    """An invitation to apply for places of one programme and period.

    `rules` are eligibility rules for everybody, `scoring` the sheet of criteria with weights, `documents`
    the papers asked for, `questions` further fields of the form; all are data that the office edits.
    """

    title = models.CharField(max_length=200)
    programme = models.CharField(max_length=120, blank=True)
    academic_year = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=6, choices=Term.choices)
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.DRAFT)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    stay_from = models.DateField()
    stay_to = models.DateField()
    most_wishes = models.PositiveSmallIntegerField(default=3)
    rules = models.JSONField(default=list)
    scoring = models.JSONField(default=list)
    documents = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    mechanism = models.CharField(max_length=30, default="deferred_acceptance")
    confirm_days = models.PositiveSmallIntegerField(default=7)
    appeal_days = models.PositiveSmallIntegerField(default=5)
    text = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="call_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="call_stay_ends_after_start", condition=Q(stay_to__gt=F("stay_from"))
            ),
        ]


class CallPlace(OfficeOwned):
    """Places at one host, taken from a row of an agreement in force."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="places")
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="call_places")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="call_places")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    isced_f = models.CharField(max_length=4, blank=True)
    language = models.CharField(max_length=8, blank=True)
    language_level = models.CharField(max_length=2, blank=True)
    rules = models.JSONField(default=list, help_text="eligibility for this host, beyond the call's")
    reserves = models.JSONField(default=list, help_text="reserved places, in the order they are filled")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="call_place_once", fields=["call", "condition"]),
            models.CheckConstraint(name="call_place_has_seats", condition=Q(seats__gt=0)),
        ]
