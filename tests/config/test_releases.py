"""The database of every release, at every stage of the story, comes up to date without losing a row."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import Machine, machine

RELEASES = sorted((Path(__file__).parent / "releases").glob("*/*.tar.gz"))
# The end of the story in the newest release: it has rows of every kind.
WHOLE = [path for path in RELEASES if path.name == "reported.tar.gz"]
STAGES = ["agreements", "applications", "away", "partners", "placed", "reported", "returned"]
# Stages at which nobody has applied yet.
WITHOUT_PEOPLE = ("partners", "agreements")
pytestmark = pytest.mark.slow

# Every row of the archive is in the database, column by column, as the same value.
COMPARE = """
import json, sys, tarfile
from datetime import UTC
from django.apps import apps
from django.db import models
from sapar.config.backups import _content

def same(field, then, now):
    kind = field.get_internal_type()
    if then is None or now is None:
        return then is now
    if kind == "DateTimeField":
        moment = field.to_python(then.replace(" ", "T"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) == now
    if kind == "JSONField":
        return then == now
    if field.__class__.__name__ == "EncryptedTextField":
        return (then == "") == (now == "")
    if field.is_relation:
        return str(then) == str(now)
    return field.to_python(then) == now

def eligible_nowhere(row):
    (award,) = row.awards.filter(run__state="adopted")
    return award.place_id is None and all(one["code"] == "not_eligible" for one in award.reasons)

# What bears another name since, with the values of before.
RENAMED = {("mobility.exchange", "cancelled_reason"): "end_words"}
# What is said more exactly since, and of which rows.
EXACTER = {("mobility.application", "state", "reserve", "ineligible"): eligible_nowhere}
archive = tarfile.open(sys.argv[1], "r:gz")
manifest = json.loads(_content(archive, "manifest.json").read())
lost, compared = [], 0
for label in manifest["tables"]:
    try:
        model = apps.get_model(label)
    except LookupError:
        lost.append(f"{label}: the table is gone")
        continue
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    rows = {str(row.pk): row for row in model._default_manager.all()}
    for line in _content(archive, f"tables/{label}.jsonl"):
        then = json.loads(line)
        row = rows.get(str(model._meta.pk.to_python(then[str(model._meta.pk.column)])))
        if row is None:
            lost.append(f"{label}: a row is gone")
            continue
        for column, value in then.items():
            field = fields.get(RENAMED.get((label, column), column))
            if field is None:
                lost.append(f"{label}.{column}: the column is gone")
                continue
            now = getattr(row, field.attname)
            exacter = EXACTER.get((label, column, value, now)) if isinstance(value, str) else None
            if not same(field, value, now) and not (exacter and exacter(row)):
                lost.append(f"{label}.{column}: {value!r} became {now!r}")
        compared += 1
print(json.dumps([compared, sorted(set(lost))[:20]]))
"""
LOOK = """
import json
from django.test import Client
from sapar.accounts.models import Office
from sapar.audit.queries import breaks_in
from sapar.directory.models import Person
from sapar.accounts.models import User
client = Client(headers={"host": "localhost"})
officer = User.objects.get(email="aigul@demo.example")
client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
office = Office.objects.order_by("pk").first()
pages = ["", "partners/", "agreements/", "calls/", "people/", "reports/"]
print(json.dumps({
    "breaks": sum(len(list(breaks_in(office))) for office in Office.objects.all()),
    "numbers": list(Person.objects.exclude(passport_number="").values_list("passport_number", flat=True)),
    "ready": client.get("/health/ready").status_code,
    "pages": [client.get(f"/o/{office.slug}/{page}").status_code for page in pages],
}))
"""
# What the migrations after the first added.
ADDED = {
    "mobility.placingrun": ("with_comparison", "done", "failure", "computed_at"),
    "mobility.application": ("asked_at", "asked_for"),
    "mobility.award": ("told_at",),
}
# What a release has changed on purpose: "table.column: the column is gone" and the like, with the reason beside it.
MEANT: dict[str, set[str]] = {}


def test_there_is_a_release_to_try() -> None:
    assert WHOLE, "tools/release.py writes one"
    for newest in {path.parent for path in WHOLE}:
        assert sorted(path.name.removesuffix(".tar.gz") for path in newest.iterdir()) == STAGES
    assert all(path.stat().st_size < 300_000 for path in RELEASES)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path, migrated=False) as found:
        yield found


def restored(here: Machine, archive: Path) -> dict[str, Any]:
    done = here.sapar("backup", "restore", str(archive))
    assert done.returncode == 0, done.stdout + done.stderr
    said = here.python(f"import sys; sys.argv = ['', {str(archive)!r}]\n{COMPARE}\n{LOOK}").splitlines()
    (compared, lost), found = map(json.loads, said[-2:])
    return {"compared": compared, "lost": set(lost), **found}


def rows_in(archive: Path) -> int:
    with tarfile.open(archive, "r:gz") as opened:
        content = opened.extractfile("manifest.json")
        assert content is not None
        return sum(table["rows"] for table in json.load(content)["tables"].values())


@pytest.mark.parametrize("archive", RELEASES, ids=lambda path: f"{path.parent.name}-{path.name[:-7]}")
def test_database_of_a_release_comes_up_to_date_whole(empty: Machine, archive: Path) -> None:
    found = restored(empty, archive)
    assert found["lost"] == MEANT.get(archive.parent.name, set())
    assert found["compared"] == rows_in(archive) > 500
    numbers = [] if archive.name.startswith(WITHOUT_PEOPLE) else ["AN0000001"]
    assert (found["breaks"], found["numbers"], found["ready"]) == (0, numbers, 200)
    assert found["pages"] == [200] * 6


def test_archive_from_before_a_migration_is_brought_up_to_date(empty: Machine, tmp_path: Path) -> None:
    """As it would have been written before places were computed in the background."""
    older = rewritten(WHOLE[-1], tmp_path / "older.tar.gz", before_later_migrations)
    found = restored(empty, older)
    assert (found["lost"], found["breaks"]) == (set(), 0)
    assert found["compared"] == rows_in(older)
    assert empty.rows("SELECT DISTINCT done FROM mobility_placingrun") == [(0,)]


def test_archive_of_a_newer_program_is_refused_and_leaves_the_database_empty(
    empty: Machine, tmp_path: Path
) -> None:
    def newer(manifest: dict[str, Any], tables: dict[str, bytes]) -> None:
        manifest["migrations"].append(["partners", "9999_tomorrow"])
        manifest["sapar"] = "9.9.9"

    archive = rewritten(WHOLE[-1], tmp_path / "newer.tar.gz", newer)
    done = empty.sapar("backup", "restore", str(archive))
    assert (done.returncode, "from a newer Sapar (9.9.9)" in done.stderr.replace("\n", " ")) == (1, True)


def before_later_migrations(manifest: dict[str, Any], tables: dict[str, bytes]) -> None:
    """Without the migrations after the first of partners and mobility, and the columns that they added."""
    later = [key for key in manifest["migrations"] if key[0] in ("partners", "mobility") and key[1] > "0002"]
    assert len(later) >= 4
    manifest["migrations"] = [key for key in manifest["migrations"] if key not in later]
    for name, columns in ADDED.items():
        rows = [json.loads(line) for line in tables[name].splitlines()]
        assert rows, name
        for row in rows:
            for column in columns:
                del row[column]
        tables[name] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        manifest["tables"][name] = {"rows": len(rows), "sha256": hashlib.sha256(tables[name]).hexdigest()}


def rewritten(
    archive: Path, target: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]
) -> Path:
    with tarfile.open(archive, "r:gz") as opened:
        parts = {member.name: opened.extractfile(member) for member in opened}
        contents = {name: part.read() for name, part in parts.items() if part is not None}
    manifest = json.loads(contents.pop("manifest.json"))
    tables = {
        name.removeprefix("tables/").removesuffix(".jsonl"): contents.pop(name)
        for name in list(contents)
        if name.startswith("tables/")
    }
    change(manifest, tables)
    contents |= {f"tables/{name}.jsonl": content for name, content in tables.items()}
    contents["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(target, "w:gz") as written:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            written.addfile(info, io.BytesIO(content))
    return target
