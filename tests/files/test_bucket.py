"""Files in an S3-compatible store, served by moto on the loopback address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from sapar.config.backups import make_backup, restore_backup, verify_backup
from sapar.config.storage import file_storage
from sapar.files.errors import FileNotRead, FileNotStored, LetterheadRefused
from sapar.files.models import StoredFile
from sapar.files.queries import content_of, files_of
from sapar.files.services import choose_letterhead, issue_paper, new_code, remove_unsettled, store
from tests.cast import NOW, Cast, signed_in
from tests.files.test_letterhead import word
from tests.story import apply, open_call_with, partner_in_force, student
from tests.web.test_crawl import crawl

BUCKET = "sapar-files"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, settings: Settings) -> Any:
    said = {
        "SAPAR_S3_BUCKET": BUCKET,
        "SAPAR_S3_ENDPOINT": endpoint,
        "SAPAR_S3_REGION": "us-east-1",
        "SAPAR_S3_KEY": "invented",
        "SAPAR_S3_SECRET": "invented-secret",
        "SAPAR_S3_PREFIX": "files",
    }
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(said, Path("unused"))}
    client = boto3.resource(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="invented",
        aws_secret_access_key="invented-secret",
    )  # fmt: skip
    found = client.Bucket(BUCKET)
    found.create()
    yield found
    found.objects.all().delete()
    found.delete()


def names_in(bucket: Any) -> list[str]:
    """Names of content. A mark beside it goes with the commit, which a test's transaction never reaches."""
    return sorted(item.key for item in bucket.objects.all() if not item.key.startswith("files/unsettled/"))


def test_without_a_bucket_files_lie_in_the_folder(tmp_path: Path) -> None:
    assert file_storage({}, tmp_path)["OPTIONS"] == {"location": tmp_path}


def test_versions_lie_beside_each_other_and_the_newest_is_shown(cast: Cast, bucket: Any) -> None:
    first = store(b"one\n", "plan.txt", office=cast.office, subject=cast.medicine, by=cast.officer, at=NOW)
    second = store(
        b"two\n",
        "plan.txt",
        office=cast.office,
        subject=cast.medicine,
        replaces=first,
        by=cast.officer,
        at=NOW,
    )
    assert [file.pk for file in files_of(cast.medicine)] == [second.pk]
    assert [file.content.read() for file in StoredFile.objects.order_by("pk")] == [b"one\n", b"two\n"]
    assert names_in(bucket) == sorted(f"files/{file.content.name}" for file in StoredFile.objects.all())


def test_same_content_twice_overwrites_nothing(cast: Cast, bucket: Any) -> None:
    kept = [
        store(b"same\n", f"{name}.txt", office=office, by=cast.officer, at=NOW)
        for name, office in (("a", cast.office), ("b", cast.office), ("c", cast.other_office))
    ]
    assert len({file.content.name for file in kept}) == len(names_in(bucket)) == 3


def test_content_without_a_row_is_removed(cast: Cast, bucket: Any) -> None:
    with pytest.raises(LetterheadRefused):
        choose_letterhead(
            word("{{ seal }}"), "new.docx", office=cast.office, by=cast.administrator, at=timezone.now()
        )
    assert len(names_in(bucket)) == 1
    store(b"kept\n", "a.txt", office=cast.office, by=cast.officer, at=NOW)
    assert remove_unsettled(timezone.now() + timedelta(minutes=1)) == 1
    assert names_in(bucket) == [f"files/{StoredFile.objects.get().content.name}"]
    assert len(list(bucket.objects.all())) == 1


def test_object_is_private_and_its_name_says_nothing(cast: Cast, bucket: Any, endpoint: str) -> None:
    stored = store(b"passport\n", "Asanova passport.txt", office=cast.office, by=cast.officer, at=NOW)
    (name,) = names_in(bucket)
    assert "Asanova" not in name
    grants = bucket.Object(name).Acl().grants
    assert all("URI" not in grant["Grantee"] for grant in grants), "somebody outside may read it"
    assert stored.content.read() == b"passport\n"


def test_paper_is_read_through_us_and_no_page_names_the_bucket(
    cast: Cast, bucket: Any, endpoint: str
) -> None:
    call = open_call_with(cast, partner_in_force(cast))
    application, _link = apply(call, student(cast, "Best", "3.9"))
    issue_paper(
        b"%PDF-1.7 letter",
        kind="letter",
        number="1",
        code=new_code(),
        subject=application,
        by=cast.officer,
        at=NOW,
    )
    assert len(names_in(bucket)) >= 1
    client = signed_in(cast.officer)
    pages = crawl(client, f"/o/alatoo/applications/{application.pk}/")
    assert len(pages) > 10
    for path in pages:
        answer = client.get(path)
        content = answer.getvalue()
        for trace in (BUCKET, endpoint, "X-Amz-", "invented"):
            assert trace.encode() not in content, path
            assert trace not in str(answer.headers), path


@pytest.mark.django_db(transaction=True)
def test_backup_brings_the_files_along_and_into_another_storage(
    cast: Cast, bucket: Any, settings: Settings, tmp_path: Path
) -> None:
    stored = store(b"one\n", "plan.txt", office=cast.office, by=cast.officer, at=NOW)
    archive = tmp_path / "backup.tar.gz"
    assert make_backup(archive).files == 1
    assert verify_backup(archive) == []
    bucket.objects.all().delete()
    restore_backup(archive, overwrite=True)
    assert stored.content.storage.open(str(stored.content.name)).read() == b"one\n"
    settings.STORAGES = {**settings.STORAGES, "default": file_storage({}, tmp_path / "files")}
    restore_backup(archive, overwrite=True)
    assert default_storage.open(str(stored.content.name)).read() == b"one\n"
    assert (tmp_path / "files" / str(stored.content.name)).read_bytes() == b"one\n"


def test_file_that_the_store_does_not_hand_out_is_told_in_a_sentence(cast: Cast, settings: Settings) -> None:
    stored = store(b"one\n", "a.txt", office=cast.office, by=cast.officer, at=NOW)
    default_storage.delete(str(stored.content.name))
    with pytest.raises(FileNotRead, match=r"“a\.txt” cannot be fetched"):
        content_of(stored)
    said = {"SAPAR_S3_BUCKET": BUCKET, "SAPAR_S3_ENDPOINT": "http://127.0.0.1:9", "SAPAR_S3_KEY": "x",
            "SAPAR_S3_SECRET": "y", "SAPAR_S3_REGION": "us-east-1"}  # fmt: skip
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(said, Path("unused"))}
    with pytest.raises(FileNotRead, match=r"“a\.txt” cannot be fetched"):
        content_of(stored)


def test_store_that_is_out_of_reach_is_told_in_a_sentence_and_keeps_no_row(
    cast: Cast, bucket: Any, settings: Settings
) -> None:
    said = {"SAPAR_S3_BUCKET": BUCKET, "SAPAR_S3_ENDPOINT": "http://127.0.0.1:9", "SAPAR_S3_KEY": "x",
            "SAPAR_S3_SECRET": "y", "SAPAR_S3_REGION": "us-east-1"}  # fmt: skip
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(said, Path("unused"))}
    with pytest.raises(FileNotStored, match="was not saved"), transaction.atomic():
        store(b"one\n", "plan.txt", office=cast.office, by=cast.officer, at=NOW)
    assert not StoredFile.objects.exists()
