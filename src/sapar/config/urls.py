"""Root addresses; each door keeps its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sapar.web.urls")),
    path("api/", include("sapar.api.urls")),
    path("accounts/", include("allauth.urls")),
]
