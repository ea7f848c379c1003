"""What Sapar runs on carries a licence under which it may be given away with Apache-2.0."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOCKS = ("base", "methods")
# GPL and AGPL reach what is built on them; the LGPL does not reach a program that uses a library unmodified.
REACHING = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|(Affero )?General Public License)", re.IGNORECASE)


def packages(lock: str) -> list[str]:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE)


def said(name: str) -> str:
    """What a package says of its licence, in the newest field that it fills."""
    about = metadata(name).json
    if expression := about.get("license_expression"):
        return str(expression)
    classifiers = [one for one in about.get("classifier", ()) if one.startswith("License ::")]
    return "; ".join(classifiers) or str(about.get("license", "")).partition("\n")[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_library_that_runs_reaches_our_licence(lock: str) -> None:
    asked: dict[str, str] = {}
    for name in packages(lock):
        try:
            asked[name] = said(name)
        except PackageNotFoundError:  # for another system or another environment
            continue
    assert len(asked) > 3
    reaching = {name: licence for name, licence in asked.items() if REACHING.search(licence)}
    assert reaching == {}


@pytest.mark.parametrize(
    ("licence", "reaches"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("LGPL-2.1-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT", False),
    ],
)
def test_reaching_licences_are_known_by_their_names(licence: str, reaches: bool) -> None:
    assert bool(REACHING.search(licence)) is reaches
