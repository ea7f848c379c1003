"""Grade scales, counts of marks and credit factors that an office knows beyond the shipped ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sapar.accounts.models import OfficeOwned
from sapar.directory.models import Organisation
from sapar.directory.states import Level
from sapar.mobility.states import CreditUnit


class OfficeScale(OfficeOwned):
    """A grade scale as dated data; `bands` from best to worst: {"label", "passing", "points", "low", "high"}."""

    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    version = models.CharField(max_length=20, default="1")
    holder = models.CharField(max_length=120, help_text="country or institution that marks by it")
    bands = models.JSONField()
    source = models.CharField(max_length=400, help_text="public address of the rule")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="office_scale_once", fields=["office", "code"])]


class GradeCounts(OfficeOwned):
    """How often each mark was given in a reference group, for conversion by distribution."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grade_counts")
    scale = models.CharField(max_length=60)
    isced_f = models.CharField(max_length=4, blank=True, help_text="two to four digits; empty: all fields")
    level = models.CharField(max_length=10, blank=True)
    years = models.JSONField(help_text="the years counted")
    counts = models.JSONField(help_text="label → how many")
    source = models.CharField(max_length=300, blank=True)
    version = models.CharField(max_length=20, default="1")
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="grade_counts_once",
                fields=["office", "organisation", "scale", "isced_f", "level", "version"],
            )
        ]


class OfficeFactor(OfficeOwned):
    """By which an office converts credits of one unit into another, from a day on, with its source.

    A row in use is never altered: a better one ends it and begins the day after.
    """

    from_unit = models.CharField(max_length=12, choices=CreditUnit.choices)
    to_unit = models.CharField(max_length=12, choices=CreditUnit.choices)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    factor = models.DecimalField(max_digits=8, decimal_places=4)
    source = models.CharField(max_length=400, help_text="public address of the rule")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="office_factor_positive", condition=Q(factor__gt=0)),
            models.CheckConstraint(name="office_factor_of_two_units", condition=~Q(from_unit=F("to_unit"))),
            models.CheckConstraint(
                name="office_factor_ends_after_start",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
            ),
        ]


class RecognitionRules(OfficeOwned):
    """How this office recognises: decided beforehand, the same for everybody."""

    home_scale = models.CharField(max_length=60)
    credit_unit = models.CharField(max_length=12, choices=CreditUnit.choices, default=CreditUnit.ECTS)
    rule = models.CharField(max_length=3, default="mid", help_text="of overlapping ranges: min, mid or max")
    smallest_group = models.PositiveIntegerField(default=50)
    fewest_years = models.PositiveSmallIntegerField(default=2)
    equivalence_years = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="recognition_rules_once", fields=["office"])]
