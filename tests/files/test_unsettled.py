"""Content lies outside the database: what a rolled-back transaction wrote there is found and removed."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from sapar.files.errors import FileNotStored, LetterheadRefused
from sapar.files.folder import PARTS
from sapar.files.models import StoredFile
from sapar.files.services import UNSETTLED, choose_letterhead, remove_unsettled, store
from sapar.formats.papers.word import blank_letterhead
from tests.cast import NOW, build_cast
from tests.files.test_letterhead import word


@pytest.fixture(autouse=True)
def _nothing_of_earlier_tests(db: None) -> None:
    """Tests whose transaction is rolled back leave marks."""
    remove_unsettled(timezone.now() + timedelta(days=1))


def contents(office: int) -> set[str]:
    """Names of all content of the office in the store."""
    folder = str(office)
    if not default_storage.exists(folder):
        return set()
    return {
        f"{folder}/{part}/{name}"
        for part in default_storage.listdir(folder)[0]
        for name in default_storage.listdir(f"{folder}/{part}")[1]
    }


def marks() -> list[str]:
    try:
        return default_storage.listdir(UNSETTLED)[1]
    except FileNotFoundError:
        return []


@pytest.mark.django_db(transaction=True)
def test_refused_letterhead_leaves_no_content_and_a_kept_one_stays() -> None:
    cast = build_cast()
    before = contents(cast.office.pk)
    choose_letterhead(blank_letterhead(), "old.docx", office=cast.office, by=cast.administrator, at=NOW)
    assert marks() == []
    kept = StoredFile.objects.get().content.name
    with pytest.raises(LetterheadRefused):
        choose_letterhead(word("{{ seal }}"), "new.docx", office=cast.office, by=cast.administrator, at=NOW)
    assert len(contents(cast.office.pk) - before) == 2
    assert len(marks()) == 1
    # Too early: the transaction might still be running.
    assert remove_unsettled(timezone.now() - timedelta(days=1)) == 0
    assert remove_unsettled(timezone.now() + timedelta(minutes=1)) == 1
    assert contents(cast.office.pk) - before == {kept}
    assert marks() == []


@pytest.mark.django_db
def test_full_disk_is_told_in_a_sentence_and_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = build_cast()

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("django.core.files.storage.filesystem.os.open", full)
    with pytest.raises(FileNotStored, match=r"“our\.docx” was not saved"), transaction.atomic():
        choose_letterhead(blank_letterhead(), "our.docx", office=cast.office, by=cast.administrator, at=NOW)
    assert not StoredFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_mark_left_by_a_killed_server_does_not_cost_committed_content() -> None:
    cast = build_cast()
    choose_letterhead(blank_letterhead(), "our.docx", office=cast.office, by=cast.administrator, at=NOW)
    kept = str(StoredFile.objects.get().content.name)
    default_storage.save(f"{UNSETTLED}/{kept.replace('/', '-')}", StoredFile.objects.get().content)
    with default_storage.open(f"{UNSETTLED}/{kept.replace('/', '-')}", "wb") as mark:
        mark.write(kept.encode())
    assert remove_unsettled(timezone.now() + timedelta(minutes=1)) == 0
    assert default_storage.exists(kept)
    assert marks() == []


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As a disk on which no more than `size` bytes are left: the system itself refuses in the middle of writing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def everything(folder: str = "") -> set[str]:
    return {str(path) for path in Path(default_storage.path(folder)).rglob("*") if path.is_file()}


@pytest.mark.django_db
def test_file_that_does_not_fit_leaves_nothing_of_itself() -> None:
    cast, before = build_cast(), everything()
    with pytest.raises(FileNotStored), transaction.atomic(), files_of_at_most(1000):
        store(b"a line\n" * 1000, "long.txt", office=cast.office, by=cast.officer, at=NOW)
    assert everything() == before
    assert not StoredFile.objects.exists()
    store(b"a line\n" * 1000, "long.txt", office=cast.office, by=cast.officer, at=NOW)
    assert StoredFile.objects.get().content.size == 7000


@pytest.mark.django_db
def test_what_a_killed_server_had_not_finished_writing_is_cleared_away() -> None:
    part = Path(default_storage.path(PARTS)) / "half"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half of")
    remove_unsettled(timezone.now() - timedelta(days=1))
    assert part.exists(), "its server may still be writing"
    remove_unsettled(timezone.now() + timedelta(minutes=1))
    assert not part.exists()
