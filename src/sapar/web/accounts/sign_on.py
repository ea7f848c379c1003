"""What comes from a university's SAML pages, where the library would crash on what nobody can read.

Nor does the library ask that a farewell be signed: anybody's link could sign a person out and lead to any page.
"""

from __future__ import annotations

import zlib
from base64 import b64decode

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.utils import get_app_or_404
from allauth.socialaccount.providers.saml.views import finish_acs, sls
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

MOST_OF_A_FAREWELL = 100_000  # bytes; one has about a thousand


def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What is no XML, brings entities along or answers a question that nobody asked is refused in words."""
    try:
        answer: HttpResponse = finish_acs(request, organization_slug=organization_slug)
    except (SyntaxError, ValueError, PermissionDenied) as error:
        provider = get_app_or_404(request, organization_slug).get_provider(request)
        answer = render_authentication_error(request, provider, exception=error)
    return answer


@require_GET
def farewell(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The university says that somebody signed out there, and signs that it was the university who said so."""
    provider = get_app_or_404(request, organization_slug).get_provider(request)
    if not provider.app.settings["idp"].get("slo_url"):
        raise Http404
    said = request.GET.get("SAMLRequest") or request.GET.get("SAMLResponse") or ""
    try:
        opened = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        opened.decompress(b64decode(said), MOST_OF_A_FAREWELL)
        if opened.unconsumed_tail or "Signature" not in request.GET:
            raise BadRequest("The farewell of the university is not signed.")
        answer: HttpResponse = sls(request, organization_slug=organization_slug)
    except (SyntaxError, ValueError, zlib.error) as error:
        raise BadRequest("The farewell of the university cannot be read.") from error
    return answer


urlpatterns = [
    path("<slug:organization_slug>/acs/finish/", finish),
    path("<slug:organization_slug>/sls/", farewell),
]
