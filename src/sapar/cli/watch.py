"""Watches over the server's processes. The standard library alone: it lives as long as the server and stays small."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import NoReturn


def become_watcher(commands: list[list[str]]) -> NoReturn:
    """Go on as this module in the same process, without what was imported to come here."""
    sys.stdout.flush()
    os.execv(  # noqa: S606 — the interpreter that runs already, with our own module
        sys.executable, [sys.executable, "-m", "sapar.cli.watch", json.dumps(commands)]
    )


def run_until_stopped(commands: list[list[str]]) -> int:
    """Run the processes together; when one ends or we are told to stop, all are ended."""
    running = [subprocess.Popen(command, env=os.environ) for command in commands]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.3)
        return next(process.returncode for process in running if process.poll() is not None) or 0
    except KeyboardInterrupt:
        return 0
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    sys.exit(run_until_stopped(json.loads(sys.argv[1])))
