from __future__ import annotations

from django.urls import path

from sapar.web.reporting import views

app_name = "reporting"
urlpatterns = [
    path("o/<slug:office>/reports/", views.reports, name="home"),
    path("o/<slug:office>/reports/years/", views.years, name="years"),
    path("o/<slug:office>/reports/new/", views.new, name="new"),
    path("o/<slug:office>/reports/<int:pk>/", views.report, name="report"),
    path("o/<slug:office>/reports/<int:pk>/progress/", views.progress, name="progress"),
    path("o/<slug:office>/reports/<int:pk>/release/", views.release, name="release"),
    path("o/<slug:office>/reports/<int:pk>/issue/", views.issue, name="issue"),
    path("o/<slug:office>/reports/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("o/<slug:office>/reports/<int:pk>/report.<str:kind>", views.download, name="download"),
    path("o/<slug:office>/reports/<int:pk>/chart/<slug:code>.svg", views.chart, name="chart"),
    path("o/<slug:office>/figures/<int:pk>/", views.figure, name="figure"),
]
