"""An office with tens of thousands of people is offered a short list, and whoever a link leads there with."""

from __future__ import annotations

import pytest

from sapar.directory.models import Person
from sapar.mobility.models import Exchange
from sapar.mobility.queries.exchanges import rows_with_places
from sapar.web.mobility.exchanges.views import nominations
from tests.cast import Cast, signed_in
from tests.story import partner_in_force, student


def test_person_and_row_that_a_link_names_can_be_nominated_wherever_they_stand(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_PEOPLE", "MOST_ROWS"):
        monkeypatch.setattr(nominations, name, 1)
    for partner in ("Ankara Demo University", "Zurich Demo University"):
        partner_in_force(cast, partner)
    for given in ("Aida", "Bermet", "Zarina"):
        student(cast, given, "3.9")
    person, row = Person.objects.order_by("-sort_key")[0], list(rows_with_places(cast.office))[-1]
    officer = signed_in(cast.officer)
    address = "/o/alatoo/stays/new/"
    page = officer.get(f"{address}?person={person.pk}&row={row.pk}").content.decode()
    for key in (person.pk, row.pk):
        assert f'<option value="{key}" selected>' in page
    assert Person.objects.order_by("sort_key")[1].display_name not in page
    form = {
        "condition": row.pk, "person": person.pk, "term": "autumn",
        "planned_from": "2026-09-01", "planned_to": "2027-01-31",
    }  # fmt: skip
    answer = officer.post(address, form)
    assert (answer.status_code, Exchange.objects.get().person) == (302, person)
