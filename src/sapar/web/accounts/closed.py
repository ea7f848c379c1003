"""Pages of the sign-in library that Sapar does not have."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def closed(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Nobody gives themselves an address.

    An address says who somebody is: an administrator invites by it, and a university vouches for it. Whoever could
    write down another one as their own would be given the role that was meant for its owner.
    """
    del request, rest
    raise Http404
