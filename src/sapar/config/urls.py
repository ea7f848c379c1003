"""Root addresses; each door keeps its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sapar.web.accounts.sign_on import finish

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sapar.web.urls")),
    path("api/", include("sapar.api.urls")),
    path("accounts/saml/<slug:organization_slug>/acs/finish/", finish),
    path("accounts/", include("allauth.urls")),
]
