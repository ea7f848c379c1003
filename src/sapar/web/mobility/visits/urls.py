from __future__ import annotations

from django.urls import path

from sapar.web.mobility.visits import desk as desk  # adds its lines to the desk
from sapar.web.mobility.visits import lists, views

app_name = "visits"
V = "o/<slug:office>/visits/"
urlpatterns = [
    path(V, lists.visits, name="home"),
    path(V + "new/", views.new, name="new"),
    path(V + "<int:pk>/", views.visit, name="visit"),
    path(V + "<int:pk>/edit/", views.edit, name="edit"),
    path(V + "<int:pk>/move/", views.move, name="move"),
    path(V + "<int:pk>/finish/", views.finish, name="finish"),
    path(V + "<int:pk>/people/", views.people, name="people"),
    path(V + "<int:pk>/people/<int:visitor>/", views.visitor, name="visitor"),
    path(V + "<int:pk>/people/<int:visitor>/remove/", views.take_off, name="remove_visitor"),
    path(V + "<int:pk>/people/<int:visitor>/certificate.pdf", views.certificate, name="certificate"),
    path(V + "<int:pk>/timetable/", views.timetable, name="timetable"),
    path(V + "<int:pk>/sessions/new/", views.session, name="new_session"),
    path(V + "<int:pk>/sessions/<int:session>/", views.session, name="session"),
    path(V + "<int:pk>/sessions/<int:session>/remove/", views.take_out, name="remove_session"),
    path(V + "<int:pk>/sessions/<int:session>/attendance/", views.sheet, name="sheet"),
    path(V + "<int:pk>/attendance/", views.attendance, name="attendance"),
    path(V + "<int:pk>/certificates/", views.certificates, name="certificates"),
    path(V + "<int:pk>/certificates.zip", views.bundle, name="bundle"),
]
