"""Programs out of packages of Debian and Ubuntu: installed by root, unpacked into `.debian` by anybody else.

What is unpacked is found by `find`, like what the machine has. Starters in `.debian/bin` tell each program where its
libraries and fonts lie. Nothing outside of the checkout is written, and `make clean` removes the folder.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tools.shell import ROOT, must, run, say

FOLDER = ROOT / ".debian"
# Programs that get a starter; the wrapper of Debian's Chromium would look for the rest in /usr.
STARTED = (
    "usr/lib/chromium/chromium-headless-shell",
    "usr/lib/postgresql/*/bin/*",
    "usr/sbin/nginx",
    "usr/sbin/pgbouncer",
    "usr/bin/openssl",
    "usr/bin/pdftotext",
)
# Where programs of servers lie that no PATH names: Debian, Homebrew on both kinds of Mac, Postgres.app.
ASIDE = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# A process has one C library, and the machine's own comes with its loader.
NEVER = {"libc6", "libc-bin", "dpkg", "base-files"}


def find(name: str) -> str | None:
    """A program of the machine, else the one that was unpacked."""
    aside = [str(path) for pattern in ASIDE for path in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    folders = [os.environ.get("PATH", ""), "/usr/sbin", *aside, str(FOLDER / "bin")]
    return shutil.which(name, path=os.pathsep.join(folders))


def has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def offers(package: str) -> bool:
    """Whether the lists of packages that the machine has name this one."""
    return has_apt() and run("apt-cache", "show", package, quiet=True)


def provide(packages: Iterable[str]) -> bool:
    """Bring packages to this machine, as far as we may; False where there is no apt or it fails."""
    if not has_apt():
        return False
    wanted = sorted(packages)
    return install(wanted) if os.geteuid() == 0 else unpack(wanted)


def install(packages: list[str]) -> bool:
    say("apt-get install " + " ".join(packages))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)
    if run(*command, quiet=True, env=env):
        return True
    run("apt-get", "update", "-q", quiet=True, env=env)
    return run(*command, env=env)


def unpack(packages: list[str]) -> bool:
    """Unpack packages and what they need into `.debian`, which appears whole or not at all."""
    mark = FOLDER / "packages"
    before = mark.read_text().split() if mark.exists() else []
    wanted = sorted({*before, *packages})
    if wanted == before:
        return True
    say(f"unpacking {' '.join(wanted)} into {FOLDER.name}: that needs no right to install")
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER.name}-", dir=FOLDER.parent) as name:
        folder = Path(name)
        fresh, debs = folder / "fresh", fetch(folder, wanted)
        if not debs:
            return False
        (fresh / "root").mkdir(parents=True)
        for deb in debs:
            must("dpkg-deb", "-x", deb, fresh / "root")
        write_starters(fresh)
        (fresh / mark.name).write_text("\n".join(wanted))
        if FOLDER.exists():
            FOLDER.rename(folder / "old")
        fresh.rename(FOLDER)
    return True


def fetch(folder: Path, packages: list[str], *, alone: bool = False) -> list[Path]:
    """The files of packages, and unless they come alone of what they need and the machine lacks; else nothing."""
    debs = folder / "debs"
    for place in (debs, folder / "lists" / "partial", folder / "cache" / "archives" / "partial"):
        place.mkdir(parents=True)
    private = [f"-oDir::State::lists={folder / 'lists'}", f"-oDir::Cache={folder / 'cache'}"]
    for lists in ([], private):  # a machine may have no lists of packages yet, or old ones
        apt = ["apt-get", "-q", "-oDebug::NoLocking=1", *lists]
        if lists:
            run(*apt, "update", quiet=True)
        names = packages if alone else closure(apt, packages)
        words = [*apt, "download", *names]  # without names it would say yes to nothing
        if names and subprocess.run(words, check=False, cwd=debs, capture_output=True).returncode == 0:
            return sorted(debs.glob("*.deb"))
    return []


def closure(apt: list[str], packages: list[str]) -> list[str]:
    words = [*apt, "--simulate", "--no-install-recommends", "install", *packages]
    env = dict(os.environ, LC_ALL="C")
    asked = subprocess.run(words, check=False, capture_output=True, text=True, env=env)
    return planned(asked.stdout) if asked.returncode == 0 else []


def planned(simulation: str) -> list[str]:
    """What `apt-get --simulate install` would unpack, as `name=version`."""
    lines = re.findall(r"^Inst (\S+) (?:\[[^]]*\] )?\((\S+) ", simulation, re.MULTILINE)
    return [f"{name}={version}" for name, version in lines if name.partition(":")[0] not in NEVER]


def write_starters(fresh: Path) -> None:
    """A starter for each program, and fonts that are looked for where they were unpacked."""
    libraries = sorted(
        {path.parent for base in ("lib", "usr/lib") for depth in ("*-linux-gnu*", "*-linux-gnu*/*")
         for path in fresh.glob(f"root/{base}/{depth}/lib*.so*")}
    )  # fmt: skip
    places = os.pathsep.join(str(FOLDER / path.relative_to(fresh)) for path in libraries)
    (fresh / "libraries").write_text(places)
    (fresh / "fonts.conf").write_text(
        f"<fontconfig><dir>{FOLDER}/root/usr/share/fonts</dir><dir>/usr/share/fonts</dir><dir prefix='xdg'>fonts</dir>"
        f"<cachedir>{FOLDER}/cache</cachedir>"
        "<alias><family>sans-serif</family><prefer><family>Noto Sans</family></prefer></alias>"
        "<alias><family>serif</family><prefer><family>Noto Serif</family></prefer></alias>"
        "<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias></fontconfig>\n"
    )
    (fresh / "bin").mkdir()
    for pattern in STARTED:
        for program in sorted((fresh / "root").glob(pattern)):
            starter = fresh / "bin" / program.name
            starter.write_text(start(FOLDER / program.relative_to(fresh), places))
            starter.chmod(0o755)


def start(program: Path, places: str) -> str:
    """A starter that becomes the program, so that ending the one ends the other."""
    return (
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={shlex.quote(places)}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\n"
        f"export FONTCONFIG_FILE={shlex.quote(str(FOLDER / 'fonts.conf'))}\n"
        f"[ -e /etc/ssl/openssl.cnf ] || export OPENSSL_CONF={shlex.quote(str(FOLDER / 'root/etc/ssl/openssl.cnf'))}\n"
        f'exec {shlex.quote(str(program))} "$@"\n'
    )


def with_libraries() -> dict[str, str]:
    """Settings for a program that is not of Debian, but needs its libraries."""
    places = FOLDER / "libraries"
    return {"LD_LIBRARY_PATH": places.read_text()} if places.exists() else {}


def pip_wheel(folder: Path) -> Path | None:
    """The wheel of pip out of Debian's package, for a Python that was shipped without it."""
    if not has_apt():
        return None
    say("fetching pip, which this Python lacks")
    for deb in fetch(folder, ["python3-pip-whl"], alone=True):
        must("dpkg-deb", "-x", deb, folder / "unpacked")
    return next((folder / "unpacked").rglob("pip-*.whl"), None)
