"""A backup brings everything back, on either database, or refuses."""

from __future__ import annotations

import tarfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in
from sapar.audit.services import record
from sapar.config import backups
from sapar.config.backups import BackupError, make_backup, restore_backup, verify_backup
from sapar.directory.models import Person, Unit
from sapar.files.models import StoredFile
from sapar.files.services import store
from tests.cast import NOW, Cast
from tests.story import student

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(cast: Cast, tmp_path: Path) -> Path:
    person = student(cast, "Best", "3.9").person
    person.passport_number = "ID1234567"
    person.save()
    record("test", subject=person, by=cast.officer, at=NOW + timedelta(microseconds=123_456))
    store(b"hello\n", "a.txt", office=cast.office, subject=cast.medicine, by=cast.officer, at=NOW)
    target = tmp_path / "backup.tar.gz"
    make_backup(target)
    return target


def test_fresh_backup_is_whole_and_holds_no_secret_in_the_clear(archive: Path) -> None:
    assert verify_backup(archive) == []
    with tarfile.open(archive) as opened:
        people = opened.extractfile("tables/directory.person.jsonl")
        assert people is not None
        assert b"ID1234567" not in people.read()


def test_restore_brings_rows_files_and_the_trail_back(archive: Path, cast: Cast) -> None:
    stored = StoredFile.objects.get()
    name = stored.content.name
    assert name is not None
    default_storage.delete(name)
    Person.objects.update(display_name="Changed")
    restore_backup(archive, overwrite=True)
    person = Person.objects.get()
    assert (person.display_name, person.passport_number) == ("Best Demo", "ID1234567")
    assert default_storage.open(name).read() == b"hello\n"
    assert list(breaks_in(cast.office)) == []
    assert person.pk < student(cast, "Next", "3.0").person.pk


def test_restore_into_a_used_database_is_refused(archive: Path) -> None:
    with pytest.raises(BackupError, match="--overwrite"):
        restore_backup(archive)


def test_archive_that_cannot_be_read_back_never_gets_its_name(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "verify_backup", lambda path: ["The rows of directory.person are missing."])
    with pytest.raises(BackupError, match=r"directory\.person"):
        make_backup(tmp_path / "later.tar.gz")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [archive.name]


def test_full_disk_or_closed_folder_is_told_and_leaves_nothing(archive: Path) -> None:
    with pytest.raises(BackupError, match="could not be made"):
        make_backup(Path("/proc/sapar/backup.tar.gz"))


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_archive_with_one_changed_byte_is_refused(archive: Path, at: float) -> None:
    content = bytearray(archive.read_bytes())
    content[int(len(content) * at)] ^= 0xFF
    archive.write_bytes(content)
    assert verify_backup(archive) != []
    with pytest.raises(BackupError):
        restore_backup(archive, overwrite=True)
    assert Person.objects.get().display_name == "Best Demo"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
def test_archive_made_while_others_write_holds_one_moment(cast: Cast, tmp_path: Path) -> None:
    """Rows that go in during the backup are in it with their entry in the trail, or not at all."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with transaction.atomic():
                unit = Unit.objects.create(office=cast.office, name=f"Chair {number}")
                record("test", subject=unit, by=cast.officer, at=NOW)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.3)
        make_backup(tmp_path / "busy.tar.gz")
    finally:
        stop.set()
        writer.join()
    restore_backup(tmp_path / "busy.tar.gz", overwrite=True)
    units = set(Unit.objects.filter(name__startswith="Chair ").values_list("pk", flat=True))
    told = set(Entry.objects.filter(action="test").values_list("subject_id", flat=True))
    assert units == told != set()
    assert list(breaks_in(cast.office)) == []


def test_cut_archive_is_refused_and_nothing_is_lost(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-200])
    assert verify_backup(archive) != []
    with pytest.raises(BackupError, match="damaged"):
        restore_backup(archive, overwrite=True)
    assert Person.objects.get().display_name == "Best Demo"
