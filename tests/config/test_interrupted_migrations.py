"""An upgrade that is killed in the middle: it is begun again, ends, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.test_releases import LOOK, WHOLE
from tests.machine import ROOT, Machine, machine

pytestmark = pytest.mark.slow

KILLS = 4
DONE = "SELECT COUNT(*) FROM django_migrations"
# How many rows each table has, but for those that the migrations themselves write.
CONTENT = """
import json
from django.db import connection
passing = {"django_migrations", "sqlite_sequence", "sqlite_stat1"}
with connection.cursor() as cursor:
    found = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        if table not in passing:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
print(json.dumps(found))
"""
SCHEMA = """
import json
from django.db import connection
with connection.cursor() as cursor:
    look = connection.introspection
    found = {}
    for table in sorted(set(look.table_names(cursor)) - {"sqlite_stat1"}):
        columns = sorted((one.name, bool(one.null_ok)) for one in look.get_table_description(cursor, table))
        held = look.get_constraints(cursor, table).values()
        constraints = sorted(
            [sorted(one["columns"] or []), one["unique"], one["index"], bool(one["foreign_key"]), one["check"]]
            for one in held
        )
        found[table] = [columns, constraints]
print(json.dumps(found))
"""
BACK = """
from django.core.management import call_command
for app, name in (("mobility", "0004"), ("partners", "0003"), ("accounts", "0002")):
    call_command("migrate", app, name, verbosity=0)
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path, migrated=False) as found:
        yield found


def told(here: Machine, code: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(here.python(code).splitlines()[-1])
    return found


def upgrade(here: Machine, *, kill: bool) -> int:
    """Begin the upgrade; killed with all it started once it has got one migration further."""
    (before,) = here.rows(DONE)[0]
    process = subprocess.Popen(
        [sys.executable, "-m", "sapar.cli", "prepare", "--quiet"],
        env=here.env, cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + 240
    while kill and process.poll() is None and here.rows(DONE)[0][0] == before:
        assert time.monotonic() < end
        time.sleep(0.002)
    if kill and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait(timeout=240)


def test_upgrade_that_is_killed_goes_on_where_it_was(here: Machine, tmp_path: Path) -> None:
    assert here.sapar("backup", "restore", str(WHOLE[-1])).returncode == 0
    schema = told(here, SCHEMA)
    here.python(BACK)
    older, (steps,) = told(here, CONTENT), here.rows(DONE)[0]
    assert len(older) < len(schema)
    seen = [upgrade(here, kill=True) for _kill in range(KILLS)]
    assert seen.count(-signal.SIGKILL) >= 2, "the upgrade ended before it could be killed"
    assert here.rows(DONE)[0][0] >= steps + 2
    assert upgrade(here, kill=False) == 0
    newer = told(here, CONTENT)
    assert {table: newer[table] for table in older} == older
    assert told(here, SCHEMA) == schema
    found = told(here, LOOK)
    assert (found["breaks"], found["ready"], found["pages"]) == (0, 200, [200] * 6)
    assert found["numbers"] == ["AN0000001"]
