"""Programs for the tests on a machine that has none of them, where nobody may install: tools/debian.py."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tools import bootstrap, debian

SIMULATED = """NOTE: This is only a simulation!
Reading package lists...
The following NEW packages will be installed:
  libpq5 postgresql-15
Inst libc6 [2.36-9] (2.36-9+deb12u10 Debian:12.11/stable [amd64])
Inst libssl3 [3.0.15-1] (3.0.16-1~deb12u1 Debian-Security:12/stable-security [amd64]) []
Inst libpq5 (15.13-0+deb12u1 Debian:12.11/stable [amd64])
Inst postgresql-15:amd64 (15.13-0+deb12u1 Debian:12.11/stable, Debian-Security:12/stable-security [amd64])
Conf libpq5 (15.13-0+deb12u1 Debian:12.11/stable [amd64])
"""
# Answers as apt-get does; each call is written down. Lists of packages are there after `update` only.
APT_GET = """#!/bin/sh
echo "$@" >> {calls}
case "$*" in
*" update") touch {folder}/listed;;
*--simulate*) [ -e {folder}/listed ] || exit 100
    echo "Inst libtiny (1.0 Debian:12/stable [amd64])"; echo "Inst tiny (2.0 Debian:12/stable [amd64])";;
*" download "*) [ -e {folder}/no-network ] && exit 100
    touch libtiny_1.0_amd64.deb tiny_2.0_amd64.deb;;
esac
"""
DPKG_DEB = """#!/bin/sh
cd "$3" && mkdir -p bin usr/sbin usr/lib/x86_64-linux-gnu/inner
touch usr/lib/x86_64-linux-gnu/libtiny.so.1 usr/lib/x86_64-linux-gnu/inner/libinner-16.1.so
printf '#!/bin/sh\\necho "$1 with $LD_LIBRARY_PATH"\\n' > usr/sbin/nginx
chmod +x usr/sbin/nginx
[ ! -e {folder}/breaks ]
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of an ordinary user with an apt-get of ours; answers the folder of its commands."""
    commands, checkout = tmp_path / "commands", tmp_path / "a checkout"
    commands.mkdir()
    checkout.mkdir()
    for name, text in {"apt-get": APT_GET, "dpkg-deb": DPKG_DEB}.items():
        written = text.replace("{calls}", f"{commands}/calls").replace("{folder}", str(commands))
        (commands / name).write_text(written)
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "FOLDER", checkout / ".debian")
    return commands


def calls(bare: Path) -> list[str]:
    return (bare / "calls").read_text().splitlines()


def test_what_apt_plans_is_named_with_its_version_and_never_the_c_library() -> None:
    assert debian.planned(SIMULATED) == [
        "libssl3=3.0.16-1~deb12u1",
        "libpq5=15.13-0+deb12u1",
        "postgresql-15:amd64=15.13-0+deb12u1",
    ]
    assert debian.planned("Reading package lists...\n") == []


def test_machine_without_lists_of_packages_gets_private_ones(bare: Path) -> None:
    assert debian.provide(["tiny"])
    asked, updated, asked_again, downloaded = calls(bare)
    assert "Dir::State::lists" not in asked
    assert all("Dir::State::lists" in call for call in (updated, asked_again, downloaded))
    assert downloaded.endswith("download libtiny=1.0 tiny=2.0")
    assert [path.name for path in debian.FOLDER.parent.iterdir()] == [".debian"], "something was left behind"


def test_unpacked_program_starts_with_its_libraries(bare: Path) -> None:
    debian.provide(["tiny"])
    starter = debian.FOLDER / "bin" / "nginx"
    said = subprocess.run([starter, "a b"], check=True, capture_output=True, text=True, env={}).stdout
    folder = debian.FOLDER / "root/usr/lib/x86_64-linux-gnu"
    assert said == f"a b with {folder}:{folder}/inner\n"
    assert debian.with_libraries() == {"LD_LIBRARY_PATH": f"{folder}:{folder}/inner"}


def test_second_time_asks_nobody_and_more_comes_beside_what_is_there(bare: Path) -> None:
    debian.provide(["tiny"])
    before = calls(bare)
    assert debian.provide(["tiny"])
    assert calls(bare) == before
    assert debian.provide(["other"])
    assert "install other tiny" in calls(bare)[len(before)]
    assert (debian.FOLDER / "packages").read_text() == "other\ntiny"


@pytest.mark.parametrize("trouble", ["no-network", "breaks"])
def test_unpacking_that_fails_leaves_what_was_there(bare: Path, trouble: str) -> None:
    debian.provide(["tiny"])
    (bare / trouble).touch()
    if trouble == "breaks":
        with pytest.raises(SystemExit):
            debian.provide(["other"])
    else:
        assert not debian.provide(["other"])
    assert (debian.FOLDER / "packages").read_text() == "tiny"
    assert [path.name for path in debian.FOLDER.parent.iterdir()] == [".debian"]


def test_machine_of_the_user_goes_before_what_was_unpacked(bare: Path) -> None:
    debian.provide(["tiny"])
    own = bare / "nginx"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert debian.find("nginx") == str(own)


def test_missing_program_is_named_and_nothing_is_skipped(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "find", lambda name: None if name == "pgbouncer" else f"/there/{name}")
    monkeypatch.setattr(bootstrap, "playwright", lambda *_words, **_options: True)
    monkeypatch.setattr(bootstrap, "find_browser", lambda: "/bin/true")
    assert bootstrap.missing_packages() == ["pgbouncer"]
    with pytest.raises(SystemExit, match="Missing for the tests: pgbouncer\n"):
        bootstrap.ensure_programs()


@pytest.mark.parametrize(
    ("named", "browser", "offered", "wanted"),
    [("", None, False, True), ("", "chromium", True, True), ("", "chromium", False, False), ("my", "my", True, False)],
)  # fmt: skip
def test_lighter_chromium_is_brought_unless_somebody_named_another_or_none_is_to_be_had(
    monkeypatch: pytest.MonkeyPatch, named: str, browser: str | None, offered: bool, wanted: bool
) -> None:
    monkeypatch.setenv("CHROMIUM", named)
    monkeypatch.setattr(bootstrap, "has_chromium_for_all", lambda: True)
    monkeypatch.setattr(bootstrap, "find_browser", lambda: browser)
    monkeypatch.setattr(debian, "find", lambda name: None if name == bootstrap.HEADLESS else f"/there/{name}")
    monkeypatch.setattr(debian, "offers", lambda package: offered and package == bootstrap.HEADLESS)
    assert bootstrap.wants_headless() is wanted
