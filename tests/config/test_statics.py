"""A start with unchanged static files does not gather them again."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import override_settings

from sapar.config.statics import collect_statics


def test_only_a_changed_source_is_gathered_again(tmp_path: Path) -> None:
    source, gathered = tmp_path / "source", tmp_path / "gathered"
    source.mkdir()
    finders.get_finder.cache_clear()  # type: ignore[attr-defined]  # functools.cache
    (source / "one.css").write_text("a{}")
    with override_settings(
        STATIC_ROOT=gathered,
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    ):
        assert collect_statics()
        assert (gathered / "one.css").read_text() == "a{}"
        assert not collect_statics()
        (source / "one.css").write_text("a{color:red}")
        os.utime(source / "one.css", (time.time() + 5, time.time() + 5))  # Django compares whole seconds
        assert collect_statics()
        assert (gathered / "one.css").read_text() == "a{color:red}"
    finders.get_finder.cache_clear()  # type: ignore[attr-defined]
