"""Lists of stays of earlier years, as the office kept them before."""

from __future__ import annotations

from django.db import models

from sapar.accounts.models import OfficeOwned, User
from sapar.files.models import StoredFile
from sapar.mobility.states import StayListState
from sapar.partners.states import Direction


class StayImport(OfficeOwned):
    """One list of stays, from its columns to undo. Its rows stay in the file; what cannot be taken is kept here."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=StayListState.choices, default=StayListState.MAPPED)
    columns = models.JSONField(help_text="the file's columns, in order")
    signature = models.CharField(max_length=64, help_text="the same for lists with the same columns")
    mapping = models.JSONField(default=dict, help_text="our field → the file's column")
    direction = models.CharField(
        max_length=3,
        choices=Direction.choices,
        default=Direction.OUTGOING,
        help_text="where no column says it",
    )
    header_row = models.PositiveIntegerField(default=0)
    hosts = models.JSONField(default=dict, help_text="name in the list → organisation, or nothing yet")
    candidates = models.JSONField(default=dict, help_text="name in the list → organisations it may be")
    faculties = models.JSONField(default=dict, help_text="unknown faculty of the list → unit, or nothing yet")
    refused = models.JSONField(default=list, help_text="[{row, column, value, reason}]")
    rows_total = models.PositiveIntegerField(default=0)
    rows_ready = models.PositiveIntegerField(default=0)
    people = models.JSONField(default=list, help_text="people that it added")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
