"""The lists of partners and agreements."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast, signed_in
from tests.story import draft, partner_in_force

PARTNERS, AGREEMENTS = "/o/alatoo/partners/", "/o/alatoo/agreements/"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address", [PARTNERS, AGREEMENTS])
def test_list_asks_the_same_questions_however_many_rows(
    cast: Cast, rows: int, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        draft(cast, f"Demo University {number}")
    client = signed_in(cast.officer)
    # session, user, office, grants; count, rows, saved views; countries, faculties; other offices for the menu
    with django_assert_num_queries(9 if address == PARTNERS else 10):
        assert client.get(address).content.decode().count('<tr role="row">') == rows + 1


def test_record_pages_open(cast: Cast) -> None:
    partner = partner_in_force(cast)
    client = signed_in(cast.officer)
    assert client.get(f"{AGREEMENTS}{partner.agreement.pk}/").status_code == 200
    assert client.get(f"{PARTNERS}{partner.agreement.partnership_id}/").status_code == 200
