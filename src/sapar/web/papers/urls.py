from __future__ import annotations

from django.urls import path

from sapar.web.papers import views

app_name = "papers"
urlpatterns = [path("v/<str:code>/", views.verify, name="verify")]
