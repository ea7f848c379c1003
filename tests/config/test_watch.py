"""The process that watches over the server starts a dead worker again, and ends with the web server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.machine import ROOT


def until(wanted: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.05)


def standing_in(folder: Path, name: str) -> list[str]:
    """A process that notes its number and sleeps."""
    code = (
        "import os, pathlib, sys, time\n"
        "with pathlib.Path(sys.argv[1]).open('a') as file: file.write(f'{os.getpid()}\\n')\n"
        "time.sleep(300)"
    )
    return [sys.executable, "-c", code, str(folder / name)]


def numbers(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def watched(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    commands = json.dumps([standing_in(folder, "web"), standing_in(folder, "worker")])
    with (folder / "log").open("wb") as log:
        watcher = subprocess.Popen(
            [sys.executable, "-m", "sapar.config.watch", commands],
            env=dict(os.environ, PYTHONPATH=str(ROOT / "src")), stderr=log,
        )  # fmt: skip
    try:
        until(lambda: bool(numbers(folder, "web") and numbers(folder, "worker")))
        yield watcher
    finally:
        watcher.terminate()
        watcher.wait(timeout=60)


def test_killed_worker_is_started_again_and_the_web_server_goes_on(tmp_path: Path) -> None:
    with watched(tmp_path) as watcher:
        os.kill(numbers(tmp_path, "worker")[0], signal.SIGKILL)
        until(lambda: len(numbers(tmp_path, "worker")) == 2)
        (web,) = numbers(tmp_path, "web")
        assert is_running(web)
        line = json.loads((tmp_path / "log").read_text())
        assert (line["level"], "ended with -9" in line["message"]) == ("error", True)
        watcher.terminate()
        assert watcher.wait(timeout=60) == 0
        assert not any(is_running(pid) for pid in (web, *numbers(tmp_path, "worker")))


def test_end_of_the_web_server_ends_all_with_a_failure(tmp_path: Path) -> None:
    with watched(tmp_path) as watcher:
        os.kill(numbers(tmp_path, "web")[0], signal.SIGKILL)
        assert watcher.wait(timeout=60) != 0
        assert not is_running(numbers(tmp_path, "worker")[0])


@pytest.mark.skipif(
    sys.platform != "linux", reason="other systems do not tell a process that its parent died"
)
def test_killed_watcher_leaves_nobody_behind_who_serves_the_old_program(tmp_path: Path) -> None:
    with watched(tmp_path) as watcher:
        left = [*numbers(tmp_path, "web"), *numbers(tmp_path, "worker")]
        watcher.kill()
        until(lambda: not any(is_running(pid) for pid in left))
