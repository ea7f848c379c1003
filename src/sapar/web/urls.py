"""Addresses of all pages, divided by the names of the apps. Each room brings its own `urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sapar.web.home import views as home
from sapar.web.links import follow

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.front, name="front"),
    path("language/", home.choose_language, name="choose_language"),
    path("theme/", home.choose_theme, name="choose_theme"),
    path("l/<str:key>/", follow, name="link"),
    path("style/", include("sapar.web.style.urls")),
    path("", include("sapar.web.papers.urls")),
    path("", include("sapar.web.home.urls")),
    path("", include("sapar.web.directory.urls")),
    path("", include("sapar.web.partners.imports.urls")),
    path("", include("sapar.web.partners.signed.urls")),
    path("", include("sapar.web.partners.urls")),
    path("", include("sapar.web.mobility.urls")),
    path("", include("sapar.web.reporting.urls")),
    path("", include("sapar.web.accounts.urls")),
]
