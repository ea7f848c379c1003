from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.mobility.earlier import desk, views  # noqa: F401 — the desk enters its register

app_name = "earlier"
E = "o/<slug:office>/stays/earlier/"
LIST = E + "<int:pk>/"
urlpatterns: list[URLPattern] = [
    path(E, views.home, name="home"),
    path(E + "new/", views.bring, name="new"),
    path(LIST, views.batch, name="list"),
    path(LIST + "columns/", views.columns, name="columns"),
    path(LIST + "names/", views.names, name="names"),
    path(LIST + "take/", views.take, name="take"),
    path(LIST + "undo/", views.undo, name="undo"),
    path(LIST + "discard/", views.discard, name="discard"),
    path(LIST + "rejected/", views.rejected, name="rejected"),
]
