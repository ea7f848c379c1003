"""The real server in its own processes, and a browser that only counts time."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

EMAIL, PASSWORD = "officer1@demo.example", "sapar-demo-2026"


@dataclass(frozen=True)
class Store:
    """A database filled with a share of the country."""

    name: str
    share: float
    folder: Path
    database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        more = {"SAPAR_DATABASE_URL": self.database} if self.database else {}
        own = {"SAPAR_DATA_DIR": str(self.folder), "SAPAR_LOG_LEVEL": "ERROR", "OPENBLAS_NUM_THREADS": "1"}
        return {**os.environ, **own, **more}

    def run(self, *words: str) -> str:
        """One of the tasks of `bench.platform_inside`; answers its last line."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.platform_inside", *words],
            env=self.environment, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout.strip().splitlines()[-1]


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]
    ready_seconds: float

    def memory_mb(self) -> float:
        """Resident memory of the server's processes together, as the kernel shares it out (PSS)."""
        return sum(self.parts_mb())

    def parts_mb(self) -> list[float]:
        """The same for each process: who watches over the others first."""
        texts = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in _family(self.process.pid))
        found = (re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE) for text in texts)
        return [int(each[1]) / 1024 for each in found if each]

    def cpu_seconds(self) -> float:
        """Processor time of the server's processes so far, without the database's own."""
        ticks = 0
        for pid in _family(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(store: Store, *, worker: bool = False) -> Iterator[Server]:
    """`sapar serve`: two web processes with two threads each, with or without the worker beside them."""
    port, began = free_port(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sapar.cli", "serve", "--port", str(port), *([] if worker else ["--no-worker"])],
        env=store.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > 180:
                raise RuntimeError(f"the server on {store.name} did not start")
            time.sleep(0.05)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@dataclass
class Browser:
    """One signed-in visitor over one kept connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": path}
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read().decode()

    def sign_in(self) -> None:
        _status, page = self.ask("GET", "/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("the sign-in page has no form")
        form = {"csrfmiddlewaretoken": token[1], "login": EMAIL, "password": PASSWORD}
        status, _page = self.ask("POST", "/accounts/login/", urlencode(form))
        if status != 302:
            raise RuntimeError(f"signing in was answered with {status}")

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        status, _page = self.ask("GET", path)
        taken = time.perf_counter() - began
        if status != 200:
            raise RuntimeError(f"{path} was answered with {status}")
        return taken
