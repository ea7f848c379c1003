"""Files and papers as downloads: never shown inside the page, never guessed to be something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from sapar.accounts.models import Office
from sapar.files.models import StoredFile
from sapar.files.papers import docx_of
from sapar.files.queries import content_of
from sapar.files.services import fitting_name
from sapar.formats.papers import Paper
from sapar.formats.papers.pdf import draw_pdf
from sapar.web.access import private

IN_MEMORY = 1024 * 1024
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def download(content: bytes, name: str) -> HttpResponse:
    """What we made ourselves; the name's ending says what it is."""
    return _sent(content, name, MEDIA[name.rpartition(".")[2]])


@contextmanager
def kept_on_disk() -> Iterator[IO[bytes]]:
    """A file to be written and then sent by `download_large`; beyond a megabyte it does not lie in memory.

    Closed here where something fails, by the answer else.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 — it is closed once it was sent
    try:
        yield file
    except BaseException:
        file.close()
        raise


def download_large(file: IO[bytes], name: str) -> HttpResponse:
    """What was written to `kept_on_disk`, sent piece by piece if it is large."""
    size = file.tell()
    file.seek(0)
    if size <= IN_MEMORY:
        with file:
            return download(file.read(), name)
    response = FileResponse(file, content_type=MEDIA[name.rpartition(".")[2]])
    # Views hand on what they answer and look at nothing but its heads, which both kinds have.
    return _guarded(cast(HttpResponse, response), name)


def download_file(stored: StoredFile) -> HttpResponse:
    """A stored file; the caller has asked whether the person may see it."""
    return _sent(content_of(stored), fitting_name(stored.name, stored.media_type), stored.media_type)


def download_paper(paper: Paper, kind: str, name: str, office: Office) -> HttpResponse:
    """A paper drawn now, as `pdf`, or as `docx` on the office's letterhead."""
    content = draw_pdf(paper) if kind == "pdf" else docx_of(paper, office)
    return download(content, f"{name}.{kind}")


def _sent(content: bytes, name: str, media_type: str) -> HttpResponse:
    return _guarded(HttpResponse(content, content_type=media_type), name)


def _guarded(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-")) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)
