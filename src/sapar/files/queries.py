"""Questions about files and papers."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.files.models import Letterhead, Paper, StoredFile


def files_of(subject: models.Model) -> QuerySet[StoredFile]:
    """The newest version of each file on the record."""
    return StoredFile.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, replaced_by=None
    ).order_by("-stored_at")


def papers_of(subject: models.Model) -> QuerySet[Paper]:
    return Paper.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by(
        "-issued_at"
    )


def paper_by_code(code: str) -> Paper | None:
    """The paper behind a QR code; None when nobody issued it."""
    return Paper.objects.select_related("office", "replaced_by").filter(code=code).first()


def letterhead_of(office: Office) -> Letterhead | None:
    return Letterhead.objects.select_related("file").filter(office=office).first()
