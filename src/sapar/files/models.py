"""Tables of files and papers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sapar.accounts.models import OfficeOwned
from sapar.files.states import PaperState, Visibility


def storage_name(stored: StoredFile, name: str) -> str:
    """Outside the web root and without the name somebody gave."""
    return f"{stored.office_id}/{stored.sha256[:2]}/{stored.sha256}"


class StoredFile(OfficeOwned):
    """One version of one file. A newer version points back; content is never overwritten."""

    name = models.CharField(max_length=200)
    content = models.FileField(upload_to=storage_name, max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.OFFICE)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=40, blank=True)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    stored_at = models.DateTimeField()
    stored_by = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"])]


class Paper(OfficeOwned):
    """An issued document whose QR code answers valid, replaced, revoked or unknown."""

    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    code = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, default=PaperState.VALID)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="papers")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="paper_state_known", condition=Q(state__in=[state.value for state in PaperState])
            ),
            models.CheckConstraint(
                name="replaced_paper_names_its_heir",
                condition=~Q(state=PaperState.REPLACED) | Q(replaced_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"])]


class Letterhead(OfficeOwned):
    """The office's own Word document, into which papers to negotiate are poured; at most one."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="one_letterhead", fields=["office"])]
