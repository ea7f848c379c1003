from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.directory import desk, finding  # noqa: F401 — they enter the registers of the shell
from sapar.web.directory.views import erasures, organisations, people, personal, units

app_name = "directory"
PERSON = "o/<slug:office>/people/<int:pk>/"
ORGANISATION = "o/<slug:office>/organisations/<int:pk>/"
UNIT = "o/<slug:office>/units/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("o/<slug:office>/people/", people.people, name="people"),
    path("o/<slug:office>/people/new/", people.new, name="new_person"),
    path("o/<slug:office>/people/past-keeping/", erasures.past_keeping, name="past_keeping"),
    path("o/<slug:office>/people/past-keeping/ask/", erasures.ask_many, name="ask_many"),
    path("o/<slug:office>/people/erasures/", erasures.waiting, name="erasures"),
    path("o/<slug:office>/people/erasures/confirm/", erasures.confirm_many, name="confirm_many"),
    path(PERSON, people.person, name="person"),
    path(f"{PERSON}change/", people.change, name="change_person"),
    path(f"{PERSON}data.zip", personal.copy, name="copy_person"),
    path(f"{PERSON}erase/", personal.erase, name="erase"),
    path(f"{PERSON}erase/confirm/", personal.confirm, name="confirm_erasure"),
    path(f"{PERSON}erase/keep/", personal.keep, name="keep_person"),
    path("l/<str:key>/stay/data.zip", personal.copy_by_stay, name="copy_by_stay"),
    path("l/<str:key>/application/data.zip", personal.copy_by_application, name="copy_by_application"),
    path(f"{PERSON}passport/", people.passport, name="passport"),
    path("o/<slug:office>/organisations/", organisations.organisations, name="organisations"),
    path("o/<slug:office>/organisations/new/", organisations.new, name="new_organisation"),
    path("o/<slug:office>/organisations/duplicates/", organisations.duplicates, name="duplicates"),
    path(ORGANISATION, organisations.organisation, name="organisation"),
    path(f"{ORGANISATION}change/", organisations.change, name="change_organisation"),
    path(f"{ORGANISATION}merge/", organisations.merge, name="merge"),
    path(f"{ORGANISATION}separate/", organisations.separate, name="separate"),
    path("o/<slug:office>/units/", units.units, name="units"),
    path("o/<slug:office>/units/new/", units.new, name="new_unit"),
    path(UNIT, units.unit, name="unit"),
    path(f"{UNIT}change/", units.change, name="change_unit"),
    path(f"{UNIT}courses/", units.import_courses, name="import_courses"),
    path("o/<slug:office>/courses/", units.courses, name="courses"),
]
