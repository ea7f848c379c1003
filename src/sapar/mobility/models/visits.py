"""Group visits: a leader, host departments, a timetable and attendance; no individual credits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sapar.accounts.models import OfficeOwned
from sapar.directory.models import Organisation, Person, Unit
from sapar.mobility.states import Presence, VisitState
from sapar.partners.models import Agreement
from sapar.partners.states import Direction


class GroupVisit(OfficeOwned):
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=40)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.PLANNED)
    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="group_visits")
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    purpose = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    leader_name = models.CharField(max_length=200)
    leader_email = models.EmailField(blank=True)
    hosts = models.ManyToManyField(Unit, related_name="hosted_visits", blank=True)
    outcome = models.TextField(blank=True, help_text="what it gave: knowledge, skills, cooperation")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="visit_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.UniqueConstraint(name="visit_number_once", fields=["office", "number"]),
        ]


class Visitor(OfficeOwned):
    visit = models.ForeignKey(GroupVisit, on_delete=models.CASCADE, related_name="visitors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visits")
    year_of_study = models.PositiveSmallIntegerField(null=True, blank=True)
    arrived_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="visitor_once", fields=["visit", "person"])]


class VisitSession(OfficeOwned):
    """One session at one department."""

    visit = models.ForeignKey(GroupVisit, on_delete=models.CASCADE, related_name="sessions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="visit_sessions")
    topic = models.CharField(max_length=200)
    held_on = models.DateField()
    begins_at = models.TimeField()
    ends_at = models.TimeField()
    room = models.CharField(max_length=60, blank=True)
    teacher = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("begins_at")))
        ]


class Attendance(OfficeOwned):
    session = models.ForeignKey(VisitSession, on_delete=models.CASCADE, related_name="attendance")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="attendance")
    presence = models.CharField(max_length=8, choices=Presence.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="attendance_once", fields=["session", "visitor"])
        ]
