"""A stored file as a download: never shown in the page, whatever is inside."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from sapar.files.models import StoredFile
from sapar.web.access import private


def download(stored: StoredFile) -> HttpResponse:
    """The caller has asked whether the person may see it."""
    with stored.content.open("rb") as content:
        response = HttpResponse(content.read(), content_type=stored.media_type)
    response["Content-Disposition"] = content_disposition_header(True, stored.name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return private(response)
