"""Files and papers of a stay as downloads."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from sapar.files.models import StoredFile
from sapar.formats.papers import Paper
from sapar.formats.papers.pdf import draw_pdf
from sapar.formats.papers.word import draw_docx
from sapar.web.access import private

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Never shown inside the page, never guessed to be something else."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)


def stored(file: StoredFile) -> HttpResponse:
    with file.content.open("rb") as content:
        return download(content.read(), file.name, file.media_type)


def drawn(paper: Paper, kind: str, name: str) -> HttpResponse:
    content = draw_pdf(paper) if kind == "pdf" else draw_docx(paper)
    return download(content, f"{name}.{kind}", MEDIA[kind])
