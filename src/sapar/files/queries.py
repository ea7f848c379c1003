"""Questions about files and papers."""

from __future__ import annotations

import logging

from django.db import models
from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.files.errors import FileNotRead
from sapar.files.folder import store_failures
from sapar.files.models import Letterhead, Paper, StoredFile

logger = logging.getLogger(__name__)


def content_of(stored: StoredFile) -> bytes:
    """The file itself.

    Raises:
        FileNotRead: the store is out of reach, or no longer has it.
    """
    try:
        with stored.content.open("rb") as content:
            return bytes(content.read())
    except store_failures() as failure:
        logger.exception("the store of files does not hand out %s", stored.content.name)
        raise FileNotRead(name=stored.name) from failure


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
