"""Transcripts of records: marks as the host wrote them, never altered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sapar.accounts.models import OfficeOwned
from sapar.files.models import StoredFile
from sapar.mobility.models.exchanges import Exchange
from sapar.mobility.states import CreditUnit, TranscriptSource


class Transcript(OfficeOwned):
    """What the host certified. A corrected transcript is a new row that replaces this one."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="transcripts")
    source = models.CharField(max_length=4, choices=TranscriptSource.choices)
    scale = models.CharField(max_length=60, help_text="code of the grade scale of the marks")
    issued_on = models.DateField(null=True)
    received_at = models.DateTimeField()
    given_by = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    replaced_by = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaces")
    digest = models.CharField(max_length=64)


class TranscriptLine(OfficeOwned):
    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=250)
    credits = models.DecimalField(max_digits=5, decimal_places=2)
    credit_unit = models.CharField(max_length=12, choices=CreditUnit.choices, default=CreditUnit.ECTS)
    mark = models.CharField(max_length=20, help_text="exactly as written by the host")
    passed = models.BooleanField()
    examined_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="transcript_line_once", fields=["transcript", "order"])
        ]
