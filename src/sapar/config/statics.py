"""Static files are gathered, hashed and compressed once for each state of their sources."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# What packages bring beside the file that a page loads.
NEVER_SERVED = [
    "*.map",
    "package.json",
    "extension",
    "echarts.js",
    "echarts.common.js",
    "echarts.min.js",
    "echarts.esm*",
    "echarts.simple*",
]


def collect_statics() -> bool:
    """Bring the folder of static files up to date; false when it already was.

    Hashing and compressing thousands of files takes half a minute, looking at their times a moment.
    """
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    found = _fingerprint()
    if stamp.is_file() and stamp.read_text() == found:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NEVER_SERVED)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(found)
    return True


def _fingerprint() -> str:
    """Names, sizes and times of all sources, and how they are kept."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list(NEVER_SERVED):
            status = Path(storage.path(path)).stat()
            digest.update(f"\0{path}\0{status.st_size}\0{status.st_mtime_ns}".encode())
    return digest.hexdigest()
