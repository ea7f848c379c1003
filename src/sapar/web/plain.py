"""Text that comes in is brought to one form before anything reads it.

The zero character, which no database column of text can hold, is left out: nobody types it, a text copied from a
damaged document may bring it along. A new line is one character, as the browser counted it against the field's
limit; on the way it is sent as two, and a long text would lose its end.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

ZERO, SENT_LINE = "\0", "\r\n"


class PlainText:
    """Middleware that stands before everything that reads a form. An address with a zero character leads nowhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ZERO in request.path_info:
            raise Http404
        request.GET = plain(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = plain(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def plain(data: QueryDict) -> QueryDict:
    """The same data when there is nothing to change."""
    if not any(ZERO in text or SENT_LINE in text for key, texts in data.lists() for text in (key, *texts)):
        return data
    changed = QueryDict(mutable=True, encoding=data.encoding)
    for key, texts in data.lists():
        for text in texts:
            changed.appendlist(_plain(key), _plain(text))
    changed._mutable = False
    return changed


def _plain(text: str) -> str:
    return text.replace(ZERO, "").replace(SENT_LINE, "\n")
