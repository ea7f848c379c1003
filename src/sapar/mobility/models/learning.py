"""Learning agreements with their components and signatures."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.directory.models import Course
from sapar.mobility.models.exchanges import Exchange
from sapar.mobility.states import ChangeReason, CreditUnit, LearningAgreementState, Party, Side


class LearningAgreement(OfficeOwned):
    """One numbered version for one exchange; a change during the stay is the next version.

    `revision` grows with everything done to the newest version, so that a form opened earlier is known as such.
    `sketch` holds the rows as the student typed them, complete or not, until they are proposed.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="learning_agreements")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=LearningAgreementState.choices, default=LearningAgreementState.DRAFT
    )
    snapshot = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    sketch = models.JSONField(null=True)
    saved_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True, help_text="the student's words to the coordinator")
    remark = models.CharField(max_length=1000, blank=True, help_text="why the version was sent back")
    remark_by = models.CharField(max_length=200, blank=True)
    refused_by = models.CharField(max_length=10, choices=Party.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="learning_agreement_once", fields=["exchange", "number"]),
            models.UniqueConstraint(
                name="one_signed_learning_agreement",
                fields=["exchange"],
                condition=Q(state=LearningAgreementState.SIGNED),
            ),
            models.CheckConstraint(
                name="sent_learning_agreement_is_frozen",
                condition=Q(
                    state__in=[
                        LearningAgreementState.DRAFT,
                        LearningAgreementState.PROPOSED,
                        LearningAgreementState.VOID,
                    ]
                )
                | ~Q(digest=""),
            ),
        ]


class Component(OfficeOwned):
    """A course studied or recognised. Components of one `group` stand for each other, n to m."""

    learning_agreement = models.ForeignKey(
        LearningAgreement, on_delete=models.CASCADE, related_name="components"
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    group = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=250)
    credits = models.DecimalField(max_digits=5, decimal_places=2)
    credit_unit = models.CharField(max_length=12, choices=CreditUnit.choices, default=CreditUnit.ECTS)
    term = models.CharField(max_length=20, blank=True)
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed = models.BooleanField(default=False)
    added = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, choices=ChangeReason.choices, blank=True)
    reason_text = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="component_credits_positive", condition=Q(credits__gt=0)),
        ]


class Signature(OfficeOwned):
    """One party's yes to one digest."""

    learning_agreement = models.ForeignKey(
        LearningAgreement, on_delete=models.CASCADE, related_name="signatures"
    )
    party = models.CharField(max_length=10, choices=Party.choices)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="signature_once", fields=["learning_agreement", "party"])
        ]
