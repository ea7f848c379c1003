"""The folder in which files lie when there is no bucket, and how either fails."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

# Beside the folders of content: what is not whole yet. `remove_unsettled` clears away what a killed server left.
PARTS = "parts"


class WholeFiles(FileSystemStorage):
    """A file has its name only when all of it is on the disk, also after a power cut.

    A full disk leaves nothing of a file that did not fit.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        folder = Path(self.path(PARTS))
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, delete=False) as part:
            try:
                for chunk in content.chunks():
                    part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
                whole = File(part, name=name)
                whole.temporary_file_path = lambda: part.name  # type: ignore[attr-defined]  # it is moved, not copied
                return str(super()._save(name, whole))  # type: ignore[misc]  # known to the storage alone
            except BaseException:
                with suppress(OSError):
                    Path(part.name).unlink(missing_ok=True)
                raise


def store_failures() -> tuple[type[Exception], ...]:
    """What a full disk or a bucket that does not answer raises."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # only where files go to a bucket
    except ImportError:
        return (OSError,)
    return (OSError, BotoCoreError, ClientError)
