"""Storing files, issuing papers, the letterhead on which papers are drawn."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office
from sapar.accounts.policies import may_administer
from sapar.audit.services import record
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.files.errors import (
    LETTERHEAD_REASONS,
    REASONS,
    FileDamaged,
    FileDangerous,
    FileNotStored,
    FileTooLarge,
    FileTypeRefused,
    LetterheadRefused,
)
from sapar.files.folder import PARTS, store_failures
from sapar.files.models import Letterhead, Paper, StoredFile
from sapar.files.queries import letterhead_of
from sapar.files.sniffing import DOCUMENTS, DOCX, ENDINGS, KNOWN, PDF, Danger, media_type
from sapar.files.states import PAPER_FLOW, Visibility
from sapar.formats.papers import LetterheadError
from sapar.formats.papers.word import check_letterhead

logger = logging.getLogger(__name__)
# The folder of marks; folders of content are named by the number of an office.
UNSETTLED = "unsettled"


@transaction.atomic
def store(
    content: bytes,
    name: str,
    *,
    office: Office,
    subject: models.Model | None = None,
    purpose: str = "",
    visibility: Visibility = Visibility.OFFICE,
    taken: Collection[str] = DOCUMENTS,
    replaces: StoredFile | None = None,
    by: Actor,
    at: datetime,
) -> StoredFile:
    """Keep a file. Called by services that have asked their own policy about `subject`.

    Raises:
        FileTooLarge, FileTypeRefused, FileDamaged, FileDangerous, FileNotStored
    """
    name = safe_name(name)
    most = settings.MAX_UPLOAD_BYTES
    if len(content) > most:
        raise FileTooLarge(name=name, size=f"{len(content) / 1024**2:.1f}", most=most // 1024**2)
    if not content:
        raise FileDamaged(name=name)
    try:
        kind = media_type(content)
    except Danger as danger:
        raise FileDangerous(name=name, reason=REASONS[danger.code]) from danger
    if kind not in taken:
        raise FileTypeRefused(name=name, taken=", ".join(KNOWN[wanted] for wanted in taken))
    stored = StoredFile(
        office=office,
        name=fitting_name(name, kind),
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        visibility=visibility,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        purpose=purpose,
        replaces=replaces,
        stored_at=at,
        stored_by=label_of(by),
    )
    try:
        stored.content.save(name, ContentFile(content), save=False)
        _settle_on_commit(str(stored.content.name))
    except store_failures() as failure:
        logger.exception("the store of files does not take anything")
        raise FileNotStored(name=name) from failure
    stored.save(force_insert=True)
    record(
        "files.stored", subject=stored, by=by, at=at, name=stored.name, sha256=stored.sha256, size=stored.size
    )
    return stored


def _settle_on_commit(content: str) -> None:
    """The content lies in the store, its row is not committed yet: a mark beside it says so until it is.

    Where the transaction is rolled back, the mark stays, and `remove_unsettled` removes both.
    """
    mark = default_storage.save(f"{UNSETTLED}/{content.replace('/', '-')}", ContentFile(content.encode()))
    transaction.on_commit(lambda: default_storage.delete(mark), robust=True)


def remove_unsettled(before: datetime) -> int:
    """Remove content whose row was never committed; answers how much of it there was.

    Only content with a mark, and what a killed server had not finished writing, is looked at, so a store beside
    another database loses nothing.

    Args:
        before: marks of later are left alone, their transactions may still be running.
    """
    removed = 0
    for name in _names_in(UNSETTLED):
        mark = f"{UNSETTLED}/{name}"
        if default_storage.get_modified_time(mark) >= before:
            continue
        with default_storage.open(mark) as file:
            content = file.read().decode()
        if not StoredFile.objects.filter(content=content).exists():
            default_storage.delete(content)
            removed += 1
        default_storage.delete(mark)
    for name in _names_in(PARTS):
        part = f"{PARTS}/{name}"
        if default_storage.get_modified_time(part) < before:
            default_storage.delete(part)
            removed += 1
    return removed


def _names_in(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:  # a bucket has no folders and answers nothing
        return []


def safe_name(name: str) -> str:
    """The last part of a name, without what steers a terminal, a header or the direction of reading."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable()).strip(". ")[:200] or "file"


