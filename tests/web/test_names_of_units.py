"""Faculties are called by their name in the reader's language, where they have one there."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast, signed_in
from tests.mobility.stays import returned_stay
from tests.story import apply, draft, open_call_with, partner_in_force, student

NAME = "Медицинский факультет"


@pytest.fixture
def reader(cast: Cast) -> Client:
    """Aigul reads Russian; the faculty has a name there, that of economics has none."""
    cast.medicine.names = {"ru": NAME}
    cast.medicine.save()
    client = signed_in(cast.officer)
    client.cookies["sapar_language"] = "ru"
    return client


def test_pages_lists_and_choices_call_a_faculty_by_its_name_in_the_language(
    cast: Cast, reader: Client
) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=3))
    application, _link = apply(call, student(cast, "Nurlan", "3.5"), call.places.get())
    apply(call, student(cast, "Bakai", "3.5", unit="ECO"), call.places.get())
    agreement = draft(cast, "Bursa Demo University")
    stay = returned_stay(cast)
    missed = []
    for page in (
        "applications/",
        "applications/?panel=filter",
        f"applications/{application.pk}/",
        "agreements/?panel=filter",
        f"agreements/{agreement.pk}/edit/",
        "stays/?columns=faculty",
        f"stays/{stay.pk}/",
        f"people/{application.person_id}/",
        "people/",
        "settings/people/",
        "visits/new/",
        "units/",
        f"units/{cast.medicine.pk}/",
    ):
        answer = reader.get(f"/o/alatoo/{page}")
        if answer.status_code != 200:
            missed.append(f"{page} {answer.status_code}")
        shown = answer.content.decode()
        if NAME not in shown or f">{cast.medicine.name}<" in shown:
            missed.append(page)
    assert missed == []
    assert cast.economics.name in reader.get("/o/alatoo/applications/").content.decode()
