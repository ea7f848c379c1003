"""Keep what a release writes: a small invented office at each stage of its story, as `sapar backup` keeps it.

    python tools/release.py 0.2.0

Later programs must bring it up to date without losing anything; tests/config/test_releases.py tries it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASES = ROOT / "tests" / "config" / "releases"
MOST_BYTES = 300_000
STUDENTS = 6
STAGES = ("partners", "agreements", "applications", "placed", "away", "returned", "reported")


def main() -> None:
    match sys.argv[1:]:
        case [release]:
            # The settings are read once in a process: each stage has its own, with an empty database.
            for stage in STAGES:
                subprocess.run([sys.executable, __file__, release, stage], check=True)
        case [release, stage] if stage in STAGES:
            keep(RELEASES / release / f"{stage}.tar.gz", stage)
        case _:
            sys.exit(__doc__)


def keep(target: Path, stage: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # The settings of the tests: their key reads the encrypted columns again.
        os.environ.update(
            SAPAR_DATA_DIR=folder,
            SAPAR_DATABASE_URL=f"sqlite:///{folder}/release.sqlite3",
            DJANGO_SETTINGS_MODULE="tests.settings",
        )
        sys.path[:0] = [str(ROOT), str(ROOT / "src")]
        target.parent.mkdir(parents=True, exist_ok=True)
        print(write(target, stage))
    size = target.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{target} has {size} bytes, more than {MOST_BYTES}: make the office smaller.")
    print(f"{target.relative_to(ROOT)}: {size} bytes")


def write(target: Path, stage: str) -> str:
    import django  # only after the settings are named

    django.setup()
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.core.management import call_command

    from sapar.config.backups import make_backup
    from sapar.demo.office import build_office
    from sapar.demo.stages import Stage
    from sapar.directory.models import Person
    from sapar.files.models import StoredFile

    call_command("migrate", verbosity=0)
    build_office(Stage(stage), today=date(2026, 11, 2), students=STUDENTS, say=lambda _step: None)
    for person in Person.objects.order_by("pk")[:1]:
        person.passport_number = "AN0000001"
        person.save(update_fields=["passport_number"])
    # Papers are large and say nothing about tables: their places are kept, their content is not.
    for number, file in enumerate(StoredFile.objects.order_by("pk")):
        name = str(file.content.name)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(f"paper {number}".encode()))
    for file in StoredFile.objects.all():
        file.sha256 = hashlib.sha256(file.content.read()).hexdigest()
        file.save(update_fields=["sha256"])
    made = make_backup(target)
    return f"{made.tables} tables, {made.rows} rows, {made.files} files"


if __name__ == "__main__":
    main()
