"""What a stay needs besides its agreement: passport, visa, insurance, ticket, registration, and the office's own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.mobility.models.exchanges import Exchange
from sapar.mobility.states import Need, Whose


class StayTask(OfficeOwned):
    """One thing to be done for a stay by a day: a usual one by `need`, or the office's own by `text`.

    `valid_until` is the last day of what was got: of a visa, an insurance, a passport.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="tasks")
    need = models.CharField(max_length=12, choices=Need.choices, blank=True)
    text = models.CharField(max_length=200, blank=True)
    whose = models.CharField(max_length=7, choices=Whose.choices, default=Whose.STUDENT)
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="stay_need_once", fields=["exchange", "need"], condition=~Q(need="")
            ),
            models.CheckConstraint(name="stay_task_says_what", condition=~Q(need="") | ~Q(text="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "due_on"], condition=Q(done_on=None), name="stay_task_open"),
        ]
