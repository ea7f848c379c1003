"""Root addresses; each door keeps its own."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from sapar.web.accounts.closed import closed

saml: list[URLPattern | URLResolver] = []
if apps.is_installed(settings.SAML_APP):
    saml.append(path("accounts/saml/", include("sapar.web.accounts.sign_on")))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sapar.web.urls")),
    path("api/", include("sapar.api.urls")),
    *saml,
    path("accounts/email/", closed),
    path("accounts/confirm-email/", include([path("", closed), path("<path:rest>", closed)])),
    path("accounts/", include("allauth.urls")),
]
handler500 = "sapar.web.broken.answer_fault"
