"""What the set-up says and runs; the standard library alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def say(text: str) -> None:
    print(f"[setup] {text}", file=sys.stderr, flush=True)


def run(*command: object, quiet: bool = False, env: dict[str, str] | None = None) -> bool:
    """True when the command ended well."""
    out = subprocess.DEVNULL if quiet else None
    words = [str(word) for word in command]
    return subprocess.run(words, check=False, cwd=ROOT, stdout=out, stderr=out, env=env).returncode == 0


def must(*command: object, env: dict[str, str] | None = None) -> None:
    if not run(*command, env=env):
        sys.exit(f"[setup] failed: {' '.join(str(word) for word in command)}")
