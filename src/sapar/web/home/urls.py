from __future__ import annotations

from django.urls import path

from sapar.web.home import views

app_name = "home"
urlpatterns = [
    path("o/<slug:office>/", views.desk, name="desk"),
    path("o/<slug:office>/search/", views.search, name="search"),
    path("o/<slug:office>/views/", views.save_view, name="save_view"),
    path("o/<slug:office>/nothing/", views.nothing_chosen, name="nothing_chosen"),
    path("o/<slug:office>/views/<int:pk>/forget/", views.forget_view, name="forget_view"),
]
