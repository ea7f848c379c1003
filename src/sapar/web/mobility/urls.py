"""The rooms of mobility."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("sapar.web.mobility.calls.urls")),
    path("", include("sapar.web.mobility.earlier.urls")),
    path("", include("sapar.web.mobility.exchanges.urls")),
    path("", include("sapar.web.mobility.letters.urls")),
    path("", include("sapar.web.mobility.visits.urls")),
]
