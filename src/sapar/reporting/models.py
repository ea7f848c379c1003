"""Tables of reports."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.reporting.states import ReportState


class Report(OfficeOwned):
    """An annual report: figures computed at one moment. Released, it is frozen and has a digest."""

    academic_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=ReportState.choices, default=ReportState.RUNNING)
    number = models.PositiveSmallIntegerField(help_text="1, 2 … within the year")
    as_of = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent")
    failure = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="report_once", fields=["office", "academic_year", "number"]),
            models.CheckConstraint(
                name="released_report_has_its_digest",
                condition=~Q(state__in=[ReportState.RELEASED, ReportState.REPLACED, ReportState.WITHDRAWN])
                | ~Q(digest=""),
            ),
            models.UniqueConstraint(
                name="one_release_a_year",
                fields=["office", "academic_year"],
                condition=Q(state=ReportState.RELEASED),
            ),
        ]


class Figure(OfficeOwned):
    """One figure of one report and the records behind it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    section = models.CharField(max_length=40)
    code = models.CharField(max_length=80)
    row = models.CharField(
        max_length=120, blank=True, help_text="the table's row: a country, a field, a faculty"
    )
    order = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    unit = models.CharField(max_length=20)
    record_type = models.CharField(max_length=60)
    record_ids = models.JSONField(default=list)
    out_of_ids = models.JSONField(default=list, help_text="of a rate: the records of its denominator")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="figure_once", fields=["report", "code", "row"])
        ]
        indexes: ClassVar = [models.Index(fields=["report", "order"])]
