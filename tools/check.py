"""Every check that is not a test; lists all failures, not only the first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "layers": ["lint-imports"],
    "types": ["mypy"],
    "templates": ["djlint", "src/sapar/web/templates", "--lint", "--quiet"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": ["python", "manage.py", "check", "--fail-level", "WARNING"],
    "translations": ["python", "tools/messages.py", "check"],
    "documentation": ["python", "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", "site"],
}


def main() -> None:
    wanted = sys.argv[1:] or list(CHECKS)
    env = dict(os.environ, PYTHONPATH="src", DISABLE_MKDOCS_2_WARNING="true")
    failed = []
    for name in wanted:
        program, *arguments = CHECKS[name]
        start = time.perf_counter()
        done = subprocess.run(
            [str(BIN / program), *arguments], check=False, cwd=ROOT, env=env, capture_output=True, text=True
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:15} {verdict:7} {time.perf_counter() - start:6.1f} s", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout[-6000:] + done.stderr[-3000:], flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
