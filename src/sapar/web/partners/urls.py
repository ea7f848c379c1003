from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.partners.views import agreements, partners

app_name = "partners"
AGREEMENT = "o/<slug:office>/agreements/<int:pk>/"
PARTNER = "o/<slug:office>/partners/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("o/<slug:office>/partners/", partners.home, name="home"),
    path(PARTNER, partners.partner, name="partner"),
    path("o/<slug:office>/agreements/", agreements.agreements, name="agreements"),
    path(AGREEMENT, agreements.agreement, name="agreement"),
]
