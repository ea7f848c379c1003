"""Words that work with the database say what to do when it was never prepared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


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
