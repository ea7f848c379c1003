"""Text that comes in is text: the zero character, which no database column of text can hold, is left out."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

ZERO = "\0"


class PlainText:
    """Middleware that stands before everything that reads what a person or a program sent in a form.

    Nobody types the character; a text copied from a damaged document may bring it along, and leaving it out
    loses nothing of what was typed. In an address it leads nowhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ZERO in request.path_info:
            raise Http404
        request.GET = without_zero(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = without_zero(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def without_zero(data: QueryDict) -> QueryDict:
    """The same data when nothing has to be left out."""
    if not any(ZERO in text for key, texts in data.lists() for text in (key, *texts)):
        return data
    plain = QueryDict(mutable=True, encoding=data.encoding)
    for key, texts in data.lists():
        for text in texts:
            plain.appendlist(key.replace(ZERO, ""), text.replace(ZERO, ""))
    plain._mutable = False
    return plain
