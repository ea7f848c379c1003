"""Words that work with the database say what to do when it was never prepared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.machine import machine


@pytest.mark.parametrize("words", [("office", "list"), ("directory", "load"), ("audit", "verify")])
def test_database_that_was_not_prepared_is_told(words: tuple[str, ...], tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAPAR_", "DJANGO_"))
    }
    answer = subprocess.run(
        [sys.executable, "-m", "sapar.cli", *words],
        env={**environment, "SAPAR_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert answer.stderr.strip() == "The database is not prepared for this version of Sapar: sapar prepare"


@pytest.mark.slow
def test_servers_that_start_together_prepare_one_after_the_other(tmp_path: Path) -> None:
    with machine(tmp_path, migrated=False) as empty:
        folders = [tmp_path / name for name in ("first", "second")]  # as on two machines
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "sapar.cli", "prepare"], env=empty.env | {"SAPAR_DATA_DIR": str(folder)},
                stderr=subprocess.PIPE, text=True,
            )
            for folder in (folders if empty.database.startswith("postgres") else [tmp_path / "data"] * 2)
        ]  # fmt: skip
        for process in started:
            _out, said = process.communicate(timeout=300)
            assert process.returncode == 0, said
        assert empty.rows("SELECT COUNT(*) FROM accounts_office") == [(0,)]
