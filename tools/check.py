"""Every check that is not a test; lists all failures, not only the first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

# The longest first: two run at a time.
CHECKS: dict[str, list[str]] = {
    "types": ["mypy"],
    "documentation": ["python", "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", "site"],
    "templates": ["djlint", "src/sapar/web/templates", "--lint", "--quiet"],
    "layers": ["lint-imports"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": ["python", "manage.py", "check", "--fail-level", "WARNING"],
    "translations": ["python", "tools/messages.py", "check"],
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
}


def run(name: str) -> bool:
    """Whether the check passes; tells how long it took and, if it fails, why."""
    program, *arguments = CHECKS[name]
    env = dict(os.environ, PYTHONPATH="src", DISABLE_MKDOCS_2_WARNING="true")
    start = time.perf_counter()
    done = subprocess.run(
        [str(BIN / program), *arguments], check=False, cwd=ROOT, env=env, capture_output=True, text=True
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    told = f"{name:15} {verdict:7} {time.perf_counter() - start:6.1f} s"
    if done.returncode != 0:
        told += f"\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
    print(told, flush=True)
    return done.returncode == 0


def main() -> None:
    wanted = sys.argv[1:] or list(CHECKS)
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(run, wanted))
    failed = [name for name, good in zip(wanted, passed, strict=True) if not good]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
