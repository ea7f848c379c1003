from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.partners.signed import desk, scans, views  # noqa: F401 — the desk enters its register

app_name = "signed"
HOME = "o/<slug:office>/agreements/lists/"
LIST = HOME + "<int:pk>/"
urlpatterns: list[URLPattern] = [
    path(HOME, views.home, name="home"),
    path(HOME + "new/", views.bring, name="new"),
    path(HOME + "scans/", scans.bring, name="scans"),
    path(LIST, views.batch, name="list"),
    path(LIST + "columns/", views.columns, name="columns"),
    path(LIST + "names/", views.names, name="names"),
    path(LIST + "progress/", views.progress, name="progress"),
    path(LIST + "take/", views.take, name="take"),
    path(LIST + "undo/", views.undo, name="undo"),
    path(LIST + "discard/", views.discard, name="discard"),
    path(LIST + "rejected/", views.rejected, name="rejected"),
]
