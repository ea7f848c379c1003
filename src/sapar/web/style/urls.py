from __future__ import annotations

from django.urls import path

from sapar.web.style import views

app_name = "style"
urlpatterns = [path("", views.style, name="page"), path("work/", views.work, name="work")]
