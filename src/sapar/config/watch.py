"""Watches over the server's processes. The standard library alone: it lives as long as the server and stays small."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import NoReturn


def become_watcher(commands: list[list[str]]) -> NoReturn:
    """Go on as this module in the same process, without what was imported to come here."""
    sys.stdout.flush()
    os.execv(  # noqa: S606 — the interpreter that runs already, with our own module
        sys.executable, [sys.executable, "-m", "sapar.config.watch", json.dumps(commands)]
    )


TELL_ME_WHEN_MY_PARENT_ENDS = 1  # PR_SET_PDEATHSIG of Linux


def ends_with_parent() -> None:
    """Called in a process for itself: it is told to stop when its parent dies, whatever that died of.

    Without it a server whose watcher was killed goes on with the old program, and shares its port with the next one.
    Elsewhere than on Linux nothing happens.
    """
    if sys.platform == "linux":
        import ctypes  # nobody else needs it

        ctypes.CDLL(None).prctl(TELL_ME_WHEN_MY_PARENT_ENDS, signal.SIGTERM)


SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0


class Kept:
    """A process that is started again when it ends, after a pause that grows while it keeps ending early."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.pause = SHORTEST_PAUSE
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env=os.environ, preexec_fn=ends_with_parent)
        self.started = time.monotonic()
        self.again_at: float | None = None

    def keep(self) -> None:
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if self.again_at is None:
            self.pause = SHORTEST_PAUSE if now - self.started > STEADY_SECONDS else self.pause
            self.again_at = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            _tell(f"{self.command[-1]} ended with {self.process.returncode}; it is started again")
        elif now >= self.again_at:
            self.start()


def _tell(message: str) -> None:
    """One line of the log, in the form of all others."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "level": "error", "logger": "sapar.watch", "message": message}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def run_until_stopped(commands: list[list[str]]) -> int:
    """Run the processes together until we are told to stop, or the first, the web server, ends by itself.

    The others are started again: no page waits because a worker was killed for its memory.
    """
    web, *others = [Kept(command) for command in commands]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while web.process.poll() is None:
            for other in others:
                other.keep()
            time.sleep(0.3)
        return web.process.returncode or 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end([one.process for one in (web, *others)])


def _end(running: list[subprocess.Popen[bytes]]) -> None:
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
