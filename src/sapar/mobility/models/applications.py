"""Applications: who wants where, with what papers and scores."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned, User
from sapar.directory.models import Enrolment, Person
from sapar.files.models import StoredFile
from sapar.mobility.models.calls import Call, CallPlace
from sapar.mobility.states import AppealState, ApplicationState


class Application(OfficeOwned):
    """One person's application to one call.

    `facts` are level, year, GPA and the like as they were when the application was submitted: later
    changes in the student system do not reach back.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=10, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    number = models.CharField(max_length=40, blank=True)
    motivation = models.TextField(blank=True)
    languages = models.JSONField(default=list, help_text="[{language, level, certificate}]")
    former_mobilities = models.PositiveSmallIntegerField(default=0)
    answers = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    score = models.DecimalField(max_digits=7, decimal_places=3, null=True)
    score_parts = models.JSONField(default=list, help_text="[{criterion, raw, points}]")
    office_note = models.TextField(blank=True)
    rejection_reason = models.CharField(max_length=300, blank=True)
    asked_for = models.TextField(blank=True, help_text="what the office asked to be completed")
    asked_at = models.DateTimeField(null=True, help_text="since when the office waits for that")
    link_asked_at = models.DateTimeField(null=True, help_text="when the applicant last asked for the key")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True, help_text="until when an offered place must be confirmed")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="application_once", fields=["call", "person"]),
            models.CheckConstraint(
                name="submitted_application_has_its_date",
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
                | Q(submitted_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "call", "state"])]


class Wish(OfficeOwned):
    """A host the applicant wants; 1 is the first wish."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="wishes")
    place = models.ForeignKey(CallPlace, on_delete=models.PROTECT, related_name="wishes")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="wish_rank_once", fields=["application", "rank"]),
            models.UniqueConstraint(name="wish_place_once", fields=["application", "place"]),
        ]


class ApplicationFile(OfficeOwned):
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="papers")
    document = models.CharField(max_length=40, help_text="code of the paper the call asks for")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="application_paper_once", fields=["application", "document"])
        ]


class Review(OfficeOwned):
    """One reviewer's points on the call's scoring sheet."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    points = models.JSONField(help_text="criterion → points")
    remark = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="review_once", fields=["application", "reviewer"])
        ]


class Appeal(OfficeOwned):
    """An objection to a decision, with its clock."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="appeals")
    text = models.TextField()
    state = models.CharField(max_length=8, choices=AppealState.choices, default=AppealState.OPEN)
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
