from __future__ import annotations

from django.urls import path

from sapar.web.accounts import views

app_name = "settings"
urlpatterns = [
    path("o/<slug:office>/settings/", views.profile, name="home"),
    path("o/<slug:office>/settings/people/", views.people, name="people"),
    path("o/<slug:office>/settings/people/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("o/<slug:office>/settings/letterhead/", views.letterhead, name="letterhead"),
    path(
        "o/<slug:office>/settings/letterhead/<str:kind>.docx", views.letterhead_file, name="letterhead_file"
    ),
    path("o/<slug:office>/settings/letterhead/remove/", views.remove_letterhead, name="remove_letterhead"),
    path("o/<slug:office>/settings/keeping/", views.keeping, name="keeping"),
    path("o/<slug:office>/settings/trail/", views.trail, name="trail"),
    path("o/<slug:office>/settings/work/", views.work, name="work"),
    path("o/<slug:office>/settings/work/<uuid:task>/again/", views.try_again, name="try_again"),
    path("o/<slug:office>/settings/work/<uuid:task>/leave/", views.leave, name="leave"),
    path("o/<slug:office>/settings/tokens/", views.tokens, name="tokens"),
    path("o/<slug:office>/settings/tokens/<int:pk>/withdraw/", views.end_token, name="end_token"),
]
