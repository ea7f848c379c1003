from __future__ import annotations

from django.urls import path

from sapar.web.mobility.letters import saved, writing

app_name = "letters"
L = "o/<slug:office>/letters/"
urlpatterns = [
    path(L, saved.letters, name="home"),
    path(L + "new/", saved.new, name="new"),
    path(L + "<int:pk>/", saved.letter, name="letter"),
    path(L + "<int:pk>/remove/", saved.remove, name="remove"),
    path("o/<slug:office>/applications/write/", writing.to_applicants, name="to_applicants"),
    path("o/<slug:office>/stays/write/", writing.to_stays, name="to_stays"),
]
