"""Recognition: one case from transcript to order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.directory.models import Course, Organisation
from sapar.files.models import StoredFile
from sapar.mobility.models.exchanges import Exchange
from sapar.mobility.models.transcripts import Transcript
from sapar.mobility.states import CaseState, Verdict


class RecognitionCase(OfficeOwned):
    exchange = models.OneToOneField(Exchange, on_delete=models.CASCADE, related_name="recognition")
    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    number = models.CharField(max_length=40, blank=True)
    commission = models.JSONField(default=list, help_text="names of the commission's members")
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(null=True)
    ordered_on = models.DateField(null=True, help_text="the day that the order bears")
    order_signer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="decided_case_has_its_date",
                condition=Q(state=CaseState.OPEN) | Q(decided_at__isnull=False),
            )
        ]


class Decision(OfficeOwned):
    """What one group of components came to.

    `studied` keeps code, title, credits and original marks; `home` the courses and credits recognised with
    the converted mark; `method` how marks and credits were converted: method, table, version, the overlap.
    """

    case = models.ForeignKey(RecognitionCase, on_delete=models.CASCADE, related_name="decisions")
    group = models.PositiveSmallIntegerField()
    studied = models.JSONField(default=list)
    home = models.JSONField(default=list)
    credits_promised = models.DecimalField(max_digits=6, decimal_places=2)
    credits_recognised = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    home_mark = models.CharField(max_length=20, blank=True)
    method = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="decision_once", fields=["case", "group"]),
            models.CheckConstraint(
                name="made_decision_is_complete",
                condition=Q(verdict="") | (Q(decided_at__isnull=False) & Q(credits_recognised__isnull=False)),
            ),
        ]


class Equivalence(OfficeOwned):
    """What was decided before about a course of a host, suggested next time while it is valid."""

    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    host_code = models.CharField(max_length=40, blank=True)
    host_title = models.CharField(max_length=250)
    host_key = models.CharField(max_length=300, help_text="search key of code and title")
    host_credits = models.DecimalField(max_digits=5, decimal_places=2)
    course = models.ForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="equivalences")
    home_programme = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.CharField(max_length=200)
    decided_on = models.DateField()
    valid_until = models.DateField()
    uses = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "partner", "host_key"])]