def fitting_name(name: str, kind: str) -> str:
    """The name with an ending that is true: what was taken as a PDF or a text is never opened as a program."""
    endings = ENDINGS.get(kind, ("",))
    return name if name.lower().endswith(endings) else name[: 200 - len(endings[0])] + endings[0]


def new_code() -> str:
    """An unguessable code for a paper's address: 128 bits."""
    return secrets.token_urlsafe(16)


@transaction.atomic
def issue_paper(
    pdf: bytes,
    *,
    kind: str,
    number: str,
    code: str,
    subject: models.Model,
    visibility: Visibility = Visibility.INVOLVED,
    replaces: Iterable[int] = (),
    by: Actor,
    at: datetime,
) -> Paper:
    """Keep a finished PDF as an issued paper; an earlier valid paper of this kind is thereby replaced.

    `code` was made by `new_code` and stands in the QR code inside `pdf`. `replaces` are ids of further subjects,
    such as an earlier report of the same year, whose papers of this kind end with this one.
    """
    office_id: int = subject.office_id  # type: ignore[attr-defined]
    office = Office.objects.get(pk=office_id)
    stored = store(
        pdf, f"{kind}-{number}.pdf".replace("/", "-"), office=office, subject=subject, purpose=kind,
        visibility=visibility, taken=[PDF], by=by, at=at,
    )  # fmt: skip
    paper = Paper.objects.create(
        office=office,
        kind=kind,
        number=number,
        code=code,
        file=stored,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        issued_at=at,
        issued_by=label_of(by),
    )
    earlier = Paper.objects.select_for_update().filter(
        office=office,
        kind=kind,
        subject_type=paper.subject_type,
        subject_id__in=[paper.subject_id, *replaces],
    )
    for old in earlier.exclude(pk=paper.pk):
        if PAPER_FLOW.allows("replace", old.state):
            old.state, old.replaced_by = PAPER_FLOW.after("replace", old.state), paper
            old.save(update_fields=["state", "replaced_by"])
    record("files.paper.issued", subject=paper, by=by, at=at, kind=kind, number=number)
    return paper


@transaction.atomic
def revoke_paper(paper: Paper, *, reason: str, by: Actor, at: datetime) -> Paper:
    """Declare a paper void. Called by services that have asked their own policy."""
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    paper.state = PAPER_FLOW.after("revoke", paper.state)
    paper.revoked_reason = reason
    paper.save(update_fields=["state", "revoked_reason"])
    record("files.paper.revoked", subject=paper, by=by, at=at, reason=reason)
    return paper


@transaction.atomic
def choose_letterhead(
    content: bytes, name: str, *, office: Office, seen: str = "", by: Actor, at: datetime
) -> Letterhead:
    """Take a Word document as the office's letterhead; an earlier one is thereby replaced and kept.

    Args:
        seen: mark of the letterhead as the page showed it.

    Raises:
        LetterheadRefused, ChangedMeanwhile, and what `store` refuses
    """
    require(may_administer, by, office)
    office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    before = letterhead_of(office)
    refuse_changed(before or Letterhead(office=office), seen)
    stored = store(
        content, name, office=office, subject=office, purpose="letterhead", taken=[DOCX],
        replaces=before.file if before else None, by=by, at=at,
    )  # fmt: skip
    try:
        check_letterhead(content)
    except LetterheadError as refused:
        reason = str(LETTERHEAD_REASONS[refused.code]) % {"found": refused.found}
        raise LetterheadRefused(name=stored.name, reason=reason) from refused
    chosen, _new = Letterhead.objects.update_or_create(
        office=office, defaults={"file": stored, "chosen_at": at, "chosen_by": label_of(by)}
    )
    record("files.letterhead.chosen", subject=office, by=by, at=at, name=stored.name)
    return chosen


@transaction.atomic
def drop_letterhead(office: Office, *, by: Actor, at: datetime) -> None:
    """Go back to plain paper. The document itself stays among the office's files."""
    require(may_administer, by, office)
    if Letterhead.objects.filter(office=office).delete()[0]:
        record("files.letterhead.dropped", subject=office, by=by, at=at)
