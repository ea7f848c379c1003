"""One person's stay at a host, outgoing or incoming."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sapar.accounts.models import OfficeOwned
from sapar.directory.models import Enrolment, Organisation, Person, Unit
from sapar.directory.states import Level
from sapar.mobility.models.applications import Application
from sapar.mobility.models.earlier import StayImport
from sapar.mobility.states import EndReason, ExchangeState, Term
from sapar.partners.models import Agreement, Condition
from sapar.partners.states import Direction, MobilityKind


class Exchange(OfficeOwned):
    """From nomination to recognition. Dates planned and real are kept apart."""

    number = models.CharField(max_length=40)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=14, choices=MobilityKind.choices, default=MobilityKind.STUDY)
    state = models.CharField(max_length=10, choices=ExchangeState.choices, default=ExchangeState.NOMINATED)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exchanges")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="exchanges")
    application = models.OneToOneField(
        Application, null=True, on_delete=models.PROTECT, related_name="exchange"
    )
    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="exchanges")
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="exchanges")
    condition = models.ForeignKey(Condition, null=True, on_delete=models.PROTECT, related_name="exchanges")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="exchanges")
    academic_year = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=6, choices=Term.choices)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    isced_f = models.CharField(max_length=4, blank=True)
    programme = models.CharField(max_length=200, blank=True)
    planned_from = models.DateField()
    planned_to = models.DateField()
    arrived_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    nominated_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answer_remark = models.TextField(blank=True)
    credits_recognised = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    credits_studied = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    end_reason = models.CharField(
        max_length=10, choices=EndReason.choices, blank=True, help_text="of one cancelled or ended early"
    )
    end_words = models.CharField(max_length=300, blank=True)
    ended_on = models.DateField(null=True, help_text="day of cancelling, or of leaving before the time")
    place_free = models.BooleanField(
        default=False, help_text="it began and ended early, and somebody else may take the place"
    )
    imported_by = models.ForeignKey(
        StayImport,
        null=True,
        on_delete=models.PROTECT,
        related_name="exchanges",
        help_text="from a list of before",
    )
    person_sort_key = models.CharField(
        max_length=300, help_text="copied, so that long lists sort on an index"
    )
    person_search = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="exchange_number_once", fields=["office", "number"]),
            models.CheckConstraint(
                name="exchange_leaves_after_arriving",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("arrived_on")),
            ),
            models.CheckConstraint(
                name="exchange_planned_in_order", condition=Q(planned_to__gte=F("planned_from"))
            ),
            models.CheckConstraint(
                name="exchange_away_has_arrived",
                condition=~Q(state__in=[ExchangeState.AWAY, ExchangeState.RETURNED])
                | Q(arrived_on__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_broken_off_says_why_and_when",
                condition=~Q(state=ExchangeState.BROKEN_OFF)
                | Q(arrived_on__isnull=False, left_on__isnull=False) & ~Q(end_reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "academic_year", "direction", "state"]),
            models.Index(fields=["office", "person_sort_key", "id"]),
            # The newest first, and with all that a search of the list reads.
            models.Index(fields=["office", "-planned_from", "-id", "partner", "person_search"]),
            models.Index(fields=["office", "partner", "academic_year"]),
            models.Index(fields=["office", "state", "direction", "left_on"]),
        ]
