"""The return from a university's SAML page, where the library would crash on what nobody can read."""

from __future__ import annotations

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.utils import get_app_or_404
from allauth.socialaccount.providers.saml.views import finish_acs
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path


def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What is no XML, brings entities along or answers a question that nobody asked is refused in words."""
    try:
        answer: HttpResponse = finish_acs(request, organization_slug=organization_slug)
    except (SyntaxError, ValueError, PermissionDenied) as error:
        provider = get_app_or_404(request, organization_slug).get_provider(request)
        answer = render_authentication_error(request, provider, exception=error)
    return answer


urlpatterns = [path("<slug:organization_slug>/acs/finish/", finish)]
